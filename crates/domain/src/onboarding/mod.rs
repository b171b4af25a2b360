//! Onboarding: the interview in which a board gets its goal and its lead.

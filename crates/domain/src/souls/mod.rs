//! The public directory of souls for agents.

//! Board memory: notes and chat.

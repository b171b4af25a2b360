//! Board groups.

mod dto;

pub(crate) use dto::BoardGroupRead;

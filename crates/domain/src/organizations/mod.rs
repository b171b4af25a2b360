//! Organizations: the tenants, who belongs to them, and what each member may do on boards.

mod model;
pub mod service;

pub use model::{BoardGrant, Member, MemberDetail, Membership, Organization, Role};

//! Organizations: the tenants, who belongs to them and how one comes in, and what each member may do on boards.

mod grants;
mod model;
mod queries;
mod rules;
pub mod service;

pub use model::{
    Access, BoardGrant, BoardRight, EmailAddress, Invite, InviteDetail, Member, MemberDetail, MemberPerson,
    Membership, NewInvite, Organization, Role,
};

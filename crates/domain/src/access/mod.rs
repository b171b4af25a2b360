//! Who is calling, and what that caller may do.
//!
//! An [`Actor`] says who it is. A *scope* ([`OrgMember`], [`OrgAdmin`], [`BoardReader`],
//! [`BoardWriter`], [`GroupReader`], …) can be made only by checking an actor, and carries the rows that were loaded for
//! the check. Use cases take a scope: without one there is no way to tenant data.

mod actor;
mod board;
mod board_group;
mod operator;
mod organization;
mod precondition;

pub use actor::{Actor, UserActor};
pub use board::{BoardReader, BoardRights, BoardWriter};
pub use board_group::{GroupAdmin, GroupConductor, GroupReader, GroupWriter};
pub use operator::Operator;
pub use organization::{OrgAdmin, OrgMember};
pub use precondition::Precondition;

//! Skills for agents: packs (public repositories) list them, people add single ones, and gateways have some installed.
//!
//! What a skill says of itself is text from outside, and a skill is code that an agent runs: addresses are checked
//! against the hosts that the operator trusts, and only people with the right to manage an organization install one.

mod address;
mod discovery;
mod install;
mod model;
pub mod packs;
mod queries;
pub mod service;
mod sync;
pub mod testing;

pub use address::PackUrl;
pub use install::{Report, install, report, uninstall};
pub(crate) use install::{asked_again, give_up, not_asked};
pub use model::{
    Facet, Facets, Filter, Installation, NewPack, NewSkill, Pack, PackChange, PackRow, Skill, SkillCard,
    SkillRow, SkillSort, Sources, SyncReport,
};
pub(crate) use queries::{repository_key, search_text};
pub(crate) use sync::SyncSlots;
pub use sync::{SYNC_LIMIT, sync};

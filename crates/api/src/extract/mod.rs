//! Extractors: who is calling and what it may do, then the query, then the body.

mod actor;
mod body;
mod path;
mod query;
mod scope;

pub use actor::{Caller, VerifiedTokens};
pub use body::Body;
pub use path::PathId;
pub use query::Query;
pub use scope::{Auth, AuthAgent, AuthUser, Scope, WantedOrganization};

pub(crate) use actor::{
    AGENT_TOKEN, Callers, SESSION_COOKIE, agent_token, authenticate, bearer, client_address, cookie, person,
};
pub(crate) use body::read_limited;

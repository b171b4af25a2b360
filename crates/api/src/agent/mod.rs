//! What agents call about themselves, their board and one another.

mod boards;
mod coordination;
mod health;
mod lifecycle;
mod operations;
mod roster;
mod soul;

use axum::http::request::Parts;
use mc_domain::{Error, access::Actor, agents::Agent};
use utoipa_axum::router::OpenApiRouter;

use crate::{ApiState, error::ApiError, extract::Scope};

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(boards::routes())
        .merge(soul::routes())
        .merge(coordination::routes())
        .merge(health::routes())
        .merge(operations::routes())
        .merge(roster::routes())
        .merge(lifecycle::routes())
}

/// The agent that is calling.
struct Myself(Agent);

impl Scope for Myself {
    async fn check(_: &mut Parts, _: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        match actor {
            Actor::Agent(agent) => Ok(Self(agent)),
            Actor::User(_) => Err(Error::unauthorized().into()),
        }
    }
}

#[cfg(test)]
mod tests;

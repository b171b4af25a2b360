//! The roles of agents out of requests.

use http::request::Parts;
use mc_domain::{
    access::{Actor, BoardWriter},
    coordination::{BoardLead, GatewayMain},
};

use crate::{ApiState, error::ApiError, extract::Scope};

impl Scope for BoardLead {
    async fn check(parts: &mut Parts, state: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        let scope = <BoardWriter as Scope>::check(parts, state, actor).await?;
        Ok(Self::check(scope)?)
    }
}

impl Scope for GatewayMain {
    async fn check(_: &mut Parts, state: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        match actor {
            Actor::Agent(agent) => Ok(Self::check(&state.context, agent).await?),
            Actor::User(_) => Err(ApiError::new(http::StatusCode::UNAUTHORIZED)),
        }
    }
}

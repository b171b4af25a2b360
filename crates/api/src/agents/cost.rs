//! What the agents of a place cost.

use axum::extract::State;
use mc_domain::{
    access::OrgAdmin,
    agents::{
        cost::{self, Cost},
        queries::AgentFilter,
    },
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Query},
    reply::Reply,
};

/// The operations of this subject.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(sum_agent_cost))
}

crate::query! {
    /// Which agents are summed up.
    pub(crate) struct AgentCostQuery {
        /// Only agents of this board.
        board_id: Option<Uuid>,
        /// Only agents of this gateway's boards, and its main agent.
        gateway_id: Option<Uuid>,
    }
}

/// What agents cost when nobody writes to them.
#[derive(Serialize, ToSchema)]
struct AgentCost {
    /// How many agents there are.
    agents: i64,
    /// How many of them this server wakes when there is work.
    woken_for_work: i64,
    /// How many their gateway wakes by the clock.
    woken_always: i64,
    /// How many nobody wakes.
    woken_never: i64,
    /// How many for whom work waits now.
    with_work: i64,
    /// How many calls of their models a day their settings mean now, without messages to them; agents of other runtimes are
    /// left out.
    estimated_model_calls_per_day: i64,
    /// How often they were woken by messages in the last 24 hours.
    wakes_in_last_day: i64,
}

impl From<Cost> for AgentCost {
    fn from(cost: Cost) -> Self {
        Self {
            agents: cost.agents,
            woken_for_work: cost.woken_for_work,
            woken_always: cost.woken_always,
            woken_never: cost.woken_never,
            with_work: cost.with_work,
            estimated_model_calls_per_day: cost.model_calls_per_day,
            wakes_in_last_day: cost.wakes_in_last_day,
        }
    }
}

/// Get the estimated cost of agents.
///
/// Of a board, of a gateway, or all of them.
#[utoipa::path(get, path = "/agents/cost", tag = "agents", security(("HTTPBearer" = [])), params(AgentCostQuery), responses((status = 200, body = AgentCost)))]
async fn sum_agent_cost(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Query(query): Query<AgentCostQuery>,
) -> Result<Reply<AgentCost>, ApiError> {
    let filter = AgentFilter { board_id: query.board_id, gateway_id: query.gateway_id };
    Ok(Reply(cost::of(&state.context, &scope, filter).await?.into()))
}

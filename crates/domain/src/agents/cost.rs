//! What the agents of a place cost when nobody writes to them.

use std::collections::HashMap;

use chrono::TimeDelta;
use mc_store::{Read, sql};
use uuid::Uuid;

use super::{
    Agent,
    heartbeat::Wake,
    queries::{self, AgentFilter},
    work,
};
use crate::{Context, PageRequest, Result, access::OrgAdmin};

/// How many agents are read together.
const BATCH: i64 = 500;

/// The sum over the agents of a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// How many agents there are.
    pub agents: i64,
    /// How many of them this server wakes when there is work.
    pub woken_for_work: i64,
    /// How many their gateway wakes by the clock.
    pub woken_always: i64,
    /// How many nobody wakes.
    pub woken_never: i64,
    /// How many for whom work waits.
    pub with_work: i64,
    /// How many calls of their models a day their settings mean now; agents of other runtimes are left out.
    pub model_calls_per_day: i64,
    /// How often they were woken by messages in the last 24 hours.
    pub wakes_in_last_day: i64,
}

/// Sums up the agents that an administrator may see; see [`queries::list`].
///
/// # Errors
/// As [`queries::list`].
pub async fn of(context: &Context, scope: &OrgAdmin, filter: AgentFilter) -> Result<Cost> {
    let organization_id = scope.organization().id;
    let since = context.store().clock().now() - TimeDelta::days(1);
    let woken: Vec<(Uuid, i64)> = context
        .store()
        .all(
            sql("SELECT agent_id, count(*) FROM agent_messages
                 WHERE organization_id = $1 AND wake AND delivered_at > $2 GROUP BY agent_id")
            .bind(organization_id)
            .bind(since),
        )
        .await?;
    let woken: HashMap<Uuid, i64> = woken.into_iter().collect();
    let mut cost = Cost::default();
    loop {
        let request = PageRequest { limit: BATCH, offset: cost.agents, after: None };
        let page = queries::list(context, scope, filter, request).await?;
        let waiting = work::waiting(context, organization_id, &page.items).await?;
        for agent in &page.items {
            cost.add(agent, waiting.get(&agent.id), woken.get(&agent.id).copied().unwrap_or_default());
        }
        if page.items.is_empty() || cost.agents >= page.total {
            return Ok(cost);
        }
    }
}

impl Cost {
    fn add(&mut self, agent: &Agent, work: Option<&work::Work>, woken: i64) {
        self.agents += 1;
        match agent.wake() {
            Some(Wake::Work) => self.woken_for_work += 1,
            Some(Wake::Always) => self.woken_always += 1,
            Some(Wake::Never) => self.woken_never += 1,
            None => {}
        }
        self.with_work += i64::from(work.is_some_and(work::Work::is_any));
        self.model_calls_per_day += agent.estimated_calls_per_day(work).unwrap_or_default();
        self.wakes_in_last_day += woken;
    }
}

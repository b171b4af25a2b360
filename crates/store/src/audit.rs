//! The audit log: who did what that matters for security, from where, in which request. Append-only by the database.
//!
//! Entries are written in the transaction of what they tell. Most come of events: `covers` says of which. Who is
//! calling is known to the task that serves the request ([`Origin`]); work without one, such as a job, is the system's.

use std::{
    future::Future,
    sync::{Arc, OnceLock},
};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Json, Result, Txn, events::NewEvent, sql};

tokio::task_local! {
    static ORIGIN: Arc<Origin>;
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// `user` or `agent`.
    pub kind: &'static str,
    /// The id.
    pub id: Uuid,
    /// The name at that time.
    pub name: String,
}

/// Where a request came from, and who turned out to send it.
#[derive(Debug)]
pub struct Origin {
    address: String,
    request_id: String,
    actor: OnceLock<Actor>,
}

impl Origin {
    /// A request of a client whom nobody knows yet.
    #[must_use]
    pub fn new(address: String, request_id: String) -> Arc<Self> {
        Arc::new(Self { address, request_id, actor: OnceLock::new() })
    }

    /// The origin of the request that the present task serves.
    #[must_use]
    pub fn current() -> Option<Arc<Self>> {
        ORIGIN.try_with(Arc::clone).ok()
    }

    /// Serves a request of this origin. What is spawned inside needs it again.
    pub async fn serve<F: Future>(self: Arc<Self>, work: F) -> F::Output {
        ORIGIN.scope(self, work).await
    }
}

/// Says who turned out to send the present request. The first word counts.
pub fn acting(actor: Actor) {
    let _ = ORIGIN.try_with(|origin| origin.actor.set(actor));
}

/// Beginnings of the kinds of events that are told in the audit log too: permissions, secrets, gateways, approvals,
/// and what administrators do.
const COVERED: [&str; 16] = [
    "organization.created",
    "organization.updated",
    "organization.deleted",
    "organization.member.",
    "organization.invite.",
    "session.revoked",
    "approval.approved",
    "approval.rejected",
    "approval.reopened",
    "agent.token.",
    "agent.soul.updated",
    "board.created",
    "board.deleted",
    "board.paused",
    "board.resumed",
    "skill_pack.",
];
/// Kinds that are told when a person or an agent caused them, and not when they only happened.
const COVERED_ACTS: [&str; 13] = [
    "agent.created",
    "agent.updated",
    "agent.delete.direct",
    "agent.delete.requested",
    "board.updated",
    "board_group.deleted",
    "gateway.created",
    "gateway.updated",
    "gateway.deleted",
    "webhook.created",
    "webhook.updated",
    "webhook.deleted",
    "skill.",
];

/// Whether events of a kind are told in the audit log.
#[must_use]
pub(crate) fn covers(kind: &str) -> bool {
    COVERED.iter().chain(&COVERED_ACTS).any(|start| kind.starts_with(start))
}

/// An entry that no event stands for.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// What happened, such as `auth.signed_in`.
    pub kind: &'static str,
    /// Whose log it belongs to.
    pub organization_id: Uuid,
    /// Who did it, when the request does not know; else nobody known.
    pub actor: Option<Actor>,
    /// A sentence for people.
    pub message: String,
}

impl Txn {
    /// Writes an entry that no event stands for.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn audit(&self, entry: NewEntry) -> Result<()> {
        let NewEntry { kind, organization_id, actor, message } = entry;
        self.write_entry(kind, organization_id, actor, Some(message), None).await
    }

    /// Tells an event in the audit log, if it is of a kind that belongs there.
    pub(crate) async fn audit_event(&self, event: &NewEvent) -> Result<()> {
        let kind = event.kind();
        if !covers(kind) {
            return Ok(());
        }
        let has_actor = Origin::current().is_some_and(|origin| origin.actor.get().is_some());
        if !has_actor && COVERED_ACTS.iter().any(|start| kind.starts_with(start)) {
            return Ok(());
        }
        let about = json!({ "board_id": event.board_id, "agent_id": event.agent_id, "data": event.data });
        self.write_entry(kind, event.organization_id, None, event.message.clone(), Some(about)).await
    }

    async fn write_entry(
        &self,
        kind: &str,
        organization_id: Uuid,
        actor: Option<Actor>,
        message: Option<String>,
        data: Option<Value>,
    ) -> Result<()> {
        let origin = Origin::current();
        let known = origin.as_ref().and_then(|origin| origin.actor.get().cloned());
        let actor = actor.or(known);
        let nobody = if origin.is_some() { "anonymous" } else { "system" };
        self.run_one(
            sql("INSERT INTO audit_events
                     (id, organization_id, kind, actor_kind, actor_id, actor_name, client_address, request_id, message, data, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
            .bind(self.new_id())
            .bind(organization_id)
            .bind(kind)
            .bind(actor.as_ref().map_or(nobody, |actor| actor.kind))
            .bind(actor.as_ref().map(|actor| actor.id))
            .bind(actor.map(|actor| actor.name))
            .bind(origin.as_ref().map(|origin| origin.address.clone()))
            .bind(origin.as_ref().map(|origin| origin.request_id.clone()))
            .bind(message)
            .bind(data.map(Json))
            .bind(self.now()),
        )
        .await
    }
}

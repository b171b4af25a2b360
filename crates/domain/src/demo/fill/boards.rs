//! Boards with their agents, and what is said and what arrives on them.

use chrono::{DateTime, TimeDelta, Utc};
use mc_base::text::slugify;
use mc_store::Json;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    super::{
        content::{Agent, Board, Note, Payload, Webhook},
        timeline::hours,
    },
    AGE, Author, Event, Fill, row,
};
use crate::webhooks::ingest;

impl Fill<'_> {
    /// The board and its agents.
    pub(super) fn board(&mut self, board: &Board) {
        let (id, name, founded) = (self.id(), board.name.as_str(), self.ago(AGE - 1.0));
        self.boards.insert(board.name.clone(), id);
        let gateway = board.on_gateway.then_some(self.gateway_id);
        self.rows.add(
            "boards",
            row![
                id,
                self.organization_id,
                gateway,
                self.groups[&board.group],
                name,
                name.to_lowercase(),
                slugify(name),
                board.description.as_str(),
                "goal",
                board.objective.as_str(),
                Json(&board.success_metrics),
                self.now + TimeDelta::days(board.target_in_days),
                true,
                board.approval_for_done,
                board.review_before_done,
                board.comment_for_review,
                board.max_agents,
                board.paused_hours_ago.map(|count| self.ago(count)),
                founded,
                founded,
            ],
        );
        self.events.push(Event {
            at: founded,
            kind: "board.created",
            board: Some(id),
            user: self.author("Dana").user,
            message: Some(format!("Board created: {name}")),
            ..Event::default()
        });
        for agent in &board.agents {
            self.agent_of(agent, id, gateway, founded + hours(0.5));
        }
    }

    fn agent_of(&mut self, agent: &Agent, board: Uuid, gateway: Option<Uuid>, made: DateTime<Utc>) {
        let id = self.id();
        let name = agent.name.clone();
        self.authors.insert(name.clone(), Author { user: None, agent: Some(id), name });
        let was_seen = agent.status != "provisioning" && agent.state.as_deref() != Some("failed");
        // Those that are there called within the last minutes.
        let silent = agent.silent_minutes.map_or_else(
            || TimeDelta::from_std(std::time::Duration::from_secs(5 + self.random.below(200))),
            |minutes| Ok(TimeDelta::minutes(minutes)),
        );
        let seen = self.now - silent.unwrap_or_default();
        let is_lively = was_seen && agent.silent_minutes.is_none();
        if is_lively {
            self.manifest.lively.push(id);
        }
        let profile = json!({ "role": agent.role, "communication_style": agent.style });
        let made = if was_seen { made } else { self.ago(76.0) };
        self.rows.add(
            "agents",
            row![
                id,
                self.organization_id,
                gateway,
                board,
                agent.name.as_str(),
                agent.name.to_lowercase(),
                if agent.silent_minutes.is_some() { "offline" } else { agent.status.as_str() },
                agent.note.clone(),
                agent.lead,
                Json(profile),
                was_seen.then_some(seen),
                agent.state.as_deref().unwrap_or("ready"),
                agent.error.clone(),
                agent.missed,
                made,
                made,
            ],
        );
        let mut tell = |at, kind, message| {
            let event = Event { at, kind, message: Some(message), ..Event::default() };
            self.events.push(Event { board: Some(board), agent: Some(id), ..event });
        };
        tell(made, "agent.created", format!("Agent created: {}", agent.name));
        if was_seen {
            tell(made + hours(0.1), "agent.checked_in", format!("Agent checked in: {}", agent.name));
        }
        if agent.silent_minutes.is_some() {
            tell(
                seen + TimeDelta::minutes(10),
                "agent.offline",
                format!("Agent went offline: {}", agent.name),
            );
        }
    }

    /// Notes, chat and webhooks.
    pub(super) fn words(&mut self, board: &Board) {
        let id = self.boards[&board.name];
        for note in &board.notes {
            self.note(id, note, false);
        }
        for message in &board.chat {
            self.note(id, message, true);
        }
        for webhook in &board.webhooks {
            self.webhook(id, webhook);
        }
    }

    fn note(&mut self, board: Uuid, note: &Note, is_chat: bool) {
        let (author, id, at) = (self.author(&note.by), self.id(), self.ago(note.hours_ago));
        let tags = if is_chat { vec!["chat".to_owned()] } else { note.tags.clone() };
        self.rows.add(
            "board_memory",
            row![
                id,
                board,
                author.agent,
                author.user,
                note.text.as_str(),
                Json(tags),
                author.name,
                is_chat,
                at,
            ],
        );
    }

    fn webhook(&mut self, board: Uuid, webhook: &Webhook) {
        let (id, made) = (self.id(), self.ago(AGE - 30.0));
        self.rows.add(
            "board_webhooks",
            row![
                id,
                board,
                self.agent(&webhook.agent),
                webhook.description.as_str(),
                webhook.enabled,
                made,
                made,
            ],
        );
        for payload in &webhook.payloads {
            self.payload(board, (id, &webhook.description), payload);
        }
    }

    fn payload(&mut self, board: Uuid, (webhook, description): (Uuid, &str), payload: &Payload) {
        let (id, memory, at) = (self.id(), self.id(), self.ago(payload.hours_ago));
        let trace = ingest::Trace { board_id: board, webhook_id: webhook, payload_id: id };
        self.rows.add(
            "board_memory",
            row![
                memory,
                board,
                None::<Uuid>,
                None::<Uuid>,
                trace.text(description, &payload.body),
                Json(trace.tags()),
                "webhook",
                false,
                at,
            ],
        );
        let settled = at + TimeDelta::milliseconds(640);
        self.rows.add(
            "board_webhook_payloads",
            row![
                id,
                board,
                webhook,
                payload.body.to_string(),
                Json(&payload.headers),
                "203.0.113.24",
                payload.headers.get("content-type").cloned(),
                memory,
                payload.status.as_str(),
                payload.attempts,
                payload.error.clone(),
                settled,
                (payload.status == "delivered").then_some(settled),
                at,
            ],
        );
        self.events.push(Event {
            at,
            kind: "webhook.received",
            board: Some(board),
            message: Some(ingest::received(description)),
            data: Some(json!({ "webhook_id": webhook, "payload_id": id })),
            ..Event::default()
        });
        if payload.status == "failed" {
            self.events.push(Event {
                at: settled,
                kind: "webhook.delivery_failed",
                board: Some(board),
                message: payload.error.clone(),
                data: Some(Value::from_iter([("payload_id", id.to_string())])),
                ..Event::default()
            });
        }
    }
}

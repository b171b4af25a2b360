//! Makes rows of the content.

mod boards;
mod organization;
mod tasks;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use mc_base::Random;
use mc_store::{Json, Txn};
use serde_json::Value;
use uuid::Uuid;

use super::{
    content,
    rows::{Rows, row},
    timeline::hours,
};
use crate::Result;

/// The same content gives the same histories, counted from the time at which they are made.
const SEED: u64 = 2_026;
/// Since when the organization stands, in hours: longer than its oldest task.
const AGE: f64 = 24.0 * 36.0;

/// What is remembered of the demo beside its rows.
#[derive(Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Manifest {
    /// The people who were made for it, and go with it.
    pub(super) people: Vec<Uuid>,
    /// The agents for which signs of life are given.
    pub(super) lively: Vec<Uuid>,
}

/// Somebody who speaks.
#[derive(Clone, Debug)]
struct Author {
    user: Option<Uuid>,
    agent: Option<Uuid>,
    name: String,
}

/// Something that happened, before its place in the log is known.
#[derive(Clone, Debug, Default)]
struct Event {
    at: DateTime<Utc>,
    /// The id of the row that it stands for.
    id: Option<Uuid>,
    kind: &'static str,
    board: Option<Uuid>,
    group: Option<Uuid>,
    task: Option<Uuid>,
    agent: Option<Uuid>,
    user: Option<Uuid>,
    message: Option<String>,
    data: Option<Value>,
}

/// Everything that is known while the rows are made.
struct Fill<'a> {
    txn: &'a Txn,
    random: Random,
    now: DateTime<Utc>,
    organization_id: Uuid,
    rows: Rows,
    manifest: Manifest,
    events: Vec<Event>,
    authors: HashMap<String, Author>,
    groups: HashMap<String, Uuid>,
    tags: HashMap<String, Uuid>,
    fields: HashMap<String, Uuid>,
    boards: HashMap<String, Uuid>,
    gateway_id: Uuid,
}

/// Writes the organization for the people who look at it, and gives its id.
pub(super) async fn fill(txn: &Txn, owners: &[Uuid]) -> Result<Uuid> {
    let (organization, boards) = content::load();
    let mut fill = Fill {
        txn,
        random: Random::seeded(SEED),
        now: txn.now(),
        organization_id: txn.new_id(),
        rows: Rows::default(),
        manifest: Manifest::default(),
        events: Vec::new(),
        authors: HashMap::new(),
        groups: HashMap::new(),
        tags: HashMap::new(),
        fields: HashMap::new(),
        boards: HashMap::new(),
        gateway_id: txn.new_id(),
    };
    fill.organization(&organization, owners);
    for board in &boards {
        fill.board(board);
    }
    fill.fields(&organization);
    for group in &organization.groups {
        fill.words_of_group(group);
    }
    for board in &boards {
        fill.work(board);
        fill.words(board);
    }
    let id = fill.organization_id;
    fill.write(&organization.name).await?;
    Ok(id)
}

impl Fill<'_> {
    fn id(&self) -> Uuid {
        self.txn.new_id()
    }

    /// A time before now.
    fn ago(&self, count: f64) -> DateTime<Utc> {
        self.now - hours(count)
    }

    fn author(&self, name: &str) -> Author {
        self.authors.get(name).cloned().expect("a test of the content looks for names that nobody has")
    }

    fn agent(&self, name: &str) -> Uuid {
        self.author(name).agent.expect("a test of the content looks for agents that there are not")
    }

    /// The rows, and the events in their order.
    async fn write(mut self, name: &str) -> Result<()> {
        let founded = self.ago(AGE);
        let manifest = Json(std::mem::take(&mut self.manifest));
        self.rows.add("organizations", row![self.organization_id, name, manifest, founded, founded]);
        self.events.sort_by_key(|event| event.at);
        for event in std::mem::take(&mut self.events) {
            let id = event.id.unwrap_or_else(|| self.id());
            self.rows.add(
                "events",
                row![
                    id,
                    event.kind,
                    self.organization_id,
                    event.board,
                    event.group,
                    event.task,
                    event.agent,
                    event.user,
                    event.message,
                    event.data.map(Json),
                    true,
                    event.at,
                ],
            );
        }
        self.rows.write(self.txn).await
    }
}

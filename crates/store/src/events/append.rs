//! Writing to the log.

use sea_query::{Alias, Query, Value};
use uuid::Uuid;

use super::NewEvent;
use crate::{Engine, Json, Read, Result, Txn, sql, txn::chunks};

/// What a new event sets, in the order of the values.
const COLUMNS: [&str; 12] = [
    "id",
    "kind",
    "organization_id",
    "board_id",
    "task_id",
    "agent_id",
    "user_id",
    "message",
    "data",
    "activity",
    "created_at",
    "board_group_id",
];

impl Txn {
    /// Appends an event. It exists, and wakes readers, when the transaction commits.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn append(&self, event: NewEvent) -> Result<Uuid> {
        let id = event.id.unwrap_or_else(|| self.new_id());
        self.audit_event(&event).await?;
        let insert = match self.engine() {
            Engine::Sqlite => sql(
                "INSERT INTO events (id, kind, organization_id, board_id, task_id, agent_id, user_id, message, data, activity, created_at, board_group_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            ),
            // The transaction must have its id before it takes a position: see the module's text.
            Engine::Postgres => sql(
                "WITH me AS MATERIALIZED (SELECT pg_current_xact_id() AS xid)
                 INSERT INTO events (id, kind, organization_id, board_id, task_id, agent_id, user_id, message, data, activity, created_at, board_group_id)
                 SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 FROM me WHERE xid IS NOT NULL",
            ),
        };
        self.run_one(
            insert
                .bind(id)
                .bind(event.kind)
                .bind(event.organization_id)
                .bind(event.board_id)
                .bind(event.task_id)
                .bind(event.agent_id)
                .bind(event.user_id)
                .bind(event.message)
                .bind(event.data.map(Json))
                .bind(event.activity)
                .bind(self.now())
                .bind(event.board_group_id),
        )
        .await?;
        self.note_events();
        Ok(id)
    }

    /// Appends several events, in their order, with few statements.
    ///
    /// # Errors
    /// When the database refuses one of them; then none is there.
    pub async fn append_all(&self, mut events: Vec<NewEvent>) -> Result<()> {
        if events.len() < 2 {
            if let Some(event) = events.pop() {
                self.append(event).await?;
            }
            return Ok(());
        }
        for event in &events {
            self.audit_event(event).await?;
        }
        if self.engine() == Engine::Postgres {
            // The transaction must have its id before it takes a position: see the text of the module above.
            let _: (bool,) = self.one(sql("SELECT pg_current_xact_id() IS NOT NULL")).await?;
        }
        for chunk in chunks(events) {
            let mut insert =
                Query::insert().into_table(Alias::new("events")).columns(COLUMNS.map(Alias::new)).take();
            for event in chunk {
                let values: [Value; COLUMNS.len()] = [
                    event.id.unwrap_or_else(|| self.new_id()).into(),
                    event.kind.into(),
                    event.organization_id.into(),
                    event.board_id.into(),
                    event.task_id.into(),
                    event.agent_id.into(),
                    event.user_id.into(),
                    event.message.into(),
                    event.data.map(Json).into(),
                    event.activity.into(),
                    self.now().into(),
                    event.board_group_id.into(),
                ];
                insert.values_panic(values.map(Into::into));
            }
            self.run(self.render(&insert)).await?;
        }
        self.note_events();
        Ok(())
    }
}

//! Rows that are gathered and then written table by table.

use mc_store::{Read, Txn};
use sea_query::{Alias, Query, SimpleExpr, Value};

use crate::Result;

/// How many rows one statement writes: both engines bound the number of parameters.
const CHUNK: usize = 200;

/// The tables that are written, each after those that it refers to, with the columns that are given.
const TABLES: [(&str, &[&str]); 25] = [
    ("organizations", &["id", "name", "demo", "created_at", "updated_at"]),
    (
        "users",
        &[
            "id",
            "clerk_user_id",
            "email",
            "name",
            "preferred_name",
            "timezone",
            "notes",
            "active_organization_id",
            "created_at",
        ],
    ),
    (
        "organization_members",
        &[
            "id",
            "organization_id",
            "user_id",
            "role",
            "all_boards_read",
            "all_boards_write",
            "created_at",
            "updated_at",
        ],
    ),
    (
        "gateways",
        &[
            "id",
            "organization_id",
            "name",
            "url",
            "workspace_root",
            "connection_state",
            "connection_since",
            "last_error",
            "created_at",
            "updated_at",
        ],
    ),
    (
        "board_groups",
        &["id", "organization_id", "name", "sort_name", "slug", "description", "created_at", "updated_at"],
    ),
    (
        "boards",
        &[
            "id",
            "organization_id",
            "gateway_id",
            "board_group_id",
            "name",
            "sort_name",
            "slug",
            "description",
            "board_type",
            "objective",
            "success_metrics",
            "target_date",
            "goal_confirmed",
            "require_approval_for_done",
            "require_review_before_done",
            "comment_required_for_review",
            "max_agents",
            "paused_at",
            "created_at",
            "updated_at",
        ],
    ),
    (
        "agents",
        &[
            "id",
            "organization_id",
            "gateway_id",
            "board_id",
            "name",
            "folded_name",
            "status",
            "status_note",
            "is_board_lead",
            "identity_profile",
            "last_seen_at",
            "lifecycle_state",
            "last_provision_error",
            "missed_checkins",
            "created_at",
            "updated_at",
        ],
    ),
    ("tags", &["id", "organization_id", "name", "slug", "color", "description", "created_at", "updated_at"]),
    (
        "task_custom_field_definitions",
        &[
            "id",
            "organization_id",
            "field_key",
            "label",
            "field_type",
            "ui_visibility",
            "validation_regex",
            "description",
            "created_at",
            "updated_at",
        ],
    ),
    ("board_task_custom_fields", &["id", "board_id", "task_custom_field_definition_id", "created_at"]),
    (
        "tasks",
        &[
            "id",
            "board_id",
            "title",
            "description",
            "status",
            "priority",
            "due_at",
            "in_progress_at",
            "previous_in_progress_at",
            "review_submitted_by_agent_id",
            "created_by_user_id",
            "assigned_agent_id",
            "created_by_agent_id",
            "created_at",
            "updated_at",
        ],
    ),
    ("task_dependencies", &["id", "board_id", "task_id", "depends_on_task_id", "created_at"]),
    (
        "task_status_changes",
        &["id", "board_id", "task_id", "from_status", "to_status", "in_progress_at", "created_at", "left_at"],
    ),
    (
        "task_comments",
        &["id", "board_id", "task_id", "agent_id", "user_id", "author_name", "message", "created_at"],
    ),
    ("tag_assignments", &["id", "task_id", "tag_id", "created_at"]),
    (
        "task_custom_field_values",
        &["id", "task_id", "task_custom_field_definition_id", "value", "created_at", "updated_at"],
    ),
    (
        "approvals",
        &[
            "id",
            "board_id",
            "task_id",
            "agent_id",
            "action_type",
            "payload",
            "confidence",
            "rubric_scores",
            "status",
            "resolved_by_user_id",
            "decision_note",
            "created_at",
            "resolved_at",
        ],
    ),
    ("approval_task_links", &["id", "approval_id", "task_id", "is_pending", "created_at"]),
    (
        "board_memory",
        &["id", "board_id", "agent_id", "user_id", "content", "tags", "source", "is_chat", "created_at"],
    ),
    (
        "board_group_memory",
        &[
            "id",
            "board_group_id",
            "agent_id",
            "user_id",
            "content",
            "tags",
            "source",
            "is_chat",
            "created_at",
        ],
    ),
    ("board_webhooks", &["id", "board_id", "agent_id", "description", "enabled", "created_at", "updated_at"]),
    (
        "board_webhook_payloads",
        &[
            "id",
            "board_id",
            "webhook_id",
            "payload",
            "headers",
            "source_ip",
            "content_type",
            "memory_id",
            "delivery_status",
            "delivery_attempts",
            "delivery_error",
            "delivery_updated_at",
            "delivered_at",
            "received_at",
        ],
    ),
    (
        "skill_packs",
        &[
            "id",
            "organization_id",
            "name",
            "description",
            "source_url",
            "source_key",
            "metadata",
            "last_synced_at",
            "created_at",
            "updated_at",
        ],
    ),
    (
        "marketplace_skills",
        &[
            "id",
            "organization_id",
            "pack_id",
            "name",
            "description",
            "category",
            "risk",
            "source",
            "source_url",
            "repository_key",
            "search_text",
            "metadata",
            "created_at",
            "updated_at",
        ],
    ),
    (
        "events",
        &[
            "id",
            "kind",
            "organization_id",
            "board_id",
            "board_group_id",
            "task_id",
            "agent_id",
            "user_id",
            "message",
            "data",
            "activity",
            "created_at",
        ],
    ),
];

/// The values of a row, in the order of its columns.
macro_rules! row {
    ($($value:expr),* $(,)?) => { vec![$(sea_query::Value::from($value)),*] };
}
pub(super) use row;

/// Rows by table.
#[derive(Debug, Default)]
pub(super) struct Rows([Vec<Vec<Value>>; TABLES.len()]);

impl Rows {
    /// Takes a row of a table.
    pub(super) fn add(&mut self, table: &'static str, row: Vec<Value>) {
        let place = TABLES.iter().position(|(name, _)| *name == table).expect("the table is in the list");
        self.0[place].push(row);
    }

    /// Writes all of them.
    pub(super) async fn write(self, txn: &Txn) -> Result<()> {
        for ((table, columns), rows) in TABLES.into_iter().zip(self.0) {
            let mut rows = rows.into_iter().peekable();
            while rows.peek().is_some() {
                let mut insert = Query::insert();
                insert.into_table(Alias::new(table)).columns(columns.iter().map(|name| Alias::new(*name)));
                for row in rows.by_ref().take(CHUNK) {
                    insert.values_panic(row.into_iter().map(SimpleExpr::from));
                }
                txn.run(txn.render(&insert)).await?;
            }
        }
        Ok(())
    }
}

//! Taking over a database of the reference server: every row that has a place here, once, whatever is run again.
//!
//! Everything is written in one transaction. Rows keep their ids; one that is there already is left alone, so that a
//! second import changes nothing. What cannot stand here as it is, is adjusted or left out, and the report says so.
//! Secrets are sealed, hashes of tokens are kept until their agents first present the tokens.

mod activity;
mod agents;
mod boards;
mod memory;
mod organizations;
mod report;
mod row;
mod skills;
mod tasks;
mod webhooks;
mod writer;

pub use report::{Report, TableReport};

use mc_store::Foreign;

use crate::{Context, Error, Result};
use row::Row;
use writer::Writer;

/// Tables without which it is no database of the reference server.
const NEEDED: [&str; 5] = ["alembic_version", "organizations", "users", "boards", "tasks"];
/// Tables of which nothing is needed here.
const UNUSED: [&str; 2] = ["alembic_version", "task_fingerprints"];

/// Why an import was given up.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The source could not be read.
    #[error("--from: the database cannot be read: {0}")]
    Source(mc_store::StoreError),
    /// The source is something else.
    #[error("--from: the database has no table {0}, so it is none of the reference server")]
    NotReference(&'static str),
    /// A row of the source lacks what every one has.
    #[error("--from: {0}")]
    Row(String),
    /// Our own database refused.
    #[error(transparent)]
    Target(#[from] Error),
}

impl From<mc_store::StoreError> for ImportError {
    fn from(error: mc_store::StoreError) -> Self {
        Self::Target(error.into())
    }
}

/// Imports everything from an opened source. With `dry_run` nothing is kept, and the report says what would be.
///
/// # Errors
/// When the source is no database of the reference server, or either database fails.
pub async fn import(context: &Context, mut source: Foreign, dry_run: bool) -> Result<Report, ImportError> {
    let tables = source.tables().await.map_err(ImportError::Source)?;
    let has = |name: &str| tables.iter().any(|table| table == name);
    if let Some(missing) = NEEDED.into_iter().find(|name| !has(name)) {
        return Err(ImportError::NotReference(missing));
    }
    let txn = context.store().begin().await?;
    let mut writer = Writer::new(context, &txn);
    // Each table after those that it refers to.
    macro_rules! take {
        ($($table:literal, $order:literal => $function:path;)*) => {
            $(if has($table) {
                source.begin($table, $order).await.map_err(ImportError::Source)?;
                writer.table($table);
                loop {
                    let rows = source.next().await.map_err(ImportError::Source)?;
                    if rows.is_empty() {
                        break;
                    }
                    for row in rows {
                        $function(&mut writer, &Row::new($table, row)).await?;
                    }
                }
            })*
        };
    }
    take! {
        "organizations", "created_at, id" => organizations::organization;
        "users", "id" => organizations::user;
        "organization_members", "created_at, id" => organizations::member;
        "gateways", "created_at, id" => boards::gateway;
        "board_groups", "created_at, id" => boards::group;
        "boards", "created_at, id" => boards::board;
        "organization_board_access", "created_at, id" => organizations::board_access;
        "organization_invites", "created_at, id" => organizations::invite;
        "organization_invite_board_access", "created_at, id" => organizations::invite_access;
        "agents", "created_at, id" => agents::agent;
        "tasks", "created_at, id" => tasks::task;
        "task_dependencies", "created_at, id" => tasks::dependency;
        "tags", "created_at, id" => tasks::tag;
        "tag_assignments", "created_at, id" => tasks::tag_assignment;
        "task_custom_field_definitions", "created_at, id" => tasks::field;
        "board_task_custom_fields", "created_at, id" => tasks::field_binding;
        "task_custom_field_values", "created_at, id" => tasks::field_value;
        "approvals", "created_at, id" => tasks::approval;
        "approval_task_links", "created_at, id" => tasks::approval_link;
        "board_memory", "created_at, id" => memory::of_board;
        "board_group_memory", "created_at, id" => memory::of_group;
        "board_onboarding_sessions", "created_at, id" => memory::onboarding;
        "board_webhooks", "created_at, id" => webhooks::webhook;
        "board_webhook_payloads", "received_at, id" => webhooks::payload;
        "skill_packs", "created_at, id" => skills::pack;
        "marketplace_skills", "created_at, id" => skills::skill;
        "gateway_installed_skills", "created_at, id" => skills::installed;
        "activity_events", "created_at, id" => activity::event;
    }
    tasks::link_approvals(&mut writer).await?;
    writer.settle_users().await?;
    let mut report = writer.finish();
    report.unknown =
        tables.into_iter().filter(|table| !UNUSED.contains(&table.as_str()) && !report.has(table)).collect();
    source.close().await.map_err(ImportError::Source)?;
    if dry_run {
        drop(txn);
    } else {
        txn.commit().await?;
    }
    Ok(report)
}

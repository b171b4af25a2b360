//! Use cases on the demo. They are for those who look after the installation.

use mc_store::{Json, Read, Txn, events::NewEvent, sql};
use uuid::Uuid;

use super::fill::{self, Manifest};
use crate::{Context, Error, Result, organizations};

/// The demo as it stands.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Demo {
    /// The organization.
    pub organization_id: Uuid,
    /// Its name.
    pub name: String,
    /// How many boards it has.
    pub boards: i64,
    /// How many agents it has.
    pub agents: i64,
    /// How many tasks it has.
    pub tasks: i64,
}

/// The demo, if there is one.
///
/// # Errors
/// When the database cannot be reached.
pub async fn current(on: &impl Read) -> Result<Option<Demo>> {
    Ok(on
        .optional(sql("SELECT o.id AS organization_id, o.name,
                    (SELECT count(*) FROM boards b WHERE b.organization_id = o.id) AS boards,
                    (SELECT count(*) FROM agents a WHERE a.organization_id = o.id) AS agents,
                    (SELECT count(*) FROM tasks t JOIN boards b ON b.id = t.board_id
                     WHERE b.organization_id = o.id) AS tasks
             FROM organizations o WHERE o.demo IS NOT NULL ORDER BY o.created_at, o.id LIMIT 1"))
        .await?)
}

/// Makes the demo. The given people own it, and go on in it unless they work on boards elsewhere.
///
/// # Errors
/// `Conflict` when there is one already; `Invalid` when nobody is given.
pub async fn create(context: &Context, owners: &[Uuid]) -> Result<Demo> {
    if owners.is_empty() {
        return Err(Error::invalid("The demo needs somebody who looks at it"));
    }
    let txn = context.store().begin().await?;
    lock(&txn).await?;
    if current(&txn).await?.is_some() {
        return Err(
            Error::conflict("There is a demo already; remove it to make a new one").code("demo_exists")
        );
    }
    let id = fill::fill(&txn, owners).await?;
    for owner in owners {
        txn.run(
            sql("UPDATE users SET active_organization_id = $2 WHERE id = $1 AND NOT EXISTS
                     (SELECT 1 FROM boards WHERE boards.organization_id = users.active_organization_id)")
            .bind(*owner)
            .bind(id),
        )
        .await?;
        txn.append(NewEvent::new("organization.created", id).user(Some(*owner))).await?;
    }
    let demo =
        current(&txn).await?.ok_or_else(|| Error::internal("the demo is gone within its transaction"))?;
    txn.commit().await?;
    tracing::info!(organization.id = %id, boards = demo.boards, tasks = demo.tasks, "demo.created");
    Ok(demo)
}

/// Removes the demo with everything in it, and with the people who were made for it; `by` is the person who wants that.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn remove(context: &Context, by: Option<Uuid>) -> Result<()> {
    let txn = context.store().begin().await?;
    lock(&txn).await?;
    let found: Vec<(Uuid, Json<Manifest>)> =
        txn.all(sql("SELECT id, demo FROM organizations WHERE demo IS NOT NULL ORDER BY id")).await?;
    if found.is_empty() {
        return Err(Error::not_found());
    }
    for (id, manifest) in found {
        organizations::service::erase(&txn, id, by).await?;
        for person in manifest.0.people {
            txn.run(sql("DELETE FROM users WHERE id = $1").bind(person)).await?;
        }
        tracing::info!(organization.id = %id, "demo.removed");
    }
    txn.commit().await?;
    Ok(())
}

/// Of two who make or remove it at once, one waits.
async fn lock(txn: &Txn) -> Result<()> {
    Ok(txn.lock("demo", Uuid::nil()).await?)
}

//! Use cases on tasks.

mod cast;
mod create;
mod delete;
mod release;
mod update;

use mc_store::Txn;
use uuid::Uuid;

use super::{
    model::{Task, TaskDetail, TaskFilter},
    queries,
};
use crate::{Context, Error, Page, PageRequest, Result, access::BoardReader};

pub use create::create;
pub use delete::delete;
pub use release::release;
pub use update::update;

/// The tasks of a board, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(
    context: &Context,
    scope: &BoardReader,
    filter: &TaskFilter,
    page: PageRequest,
) -> Result<Page<TaskDetail>> {
    queries::page(context.store(), scope.board().id, filter, page).await
}

/// One task of a board.
///
/// # Errors
/// `NotFound` when it is not on the board.
pub async fn get(context: &Context, scope: &BoardReader, id: Uuid) -> Result<TaskDetail> {
    queries::detail(context.store(), scope.board().id, id).await?.ok_or_else(Error::not_found)
}

/// Loads a task and keeps others from changing it until the transaction ends. Whoever decides on
/// what a task depends on, such as its approvals, takes this lock too.
///
/// # Errors
/// `NotFound` when it is not on the board.
pub async fn lock(txn: &Txn, board_id: Uuid, id: Uuid) -> Result<Task> {
    txn.lock("task", id).await?;
    queries::find(txn, board_id, id).await?.ok_or_else(Error::not_found)
}

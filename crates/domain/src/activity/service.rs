//! Use cases on the activity feed.

use uuid::Uuid;

use super::{Activity, ActivityFilter, CommentItem, Viewer, queries};
use crate::{Context, Error, Page, PageRequest, Result, access::OrgMember};

/// What a viewer may see of what happened, newest first.
///
/// # Errors
/// `Forbidden` when a person asks for a board that the person may not read.
pub async fn feed(
    context: &Context,
    viewer: &Viewer,
    filter: &ActivityFilter,
    page: PageRequest,
) -> Result<Page<Activity>> {
    if let Viewer::Member(scope) = viewer {
        check_board(context, scope, filter.board_id).await?;
    }
    queries::feed(context.store(), viewer, filter, page).await
}

/// The comments on tasks of the boards that the member may read, or of one of them, newest first.
///
/// # Errors
/// `Forbidden` when the member may not read that one.
pub async fn comments(
    context: &Context,
    scope: &OrgMember,
    board_id: Option<Uuid>,
    page: PageRequest,
) -> Result<Page<CommentItem>> {
    check_board(context, scope, board_id).await?;
    queries::comments(context.store(), scope.readable_boards(), board_id, page).await
}

/// Checks that a member may read the board that a list is narrowed to.
///
/// # Errors
/// `Forbidden` when not; an unknown board is told from a hidden one to nobody.
pub async fn check_board(context: &Context, scope: &OrgMember, board_id: Option<Uuid>) -> Result<()> {
    match board_id {
        Some(id) if !queries::is_readable(context.store(), scope.readable_boards(), id).await? => {
            Err(Error::forbidden())
        }
        _ => Ok(()),
    }
}

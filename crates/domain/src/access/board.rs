use std::ops::Deref;

use mc_store::{Read, sql};
use sea_query::{Alias, Condition, Expr, ExprTrait, Query};
use uuid::Uuid;

use super::{Actor, Precondition};
use crate::{Context, Error, Kind, Result, boards::Board, organizations::Member};

/// Which boards a member may read, as a condition for queries over several boards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoardRights {
    organization_id: Uuid,
    member_id: Uuid,
    all: bool,
}

impl BoardRights {
    pub(super) fn of(member: &Member) -> Self {
        Self { organization_id: member.organization_id, member_id: member.id, all: member.reads_all_boards() }
    }

    /// The condition on a table that has the columns `organization_id` and the given board column.
    #[must_use]
    pub fn condition(&self, table: &'static str, board_column: &'static str) -> Condition {
        let table = Alias::new(table);
        let mut condition = Condition::all()
            .add(Expr::col((table.clone(), Alias::new("organization_id"))).eq(self.organization_id));
        if !self.all {
            let granted = Query::select()
                .column(Alias::new("board_id"))
                .from(Alias::new("organization_board_access"))
                .and_where(Expr::col(Alias::new("organization_member_id")).eq(self.member_id))
                .and_where(
                    Expr::col(Alias::new("can_read"))
                        .eq(true)
                        .or(Expr::col(Alias::new("can_write")).eq(true)),
                )
                .take();
            condition = condition.add(Expr::col((table, Alias::new(board_column))).in_subquery(granted));
        }
        condition
    }
}

/// A caller who may read one board.
#[derive(Clone, Debug)]
pub struct BoardReader {
    actor: Actor,
    board: Board,
    precondition: Precondition,
}

/// A caller who may read and write one board.
#[derive(Clone, Debug)]
pub struct BoardWriter(BoardReader);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Right {
    Read,
    Write,
}

impl BoardReader {
    /// Checks that the caller may read the board.
    ///
    /// # Errors
    /// `NotFound` for an unknown board, `Forbidden` without the right.
    pub async fn check(context: &Context, actor: Actor, board_id: Uuid) -> Result<Self> {
        check(context, actor, board_id, Right::Read).await
    }

    /// The caller.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The same, for a change under a condition.
    #[must_use]
    pub fn under(self, precondition: Precondition) -> Self {
        Self { precondition, ..self }
    }

    /// The condition under which the caller wants the change.
    #[must_use]
    pub fn precondition(&self) -> &Precondition {
        &self.precondition
    }

    /// The board as it was when the right was checked.
    #[must_use]
    pub fn board(&self) -> &Board {
        &self.board
    }
}

impl BoardWriter {
    /// Checks that the caller may write the board.
    ///
    /// # Errors
    /// As [`BoardReader::check`].
    pub async fn check(context: &Context, actor: Actor, board_id: Uuid) -> Result<Self> {
        check(context, actor, board_id, Right::Write).await.map(Self)
    }

    /// The same, for a change under a condition.
    #[must_use]
    pub fn under(self, precondition: Precondition) -> Self {
        Self(self.0.under(precondition))
    }
}

impl Deref for BoardWriter {
    type Target = BoardReader;
    fn deref(&self) -> &BoardReader {
        &self.0
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    board: Board,
    is_member: bool,
    all_read: bool,
    all_write: bool,
    can_read: bool,
    can_write: bool,
}

async fn check(context: &Context, actor: Actor, board_id: Uuid, right: Right) -> Result<BoardReader> {
    let row: Option<Row> = context
        .store()
        .optional(
            sql("SELECT b.*, (m.id IS NOT NULL) AS is_member,
                        coalesce(m.all_boards_read, FALSE) AS all_read, coalesce(m.all_boards_write, FALSE) AS all_write,
                        coalesce(a.can_read, FALSE) AS can_read, coalesce(a.can_write, FALSE) AS can_write
                 FROM boards b
                 LEFT JOIN organization_members m ON m.organization_id = b.organization_id AND m.user_id = $2
                 LEFT JOIN organization_board_access a ON a.organization_member_id = m.id AND a.board_id = b.id
                 WHERE b.id = $1")
            .bind(board_id)
            .bind(actor.user_id()),
        )
        .await?;
    let row = row.ok_or_else(Error::not_found)?;
    match &actor {
        Actor::User(_) => {
            if !row.is_member {
                return Err(Error::text(Kind::Forbidden, "No org access"));
            }
            let writes = row.all_write || row.can_write;
            let allowed = match right {
                Right::Write => writes,
                Right::Read => writes || row.all_read || row.can_read,
            };
            if !allowed {
                return Err(Error::text(Kind::Forbidden, "Board access denied"));
            }
        }
        Actor::Agent(agent) => {
            // An agent of a board reaches that board; the main agent of a gateway reaches the boards
            // of that gateway. Nobody crosses a tenant.
            let reaches = agent.organization_id == row.board.organization_id
                && match agent.board_id {
                    Some(own) => own == row.board.id,
                    None => agent.gateway_id.is_some() && agent.gateway_id == row.board.gateway_id,
                };
            if !reaches {
                return Err(Error::forbidden());
            }
            if right == Right::Write && agent.status == "deleting" {
                return Err(Error::forbidden());
            }
        }
    }
    Ok(BoardReader { actor, board: row.board, precondition: Precondition::default() })
}

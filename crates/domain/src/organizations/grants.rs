//! Storage of rights on single boards, of members and of invites.

use std::collections::HashSet;

use mc_store::{Read, Txn, sql};
use sea_query::{Alias, BinOper, Expr, ExprTrait, OnConflict, Query};
use uuid::Uuid;

use super::{BoardGrant, BoardRight};
use crate::{Error, Kind, Result};

/// How many rows or ids go into one statement.
const BATCH: usize = 500;

/// Whose rights.
#[derive(Clone, Copy, Debug)]
pub(super) enum Holder {
    /// Of a member.
    Member(Uuid),
    /// Of whoever accepts an invite.
    Invite(Uuid),
}

impl Holder {
    fn place(self) -> (&'static str, &'static str, Uuid) {
        match self {
            Self::Member(id) => ("organization_board_access", "organization_member_id", id),
            Self::Invite(id) => ("organization_invite_board_access", "organization_invite_id", id),
        }
    }
}

/// The rights of a member, oldest first.
pub(super) async fn of_member(on: &impl Read, member_id: Uuid) -> Result<Vec<BoardGrant>> {
    Ok(on
        .all(
            sql("SELECT id, board_id, can_read, can_write, created_at, updated_at FROM organization_board_access
                 WHERE organization_member_id = $1 ORDER BY created_at, id")
            .bind(member_id),
        )
        .await?)
}

/// The rights that an invite gives.
pub(super) async fn of_invite(on: &impl Read, invite_id: Uuid) -> Result<Vec<BoardRight>> {
    Ok(on
        .all(
            sql("SELECT board_id, can_read, can_write FROM organization_invite_board_access
                 WHERE organization_invite_id = $1 ORDER BY created_at, id")
            .bind(invite_id),
        )
        .await?)
}

/// Refuses rights on boards that are not of the organization, whether they would allow anything or not.
///
/// # Errors
/// `Invalid` with the code `unknown_board`.
pub(super) async fn check_boards(on: &impl Read, organization_id: Uuid, rights: &[BoardRight]) -> Result<()> {
    let wanted: HashSet<Uuid> = rights.iter().map(|right| right.board_id).collect();
    let wanted: Vec<Uuid> = wanted.into_iter().collect();
    for ids in wanted.chunks(BATCH) {
        let query = Query::select()
            .column(Alias::new("id"))
            .from(Alias::new("boards"))
            .and_where(Expr::col(Alias::new("organization_id")).eq(organization_id))
            .and_where(Expr::col(Alias::new("id")).is_in(ids.iter().copied()))
            .take();
        let known: Vec<(Uuid,)> = on.all(on.render(&query)).await?;
        if known.len() < ids.len() {
            return Err(Error::new(Kind::Invalid).code("unknown_board"));
        }
    }
    Ok(())
}

/// Gives rights, adding to those on the same boards. Each board stands at most once in `rights`.
pub(super) async fn add(txn: &Txn, holder: Holder, rights: &[BoardRight]) -> Result<()> {
    let (table, owner, id) = holder.place();
    let either = |name: &'static str| {
        let present = Expr::col((Alias::new(table), Alias::new(name)));
        present.binary(BinOper::Or, Expr::col((Alias::new("excluded"), Alias::new(name))))
    };
    for rights in rights.chunks(BATCH) {
        let mut insert = Query::insert()
            .into_table(Alias::new(table))
            .columns(
                ["id", owner, "board_id", "can_read", "can_write", "created_at", "updated_at"]
                    .map(Alias::new),
            )
            .on_conflict(
                OnConflict::columns([Alias::new(owner), Alias::new("board_id")])
                    .value(Alias::new("can_read"), either("can_read"))
                    .value(Alias::new("can_write"), either("can_write"))
                    .update_column(Alias::new("updated_at"))
                    .to_owned(),
            )
            .take();
        for right in rights {
            insert.values_panic([
                txn.new_id().into(),
                id.into(),
                right.board_id.into(),
                right.can_read.into(),
                right.can_write.into(),
                txn.now().into(),
                txn.now().into(),
            ]);
        }
        txn.run(txn.render(&insert)).await?;
    }
    Ok(())
}

/// Gives a member these rights in place of all others.
pub(super) async fn replace(txn: &Txn, member_id: Uuid, rights: &[BoardRight]) -> Result<()> {
    txn.run(sql("DELETE FROM organization_board_access WHERE organization_member_id = $1").bind(member_id))
        .await?;
    add(txn, Holder::Member(member_id), rights).await
}

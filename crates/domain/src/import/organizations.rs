//! Organizations, the people in them, and their invites.

use uuid::Uuid;

use mc_store::{Read, sql};

use super::{
    ImportError,
    row::Row,
    writer::{Put, Writer},
};
use crate::{
    organizations::{Role, service::invites},
    users::service::LOCAL_USER,
};

pub(super) async fn organization(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let columns = vec![
        ("name", row.text("name")?.into()),
        ("created_at", row.time("created_at")?.into()),
        ("updated_at", row.time("updated_at")?.into()),
    ];
    writer.put("organizations", row.own_id()?, columns).await?;
    Ok(())
}

/// A person who has signed in here before stays under the id that was made then.
pub(super) async fn user(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (id, name) = (row.own_id()?, row.text("clerk_user_id")?);
    let active = row.maybe_id("active_organization_id")?;
    let mut columns = vec![
        ("clerk_user_id", name.clone().into()),
        ("is_super_admin", row.flag("is_super_admin")?.into()),
        ("created_at", writer.now().into()),
    ];
    for column in ["email", "name", "preferred_name", "pronouns", "timezone", "notes", "context"] {
        columns.push((column, row.maybe_text(column)?.into()));
    }
    let here = match writer.put("users", id, columns).await? {
        Put::Written | Put::Present => id,
        Put::Taken => {
            let same = sql("SELECT id FROM users WHERE clerk_user_id = $1").bind(name.clone());
            let (here,): (Uuid,) = writer.txn.one(same).await?;
            writer.count(Put::Present);
            if name == LOCAL_USER {
                fill_profile(writer, row, here).await?;
            }
            here
        }
    };
    writer.map_user(id, here, active);
    Ok(())
}

/// The person of local sign-in exists from the first start on; what the source knows of it fills what is empty here.
async fn fill_profile(writer: &Writer<'_>, row: &Row, here: Uuid) -> Result<(), ImportError> {
    writer
        .txn
        .run(
            sql("UPDATE users SET preferred_name = coalesce(preferred_name, $2), pronouns = coalesce(pronouns, $3),
                     timezone = coalesce(timezone, $4), notes = coalesce(notes, $5), context = coalesce(context, $6)
                 WHERE id = $1")
            .bind(here)
            .bind(row.maybe_text("preferred_name")?)
            .bind(row.maybe_text("pronouns")?)
            .bind(row.maybe_text("timezone")?)
            .bind(row.maybe_text("notes")?)
            .bind(row.maybe_text("context")?),
        )
        .await?;
    Ok(())
}

/// The role as it is kept here: the source takes any text for one.
fn role(writer: &mut Writer<'_>, row: &Row) -> Result<&'static str, ImportError> {
    let text = row.text("role")?.trim().to_lowercase();
    let known = [Role::Owner, Role::Admin, Role::Member].into_iter().find(|role| role.as_str() == text);
    if known.is_none() {
        writer.adjusted("an unknown role became member");
    }
    Ok(known.unwrap_or(Role::Member).as_str())
}

pub(super) async fn member(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let organization = row.id("organization_id")?;
    let Some(user) =
        writer.user(row.maybe_id("user_id")?).filter(|_| writer.has("organizations", organization))
    else {
        writer.left_out("its person or organization is missing");
        return Ok(());
    };
    let columns = vec![
        ("organization_id", organization.into()),
        ("user_id", user.into()),
        ("role", role(writer, row)?.into()),
        ("all_boards_read", row.flag("all_boards_read")?.into()),
        ("all_boards_write", row.flag("all_boards_write")?.into()),
        ("created_at", row.time("created_at")?.into()),
        ("updated_at", row.time("updated_at")?.into()),
    ];
    let reason = "the person is a member already";
    writer.put_or_leave("organization_members", row.own_id()?, columns, reason).await?;
    Ok(())
}

pub(super) async fn board_access(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    access(writer, row, "organization_board_access", "organization_member_id", "organization_members").await
}

pub(super) async fn invite_access(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let table = "organization_invite_board_access";
    access(writer, row, table, "organization_invite_id", "organization_invites").await
}

async fn access(
    writer: &mut Writer<'_>,
    row: &Row,
    table: &'static str,
    column: &'static str,
    holders: &'static str,
) -> Result<(), ImportError> {
    let (holder, board) = (row.id(column)?, row.id("board_id")?);
    let (can_read, can_write) = (row.flag("can_read")?, row.flag("can_write")?);
    if !writer.has(holders, holder) || !writer.has("boards", board) {
        writer.left_out("its holder or board is missing");
        return Ok(());
    }
    if !can_read && !can_write {
        writer.left_out("it grants nothing");
        return Ok(());
    }
    let columns = vec![
        (column, holder.into()),
        ("board_id", board.into()),
        ("can_read", true.into()),
        ("can_write", can_write.into()),
        ("created_at", row.time("created_at")?.into()),
        ("updated_at", row.time("updated_at")?.into()),
    ];
    writer.put_or_leave(table, row.own_id()?, columns, "the holder has the board already").await?;
    Ok(())
}

/// Links that were sent go on working, for as long as a new invite does.
pub(super) async fn invite(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (id, organization) = (row.own_id()?, row.id("organization_id")?);
    if !writer.has("organizations", organization) {
        writer.left_out("its organization is missing");
        return Ok(());
    }
    let token = row.text("token")?;
    let digest = invites::digest(writer.context, &token);
    let accepted_at = row.maybe_time("accepted_at")?;
    let sealed = writer.seal(&invites::seal_purpose(id), Some(token)).filter(|_| accepted_at.is_none());
    let expires_at = accepted_at.unwrap_or_else(|| writer.now()) + invites::LIFETIME;
    let columns = vec![
        ("organization_id", organization.into()),
        ("invited_email", row.text("invited_email")?.trim().to_lowercase().into()),
        ("role", role(writer, row)?.into()),
        ("all_boards_read", row.flag("all_boards_read")?.into()),
        ("all_boards_write", row.flag("all_boards_write")?.into()),
        ("token_digest", digest.into()),
        ("token_sealed", sealed.into()),
        ("created_by_user_id", writer.user(row.maybe_id("created_by_user_id")?).into()),
        ("accepted_by_user_id", writer.user(row.maybe_id("accepted_by_user_id")?).into()),
        ("accepted_at", accepted_at.into()),
        ("expires_at", expires_at.into()),
        ("created_at", row.time("created_at")?.into()),
        ("updated_at", row.time("updated_at")?.into()),
    ];
    writer.put_or_leave("organization_invites", id, columns, "its token is in use").await?;
    Ok(())
}

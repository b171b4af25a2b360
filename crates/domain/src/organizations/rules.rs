//! Decisions on members and invites, without I/O.

use std::collections::HashMap;

use uuid::Uuid;

use super::{BoardRight, Invite, Member, Role};
use crate::{Error, Kind, Result};

fn forbidden(text: &str) -> Error {
    Error::text(Kind::Forbidden, text)
}

fn last_owner() -> Error {
    Error::invalid("An organization needs at least one owner; name another owner first")
}

/// Whether a member may give another one (or itself) a role, in an organization with so many owners.
pub(super) fn may_change_role(actor: &Member, target: &Member, new: Role, owners: i64) -> Result<()> {
    if new == target.role {
        return Ok(());
    }
    if actor.role < Role::Owner && (new == Role::Owner || target.role == Role::Owner) {
        return Err(forbidden("Only owners may grant or remove the role owner"));
    }
    if new > actor.role || target.role > actor.role {
        return Err(forbidden("Nobody may grant or change a role above the own one"));
    }
    if target.role == Role::Owner && owners <= 1 {
        return Err(last_owner());
    }
    Ok(())
}

/// Whether a member may invite somebody into a role.
pub(super) fn may_invite(actor: &Member, role: Role) -> Result<()> {
    if role > actor.role {
        return Err(forbidden("Only owners may invite owners"));
    }
    Ok(())
}

/// Whether a member may put another one out, in an organization with so many owners.
pub(super) fn may_remove(actor: &Member, target: &Member, owners: i64) -> Result<()> {
    if actor.id == target.id {
        return Err(forbidden("You cannot remove yourself; leave the organization instead"));
    }
    if target.role == Role::Owner && actor.role < Role::Owner {
        return Err(forbidden("Only owners may remove an owner"));
    }
    may_go(target, owners)
}

/// Whether an organization with so many owners can be without a member.
pub(super) fn may_go(member: &Member, owners: i64) -> Result<()> {
    if member.role == Role::Owner && owners <= 1 { Err(last_owner()) } else { Ok(()) }
}

/// Whether a member may hand the organization over to another one.
pub(super) fn may_transfer(actor: &Member, target: &Member) -> Result<()> {
    if actor.role != Role::Owner {
        return Err(forbidden("Only an owner may transfer the organization"));
    }
    if actor.id == target.id {
        return Err(Error::invalid("member_id must name another member"));
    }
    Ok(())
}

/// One right for each board: repeated ones are added up, those that allow nothing are left out.
pub(super) fn merged(rights: Vec<BoardRight>) -> Vec<BoardRight> {
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    let mut merged: Vec<BoardRight> = Vec::new();
    for right in rights.into_iter().filter(|right| right.can_read || right.can_write) {
        let place = *places.entry(right.board_id).or_insert(merged.len());
        match merged.get_mut(place) {
            Some(known) => {
                known.can_read |= right.can_read;
                known.can_write |= right.can_write;
            }
            None => merged.push(right),
        }
    }
    merged
}

/// A membership after its person has accepted a further invite: nothing is taken away.
pub(super) fn raised(member: &Member, invite: &Invite) -> Member {
    Member {
        role: member.role.max(invite.role),
        all_boards_read: member.all_boards_read || invite.all_boards_read || invite.all_boards_write,
        all_boards_write: member.all_boards_write || invite.all_boards_write,
        ..member.clone()
    }
}

/// Whether an invite is meant for a person with this address. Who has none may accept any.
pub(super) fn is_for(invited_email: &str, email: Option<&str>) -> bool {
    let plain = |text: &str| text.trim().to_lowercase();
    let (invited, own) = (plain(invited_email), plain(email.unwrap_or_default()));
    invited.is_empty() || own.is_empty() || invited == own
}

#[cfg(test)]
mod tests;

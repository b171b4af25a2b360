//! Decisions on people, without I/O.

use crate::organizations::Role;

/// What becomes of an organization when a person who belongs to it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Departure {
    /// Nobody is left: it goes too.
    Erase,
    /// The others go on.
    Leave,
    /// The others would be without an owner: not like this.
    Refuse,
}

/// What a departure means for an organization with so many members and owners, the person among them.
pub(super) fn departure(role: Role, members: i64, owners: i64) -> Departure {
    match (members, role) {
        (..=1, _) => Departure::Erase,
        (_, Role::Owner) if owners <= 1 => Departure::Refuse,
        _ => Departure::Leave,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_is_left_neither_without_people_nor_without_an_owner() {
        for (role, members, owners, expected) in [
            (Role::Owner, 1, 1, Departure::Erase),
            (Role::Member, 1, 0, Departure::Erase),
            (Role::Owner, 2, 1, Departure::Refuse),
            (Role::Owner, 2, 2, Departure::Leave),
            (Role::Admin, 2, 1, Departure::Leave),
            (Role::Member, 3, 1, Departure::Leave),
        ] {
            assert_eq!(departure(role, members, owners), expected, "{role:?} {members} {owners}");
        }
    }
}

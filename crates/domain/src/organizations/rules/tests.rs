use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::*;
use crate::organizations::EmailAddress;

const ROLES: [Role; 3] = [Role::Member, Role::Admin, Role::Owner];

fn member(id: u128, role: Role) -> Member {
    Member {
        id: Uuid::from_u128(id),
        organization_id: Uuid::from_u128(100),
        user_id: Uuid::from_u128(200 + id),
        role,
        all_boards_read: false,
        all_boards_write: false,
        created_at: DateTime::<Utc>::UNIX_EPOCH,
        updated_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

fn invite(role: Role, read: bool, write: bool) -> Invite {
    Invite {
        id: Uuid::from_u128(300),
        organization_id: Uuid::from_u128(100),
        invited_email: "ada@example.com".into(),
        role,
        all_boards_read: read,
        all_boards_write: write,
        created_by_user_id: None,
        accepted_by_user_id: None,
        accepted_at: None,
        expires_at: DateTime::<Utc>::UNIX_EPOCH,
        created_at: DateTime::<Utc>::UNIX_EPOCH,
        updated_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

fn kind(result: Result<()>) -> Option<Kind> {
    result.err().map(|error| error.kind)
}

#[test]
fn only_owners_grant_and_take_the_role_owner_and_the_last_one_keeps_it() {
    use Role::{Admin, Member as Plain, Owner};
    for (actor, target, new, owners, expected) in [
        (Admin, Plain, Admin, 1, None),
        (Admin, Admin, Plain, 1, None),
        (Admin, Plain, Owner, 1, Some(Kind::Forbidden)),
        (Admin, Admin, Owner, 1, Some(Kind::Forbidden)),
        (Admin, Owner, Plain, 2, Some(Kind::Forbidden)),
        (Admin, Owner, Admin, 1, Some(Kind::Forbidden)),
        (Admin, Owner, Owner, 1, None),
        (Owner, Plain, Owner, 1, None),
        (Owner, Owner, Admin, 2, None),
        (Owner, Owner, Admin, 1, Some(Kind::Invalid)),
        (Plain, Plain, Admin, 1, Some(Kind::Forbidden)),
    ] {
        let result = may_change_role(&member(1, actor), &member(2, target), new, owners);
        assert_eq!(kind(result), expected, "{actor:?} makes {target:?} {new:?} of {owners}");
    }
    for (role, owners, expected) in
        [(Owner, 1, Some(Kind::Invalid)), (Owner, 2, None), (Admin, 1, None), (Plain, 1, None)]
    {
        assert_eq!(kind(may_go(&member(1, role), owners)), expected, "{role:?} of {owners}");
    }
}

#[test]
fn nobody_is_removed_by_oneself_or_by_a_lesser_role() {
    use Role::{Admin, Member as Plain, Owner};
    for (actor, target, owners, expected) in [
        ((1, Admin), (2, Plain), 1, None),
        ((1, Admin), (2, Admin), 1, None),
        ((1, Admin), (1, Admin), 1, Some(Kind::Forbidden)),
        ((1, Owner), (1, Owner), 2, Some(Kind::Forbidden)),
        ((1, Admin), (2, Owner), 2, Some(Kind::Forbidden)),
        ((1, Owner), (2, Owner), 2, None),
        ((1, Owner), (2, Owner), 1, Some(Kind::Invalid)),
    ] {
        let result = may_remove(&member(actor.0, actor.1), &member(target.0, target.1), owners);
        assert_eq!(kind(result), expected, "{actor:?} removes {target:?}");
    }
    for (role, other, expected) in [
        (Owner, 2, None),
        (Owner, 1, Some(Kind::Invalid)),
        (Admin, 2, Some(Kind::Forbidden)),
        (Plain, 2, Some(Kind::Forbidden)),
    ] {
        assert_eq!(kind(may_transfer(&member(1, role), &member(other, Plain))), expected);
    }
}

#[test]
fn an_invite_grants_no_more_than_its_maker_is() {
    for actor in ROLES {
        for role in ROLES {
            assert_eq!(
                may_invite(&member(1, actor), role).is_ok(),
                role <= actor,
                "{actor:?} invites {role:?}"
            );
        }
    }
}

#[test]
fn roles_are_read_as_people_type_them() {
    for (text, expected) in [
        ("owner", Some(Role::Owner)),
        (" Admin ", Some(Role::Admin)),
        ("MEMBER", Some(Role::Member)),
        ("", Some(Role::Member)),
        ("  ", Some(Role::Member)),
        ("banana", None),
        ("own er", None),
    ] {
        assert_eq!(Role::normalised(text), expected, "{text:?}");
    }
}

#[test]
fn addresses_are_checked_loosely() {
    for (text, expected) in [
        ("Ada@Example.COM", Some("ada@example.com")),
        ("  ada@localhost ", Some("ada@localhost")),
        ("ada+tag@exämple.com", Some("ada+tag@exämple.com")),
        ("", None),
        ("   ", None),
        ("ada", None),
        ("@example.com", None),
        ("ada@", None),
        ("a@b@c", None),
        ("ada lovelace@example.com", None),
        ("ada@exam\tple.com", None),
        ("ada@exam\u{7f}ple.com", None),
    ] {
        let read = EmailAddress::parse(text);
        assert_eq!(read.as_ref().ok().map(EmailAddress::as_str), expected, "{text:?}");
    }
    assert!(EmailAddress::parse(&format!("{}@example.com", "a".repeat(320))).is_err());
}

#[test]
fn an_invite_is_for_one_address_and_for_those_who_have_none() {
    for (email, expected) in [
        (Some("ada@example.com"), true),
        (Some(" ADA@example.com "), true),
        (Some("grace@example.com"), false),
        (Some("  "), true),
        (None, true),
    ] {
        assert_eq!(is_for("ada@example.com", email), expected, "{email:?}");
    }
}

#[test]
fn accepting_again_only_adds() {
    for role in ROLES {
        for invited in ROLES {
            let after = raised(&member(1, role), &invite(invited, false, false));
            assert_eq!(after.role, role.max(invited));
            assert!(!after.all_boards_read && !after.all_boards_write);
        }
    }
    let writer = raised(&member(1, Role::Member), &invite(Role::Member, false, true));
    assert!(writer.all_boards_read && writer.all_boards_write);
    let reader = raised(&member(1, Role::Member), &invite(Role::Member, true, false));
    assert!(reader.all_boards_read && !reader.all_boards_write);
    assert_eq!(raised(&writer, &invite(Role::Member, false, false)), writer);
}

proptest! {
    #[test]
    fn merged_rights_name_each_board_once_and_allow_the_same(
        rights in prop::collection::vec((0_u128..5, any::<bool>(), any::<bool>()), 0..20)
    ) {
        let rights: Vec<BoardRight> = rights
            .into_iter()
            .map(|(id, can_read, can_write)| BoardRight { board_id: Uuid::from_u128(id), can_read, can_write })
            .collect();
        let after = merged(rights.clone());
        for id in (0..5).map(Uuid::from_u128) {
            let of = |all: &[BoardRight]| {
                let own = all.iter().filter(|right| right.board_id == id);
                own.fold((false, false), |sum, right| (sum.0 || right.can_read, sum.1 || right.can_write))
            };
            prop_assert_eq!(of(&after), of(&rights));
            prop_assert!(after.iter().filter(|right| right.board_id == id).count() <= 1);
        }
        prop_assert!(after.iter().all(|right| right.can_read || right.can_write));
    }
}

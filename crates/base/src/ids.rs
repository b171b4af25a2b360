//! Identifiers of new rows, and the lenient reading of identifiers from outside.

use std::sync::{Arc, Mutex, PoisonError};

use uuid::{Builder, Uuid};

use crate::{Clock, Random};

/// Random bits of a version 7 UUID: 12 before the variant, 62 after it.
const RANDOM_BITS: u32 = 74;
const LOW_BITS: u32 = 62;

/// Maker of version 7 UUIDs: they sort by the time at which they were made, and every id of one maker and its clones is
/// greater than the one before, even within a millisecond or when the clock goes back.
#[derive(Clone, Debug)]
pub struct Ids {
    clock: Clock,
    random: Random,
    last: Arc<Mutex<Last>>,
}

#[derive(Debug)]
struct Last {
    millis: u64,
    random: u128,
}

impl Ids {
    /// A maker that takes time and randomness from these two.
    pub fn new(clock: Clock, random: Random) -> Self {
        Self { clock, random, last: Arc::new(Mutex::new(Last { millis: 0, random: 0 })) }
    }

    /// The next id.
    pub fn next(&self) -> Uuid {
        let now = u64::try_from(self.clock.now().timestamp_millis()).unwrap_or(0);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if now > last.millis {
            *last = Last { millis: now, random: self.random_bits() };
        } else {
            // Within one millisecond the random part only grows, by a step that cannot be guessed.
            let step = u128::from(u32::from_le_bytes(self.random.bytes())) + 1;
            let random = last.random + step;
            *last = if random >> RANDOM_BITS == 0 {
                Last { millis: last.millis, random }
            } else {
                Last { millis: last.millis + 1, random: self.random_bits() }
            };
        }
        let mut bytes = [0; 10];
        bytes[..2].copy_from_slice(&((last.random >> LOW_BITS) as u16).to_be_bytes());
        bytes[2..].copy_from_slice(&((last.random & ((1 << LOW_BITS) - 1)) as u64).to_be_bytes());
        Builder::from_unix_timestamp_millis(last.millis, &bytes).into_uuid()
    }

    /// An id that nobody can guess (UUID version 4), for what is reached by knowing it.
    pub fn unguessable(&self) -> Uuid {
        Builder::from_random_bytes(self.random.bytes()).into_uuid()
    }

    fn random_bits(&self) -> u128 {
        u128::from_le_bytes(self.random.bytes()) >> (u128::BITS - RANDOM_BITS)
    }
}

/// Reads a UUID with hyphens, as 32 hexadecimal digits, in braces or as `urn:uuid:`, in any case. The error is the reason
/// that a validation item of type `uuid_parsing` carries.
pub fn parse_uuid(text: &str) -> Result<Uuid, String> {
    let bare = without_wrapping(text);
    Uuid::try_parse(bare).map_err(|_| why_no_uuid(bare))
}

const URN: &str = "urn:uuid:";
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

fn without_wrapping(text: &str) -> &str {
    match text.split_at_checked(URN.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(URN) => rest,
        _ => text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text),
    }
}

/// The reason in the words that clients of this API have always seen; those of the library change between releases.
fn why_no_uuid(text: &str) -> String {
    let odd =
        text.chars().enumerate().find(|(_, character)| *character != '-' && !character.is_ascii_hexdigit());
    if let Some((index, character)) = odd {
        let position = index + 1;
        return format!(
            "invalid character: expected an optional prefix of `{URN}` followed by [0-9a-fA-F-], found `{character}` at {position}"
        );
    }
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    let wrong = GROUPS.iter().zip(&groups).position(|(expected, found)| expected != found);
    match (groups.len(), wrong) {
        (1, _) => format!("invalid length: expected length 32 for simple format, found {}", text.len()),
        (5, Some(group)) => {
            format!(
                "invalid group length in group {group}: expected {}, found {}",
                GROUPS[group], groups[group]
            )
        }
        (count, _) => format!("invalid group count: expected 5, found {count}"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;
    use uuid::{Variant, Version};

    use super::*;

    #[test]
    fn ids_are_version_7_and_carry_the_time() {
        let (clock, _) = Clock::manual(DateTime::from_timestamp_millis(1_795_000_000_123).unwrap());
        let id = Ids::new(clock, Random::seeded(1)).next();
        assert_eq!((id.get_version(), id.get_variant()), (Some(Version::SortRand), Variant::RFC4122));
        assert_eq!(id.as_u128() >> 80, 1_795_000_000_123);
    }

    #[test]
    fn ids_grow_in_a_standing_and_in_a_backward_clock() {
        let (clock, hand) = Clock::manual(DateTime::from_timestamp_millis(1_795_000_000_123).unwrap());
        let ids = Ids::new(clock, Random::seeded(2));
        let mut last = ids.next();
        for round in 0..10_000 {
            if round == 5_000 {
                hand.advance(TimeDelta::seconds(-5));
            }
            let id = ids.clone().next();
            assert!(id > last, "{id} after {last}");
            last = id;
        }
    }

    #[test]
    fn an_overflow_of_the_random_part_moves_the_time() {
        let (clock, _) = Clock::manual(DateTime::from_timestamp_millis(1_795_000_000_123).unwrap());
        let ids = Ids::new(clock, Random::seeded(2));
        *ids.last.lock().unwrap() = Last { millis: 1_795_000_000_123, random: (1 << RANDOM_BITS) - 1 };
        assert_eq!(ids.next().as_u128() >> 80, 1_795_000_000_124);
    }

    #[test]
    fn every_usual_form_is_read() {
        let id: Uuid = "0192f0c1-2345-7abc-8def-0123456789ab".parse().unwrap();
        for text in [
            "0192f0c1-2345-7abc-8def-0123456789ab",
            "0192F0C1-2345-7ABC-8DEF-0123456789AB",
            "0192f0c123457abc8def0123456789ab",
            "{0192f0c123457abc8def0123456789ab}",
            "{0192f0c1-2345-7abc-8def-0123456789ab}",
            "urn:uuid:0192f0c1-2345-7abc-8def-0123456789ab",
            "URN:UUID:0192F0C1-2345-7ABC-8DEF-0123456789AB",
        ] {
            assert_eq!(parse_uuid(text), Ok(id), "{text}");
        }
    }

    #[test]
    fn reasons_are_those_that_clients_know() {
        for (text, reason) in [
            ("abc", "invalid length: expected length 32 for simple format, found 3"),
            ("", "invalid length: expected length 32 for simple format, found 0"),
            (
                "not-a-uuid",
                "invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `n` at 1",
            ),
            (
                "{é}",
                "invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `é` at 1",
            ),
            ("0192f0c1-2345", "invalid group count: expected 5, found 2"),
            ("0192f0c1-2345-7abc-8def-0123456789", "invalid group length in group 4: expected 12, found 10"),
            ("urn:uuid:12", "invalid length: expected length 32 for simple format, found 2"),
        ] {
            let error = parse_uuid(text).unwrap_err();
            assert_eq!(error, reason, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_the_reader_panic(text in "\\PC{0,60}") {
            let _ = parse_uuid(&text);
        }

        #[test]
        fn written_ids_read_back(number: u128) {
            let id = Uuid::from_u128(number);
            prop_assert_eq!(parse_uuid(&id.to_string()), Ok(id));
            prop_assert_eq!(parse_uuid(&id.simple().to_string()), Ok(id));
        }
    }
}

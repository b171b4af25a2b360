//! Versions of gateways: dates with an optional revision, as in `2026.9.6` or `2026.2.21-1`.

use std::{fmt, str::FromStr};

/// A version of a gateway. Revisions come after the date they belong to, pre-releases before it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    year: u16,
    month: u8,
    day: u8,
    stage: Stage,
}

// The order of the variants is the order of versions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// `-beta.2`.
    Pre(Vec<Identifier>),
    /// `-2`; 0 when there is none.
    Release(u64),
}

// As semantic versions have it: numbers before words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Number(u64),
    Word(String),
}

/// The text is no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected calver YYYY.M.D, with an optional -revision or -prerelease")]
pub struct NoVersion;

impl FromStr for Version {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        // What stands after a plus names a build and orders nothing.
        let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
        if build.is_some_and(|build| build.split('.').any(|part| !is_word(part))) {
            return Err(NoVersion);
        }
        let (date, suffix) = text.split_once('-').map_or((text, None), |(date, suffix)| (date, Some(suffix)));
        let parts: Vec<&str> = date.split('.').collect();
        let [year, month, day] = parts[..] else { return Err(NoVersion) };
        if year.len() != 4 {
            return Err(NoVersion);
        }
        Ok(Self {
            year: digits(year)?.try_into().map_err(|_| NoVersion)?,
            month: within(month, 12)?,
            day: within(day, 31)?,
            stage: suffix.map_or(Ok(Stage::Release(0)), stage)?,
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.year, self.month, self.day)?;
        match &self.stage {
            Stage::Release(0) => Ok(()),
            Stage::Release(revision) => write!(formatter, "-{revision}"),
            Stage::Pre(identifiers) => {
                for (place, identifier) in identifiers.iter().enumerate() {
                    formatter.write_str(if place == 0 { "-" } else { "." })?;
                    match identifier {
                        Identifier::Number(number) => write!(formatter, "{number}")?,
                        Identifier::Word(word) => formatter.write_str(word)?,
                    }
                }
                Ok(())
            }
        }
    }
}

fn digits(text: &str) -> Result<u64, NoVersion> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().map_err(|_| NoVersion) } else { Err(NoVersion) }
}

/// One or two digits from 1 to `max`.
fn within(text: &str, max: u8) -> Result<u8, NoVersion> {
    let number = digits(text)?;
    let number = u8::try_from(number).map_err(|_| NoVersion)?;
    if text.len() <= 2 && (1..=max).contains(&number) { Ok(number) } else { Err(NoVersion) }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn stage(suffix: &str) -> Result<Stage, NoVersion> {
    if let Ok(revision) = digits(suffix) {
        return Ok(Stage::Release(revision));
    }
    let identifiers: Vec<Identifier> = suffix
        .split('.')
        .map(|part| match digits(part) {
            Ok(number) => Ok(Identifier::Number(number)),
            Err(_) if is_word(part) => Ok(Identifier::Word(part.to_ascii_lowercase())),
            Err(error) => Err(error),
        })
        .collect::<Result<_, _>>()?;
    // A leading number would read like a revision.
    match identifiers.first() {
        Some(Identifier::Word(_)) => Ok(Stage::Pre(identifiers)),
        _ => Err(NoVersion),
    }
}

/// Whether a gateway of this version can be used, given the least version that is.
///
/// # Errors
/// With a sentence that says why not.
pub(super) fn check(found: Option<&str>, minimum: &Version) -> Result<Version, String> {
    let Some(text) = found.map(str::trim).filter(|text| !text.is_empty()) else {
        return Err("The gateway is not compatible: unable to determine gateway version".into());
    };
    let shown: String = mc_base::text::escape_controls(text).chars().take(100).collect();
    let version: Version = text.parse().map_err(|error| {
        format!("The gateway is not compatible: unsupported version format `{shown}` ({error})")
    })?;
    if version < *minimum {
        return Err(format!(
            "Gateway version {version} is not supported; upgrade the gateway to {minimum} or newer"
        ));
    }
    Ok(version)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap_or_else(|_| panic!("{text}"))
    }

    #[test]
    fn versions_are_dates_with_a_suffix() {
        for text in [
            "2026.2.9",
            "v2026.02.09",
            "V2026.2.9",
            " 2026.12.31 ",
            "2026.2.21-1",
            "2026.2.21-10",
            "2026.9.1-beta",
            "2026.9.1-beta.2",
            "2026.9.1+build.5",
            "2026.9.1-rc.1+abc",
            "2026.9.1-RC1",
        ] {
            assert!(text.parse::<Version>().is_ok(), "{text}");
        }
        for text in [
            "",
            " ",
            "dev",
            "latest",
            "2026",
            "2026.2",
            "2026.13.1",
            "2026.0.1",
            "2026.2.0",
            "2026.2.32",
            "2026.2.0-beta",
            "26.2.1",
            "20260.2.1",
            "2026.002.1",
            "2026.2.1-",
            "2026.2.1-1.beta",
            "2026.2.1-beta..1",
            "2026.2.1-be ta",
            "2026.2.1.4",
            "2026.2.-1",
            "+2026.2.1",
            "2026.2.1+",
            "x2026.2.1",
            "2026.٢.1",
        ] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }

    #[test]
    fn versions_have_an_order() {
        let rising = [
            "2025.12.31",
            "2026.1.30",
            "2026.2.9",
            "2026.2.20-alpha",
            "2026.2.20-beta.1",
            "2026.2.20-beta.2",
            "2026.2.20-beta.10",
            "2026.2.20-beta.x",
            "2026.2.20",
            "2026.2.21",
            "2026.2.21-1",
            "2026.2.21-2",
            "2026.2.21-10",
            "2026.10.1",
        ];
        for pair in rising.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
        for (one, other) in [
            ("2026.02.20", "v2026.2.20"),
            ("2026.2.20-0", "2026.2.20"),
            ("2026.2.20+a", "2026.2.20+b"),
            ("2026.2.20-BETA", "2026.2.20-beta"),
        ] {
            assert_eq!(version(one), version(other));
        }
    }

    #[test]
    fn the_gate_names_what_is_wrong() {
        let minimum = version("2026.02.9");
        for (found, fragment) in [
            (None, "unable to determine gateway version"),
            (Some("  "), "unable to determine gateway version"),
            (Some("dev"), "unsupported version format `dev`"),
            (Some("a\u{1b}[2Jb"), "unsupported version format"),
            (
                Some("2026.1.30"),
                "Gateway version 2026.1.30 is not supported; upgrade the gateway to 2026.2.9",
            ),
            (Some("2026.2.9-beta.1"), "not supported"),
        ] {
            let verdict = check(found, &minimum).unwrap_err();
            assert!(verdict.contains(fragment) && !verdict.contains('\u{1b}'), "{verdict}");
        }
        for found in ["2026.2.9", "v2026.2.09-1", "2026.9.6"] {
            assert!(check(Some(found), &minimum).is_ok(), "{found}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(year in 1000_u16..9999, month in 1_u8..=12, day in 1_u8..=31,
                                    suffix in prop_oneof![Just(String::new()), "-[0-9]{1,5}", "-[a-z]{1,5}(\\.[0-9]{1,4})?"]) {
            let version = version(&format!("{year}.{month}.{day}{suffix}"));
            prop_assert_eq!(version.to_string().parse::<Version>(), Ok(version));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            let _ = text.parse::<Version>();
        }
    }
}

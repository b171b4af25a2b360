use chrono::{DateTime, Utc};

use crate::{Error, Kind, Result};

/// The condition under which a caller wants a change: that nobody has changed the thing since the
/// caller read it (`If-Match`, RFC 9110).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Precondition {
    versions: Option<Vec<String>>,
}

impl Precondition {
    /// That the thing still has one of these versions; see [`Precondition::version`].
    #[must_use]
    pub fn unchanged(versions: Vec<String>) -> Self {
        Self { versions: Some(versions) }
    }

    /// The version of a thing that was last changed at a time.
    #[must_use]
    pub fn version(updated_at: DateTime<Utc>) -> String {
        format!("{:x}", updated_at.timestamp_micros())
    }

    /// Checks a thing that is locked against other changes.
    ///
    /// # Errors
    /// `PreconditionFailed` when it was changed meanwhile.
    pub fn check(&self, updated_at: DateTime<Utc>) -> Result<()> {
        match &self.versions {
            Some(versions) if !versions.contains(&Self::version(updated_at)) => {
                let text =
                    "It was changed meanwhile; read it again and decide whether your change still fits";
                Err(Error::text(Kind::PreconditionFailed, text).code("changed_meanwhile"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_change_happens_only_to_what_the_caller_has_read() {
        let read = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
        let later = read + TimeDelta::microseconds(1);
        assert!(Precondition::default().check(later).is_ok());
        let precondition = Precondition::unchanged(vec!["0".into(), Precondition::version(read)]);
        assert!(precondition.check(read).is_ok());
        assert_eq!(precondition.check(later).unwrap_err().kind, Kind::PreconditionFailed);
        assert!(Precondition::unchanged(Vec::new()).check(read).is_err());
    }
}

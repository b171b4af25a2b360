//! What is said about a configuration: errors that stop the start, and warnings that do not.

use std::borrow::Cow;
use std::fmt;

/// One reason why the configuration cannot be used. Prints as one line, `NAME: what is wrong; what to do`, and never
/// contains a configured value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {what}; {remedy}")]
pub struct ConfigError {
    /// The variable, or `.env` for the file as a whole.
    pub name: Cow<'static, str>,
    /// What is wrong.
    pub what: Cow<'static, str>,
    /// What to do about it.
    pub remedy: Cow<'static, str>,
}

/// Something in the configuration that has not the effect one may expect. Prints as one line and never contains a
/// configured value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The variable.
    pub name: Cow<'static, str>,
    /// What happens instead.
    pub message: Cow<'static, str>,
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.name, self.message)
    }
}

/// What is wrong with a value, before it is known whose value it is.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) what: Cow<'static, str>,
    pub(super) remedy: Cow<'static, str>,
}

/// A problem and its remedy.
pub(super) fn problem(what: impl Into<Cow<'static, str>>, remedy: impl Into<Cow<'static, str>>) -> Problem {
    Problem { what: what.into(), remedy: remedy.into() }
}

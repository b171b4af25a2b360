//! Takes the values from the environment and from `.env`, and collects everything that is wrong with them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::report::{ConfigError, Warning, problem};
use super::table;
use super::variable::{Blank, Notes, Variable};

/// Prefix of the names that belong to this server alone.
const OWN_PREFIX: &str = "MC_";

/// Values by name in capitals, and what was found out about them.
pub(super) struct Reader {
    values: BTreeMap<String, String>,
    errors: Vec<ConfigError>,
    warnings: Vec<Warning>,
}

impl Reader {
    /// Merges the two sources. Names count in any case; the real environment wins over the file.
    pub(super) fn new(env: impl IntoIterator<Item = (String, String)>, dotenv: Option<&str>) -> Self {
        let mut reader = Self { values: BTreeMap::new(), errors: Vec::new(), warnings: Vec::new() };
        reader.take_dotenv(dotenv.unwrap_or_default());
        let mut env: Vec<(String, String)> = env.into_iter().collect();
        // Of two spellings of a name the one in capitals counts: it comes last.
        env.sort_by_key(|(name, _)| *name == name.to_ascii_uppercase());
        for (name, value) in env {
            reader.values.insert(name.to_ascii_uppercase(), value);
        }
        reader.warn_of_ignored();
        reader
    }

    fn take_dotenv(&mut self, text: &str) {
        let text = text.trim_start_matches('\u{feff}');
        for entry in dotenvy::from_read_iter(text.as_bytes()) {
            match entry {
                Ok((name, value)) => {
                    let name = name.to_ascii_uppercase();
                    if name.starts_with(OWN_PREFIX) && !table::knows(&name) {
                        self.warn(
                            name.clone(),
                            "is in .env, but no such variable exists; check its spelling",
                        );
                    }
                    self.values.insert(name, value);
                }
                Err(error) => self.errors.push(dotenv_error(text, &error)),
            }
        }
    }

    fn warn_of_ignored(&mut self) {
        for (name, reason) in table::IGNORED {
            if self.is_set(name) {
                self.warn(*name, format!("has no effect here: {reason}"));
            }
        }
    }

    /// Whether a variable has a value that is not blank.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|value| !value.trim().is_empty())
    }

    /// The value of a variable, if it is set and valid.
    pub(super) fn find<T>(&mut self, variable: &Variable<T>) -> Option<T> {
        let info = &variable.info;
        let text = self.values.get(info.name)?.trim();
        let mut notes = Notes::new();
        let value = match info.blank {
            Blank::Unset if text.is_empty() => return None,
            Blank::Refused if text.is_empty() => {
                Err(problem("is empty", format!("{} or remove the variable", info.shape.remedy())))
            }
            _ if text.contains('\0') => Err(problem("contains a NUL character", info.shape.remedy())),
            _ => variable.read(text, &mut notes),
        };
        for note in notes {
            self.warn(info.name, note);
        }
        value
            .map_err(|problem| {
                let name = info.name.into();
                self.errors.push(ConfigError { name, what: problem.what, remedy: problem.remedy });
            })
            .ok()
    }

    /// The value of a variable, or its default.
    pub(super) fn get<T>(&mut self, variable: &Variable<T>) -> T {
        let found = self.find(variable);
        found.or_else(|| variable.default_value()).expect("variables read with `get` have a valid default")
    }

    /// Adds a warning.
    pub(super) fn warn(&mut self, name: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) {
        self.warnings.push(Warning { name: name.into(), message: message.into() });
    }

    /// Adds an error.
    pub(super) fn refuse(&mut self, name: &'static str, what: &'static str, remedy: &'static str) {
        self.errors.push(ConfigError { name: name.into(), what: what.into(), remedy: remedy.into() });
    }

    /// What was found out, errors first.
    pub(super) fn finish(self) -> (Vec<ConfigError>, Vec<Warning>) {
        (self.errors, self.warnings)
    }
}

/// The line itself is not shown: it may hold a secret.
fn dotenv_error(text: &str, error: &dotenvy::Error) -> ConfigError {
    let number = match error {
        dotenvy::Error::LineParse(line, _) => {
            text.find(line.as_str()).map(|position| text[..position].matches('\n').count() + 1)
        }
        _ => None,
    };
    let place = number.map_or_else(|| "a line".to_owned(), |number| format!("line {number}"));
    ConfigError {
        name: ".env".into(),
        what: format!("{place} cannot be read").into(),
        remedy: "write NAME=value, and put a value with spaces, # or $ between single quotes".into(),
    }
}

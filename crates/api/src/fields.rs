//! Reading request bodies and queries: every field is checked, every fault is reported, and the API
//! document is made from the same declaration.
//!
//! [`body!`](crate::body) and [`query!`](crate::query) declare a request; each field's type is a
//! [`Field`], which knows how to read itself leniently (as the wire format says) and its schema.
//!
//! | declared as | absent | `null` |
//! |---|---|---|
//! | `T` | fault `missing` | fault of `T` |
//! | `T = default` | the default | fault of `T` |
//! | `Option<T>` | `None` | `None` |
//! | `Sent<T>` | `None` | fault of `T` |
//! | `Patch<T>` | `None` | `Some(None)` |

mod declare;
mod scalars;
mod template;
mod text;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

pub use scalars::{Int, Number};
pub(crate) use scalars::{names_schema, read_name};
pub(crate) use template::Template;
pub use text::{NonEmpty, SecretText, Text};

use crate::error::Issue;

/// Collects what is wrong, and knows where the reader stands.
#[derive(Debug, Default)]
pub struct Reader {
    loc: Vec<Value>,
    issues: Vec<Issue>,
    secrets: Vec<&'static str>,
}

impl Reader {
    /// A reader of a part of the request: `body`, `query`, `path` or `header`.
    #[must_use]
    pub fn of(part: &'static str) -> Self {
        Self { loc: vec![part.into()], issues: Vec::new(), secrets: Vec::new() }
    }

    /// Leaves a field out wherever a fault shows the object that it stands in.
    pub fn hide(&mut self, name: &'static str) {
        self.secrets.push(name);
    }

    /// Reports a fault of the value at the present place.
    pub fn fault(
        &mut self,
        kind: &'static str,
        msg: impl Into<String>,
        input: Option<&Value>,
        ctx: Option<Value>,
    ) {
        let mut input = input.cloned();
        if let Some(Value::Object(object)) = &mut input {
            object.retain(|name, _| !self.secrets.contains(&name.as_str()));
        }
        self.issues.push(Issue { kind, loc: self.loc.clone(), msg: msg.into(), input, ctx });
    }

    /// Reports that a rule of our own was broken.
    pub fn value_error(&mut self, reason: &str, input: Option<&Value>) {
        self.fault("value_error", format!("Value error, {reason}"), input, Some(json!({ "error": reason })));
    }

    /// Steps into a named or numbered part of the value.
    pub fn within<T>(&mut self, place: impl Into<Value>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.loc.push(place.into());
        let result = read(self);
        self.loc.pop();
        result
    }

    /// Reads a named field of an object.
    pub fn field<T: Field>(&mut self, object: &Map<String, Value>, name: &'static str) -> Option<T> {
        self.within(name, |reader| match object.get(name) {
            Some(value) => T::read(value, reader),
            None => T::absent().or_else(|| {
                reader.fault("missing", "Field required", Some(&Value::Object(object.clone())), None);
                None
            }),
        })
    }

    /// Reads a named field of an object that has a default.
    pub fn field_or<T: Field>(
        &mut self,
        object: &Map<String, Value>,
        name: &'static str,
        default: T,
    ) -> Option<T> {
        match object.get(name) {
            Some(value) => self.within(name, |reader| T::read(value, reader)),
            None => Some(default),
        }
    }

    /// Whether nothing was wrong so far.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.issues.is_empty()
    }

    /// What was wrong.
    #[must_use]
    pub fn into_issues(self) -> Vec<Issue> {
        self.issues
    }
}

/// A type that can stand in a request.
pub trait Field: Sized {
    /// Reads the value, or reports what is wrong with it.
    fn read(value: &Value, reader: &mut Reader) -> Option<Self>;

    /// Whether the value must never be shown again, not even in a fault.
    fn is_secret() -> bool {
        false
    }

    /// What an absent field means; `None` makes the field required.
    fn absent() -> Option<Self> {
        None
    }

    /// The schema of the value.
    fn schema() -> RefOr<Schema>;
}

/// A whole request, declared by [`body!`](crate::body) or [`query!`](crate::query).
pub trait Request: Sized {
    /// Reads all fields, reporting every fault.
    fn read(object: &Map<String, Value>, reader: &mut Reader) -> Option<Self>;
}

/// A field of a change that may be left out but not emptied.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent<T>(pub Option<T>);

/// A field of a change that may be left out, emptied, or set.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch<T>(pub Option<Option<T>>);

/// A field for which a blank text means the same as leaving it out, as forms in URLs send it.
#[derive(Clone, Debug, PartialEq)]
pub struct Blankable<T>(pub Option<T>);

impl<T: Field> Field for Blankable<T> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        if value.as_str().is_some_and(|text| text.trim().is_empty()) {
            return Some(Self(None));
        }
        Option::<T>::read(value, reader).map(Self)
    }
    fn is_secret() -> bool {
        T::is_secret()
    }
    fn absent() -> Option<Self> {
        Some(Self(None))
    }
    fn schema() -> RefOr<Schema> {
        declare::nullable(T::schema())
    }
}

impl<T: Field> Field for Option<T> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::read(value, reader).map(Some) }
    }
    fn is_secret() -> bool {
        T::is_secret()
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
    fn schema() -> RefOr<Schema> {
        declare::nullable(T::schema())
    }
}

impl<T: Field> Field for Sent<T> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        T::read(value, reader).map(|value| Self(Some(value)))
    }
    fn is_secret() -> bool {
        T::is_secret()
    }
    fn absent() -> Option<Self> {
        Some(Self(None))
    }
    fn schema() -> RefOr<Schema> {
        T::schema()
    }
}

impl<T: Field> Field for Patch<T> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        Option::<T>::read(value, reader).map(|value| Self(Some(value)))
    }
    fn is_secret() -> bool {
        T::is_secret()
    }
    fn absent() -> Option<Self> {
        Some(Self(None))
    }
    fn schema() -> RefOr<Schema> {
        Option::<T>::schema()
    }
}

#[doc(hidden)]
pub mod private {
    pub use super::declare::{described, nullable, parameter, trimmed};
}

#[cfg(test)]
mod tests;

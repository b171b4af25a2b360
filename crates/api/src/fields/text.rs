//! Texts with a bound.

use std::ops::Deref;

use mc_base::SecretString;
use serde_json::{Value, json};
use utoipa::openapi::{
    RefOr, Schema,
    schema::{ObjectBuilder, Type},
};

use super::{Field, Reader};

/// A text of at most `MAX` characters, kept as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<const MAX: usize>(pub String);

/// A text that keeps at least one and at most `MAX` characters when blanks around it are removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NonEmpty<const MAX: usize>(pub String);

/// A secret of at most 1,000 characters; never echoed, not even when it is refused.
#[derive(Clone, Debug)]
pub struct SecretText(pub SecretString);

const SECRET_MAX: usize = 1_000;

fn read_text(value: &Value, max: usize, reader: &mut Reader, echo: bool) -> Option<String> {
    let input = echo.then_some(value);
    let Some(text) = value.as_str() else {
        reader.fault("string_type", "Input should be a valid string", input, None);
        return None;
    };
    if text.contains('\0') {
        reader.value_error("null characters are not allowed", input);
        return None;
    }
    if text.chars().count() > max {
        let msg = format!("String should have at most {max} characters");
        reader.fault("string_too_long", msg, None, Some(json!({ "max_length": max })));
        return None;
    }
    Some(text.to_owned())
}

fn schema(min: Option<usize>, max: usize) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).min_length(min).max_length(Some(max)).build().into()
}

impl<const MAX: usize> Field for Text<MAX> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_text(value, MAX, reader, true).map(Self)
    }
    fn schema() -> RefOr<Schema> {
        schema(None, MAX)
    }
}

impl<const MAX: usize> Field for NonEmpty<MAX> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let text = read_text(value, MAX, reader, true)?;
        let trimmed = text.trim();
        if trimmed.is_empty() {
            let ctx = json!({ "min_length": 1 });
            reader.fault(
                "string_too_short",
                "String should have at least 1 character",
                Some(value),
                Some(ctx),
            );
            return None;
        }
        Some(Self(trimmed.to_owned()))
    }
    fn schema() -> RefOr<Schema> {
        schema(Some(1), MAX)
    }
}

impl Field for SecretText {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_text(value, SECRET_MAX, reader, false).map(|text| Self(text.into()))
    }
    fn is_secret() -> bool {
        true
    }
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new().schema_type(Type::String).max_length(Some(SECRET_MAX));
        object.write_only(true).build().into()
    }
}

impl<const MAX: usize> From<&str> for Text<MAX> {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl<const MAX: usize> Deref for Text<MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> Deref for NonEmpty<MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

impl<const MAX: usize> From<NonEmpty<MAX>> for String {
    fn from(text: NonEmpty<MAX>) -> Self {
        text.0
    }
}

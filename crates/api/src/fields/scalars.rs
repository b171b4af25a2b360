//! Numbers, switches, ids, times, lists and free JSON.

use mc_base::{Timestamp, parse_uuid, wire};
use mc_domain::Cursor;
use serde_json::{Map, Value, json};
use utoipa::openapi::{
    KnownFormat, RefOr, Schema, SchemaFormat,
    schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, Type},
};
use uuid::Uuid;

use super::{Field, Reader};

/// An integer from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Int<const MIN: i64, const MAX: i64>(pub i64);

/// A finite number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number<const MIN: i64, const MAX: i64>(pub f64);

fn bounds(value: f64, min: i64, max: i64, input: &Value, reader: &mut Reader) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "bounds are small")]
    let (low, high) = (min as f64, max as f64);
    if value < low {
        let msg = format!("Input should be greater than or equal to {min}");
        reader.fault("greater_than_equal", msg, Some(input), Some(json!({ "ge": min })));
    } else if value > high {
        let msg = format!("Input should be less than or equal to {max}");
        reader.fault("less_than_equal", msg, Some(input), Some(json!({ "le": max })));
    }
    (low..=high).contains(&value)
}

/// An integer that is beyond what we count with stands for the last one that is not, so that bounds can refuse it.
fn beyond(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_integer = digits.len() > 18 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_integer.then_some(if text.starts_with('-') { i64::MIN } else { i64::MAX })
}

fn read_integer(value: &Value, reader: &mut Reader) -> Option<i64> {
    match value {
        Value::Number(number) => {
            if let Some(integer) = number.as_i64() {
                return Some(integer);
            }
            match number.as_f64() {
                Some(float) if float.fract() != 0.0 => {
                    let msg = "Input should be a valid integer, got a number with a fractional part";
                    reader.fault("int_from_float", msg, Some(value), None);
                }
                #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
                Some(float) if float.abs() < 9e15 => return Some(float as i64),
                _ => reader.fault(
                    "int_parsing_size",
                    "Unable to parse input string as an integer, exceeded maximum size",
                    Some(value),
                    None,
                ),
            }
            None
        }
        Value::String(text) => wire::lax_int(text).or_else(|| beyond(text)).or_else(|| {
            let msg = "Input should be a valid integer, unable to parse string as an integer";
            reader.fault("int_parsing", msg, Some(value), None);
            None
        }),
        Value::Bool(flag) => Some(i64::from(*flag)),
        _ => {
            reader.fault("int_type", "Input should be a valid integer", Some(value), None);
            None
        }
    }
}

impl<const MIN: i64, const MAX: i64> Field for Int<MIN, MAX> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let integer = read_integer(value, reader)?;
        #[expect(clippy::cast_precision_loss, reason = "only compared with small bounds")]
        bounds(integer as f64, MIN, MAX, value, reader).then_some(Self(integer))
    }
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(MIN));
        if MAX == i64::MAX { object.build().into() } else { object.maximum(Some(MAX)).build().into() }
    }
}

impl<const MIN: i64, const MAX: i64> From<i64> for Int<MIN, MAX> {
    fn from(value: i64) -> Self {
        Self(value)
    }
}

impl<const MIN: i64, const MAX: i64> Field for Number<MIN, MAX> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => wire::lax_float(text),
            Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
            _ => {
                reader.fault("float_type", "Input should be a valid number", Some(value), None);
                return None;
            }
        };
        let Some(number) = number.filter(|number| number.is_finite()) else {
            let msg = "Input should be a valid number, unable to parse string as a number";
            reader.fault("float_parsing", msg, Some(value), None);
            return None;
        };
        bounds(number, MIN, MAX, value, reader).then_some(Self(number))
    }
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Number).minimum(Some(MIN)).maximum(Some(MAX)).build().into()
    }
}

impl Field for bool {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let known = match value {
            Value::Bool(flag) => return Some(*flag),
            Value::String(text) => wire::lax_bool(text),
            Value::Number(number) => match number.as_f64() {
                Some(0.0) => Some(false),
                Some(1.0) => Some(true),
                _ => None,
            },
            _ => {
                reader.fault("bool_type", "Input should be a valid boolean", Some(value), None);
                return None;
            }
        };
        known.or_else(|| {
            let msg = "Input should be a valid boolean, unable to interpret input";
            reader.fault("bool_parsing", msg, Some(value), None);
            None
        })
    }
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Boolean).build().into()
    }
}

impl Field for Uuid {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let Some(text) = value.as_str() else {
            reader.fault(
                "uuid_type",
                "UUID input should be a string, bytes or UUID object",
                Some(value),
                None,
            );
            return None;
        };
        match parse_uuid(text) {
            Ok(id) => Some(id),
            Err(reason) => {
                let msg = format!("Input should be a valid UUID, {reason}");
                reader.fault("uuid_parsing", msg, Some(value), Some(json!({ "error": reason })));
                None
            }
        }
    }
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Uuid);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).build().into()
    }
}

impl Field for Timestamp {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let read = match value {
            Value::String(text) => Self::parse(text),
            Value::Number(number) => Self::from_number(number.as_f64().unwrap_or(f64::NAN)),
            _ => {
                reader.fault("datetime_type", "Input should be a valid datetime", Some(value), None);
                return None;
            }
        };
        match read {
            Ok(time) => Some(time),
            Err(reason) => {
                let msg = format!("Input should be a valid datetime or date, {reason}");
                reader.fault(
                    "datetime_from_date_parsing",
                    msg,
                    Some(value),
                    Some(json!({ "error": reason })),
                );
                None
            }
        }
    }
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).build().into()
    }
}

impl Field for Cursor {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let cursor = value.as_str().and_then(Self::parse);
        if cursor.is_none() {
            reader.fault(
                "cursor_parsing",
                "Input should be the next_cursor of a page of this list",
                Some(value),
                None,
            );
        }
        cursor
    }
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).max_length(Some(32)).build().into()
    }
}

/// The most items of a list in a request.
const ITEMS_MAX: usize = 1_000;

impl<T: Field> Field for Vec<T> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let Some(items) = value.as_array() else {
            reader.fault("list_type", "Input should be a valid list", Some(value), None);
            return None;
        };
        if items.len() > ITEMS_MAX {
            let msg =
                format!("List should have at most {ITEMS_MAX} items after validation, not {}", items.len());
            let ctx = json!({ "field_type": "List", "max_length": ITEMS_MAX, "actual_length": items.len() });
            reader.fault("too_long", msg, None, Some(ctx));
            return None;
        }
        let read: Vec<Option<T>> = items
            .iter()
            .enumerate()
            .map(|(index, item)| reader.within(index, |reader| T::read(item, reader)))
            .collect();
        read.into_iter().collect()
    }
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(T::schema()).build().into()
    }
}

/// Whether a NUL stands anywhere in a JSON value; PostgreSQL cannot store one.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || has_nul(value)),
        _ => false,
    }
}

impl Field for Value {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        if has_nul(value) {
            reader.value_error("null characters are not allowed", Some(value));
            return None;
        }
        Some(value.clone())
    }
    fn schema() -> RefOr<Schema> {
        Schema::Object(
            ObjectBuilder::new().schema_type(utoipa::openapi::schema::SchemaType::AnyValue).build(),
        )
        .into()
    }
}

impl Field for Map<String, Value> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        match Value::read(value, reader)? {
            Value::Object(map) => Some(map),
            _ => {
                reader.fault("dict_type", "Input should be a valid dictionary", Some(value), None);
                None
            }
        }
    }
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .build()
            .into()
    }
}

/// Reads one of a few names and reports the others, for enums that implement [`Field`].
pub(crate) fn read_name<T: Copy>(value: &Value, names: &[(&str, T)], reader: &mut Reader) -> Option<T> {
    let found = value.as_str().and_then(|text| names.iter().find(|(name, _)| *name == text));
    if let Some((_, item)) = found {
        return Some(*item);
    }
    let quoted: Vec<String> = names.iter().map(|(name, _)| format!("'{name}'")).collect();
    let expected = match quoted.as_slice() {
        [all @ .., last] if !all.is_empty() => format!("{} or {last}", all.join(", ")),
        _ => quoted.concat(),
    };
    let ctx = json!({ "expected": expected });
    reader.fault("literal_error", format!("Input should be {expected}"), Some(value), Some(ctx));
    None
}

/// The schema of a text that is one of a few names.
pub(crate) fn names_schema<T>(names: &[(&'static str, T)]) -> RefOr<Schema> {
    let names: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).build().into()
}

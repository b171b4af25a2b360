//! What an agent is like: the normal form of identity profiles. No I/O.

use serde_json::{Map, Value};

/// The most entries of a profile.
const ENTRIES_MAX: usize = 50;
/// The longest name of an entry, in characters.
const KEY_MAX: usize = 100;
/// The longest text of an entry, in characters.
const TEXT_MAX: usize = 10_000;

/// Brings a profile into its normal form: names and texts without blanks around them, nothing blank, lists as
/// one text. What is no object, or has nothing in it, is no profile.
///
/// # Errors
/// With the bound that it breaks, as a sentence without the name of the field.
pub fn normalized(value: &Value) -> Result<Option<Map<String, Value>>, String> {
    let Value::Object(sent) = value else { return Ok(None) };
    let mut profile = Map::new();
    for (key, value) in sent {
        let (key, text) = (key.trim(), text(value));
        if key.is_empty() || text.is_empty() {
            continue;
        }
        if key.chars().count() > KEY_MAX {
            return Err(format!("may have names of at most {KEY_MAX} characters"));
        }
        if text.chars().count() > TEXT_MAX {
            return Err(format!("may have texts of at most {TEXT_MAX} characters"));
        }
        profile.insert(key.to_owned(), text.into());
    }
    if profile.len() > ENTRIES_MAX {
        return Err(format!("may have at most {ENTRIES_MAX} entries"));
    }
    Ok(Some(profile).filter(|profile| !profile.is_empty()))
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        // The spelling that clients of this API know.
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(text).filter(|item| !item.is_empty()).collect();
            items.join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn profiles_are_brought_into_one_form() {
        for (sent, expected) in [
            (json!("text"), Ok(None)),
            (json!([1]), Ok(None)),
            (json!({}), Ok(None)),
            (json!({"role": " ", "x": null, " ": "y"}), Ok(None)),
            (
                json!({" role ": " Tester ", "n": 5, "b": true, "l": [" a", null, "", "b "]}),
                Ok(Some(json!({"role": "Tester", "n": "5", "b": "True", "l": "a, b"}))),
            ),
            (
                json!({"role": "x".repeat(10_001)}),
                Err("may have texts of at most 10000 characters".to_owned()),
            ),
        ] {
            let found = normalized(&sent).map(|profile| profile.map(Value::Object));
            assert_eq!(found, expected, "{sent}");
        }
    }
}

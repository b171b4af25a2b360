use mc_base::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::*;

crate::body! {
    /// A request of this test.
    pub(crate) struct Sample {
        /// Required.
        title: NonEmpty<5>,
        /// With a default.
        count: Int<0, 10> = 3,
        due: Option<Timestamp>,
        board: Patch<Uuid>,
        name: Sent<Text<3>>,
        flag: bool = false,
        ids: Vec<Uuid> = Vec::<Uuid>::new(),
    } check no_zero_title;
}

fn no_zero_title(sample: &Sample, reader: &mut Reader, object: &Map<String, Value>) {
    if sample.title.0 == "zero" {
        reader.value_error("title is zero", Some(&Value::Object(object.clone())));
    }
}

fn read(value: &Value) -> Result<Sample, Vec<(String, Value)>> {
    let mut reader = Reader::of("body");
    let read = Sample::read(value.as_object().unwrap(), &mut reader);
    let issues = reader.into_issues();
    match read {
        Some(sample) if issues.is_empty() => Ok(sample),
        _ => Err(issues.into_iter().map(|issue| (issue.kind.to_owned(), json!(issue.loc))).collect()),
    }
}

#[test]
fn absent_null_and_value_are_told_apart() {
    let sample = read(&json!({"title": " a "})).unwrap();
    assert_eq!((sample.title.0.as_str(), sample.count.0, sample.due, sample.flag), ("a", 3, None, false));
    assert!(sample.ids.is_empty());
    assert_eq!((sample.board, sample.name), (Patch(None), Sent(None)));
    let sample = read(&json!({"title": "a", "board": null, "count": "7", "flag": "yes"})).unwrap();
    assert_eq!((sample.board, sample.count.0, sample.flag), (Patch(Some(None)), 7, true));
}

#[test]
fn every_fault_is_reported_with_its_place() {
    let faults = read(&json!({
        "title": "  ", "count": 11, "due": "soon", "board": "x", "name": null, "flag": 2, "ids": ["y", 1]
    }))
    .unwrap_err();
    let expected = [
        ("string_too_short", json!(["body", "title"])),
        ("less_than_equal", json!(["body", "count"])),
        ("datetime_from_date_parsing", json!(["body", "due"])),
        ("uuid_parsing", json!(["body", "board"])),
        ("string_type", json!(["body", "name"])),
        ("bool_parsing", json!(["body", "flag"])),
        ("uuid_parsing", json!(["body", "ids", 0])),
        ("uuid_type", json!(["body", "ids", 1])),
    ];
    assert_eq!(faults, expected.map(|(kind, loc)| (kind.to_owned(), loc)));
}

#[test]
fn texts_have_bounds_and_no_nul() {
    assert_eq!(read(&json!({"title": "abcdef"})).unwrap_err()[0].0, "string_too_long");
    assert_eq!(read(&json!({"title": "a\u{0}"})).unwrap_err()[0].0, "value_error");
    assert_eq!(read(&json!({})).unwrap_err()[0].0, "missing");
    assert_eq!(read(&json!({"title": "zero"})).unwrap_err()[0], ("value_error".to_owned(), json!(["body"])));
}

#[test]
fn the_schema_says_what_is_required_and_what_the_defaults_are() {
    let schema = serde_json::to_value(<Sample as utoipa::PartialSchema>::schema()).unwrap();
    assert_eq!(schema["required"], json!(["title"]));
    assert_eq!(schema["properties"]["count"]["default"], 3);
    assert_eq!(schema["properties"]["title"]["description"], "Required.");
    assert_eq!(schema["description"], "A request of this test.");
}

crate::body! {
    /// A request with a secret.
    pub(crate) struct Keeper {
        /// Required.
        name: Text<5>,
        /// Not to be shown.
        secret: Option<SecretText>,
    } check refuse_all;
}

fn refuse_all(_: &Keeper, reader: &mut Reader, object: &Map<String, Value>) {
    reader.value_error("no", Some(&Value::Object(object.clone())));
}

#[test]
fn no_fault_shows_a_secret() {
    for body in [
        json!({"secret": "hush"}),
        json!({"name": "a", "secret": "hush"}),
        json!({"name": "a", "secret": ["hush"]}),
    ] {
        let mut reader = Reader::of("body");
        if let Some(keeper) = Keeper::read(body.as_object().unwrap(), &mut reader) {
            assert_eq!((keeper.name.0.as_str(), keeper.secret.is_some()), ("a", true));
        }
        let shown = serde_json::to_string(&reader.into_issues()).unwrap();
        assert!(shown.contains("\"type\"") && !shown.contains("hush"), "{shown}");
    }
}

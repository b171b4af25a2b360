//! The frames of the protocol: one JSON object in a text message, without I/O.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::error::{Error, GatewayError, shorten};
use crate::refusal::classify;

/// Longest wait that a gateway can ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// Something that a gateway announces without being asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its name, such as `sessions.changed`.
    pub name: String,
    /// Its data; null when there are none.
    pub payload: Value,
    /// Its number within the connection, from gateways that count.
    pub seq: Option<u64>,
}

/// A message from a gateway.
#[derive(Debug)]
pub(crate) enum Incoming {
    Response { id: String, outcome: Result<Value, Box<GatewayError>> },
    Event(Event),
}

/// A request as text.
pub(crate) fn request(id: &str, method: &str, params: Value) -> String {
    let params = if params.is_null() { json!({}) } else { params };
    json!({"type": "req", "id": id, "method": method, "params": params}).to_string()
}

/// Reads a message of a gateway.
///
/// `None` stands for an object that is neither an answer nor an event, which newer gateways may add.
pub(crate) fn parse(text: &str) -> Result<Option<Incoming>, Error> {
    let Ok(Value::Object(mut frame)) = serde_json::from_str(text) else {
        return Err(Error::Protocol("a message that is not a JSON object".to_owned()));
    };
    if frame.get("type").and_then(Value::as_str) == Some("event") {
        let Some(Value::String(name)) = frame.remove("event") else {
            return Err(Error::Protocol("an event without a name".to_owned()));
        };
        let payload = frame.remove("payload").unwrap_or(Value::Null);
        let seq = frame.get("seq").and_then(Value::as_u64);
        return Ok(Some(Incoming::Event(Event { name, payload, seq })));
    }
    let Some(Value::String(id)) = frame.remove("id") else {
        return Ok(None);
    };
    Ok(Some(Incoming::Response { id, outcome: outcome(frame) }))
}

/// The outcome in an answer: `payload` or `error` by `ok`, and in frames of other types `result` or `error`.
fn outcome(mut frame: Map<String, Value>) -> Result<Value, Box<GatewayError>> {
    let error = frame.remove("error").filter(|error| !error.is_null());
    let answer = frame.get("type").and_then(Value::as_str) == Some("res");
    let failed = if answer { frame.get("ok") == Some(&Value::Bool(false)) } else { error.is_some() };
    if failed {
        return Err(Box::new(gateway_error(&error.unwrap_or(Value::Null))));
    }
    Ok(frame.remove(if answer { "payload" } else { "result" }).unwrap_or(Value::Null))
}

fn gateway_error(error: &Value) -> GatewayError {
    let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
    let message = match error {
        Value::String(message) => shorten(message),
        _ => shorten(text("message")),
    };
    let message = if message.is_empty() { "Gateway error".to_owned() } else { message };
    let code = shorten(text("code"));
    let details = error.get("details").filter(|details| !details.is_null());
    GatewayError {
        refusal: classify(&code, &message, details),
        code,
        message,
        retryable: error.get("retryable").and_then(Value::as_bool).unwrap_or(false),
        retry_after: error
            .get("retryAfterMs")
            .and_then(Value::as_u64)
            .map(|wait| Duration::from_millis(wait).min(MAX_RETRY_AFTER)),
        details: details.cloned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Refusal;

    fn response(text: &str) -> (String, Result<Value, Box<GatewayError>>) {
        match parse(text).unwrap() {
            Some(Incoming::Response { id, outcome }) => (id, outcome),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn answers_carry_payload_or_error() {
        assert_eq!(response(r#"{"type":"res","id":"1","ok":true,"payload":[2]}"#).1.unwrap(), json!([2]));
        assert_eq!(response(r#"{"type":"res","id":"1"}"#).1.unwrap(), Value::Null);
        assert_eq!(response(r#"{"id":"1","result":3}"#).1.unwrap(), json!(3));
        let error = response(
            r#"{"type":"res","id":"a","ok":false,"error":{"code":"UNAVAILABLE","message":"rate limit exceeded for
            config.patch","retryable":true,"retryAfterMs":57997,"details":{"method":"config.patch"}}}"#
                .replace('\n', " ")
                .as_str(),
        )
        .1
        .unwrap_err();
        assert_eq!(error.refusal, Refusal::RateLimited);
        assert_eq!(error.retry_after, Some(Duration::from_millis(57_997)));
        assert_eq!(error.detail("method"), Some("config.patch"));
    }

    #[test]
    fn odd_errors_are_errors_still() {
        for text in [
            r#"{"type":"res","id":"1","ok":false}"#,
            r#"{"type":"res","id":"1","ok":false,"error":null}"#,
            r#"{"type":"res","id":"1","ok":false,"error":7}"#,
            r#"{"id":"1","error":{"message":""}}"#,
        ] {
            assert_eq!(response(text).1.unwrap_err().message, "Gateway error", "{text}");
        }
        assert_eq!(
            response(r#"{"id":"1","error":"no such agent"}"#).1.unwrap_err().refusal,
            Refusal::AgentNotFound
        );
    }

    #[test]
    fn garbage_is_an_error_and_unknown_frames_are_not() {
        for text in ["", "nonsense", "[]", "7", "null", r#"{"type":"event"}"#] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse("{}").unwrap().is_none());
        assert!(parse(r#"{"type":"res","id":7}"#).unwrap().is_none());
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((".{0,8}", inner), 0..4)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_without_a_panic(text in ".{0,200}") {
            let _ = parse(&text);
        }

        #[test]
        fn any_object_is_parsed_without_a_panic(fields in prop::collection::vec(
            (prop::sample::select(vec!["type", "id", "ok", "payload", "error", "event", "seq", "result"]), values()),
            0..8,
        )) {
            let frame: Map<String, Value> = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let _ = parse(&Value::Object(frame).to_string());
        }

        #[test]
        fn payloads_come_through_unchanged(id in ".{1,20}", payload in values(), name in ".{1,20}", seq in any::<u64>()) {
            let text = json!({"type": "res", "id": id, "ok": true, "payload": payload}).to_string();
            let (read, outcome) = response(&text);
            prop_assert_eq!(read, id);
            prop_assert_eq!(&outcome.unwrap(), &payload);
            let text = json!({"type": "event", "event": name, "payload": payload, "seq": seq}).to_string();
            match parse(&text).unwrap() {
                Some(Incoming::Event(event)) => {
                    prop_assert_eq!(event, Event { name, payload, seq: Some(seq) });
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }

        #[test]
        fn requests_are_one_json_object(id in ".{0,20}", method in ".{0,20}", params in values()) {
            let text = request(&id, &method, params.clone());
            let frame: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&frame["type"], "req");
            prop_assert_eq!(&frame["id"], &id);
            prop_assert_eq!(&frame["method"], &method);
            let expected = if params.is_null() { json!({}) } else { params };
            prop_assert_eq!(&frame["params"], &expected);
        }
    }
}

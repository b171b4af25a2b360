//! Request bodies.

use axum::extract::FromRequest;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::{Value, json};

use crate::{
    ApiState,
    error::{ApiError, Issue},
    fields::{Reader, Request},
};

/// A JSON body, declared with [`body!`](crate::body). It is read after the caller has been checked.
pub struct Body<T>(pub T);

impl<T: Request> FromRequest<ApiState> for Body<T> {
    type Rejection = ApiError;
    async fn from_request(request: axum::extract::Request, state: &ApiState) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let bytes = read_limited(&parts.headers, body, state.settings.max_body).await?;
        read(&parts.headers, &bytes).map(Self)
    }
}

/// Reads a body up to a limit in bytes.
///
/// # Errors
/// 413 with the limit; 400 when the client breaks off.
pub(crate) async fn read_limited(
    headers: &HeaderMap,
    body: axum::body::Body,
    max: usize,
) -> Result<Bytes, ApiError> {
    let too_large =
        // What was not read is still on its way: the connection is of no use any more (RFC 9110, 413).
        || ApiError::with(StatusCode::PAYLOAD_TOO_LARGE, format!("The body may have at most {max} bytes"))
            .header(header::CONNECTION, "close");
    let declared =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.trim().parse::<u64>().ok());
    if declared.is_some_and(|length| length > max as u64) {
        return Err(too_large());
    }
    match Limited::new(body, max).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(_) => Err(ApiError::with(StatusCode::BAD_REQUEST, "There was an error parsing the body")),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return true };
    if value.is_empty() {
        return true;
    }
    let essence =
        value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn issue(kind: &'static str, loc: Vec<Value>, msg: &str, input: Value, ctx: Option<Value>) -> ApiError {
    ApiError::issues(&[Issue { kind, loc, msg: msg.to_owned(), input: Some(input), ctx }])
}

fn read<T: Request>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, ApiError> {
    const NO_OBJECT: &str = "Input should be a valid dictionary or object to extract fields from";
    let body = || vec![Value::from("body")];
    let missing = || issue("missing", body(), "Field required", Value::Null, None);
    if bytes.is_empty() {
        return Err(missing());
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(ApiError::with(StatusCode::BAD_REQUEST, "There was an error parsing the body"));
    };
    if !is_json(headers) {
        return Err(issue("model_attributes_type", body(), NO_OBJECT, text.into(), None));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let offset = char_offset(text, &error);
        let reason = error.to_string();
        issue(
            "json_invalid",
            vec!["body".into(), offset.into()],
            "JSON decode error",
            json!({}),
            Some(json!({ "error": reason })),
        )
    })?;
    let object = match value {
        Value::Object(object) => object,
        Value::Null => return Err(missing()),
        other => return Err(issue("model_attributes_type", body(), NO_OBJECT, other, None)),
    };
    let mut reader = Reader::of("body");
    match T::read(&object, &mut reader) {
        Some(request) if reader.is_clean() => Ok(request),
        _ => Err(ApiError::issues(&reader.into_issues())),
    }
}

/// The place of an error as a number of characters from the start.
fn char_offset(text: &str, error: &serde_json::Error) -> usize {
    if error.is_eof() {
        return text.chars().count();
    }
    let lines: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    // The column counts bytes, from 1.
    let bytes = lines + error.column().saturating_sub(1);
    text.char_indices().take_while(|(place, _)| *place < bytes).count()
}

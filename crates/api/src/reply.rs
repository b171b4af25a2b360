//! Successful answers.

use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use http::{HeaderValue, StatusCode, header};
use mc_domain::{Cursor, Page, access::Precondition};
use serde::Serialize;
use utoipa::ToSchema;

/// A JSON answer that no cache keeps.
pub(crate) struct Reply<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => (
                [
                    (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
                    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                ],
                body,
            )
                .into_response(),
            Err(error) => {
                tracing::error!(%error, "http.response.unserialisable");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// A JSON answer that shows one thing, with its version as the entity tag: a client sends it back in
/// `If-Match` with its change.
pub(crate) struct Versioned<T> {
    thing: T,
    updated_at: DateTime<Utc>,
}

impl<T> Versioned<T> {
    pub(crate) fn new(thing: T, updated_at: DateTime<Utc>) -> Self {
        Self { thing, updated_at }
    }
}

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let tag = format!("\"{}\"", Precondition::version(self.updated_at));
        let mut response = Reply(self.thing).into_response();
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// The answer of a call that has nothing to give back.
#[derive(Serialize, ToSchema)]
pub(crate) struct OkResponse {
    /// Always true.
    ok: bool,
}

/// The call did what it says.
pub(crate) fn ok() -> Reply<OkResponse> {
    Reply(OkResponse { ok: true })
}

/// A part of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct PageOf<T> {
    /// The items, in the order of the list.
    items: Vec<T>,
    /// How many items the whole list has.
    total: i64,
    /// The most items that were asked for.
    limit: i64,
    /// How many items were left out before these.
    offset: i64,
    /// Where the next page begins, in lists that take a `cursor`; left out at their end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl<T> PageOf<T> {
    pub(crate) fn of<U>(page: Page<U>, make: impl FnMut(U) -> T) -> Self {
        let page = page.map(make);
        Self {
            items: page.items,
            total: page.total,
            limit: page.request.limit,
            offset: page.request.offset,
            next_cursor: None,
        }
    }

    /// A page of a list that is ordered by time, with the place behind each of its items.
    pub(crate) fn timeline<U>(
        page: Page<U>,
        behind: impl FnOnce(&U) -> Cursor,
        make: impl FnMut(U) -> T,
    ) -> Self {
        let is_full = i64::try_from(page.items.len()).is_ok_and(|count| count == page.request.limit);
        let next_cursor = page.items.last().filter(|_| is_full).map(|last| behind(last).to_string());
        Self { next_cursor, ..Self::of(page, make) }
    }
}

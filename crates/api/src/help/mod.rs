//! The manual: the pages of `docs/`, as they were when this executable was built.

mod render;
mod search;

use axum::{
    Router,
    extract::{RawPathParams, RawQuery, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};

use crate::{ApiState, error::ApiError};

/// A page of the manual.
struct Page {
    /// Its name in addresses and, with `.md`, in `docs/`.
    name: &'static str,
    markdown: &'static str,
}

macro_rules! pages {
    ($($name:literal)*) => {
        &[$(Page { name: $name, markdown: include_str!(concat!("../../../../docs/", $name, ".md")) }),*]
    };
}

/// The manual, in the order in which it is read. What only developers of the server need is not in it.
static PAGES: &[Page] = pages! {
    "deployment" "configuration" "operations" "troubleshooting" "security" "backup" "upgrade" "migration" "agents"
    "workspace-files" "openclaw" "compatibility" "logging" "api-design" "performance"
};

const STYLE: &str = include_str!("style.css");
/// Text and a style sheet of our own: nothing else is to be loaded or run.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The routes of the manual. They are no part of the API document.
pub(crate) fn routes() -> Router<ApiState> {
    Router::new()
        .route("/help", get(index))
        .route("/help/style.css", get(style))
        .route("/help/{page}", get(page))
}

async fn style() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, STYLE).into_response()
}

/// The contents of the manual, or the places where the words of the parameter `q` stand.
async fn index(RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let words =
        url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "q").map(|(_, words)| words);
    shown(render::index(words.unwrap_or_default().trim()))
}

fn shown(html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, html).into_response()
}

async fn page(State(state): State<ApiState>, params: RawPathParams) -> Response {
    let name = params.iter().next().map_or("", |(_, name)| name);
    // Links of the pages among themselves have the names of the files.
    let name = name.strip_suffix(".md").unwrap_or(name);
    let Some(page) = PAGES.iter().find(|page| page.name == name) else {
        return ApiError::new(StatusCode::NOT_FOUND).into_response();
    };
    shown(render::html(page, state.context.base_url()))
}

/// The title of a page: its first heading.
fn title(page: &Page) -> &str {
    page.markdown.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(page.name)
}

#[cfg(test)]
mod tests;

//! All routes of the server.

use std::sync::LazyLock;

use axum::{
    Router,
    extract::Request,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, StatusCode, header};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    ApiState, activity, agent, agents, approvals, auth, backups, board_groups, boards, coordination,
    custom_fields,
    error::ApiError,
    gateways, health, help, live, memory, messages, metrics, middleware, onboarding,
    openapi::{self, Documents},
    organizations, search, skills, souls, system, tags, tasks, telemetry, users, webhooks,
};

/// The operations as routes and as documents. They depend on nothing but the code and are dear to build, so the servers of
/// a process share them; in tests those are many.
pub(crate) struct Operations {
    routes: Router<ApiState>,
    /// The API document in each form in which it is served.
    pub(crate) documents: Documents,
    /// The paths of the document, and those of the router that older clients know.
    paths: matchit::Router<()>,
}

pub(crate) static OPERATIONS: LazyLock<Operations> = LazyLock::new(|| {
    let (routes, document) = operations().split_for_parts();
    let mut paths = matchit::Router::new();
    let documented = document.paths.paths.keys().map(String::as_str);
    // Such a path is in the document only: in the router it is the one without the ending.
    let routed = documented.filter(|path| !path.ends_with("}.md"));
    for path in routed.chain(["/openapi.json"]) {
        paths.insert(path, ()).expect("the router takes the same paths");
    }
    Operations { routes, documents: Documents::new(&openapi::completed(document)), paths }
});

/// The operations under `/api/v1` and the probes, each with its documentation.
pub(crate) fn operations() -> OpenApiRouter<ApiState> {
    let v1 = OpenApiRouter::new()
        .merge(auth::routes())
        .merge(users::routes())
        .merge(organizations::routes())
        .merge(boards::routes())
        .merge(board_groups::routes())
        .merge(onboarding::routes())
        .merge(coordination::routes())
        .merge(tasks::routes())
        .merge(tags::routes())
        .merge(custom_fields::routes())
        .merge(approvals::routes())
        .merge(memory::routes())
        .merge(webhooks::routes())
        .merge(agents::routes())
        .merge(messages::routes())
        .merge(agent::routes())
        .merge(gateways::routes())
        .merge(skills::routes())
        .merge(souls::routes())
        .merge(activity::routes())
        .merge(metrics::routes())
        .merge(search::routes())
        .merge(backups::routes())
        .merge(system::routes())
        .merge(live::routes());
    OpenApiRouter::new().merge(health::routes()).nest("/api/v1", v1)
}

/// The whole server: the operations, the API document, and `console` for every other page.
pub fn router(state: ApiState, console: Router<ApiState>) -> Router {
    let routes = OPERATIONS
        .routes
        .clone()
        .route("/openapi.json", get(openapi::serve_document).options(method_not_allowed))
        .route("/metrics", get(telemetry::serve))
        .merge(help::routes())
        .route("/redoc", get(to_reference))
        .route("/docs/oauth2-redirect", get(to_reference))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback_service(console.with_state(state.clone()));
    middleware::around(routes, &state).with_state(state)
}

/// Where the older server had pages of the API reference: a page that leads to ours.
async fn to_reference() -> Html<&'static str> {
    Html(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>API reference</title>\
         <meta http-equiv=\"refresh\" content=\"0; url=/docs\"><p><a href=\"/docs\">API reference</a></p></html>",
    )
}

async fn method_not_allowed() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED)
}

/// What nobody answers: a path of ours with slashes behind it leads to the one without, everything else is 404.
pub async fn not_found(request: Request) -> Response {
    let path = request.uri().path();
    let bare = path.trim_end_matches('/');
    if bare != path && OPERATIONS.paths.at(bare).is_ok() {
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        if let Ok(location) = HeaderValue::from_str(&format!("{bare}{query}")) {
            return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response();
        }
    }
    ApiError::new(StatusCode::NOT_FOUND).into_response()
}

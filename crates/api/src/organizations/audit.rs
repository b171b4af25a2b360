//! The audit log of an organization, page by page and as a file.

use axum::{
    body::{Body as Stream, Bytes},
    extract::State,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use http::{HeaderValue, header};
use mc_base::Timestamp;
use mc_domain::{
    Cursor, PageRequest,
    access::OrgAdmin,
    audit::{self, Entry, Filter},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Query},
    fields::{Int, Text},
    reply::{PageOf, Reply},
};

/// How many entries are read at a time for a file.
const PART: i64 = 200;
/// The first line of a table.
const COLUMNS: &str =
    "created_at,kind,actor_kind,actor_id,actor_name,client_address,request_id,message,data,id\r\n";

/// The operations of this subject.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list_audit)).routes(routes!(export_audit))
}

crate::query! {
    /// Which entries are wanted.
    pub(crate) struct AuditQuery {
        /// Only entries of these kinds, separated by commas; a kind that ends in a dot means all that begin so.
        kind: Option<Text<1_000>>,
        /// Only what this person or agent did.
        actor_id: Option<Uuid>,
        /// Only entries about this board, agent, member, gateway, webhook or other thing.
        target_id: Option<Uuid>,
        /// Only entries with this text in their sentence, or in the name of who did it, in any case.
        q: Option<Text<200>>,
        /// Only entries from this time on (ISO 8601).
        since: Option<Timestamp>,
        /// Only entries from before this time (ISO 8601).
        until: Option<Timestamp>,
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
        /// Where to go on: the `next_cursor` of the page before. Unlike an offset it does not slip when items come.
        cursor: Option<Cursor>,
    }
}

crate::query! {
    /// Which entries are wanted, and in which form.
    pub(crate) struct AuditExportQuery {
        /// `csv` for a table, `jsonl` for one JSON object a line.
        format: Option<Text<10>>,
        /// Only entries of these kinds, separated by commas; a kind that ends in a dot means all that begin so.
        kind: Option<Text<1_000>>,
        /// Only what this person or agent did.
        actor_id: Option<Uuid>,
        /// Only entries about this board, agent, member, gateway, webhook or other thing.
        target_id: Option<Uuid>,
        /// Only entries with this text in their sentence, or in the name of who did it, in any case.
        q: Option<Text<200>>,
        /// Only entries from this time on (ISO 8601).
        since: Option<Timestamp>,
        /// Only entries from before this time (ISO 8601).
        until: Option<Timestamp>,
    }
}

fn kinds(list: Option<&str>) -> Vec<String> {
    let names = list.unwrap_or_default().split(',').map(str::trim);
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditEntryRead {
    id: Uuid,
    /// What happened, such as `auth.signed_in` or `organization.member.role_changed`. Further kinds may come.
    kind: String,
    /// `user`, `agent`, `anonymous` for a request of nobody known, or `system` for work without a request.
    actor_kind: String,
    /// The person or agent.
    actor_id: Option<Uuid>,
    /// The name at that time.
    actor_name: Option<String>,
    /// Where the request came from.
    client_address: Option<String>,
    /// The request, as the log of the server names it.
    request_id: Option<String>,
    /// A sentence for people.
    message: Option<String>,
    /// Further values.
    #[schema(value_type = Option<Object>)]
    data: Option<Value>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<Entry> for AuditEntryRead {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            kind: entry.kind,
            actor_kind: entry.actor_kind,
            actor_id: entry.actor_id,
            actor_name: entry.actor_name,
            client_address: entry.client_address,
            request_id: entry.request_id,
            message: entry.message,
            data: entry.data.map(|data| data.0),
            created_at: entry.created_at.into(),
        }
    }
}

/// List audit log entries, newest first.
///
/// For administrators: sign-ins and refused ones, permissions, secrets, gateways, approvals and administrative acts,
/// each with who did it, from where, and in which request. Nobody can change or delete an entry before its retention
/// is over.
#[utoipa::path(get, path = "/organizations/me/audit", tag = "organizations", security(("HTTPBearer" = [])), params(AuditQuery), responses((status = 200, body = PageOf<AuditEntryRead>)))]
async fn list_audit(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Query(query): Query<AuditQuery>,
) -> Result<Reply<PageOf<AuditEntryRead>>, ApiError> {
    let filter = Filter {
        kinds: kinds(query.kind.as_deref()),
        actor_id: query.actor_id,
        target_id: query.target_id,
        text: query.q.map(String::from),
        since: query.since.map(|time| time.0),
        until: query.until.map(|time| time.0),
    };
    let request = PageRequest { limit: query.limit.0, offset: query.offset.0, after: query.cursor };
    let page = audit::list(&state.context, &scope, &filter, request).await?;
    Ok(Reply(PageOf::timeline(
        page,
        |entry| Cursor::behind(entry.created_at, entry.id),
        AuditEntryRead::from,
    )))
}

/// Export the audit log.
///
/// For administrators: as a table (`csv`, the default) or one JSON object a line (`jsonl`), newest first. The export is
/// an entry itself.
#[utoipa::path(get, path = "/organizations/me/audit/export", tag = "organizations", security(("HTTPBearer" = [])), params(AuditExportQuery), responses(
    (status = 200, description = "The entries.", content_type = "text/csv", body = String),
    (status = 429, description = "Too many exports."),
))]
async fn export_audit(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Query(query): Query<AuditExportQuery>,
) -> Result<Response, ApiError> {
    let form = match query.format.as_deref() {
        None | Some("csv") => Form::Csv,
        Some("jsonl") => Form::JsonLines,
        Some(_) => return Err(mc_domain::Error::invalid("format is csv or jsonl").into()),
    };
    let filter = Filter {
        kinds: kinds(query.kind.as_deref()),
        actor_id: query.actor_id,
        target_id: query.target_id,
        text: query.q.map(String::from),
        since: query.since.map(|time| time.0),
        until: query.until.map(|time| time.0),
    };
    audit::record_export(&state.context, &scope).await?;
    let start = PageRequest { limit: PART, offset: 0, after: None };
    let parts = stream::try_unfold(Some(start), move |request| {
        let (state, scope, filter) = (state.clone(), scope.clone(), filter.clone());
        async move {
            let Some(request) = request else { return Ok::<_, mc_domain::Error>(None) };
            let page = audit::list(&state.context, &scope, &filter, request).await?;
            let is_full = i64::try_from(page.items.len()).is_ok_and(|count| count == PART);
            let last = page.items.last().filter(|_| is_full);
            let next = last.map(|entry| PageRequest {
                after: Some(Cursor::behind(entry.created_at, entry.id)),
                ..request
            });
            let mut text = String::new();
            if request.after.is_none() && form == Form::Csv {
                text.push_str(COLUMNS);
            }
            page.items.into_iter().for_each(|entry| form.write(entry, &mut text));
            Ok(Some((Bytes::from(text), next)))
        }
    });
    let (media_type, name) = match form {
        Form::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\""),
        Form::JsonLines => ("application/jsonl", "attachment; filename=\"audit.jsonl\""),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Stream::from_stream(parts)).into_response())
}

/// How a file is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    JsonLines,
}

impl Form {
    fn write(self, entry: Entry, text: &mut String) {
        let entry = AuditEntryRead::from(entry);
        if self == Self::JsonLines {
            text.push_str(&serde_json::to_string(&entry).unwrap_or_default());
            text.push('\n');
            return;
        }
        let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let cells = [
            entry.created_at.to_string(),
            entry.kind,
            entry.actor_kind,
            id(entry.actor_id),
            entry.actor_name.unwrap_or_default(),
            entry.client_address.unwrap_or_default(),
            entry.request_id.unwrap_or_default(),
            entry.message.unwrap_or_default(),
            entry.data.map(|data| data.to_string()).unwrap_or_default(),
            entry.id.to_string(),
        ];
        text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        text.push_str("\r\n");
    }
}

/// A cell of a table (RFC 4180). Spreadsheets would run what begins like a formula; an apostrophe makes it text.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod unit {
    use super::quoted;

    #[test]
    fn a_cell_is_text_whatever_it_begins_with() {
        for (cell, expected) in [
            ("plain", "\"plain\""),
            ("a \"b\", c", "\"a \"\"b\"\", c\""),
            ("=1+1", "\"'=1+1\""),
            ("@x", "\"'@x\""),
        ] {
            assert_eq!(quoted(cell), expected);
        }
    }
}

//! Which file answers a path, and with which headers.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::GzDecoder;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};

use crate::{
    embedded::{File, Files},
    encoding::{Coding, acceptable},
};

/// Names under `/assets` contain a hash of their content.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Kept, but asked for again with the entity tag: a new release shows at once.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

const CONSOLE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
);
/// The API reference draws with inline styles and fonts in data URLs, and submits no form.
const REFERENCE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

/// Paths of the server itself, which are never a page of the console.
const RESERVED: &[&str] = &["/api", "/readyz", "/openapi.json", "/docs", "/metrics", "/help"];

pub(crate) fn respond(
    files: &impl Files,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Option<Response<Bytes>> {
    let reading = method == Method::GET || method == Method::HEAD;
    if let Some(name) = file_name(files, path) {
        return if reading { serve(files, &name, method, headers) } else { Some(method_not_allowed()) };
    }
    if !reading {
        None
    } else if is_below(path, "/assets") || is_below(path, "/docs") {
        Some(not_found(method))
    } else if is_page(path, headers) {
        serve(files, "index.html", method, headers)
    } else {
        None
    }
}

/// The file that a path names, if there is one.
fn file_name(files: &impl Files, path: &str) -> Option<String> {
    let name = match path {
        "/" => "index.html",
        "/docs" | "/docs/" => "docs/index.html",
        _ => path.strip_prefix('/')?,
    };
    // A coded form is a way to send a file, not a file.
    let coded = name.ends_with(Coding::Brotli.suffix()) || name.ends_with(Coding::Gzip.suffix());
    let exists =
        !coded && [Coding::Identity, Coding::Gzip].iter().any(|form| stored(files, name, *form).is_some());
    exists.then(|| name.to_owned())
}

/// A form of a file, as the build made it.
fn stored(files: &impl Files, name: &str, coding: Coding) -> Option<File> {
    files.get(&format!("{name}{}", coding.suffix()))
}

/// A form of a file and its entity tag. The plain form of text lies in the executable as gzip only: who wants it, such
/// as a script, waits some milliseconds for it.
fn form(files: &impl Files, name: &str, coding: Coding) -> Option<(Bytes, HeaderValue)> {
    match stored(files, name, coding) {
        Some(file) => {
            let tag = entity_tag(&file, "");
            Some((file.content, tag))
        }
        None if coding == Coding::Identity => {
            let packed = stored(files, name, Coding::Gzip)?;
            let mut content = Vec::new();
            GzDecoder::new(packed.content.as_ref()).read_to_end(&mut content).ok()?;
            Some((content.into(), entity_tag(&packed, "-plain")))
        }
        None => None,
    }
}

/// Whether a browser asks for a page that the console's own router draws.
fn is_page(path: &str, headers: &HeaderMap) -> bool {
    let wants_html = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.to_ascii_lowercase().contains("text/html"));
    wants_html && !path.starts_with("/health") && !RESERVED.iter().any(|reserved| is_below(path, reserved))
}

/// Whether a path is `parent` or lies under it.
fn is_below(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn serve(files: &impl Files, name: &str, method: &Method, request: &HeaderMap) -> Option<Response<Bytes>> {
    let varies =
        [Coding::Brotli, Coding::Gzip].into_iter().any(|coding| stored(files, name, coding).is_some());
    let (coding, (content, tag)) =
        acceptable(request).into_iter().find_map(|coding| Some((coding, form(files, name, coding)?)))?;

    let known = is_known(request, &tag);
    let mut response = Response::new(Bytes::new());
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, if is_below(name, "assets") { FOREVER } else { REVALIDATE });
    headers.insert(header::ETAG, tag);
    if varies {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    protect(headers, if is_below(name, "docs") { REFERENCE_POLICY } else { CONSOLE_POLICY });
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Some(response);
    }
    headers.insert(header::CONTENT_TYPE, content_type(name));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(content.len()));
    if let Some(value) = coding.header() {
        headers.insert(header::CONTENT_ENCODING, value);
    }
    if method != Method::HEAD {
        *response.body_mut() = content;
    }
    Some(response)
}

fn protect(headers: &mut HeaderMap, policy: HeaderValue) {
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not `no-referrer`: with it browsers send `Origin: null` on a form's own-origin POST.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
}

fn content_type(name: &str) -> HeaderValue {
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    let media_type = guess.essence_str();
    let is_text = media_type.starts_with("text/")
        || matches!(
            media_type,
            "application/javascript" | "application/json" | "application/manifest+json" | "image/svg+xml"
        );
    let value = if is_text { format!("{media_type}; charset=utf-8") } else { media_type.to_owned() };
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

/// A strong tag; each form has its own.
fn entity_tag(file: &File, suffix: &str) -> HeaderValue {
    let digest: String = file.digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::try_from(format!("\"{digest}{suffix}\""))
        .expect("hexadecimal digits and a word in quotes are a header value")
}

/// `If-None-Match` by weak comparison, as RFC 9110 §13.1.2 wants.
fn is_known(request: &HeaderMap, tag: &HeaderValue) -> bool {
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|v| v.split(','))
        .any(|item| {
            let item = item.trim();
            item == "*" || item.strip_prefix("W/").unwrap_or(item).as_bytes() == tag.as_bytes()
        })
}

/// A missing asset or page of the API reference; never the console's page, which would be parsed as a script.
fn not_found(method: &Method) -> Response<Bytes> {
    let text = "Not Found\n";
    let body = if method == Method::HEAD { Bytes::new() } else { Bytes::from_static(text.as_bytes()) };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::NOT_FOUND;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(text.len()));
    // While a release rolls out, an old replica lacks what a new one has.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    protect(headers, CONSOLE_POLICY);
    response
}

fn method_not_allowed() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    protect(response.headers_mut(), CONSOLE_POLICY);
    response
}

#[cfg(test)]
mod tests;

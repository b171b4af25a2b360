//! Which file answers a path, and with which headers.

use bytes::Bytes;
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
const RESERVED: &[&str] = &["/api", "/readyz", "/openapi.json", "/docs", "/metrics"];

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
    let exists = !coded && files.get(name).is_some();
    exists.then(|| name.to_owned())
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
    let plain = files.get(name)?;
    let stored = |coding: Coding| files.get(&format!("{name}{}", coding.suffix())).map(|file| (coding, file));
    let varies = [Coding::Brotli, Coding::Gzip].into_iter().any(|coding| stored(coding).is_some());
    let content_type = content_type(&plain);
    let (coding, file) = acceptable(request)
        .into_iter()
        .find_map(|coding| if coding == Coding::Identity { Some(None) } else { stored(coding).map(Some) })
        .flatten()
        .unwrap_or((Coding::Identity, plain));

    let tag = entity_tag(&file);
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
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.content.len()));
    if let Some(value) = coding.header() {
        headers.insert(header::CONTENT_ENCODING, value);
    }
    if method != Method::HEAD {
        *response.body_mut() = file.content;
    }
    Some(response)
}

fn protect(headers: &mut HeaderMap, policy: HeaderValue) {
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not `no-referrer`: with it browsers send `Origin: null` on a form's own-origin POST.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
}

fn content_type(file: &File) -> HeaderValue {
    let media_type = file.media_type.as_ref();
    let is_text = media_type.starts_with("text/")
        || matches!(
            media_type,
            "application/javascript" | "application/json" | "application/manifest+json" | "image/svg+xml"
        );
    let value = if is_text { format!("{media_type}; charset=utf-8") } else { media_type.to_owned() };
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

/// A strong tag; coded forms are different files, so each has its own.
fn entity_tag(file: &File) -> HeaderValue {
    let digest: String = file.digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::try_from(format!("\"{digest}\"")).expect("hexadecimal digits in quotes are a header value")
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
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::embedded::Embedded;

    /// A built console in memory.
    struct Folder(BTreeMap<&'static str, &'static str>);

    impl Files for Folder {
        fn get(&self, path: &str) -> Option<File> {
            let content = *self.0.get(path)?;
            let mut digest = [0; 32];
            digest.iter_mut().zip(content.bytes()).for_each(|(into, byte)| *into = byte);
            let media_type = match path.trim_end_matches(".br").trim_end_matches(".gz").rsplit('.').next() {
                Some("html") => "text/html",
                Some("js") => "text/javascript",
                Some("svg") => "image/svg+xml",
                _ => "application/octet-stream",
            };
            Some(File {
                content: Bytes::from_static(content.as_bytes()),
                digest,
                media_type: media_type.into(),
            })
        }
    }

    fn folder() -> Folder {
        Folder(BTreeMap::from([
            ("index.html", "<console>"),
            ("index.html.br", "br<console>"),
            ("favicon.svg", "<svg>"),
            ("assets/app-1a.js", "app()"),
            ("assets/app-1a.js.br", "br:app"),
            ("assets/app-1a.js.gz", "gz:app"),
            ("assets/font.woff2", "font"),
            ("docs/index.html", "<reference>"),
            ("docs/reference.js", "reference()"),
        ]))
    }

    fn ask(method: &Method, path: &str, headers: &[(&'static str, &str)]) -> Option<Response<Bytes>> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        respond(&folder(), method, path, &map)
    }

    fn get(path: &str, headers: &[(&'static str, &str)]) -> Response<Bytes> {
        ask(&Method::GET, path, headers).unwrap_or_else(|| panic!("nothing at {path}"))
    }

    fn header<'a>(response: &'a Response<Bytes>, name: &str) -> Option<&'a str> {
        response.headers().get(name).map(|value| value.to_str().unwrap())
    }

    const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

    #[test]
    fn assets_are_kept_for_a_year_and_pages_are_asked_for_again() {
        let asset = get("/assets/app-1a.js", &[]);
        assert_eq!(asset.status(), 200);
        assert_eq!(asset.body(), "app()");
        assert_eq!(header(&asset, "cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(header(&asset, "content-type"), Some("text/javascript; charset=utf-8"));
        assert_eq!(header(&asset, "content-length"), Some("5"));
        for path in ["/", "/index.html", "/favicon.svg", "/docs/reference.js"] {
            assert_eq!(header(&get(path, &[]), "cache-control"), Some("no-cache"), "{path}");
        }
        assert_eq!(header(&get("/assets/font.woff2", &[]), "content-type"), Some("application/octet-stream"));
    }

    #[test]
    fn the_best_stored_coding_is_sent() {
        for (accepted, body, coding) in [
            ("gzip, br", "br:app", Some("br")),
            ("gzip", "gz:app", Some("gzip")),
            ("br;q=0.1, gzip;q=0.2", "gz:app", Some("gzip")),
            ("identity, gzip;q=0.5", "app()", None),
            ("identity;q=0, gzip;q=0.1", "gz:app", Some("gzip")),
            ("zstd", "app()", None),
        ] {
            let asset = get("/assets/app-1a.js", &[("accept-encoding", accepted)]);
            assert_eq!(asset.body(), body, "{accepted}");
            assert_eq!(header(&asset, "content-encoding"), coding, "{accepted}");
            assert_eq!(header(&asset, "vary"), Some("accept-encoding"), "{accepted}");
            assert_eq!(header(&asset, "content-type"), Some("text/javascript; charset=utf-8"), "{accepted}");
            assert_eq!(header(&asset, "content-length"), Some(body.len().to_string().as_str()), "{accepted}");
        }
        // Only a Brotli form exists, so a client without Brotli gets the plain one.
        assert_eq!(get("/", &[("accept-encoding", "gzip")]).body(), "<console>");
        assert_eq!(header(&get("/favicon.svg", &[("accept-encoding", "br")]), "vary"), None);
    }

    #[test]
    fn a_known_entity_is_not_sent_again() {
        let tag = header(&get("/", &[]), "etag").unwrap().to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let answer = get("/", &[("if-none-match", &known)]);
            assert_eq!(answer.status(), 304, "{known}");
            assert!(answer.body().is_empty());
            assert_eq!(header(&answer, "etag"), Some(tag.as_str()));
            assert_eq!(header(&answer, "cache-control"), Some("no-cache"));
        }
        assert_eq!(get("/", &[("if-none-match", "\"other\"")]).status(), 200);
        // The tag names the coded form too.
        assert_eq!(get("/", &[("if-none-match", &tag), ("accept-encoding", "br")]).status(), 200);
    }

    #[test]
    fn a_page_of_the_console_is_its_index() {
        for path in ["/boards", "/boards/1f0/webhooks", "/apiary", "/documents", "/a.b/c"] {
            assert_eq!(get(path, &[HTML]).body(), "<console>", "{path}");
            assert_eq!(ask(&Method::GET, path, &[("accept", "*/*")]).map(|r| r.status()), None, "{path}");
            assert_eq!(ask(&Method::POST, path, &[HTML]).map(|r| r.status()), None, "{path}");
        }
    }

    #[test]
    fn paths_of_the_server_are_never_a_page() {
        for path in [
            "/api",
            "/api/",
            "/api/v1/nothing",
            "/health",
            "/healthz",
            "/health/x",
            "/readyz",
            "/openapi.json",
            "/metrics",
            "/metrics/x",
        ] {
            assert_eq!(ask(&Method::GET, path, &[HTML]).map(|r| r.status()), None, "{path}");
        }
    }

    #[test]
    fn a_missing_file_is_404_even_for_a_browser() {
        for path in [
            "/assets",
            "/assets/",
            "/assets/old.js",
            "/assets/app-1a.js.gz",
            "/docs/missing",
            "/docs/index.html.br",
        ] {
            let answer = get(path, &[HTML]);
            assert_eq!(answer.status(), 404, "{path}");
            assert_eq!(header(&answer, "cache-control"), Some("no-store"), "{path}");
        }
    }

    #[test]
    fn nothing_outside_the_folder_is_reachable() {
        for path in [
            "/../Cargo.toml",
            "/assets/../../Cargo.toml",
            "/assets/%2e%2e/index.html",
            "//etc/passwd",
            "/assets//app-1a.js",
            "/docs/../index.html",
            "/.\\index.html",
            "",
            "index.html",
            "/index.html\0",
        ] {
            let answer = ask(&Method::GET, path, &[]);
            assert!(answer.is_none_or(|answer| answer.status() == 404), "{path:?}");
        }
    }

    #[test]
    fn the_api_reference_has_its_own_policy() {
        for path in ["/docs", "/docs/", "/docs/index.html"] {
            let answer = get(path, &[]);
            assert_eq!(answer.body(), "<reference>", "{path}");
            assert!(
                header(&answer, "content-security-policy").unwrap().contains("default-src 'none'"),
                "{path}"
            );
        }
        let console = get("/", &[]);
        assert!(header(&console, "content-security-policy").unwrap().contains("script-src 'self';"));
        assert_eq!(header(&console, "x-content-type-options"), Some("nosniff"));
        assert_eq!(header(&console, "referrer-policy"), Some("same-origin"));
    }

    #[test]
    fn head_answers_like_get_without_a_body() {
        let (get, head) = (get("/", &[]), ask(&Method::HEAD, "/", &[]).unwrap());
        assert_eq!(head.status(), 200);
        assert!(head.body().is_empty());
        assert_eq!(head.headers(), get.headers());
        let missing = ask(&Method::HEAD, "/assets/none.js", &[]).unwrap();
        assert_eq!((missing.status().as_u16(), missing.body().len()), (404, 0));
    }

    #[test]
    fn a_file_cannot_be_written() {
        let answer = ask(&Method::DELETE, "/favicon.svg", &[]).unwrap();
        assert_eq!(answer.status(), 405);
        assert_eq!(header(&answer, "allow"), Some("GET, HEAD"));
    }

    #[test]
    fn this_build_has_both_first_pages() {
        for path in ["/", "/docs"] {
            let answer = respond(&Embedded, &Method::GET, path, &HeaderMap::new()).unwrap();
            assert_eq!(answer.status(), 200);
            assert_eq!(header(&answer, "content-type"), Some("text/html; charset=utf-8"));
            assert!(!answer.body().is_empty());
        }
    }
}

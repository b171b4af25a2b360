//! How the console is served, from a folder in memory.

use std::{collections::BTreeMap, io::Write as _};

use proptest::{prop_assert, proptest};

use super::*;
use crate::embedded::Embedded;

/// A built console in memory.
struct Folder(BTreeMap<&'static str, &'static str>);

impl Files for Folder {
    fn get(&self, path: &str) -> Option<File> {
        let content = *self.0.get(path)?;
        let mut digest = [0; 32];
        digest.iter_mut().zip(content.bytes()).for_each(|(into, byte)| *into = byte);
        Some(File { content: Bytes::from_static(content.as_bytes()), digest })
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
    assert_eq!(header(&get("/assets/font.woff2", &[]), "content-type"), Some("font/woff2"));
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

/// A script that lies there as gzip only, as the build leaves it.
struct Packed(Vec<u8>);

impl Files for Packed {
    fn get(&self, path: &str) -> Option<File> {
        (path == "assets/app-1a.js.gz").then(|| File { content: self.0.clone().into(), digest: [7; 32] })
    }
}

#[test]
fn the_plain_form_is_unpacked_for_who_wants_it() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(b"app()").unwrap();
    let files = Packed(packer.finish().unwrap());
    let get = |accepted: &'static str| {
        let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
        super::respond(&files, &Method::GET, "/assets/app-1a.js", &headers).unwrap()
    };
    let (plain, packed) = (get("identity"), get("gzip"));
    assert_eq!(plain.body(), "app()");
    assert_eq!(header(&plain, "content-length"), Some("5"));
    assert_eq!(
        (header(&plain, "content-encoding"), header(&packed, "content-encoding")),
        (None, Some("gzip"))
    );
    assert_eq!(packed.body().as_ref(), files.0);
    for answer in [&plain, &packed] {
        assert_eq!(header(answer, "content-type"), Some("text/javascript; charset=utf-8"));
        assert_eq!(header(answer, "vary"), Some("accept-encoding"));
    }
    assert_ne!(header(&plain, "etag"), header(&packed, "etag"), "each form has a tag of its own");
    assert!(
        super::respond(&files, &Method::GET, "/assets/other.js", &HeaderMap::new())
            .is_none_or(|a| a.status() == 404)
    );
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
        assert!(header(&answer, "content-security-policy").unwrap().contains("default-src 'none'"), "{path}");
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

proptest! {
    #[test]
    fn nothing_but_a_file_or_a_page_is_ever_sent(path in "[/a-z.%\\\\-]{0,24}|\\PC{0,24}", text in "[ -~]{0,40}") {
        let fields = [("accept-encoding", text.as_str()), ("if-none-match", &text), ("accept", &text)];
        if let Some(answer) = ask(&Method::GET, &path, &fields) {
            prop_assert!(matches!(answer.status().as_u16(), 200 | 304 | 404), "{}", answer.status());
            let known = folder().0.into_values().any(|content| answer.body() == content);
            prop_assert!(known || answer.status() != 200, "{path}");
        }
    }
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

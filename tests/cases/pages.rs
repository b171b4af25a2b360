//! The executable answers a browser, a probe and a reader of the API document without anything beside it.

use black_box::{Installation, Kind};

#[test]
fn pages_probes_and_the_document_need_no_credentials() {
    let installation = Installation::new(Kind::Sqlite);
    let server = installation.start();
    let nobody = server.client.clone().signed_out();
    for (path, status, media_type) in [
        ("/", 200, "text/html"),
        ("/docs", 200, "text/html"),
        ("/openapi.json", 200, "application/json"),
        ("/healthz", 200, "application/json"),
        ("/readyz", 200, "application/json"),
        ("/api/v1/boards", 401, "application/json"),
        ("/api/v1/no-such-thing", 404, "application/json"),
        ("/assets/no-such-file.js", 404, "application/json"),
    ] {
        let answer = nobody.get(path);
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        let content_type = answer.headers.get("content-type").map(|value| value.to_str().unwrap());
        assert!(content_type.is_some_and(|value| value.starts_with(media_type)), "{path}: {content_type:?}");
        assert!(answer.headers.contains_key("x-request-id"), "{path} has no request id");
        assert_eq!(
            answer.headers.get("x-content-type-options").map(|v| v.as_bytes()),
            Some(&b"nosniff"[..]),
            "{path}"
        );
    }
    let html = [("accept", "text/html")];
    let page = nobody.send("GET", "/boards/anything", &html, Vec::new());
    assert_eq!(page.status, 200);
    let api = nobody.send("GET", "/api/v1/no-such-thing", &html, Vec::new());
    assert_eq!(api.status, 404);
}

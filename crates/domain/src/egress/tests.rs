use std::time::Duration;

use rstest::rstest;
use url::Url;

use super::{
    Closed, Egress, EgressError, HttpEgress, Request, Response,
    testing::{LoopbackServer, Page},
};

const KIB: u64 = 1024;

fn request(url: &str) -> Request {
    Request { url: url.parse().unwrap(), total: Duration::from_secs(20), max_bytes: 64 * KIB }
}

async fn ask(egress: &impl Egress, request: &Request) -> Result<Response, EgressError> {
    egress.fetch(request).await
}

#[tokio::test]
async fn a_page_of_a_named_origin_is_fetched_with_our_name() {
    let server = LoopbackServer::start();
    server.page("/a", Page::new(200, "hello"));
    let url = server.url().join("/a").unwrap();
    let answer = ask(&server.egress(), &request(url.as_str())).await.unwrap();
    assert!(answer.is_success());
    assert_eq!(answer.bytes().await.unwrap(), b"hello");
    let head = server.requests().remove(0).to_lowercase();
    assert!(head.contains(concat!("user-agent: mission-control/", env!("CARGO_PKG_VERSION"))), "{head}");
    assert_eq!(ask(&server.egress(), &request(server.url().as_str())).await.unwrap().status, 404);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let server = LoopbackServer::start();
    server.page("/from", Page::new(302, "").header("location", "/to"));
    server.page("/to", Page::new(200, "secret"));
    let url = server.url().join("/from").unwrap();
    assert_eq!(ask(&server.egress(), &request(url.as_str())).await.unwrap().status, 302);
    assert_eq!(server.count("/to"), 0);
}

#[tokio::test]
async fn bodies_are_bounded_with_and_without_a_declared_length() {
    let server = LoopbackServer::start();
    let body = vec![b'x'; 64 * 1024 + 1];
    server.page("/declared", Page::new(200, body.clone()));
    server.page("/undeclared", Page::new(200, body.clone()).undeclared());
    server.page("/fits", Page::new(200, &body[1..]).undeclared());
    let url = |path: &str| server.url().join(path).unwrap().to_string();
    let egress = server.egress();
    let declared = ask(&egress, &request(&url("/declared"))).await;
    assert_eq!(declared.unwrap_err(), EgressError::TooLarge(64 * KIB));
    let undeclared = ask(&egress, &request(&url("/undeclared"))).await.unwrap().bytes().await;
    assert_eq!(undeclared.unwrap_err(), EgressError::TooLarge(64 * KIB));
    assert_eq!(ask(&egress, &request(&url("/fits"))).await.unwrap().bytes().await.unwrap().len(), 64 * 1024);
}

#[tokio::test]
async fn an_answer_that_does_not_end_is_given_up() {
    let server = LoopbackServer::start();
    server.page("/", Page::new(200, "part").stalled());
    let hurried = Request { total: Duration::from_millis(200), ..request(server.url().as_str()) };
    let answer = ask(&server.egress(), &hurried).await.unwrap();
    assert_eq!(answer.bytes().await.unwrap_err(), EgressError::Timeout);
}

/// No name server and no server is asked: the refusal comes first, so this works without a network.
#[rstest]
#[case::loopback("https://127.0.0.1/")]
#[case::loopback_in_six("https://[::1]/")]
#[case::mapped("https://[::ffff:127.0.0.1]/")]
#[case::written_as_a_number("https://2130706433/")]
#[case::written_in_octal("https://0177.0.0.1/")]
#[case::private("https://10.0.0.7/")]
#[case::metadata("https://169.254.169.254/latest/meta-data")]
#[case::unspecified("https://0.0.0.0/")]
#[case::plain_http("http://1.1.1.1/")]
#[case::other_scheme("ftp://1.1.1.1/")]
#[case::file("file:///etc/passwd")]
#[case::credentials("https://user:password@1.1.1.1/")]
#[case::a_name_for_this_machine("https://localhost/")]
#[tokio::test]
async fn what_leads_inside_is_refused(#[case] url: &str) {
    let egress = HttpEgress::new(&[]).unwrap();
    assert_eq!(ask(&egress, &request(url)).await.unwrap_err(), EgressError::NotAllowed, "{url}");
}

#[tokio::test]
async fn only_the_named_port_of_a_named_host_is_open() {
    let (named, other) = (LoopbackServer::start(), LoopbackServer::start());
    other.page("/", Page::new(200, "inside"));
    let refused = ask(&named.egress(), &request(other.url().as_str())).await;
    assert_eq!(refused.unwrap_err(), EgressError::NotAllowed);
    assert_eq!(other.requests(), [] as [String; 0]);
}

#[tokio::test]
async fn who_does_not_listen_is_unreachable() {
    let url: Url = {
        let server = LoopbackServer::start();
        server.url()
    };
    let egress = HttpEgress::new(std::slice::from_ref(&url)).unwrap();
    let failed = ask(&egress, &request(url.as_str())).await;
    assert!(matches!(failed, Err(EgressError::Unreachable)), "{failed:?}");
    assert_eq!(ask(&Closed, &request(url.as_str())).await.unwrap_err(), EgressError::Unreachable);
}

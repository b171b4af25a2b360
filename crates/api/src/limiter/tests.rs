use std::sync::Mutex;

use super::*;
use chrono::{DateTime, TimeDelta, Utc};

fn limiter(max: usize) -> (Limiter, mc_base::ManualClock) {
    let (clock, hand) = Clock::manual(DateTime::<Utc>::UNIX_EPOCH);
    (Limiter::new("test", max, Duration::from_secs(60), clock), hand)
}

#[tokio::test]
async fn attempts_beyond_the_limit_are_refused_until_the_window_has_passed() {
    let (limiter, hand) = limiter(2);
    assert!(limiter.attempt("a").await.is_ok());
    hand.advance(TimeDelta::seconds(30));
    assert!(limiter.attempt("a").await.is_ok());
    assert!(limiter.check("a").await.is_err());
    assert!(limiter.attempt("b").await.is_ok(), "keys are counted apart");
    hand.advance(TimeDelta::seconds(31));
    assert!(limiter.check("a").await.is_ok());
    assert!(limiter.attempt("a").await.is_ok());
}

#[tokio::test]
async fn a_refused_attempt_extends_the_block() {
    let (limiter, hand) = limiter(1);
    assert!(limiter.attempt("a").await.is_ok());
    for _ in 0..5 {
        hand.advance(TimeDelta::seconds(40));
        let refused = limiter.attempt("a").await;
        assert_eq!(refused.map_err(|error| error.status()), Err(StatusCode::TOO_MANY_REQUESTS));
    }
    hand.advance(TimeDelta::seconds(60));
    assert!(limiter.attempt("a").await.is_ok());
}

#[tokio::test]
async fn a_refusal_says_when_to_come_back() {
    let (limiter, hand) = limiter(1);
    let _ = limiter.attempt("a").await;
    hand.advance(TimeDelta::milliseconds(500));
    let _ = limiter.attempt("a").await;
    let response = axum::response::IntoResponse::into_response(limiter.attempt("a").await.unwrap_err());
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    assert_eq!(header("retry-after"), Some("60"));
    assert_eq!(header("ratelimit-policy"), Some("\"test\";q=1;w=60"));
    assert_eq!(header("ratelimit"), Some("\"test\";r=0;t=60"));
}

/// A shared place whose next answers are written down.
#[derive(Debug, Default)]
struct Scripted(Mutex<Vec<Option<Verdict>>>);

impl SharedLog for Scripted {
    fn record<'a>(&'a self, _: Attempt<'a>) -> Counting<'a> {
        Box::pin(async { self.0.lock().unwrap().remove(0) })
    }
    fn look<'a>(&'a self, attempt: Attempt<'a>) -> Counting<'a> {
        self.record(attempt)
    }
}

#[tokio::test]
async fn the_harder_verdict_counts_and_the_own_one_holds_while_the_shared_place_is_away() {
    let (alone, _hand) = limiter(2);
    let wait = Duration::from_secs(7);
    let shared = Scripted(Mutex::new(vec![
        Some(Verdict::Refused(wait)),
        Some(Verdict::Refused(wait)),
        Some(Verdict::Allowed),
        None,
    ]));
    let limiter = Limiter { shared: Some(Arc::new(shared)), ..alone };
    assert!(limiter.check("a").await.is_err(), "another process has used the limit up");
    assert!(limiter.attempt("a").await.is_err());
    assert!(limiter.attempt("a").await.is_ok());
    assert!(limiter.attempt("a").await.is_err(), "three attempts here, and nobody else to ask");
}

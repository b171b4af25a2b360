use std::sync::Arc;

use mc_openclaw::{GatewayError as Answer, Hello, Stage};

use super::*;

fn climb(steps: &[Step], error: ClientError) -> Climb {
    Climb {
        steps: steps.iter().map(|step| (*step, Duration::from_millis(3))).collect(),
        hello: Err(error.into()),
        first_call: None,
        call_took: Duration::ZERO,
    }
}

fn refused(refusal: Refusal, details: serde_json::Value) -> ClientError {
    ClientError::Refused(Box::new(Answer {
        code: "INVALID_REQUEST".into(),
        message: "the gateway says no".into(),
        details: Some(details),
        retryable: false,
        retry_after: None,
        refusal,
    }))
}

fn late(what: &str) -> ClientError {
    ClientError::Timeout { what: what.into(), limit: Duration::from_secs(1), sent: false }
}

#[test]
fn the_rung_that_broke_is_named_with_one_thing_to_do() {
    use Step::{Answered, Connected, Resolved, Secured, Upgraded};
    let unreachable = |stage| ClientError::Unreachable { stage, message: "no".into() };
    let none = serde_json::Value::Null;
    let cases = [
        ("ws", &[][..], unreachable(Stage::Resolve), "dns", "host name"),
        ("ws", &[], ClientError::AddressRefused("no".into()), "dns", "another address"),
        ("ws", &[Resolved], unreachable(Stage::Connect), "tcp", "Start the gateway"),
        ("ws", &[Resolved], late("connecting to the gateway"), "tcp", "Start the gateway"),
        ("wss", &[Resolved, Connected], unreachable(Stage::Tls), "tls", "certificate"),
        ("wss", &[Resolved, Connected], late("connecting to the gateway"), "tls", "certificate"),
        ("ws", &[Resolved, Connected], unreachable(Stage::Upgrade), "upgrade", "WebSocket"),
        ("wss", &[Resolved, Connected, Secured], unreachable(Stage::Upgrade), "upgrade", "WebSocket"),
        ("ws", &[Resolved, Connected, Upgraded], late("connect"), "protocol", "OpenClaw gateway listens"),
        (
            "ws",
            &[Resolved, Connected, Upgraded],
            ClientError::Protocol("garbage".into()),
            "protocol",
            "OpenClaw gateway listens",
        ),
        (
            "ws",
            &[Resolved, Connected, Upgraded, Answered],
            refused(Refusal::ProtocolMismatch, none.clone()),
            "protocol",
            "Update the older side",
        ),
        (
            "ws",
            &[Resolved, Connected, Upgraded, Answered],
            refused(Refusal::Unauthorized, none.clone()),
            "auth",
            "Set the token",
        ),
        (
            "ws",
            &[Resolved, Connected, Upgraded, Answered],
            refused(Refusal::Unavailable, none),
            "auth",
            "Wait until",
        ),
        (
            "ws",
            &[Resolved, Connected, Upgraded, Answered],
            refused(Refusal::PairingRequired, serde_json::json!({"requestId": "r-7"})),
            "pairing",
            "openclaw devices approve r-7",
        ),
        (
            "ws",
            &[Resolved, Connected, Upgraded, Answered],
            ClientError::MissingScope("operator.write".into()),
            "scopes",
            "operator.write",
        ),
    ];
    for (scheme, steps, error, rung, fragment) in cases {
        let text = format!("{error:?}");
        let report = report(&format!("{scheme}://gateway"), &climb(steps, error), Ok(()));
        assert_eq!(report.failed.map(RungName::as_str), Some(rung), "{text}");
        let advice = report.advice.unwrap();
        assert!(advice.contains(fragment), "{text}: {advice}");
        let states: Vec<RungState> = report.rungs.iter().map(|rung| rung.state).collect();
        let place = states.iter().position(|state| *state == RungState::Failed).unwrap();
        assert!(states[place + 1..].iter().all(|state| {
            matches!(state, RungState::NotReached) || (scheme == "ws" && *state == RungState::NotApplicable)
        }));
        assert!(report.code.is_some() && report.rungs[place].detail.is_some(), "{text}");
    }
}

fn admitted(first_call: Result<(), GatewayError>) -> Climb {
    let hello = Hello { server_version: Some("2026.9.6".into()), protocol: 4, ..Hello::default() };
    Climb {
        steps: vec![(Step::Resolved, Duration::from_millis(1))],
        hello: Ok(Arc::new(hello)),
        first_call: Some(first_call),
        call_took: Duration::from_millis(2),
    }
}

#[test]
fn a_way_without_a_fault_has_no_advice() {
    let report = report("ws://gateway", &admitted(Ok(())), Ok(()));
    assert_eq!((report.failed, report.advice, report.code), (None, None, None));
    assert_eq!((report.version.as_deref(), report.protocol), (Some("2026.9.6"), Some(4)));
    let tls = &report.rungs[2];
    assert_eq!((tls.name, tls.state), (RungName::Tls, RungState::NotApplicable));
    assert!(
        report
            .rungs
            .iter()
            .filter(|rung| rung.name != RungName::Tls)
            .all(|rung| rung.state == RungState::Passed)
    );
}

#[test]
fn what_was_let_in_can_still_be_too_old_or_silent() {
    let old = report("ws://gateway", &admitted(Ok(())), Err("too old".into()));
    assert_eq!((old.failed, old.code), (Some(RungName::Version), Some("gateway_version")));
    let silent = GatewayError::new(Failure::Timeout, "too late");
    let silent = report("ws://gateway", &admitted(Err(silent)), Ok(()));
    assert_eq!(silent.failed, Some(RungName::FirstCall));
    let scope = GatewayError::new(Failure::ScopeMissing, "missing scope: operator.read");
    assert_eq!(report("ws://gateway", &admitted(Err(scope)), Ok(())).failed, Some(RungName::Scopes));
}

use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::*;

fn gateway(has_token: bool) -> Gateway {
    let token = has_token.then(|| super::super::model::SealedToken("v1.x".into()));
    Gateway {
        id: Uuid::from_u128(1),
        organization_id: Uuid::from_u128(2),
        name: "Home".into(),
        url: "ws://10.0.0.1:18789".into(),
        token_sealed: token,
        workspace_root: "~/.openclaw".into(),
        disable_device_pairing: false,
        allow_insecure_tls: false,
        manage_exec_host: false,
        runtime_version: None,
        last_connected_at: None,
        last_error: None,
        created_at: DateTime::<Utc>::UNIX_EPOCH,
        updated_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

#[test]
fn workspace_roots_are_absolute_or_at_home() {
    for good in ["/srv", "/", "~", "~/.openclaw", "C:\\agents", "d:/agents"] {
        assert!(check_workspace_root(good).is_ok(), "{good}");
    }
    for bad in ["", "srv", "./srv", "~root/x", "C:agents", "/srv\n/x", " /srv"] {
        assert!(check_workspace_root(bad).unwrap_err().contains("workspace_root"), "{bad}");
    }
}

#[test]
fn workspaces_lie_under_the_root() {
    for (root, key, expected) in [
        ("~/.openclaw", "mc-7", "~/.openclaw/workspace-mc-7"),
        ("/srv//", "lead-7", "/srv/workspace-lead-7"),
        ("/", "mc-gateway-7", "/workspace-gateway-7"),
    ] {
        assert_eq!(workspace(root, key), expected);
    }
}

#[test]
fn only_what_is_different_counts_as_changed() {
    let old = gateway(true);
    let stored = SecretString::from("old");
    let same = GatewayChange {
        name: Some("Home".into()),
        url: Some(old.url.clone()),
        workspace_root: Some("~/.openclaw".into()),
        token: Some(Some("old".into())),
        disable_device_pairing: Some(false),
        allow_insecure_tls: Some(false),
        manage_exec_host: Some(false),
        clear_token: false,
    };
    let outcome = changed(&old, Some(&stored), same);
    assert!(outcome.changed.is_empty() && !outcome.needs_probe());
    assert_eq!(outcome.gateway, old);

    let rename = GatewayChange { name: Some("Away".into()), ..GatewayChange::default() };
    let outcome = changed(&old, Some(&stored), rename);
    assert_eq!(outcome.changed, ["name"]);
    assert!(!outcome.needs_probe(), "a new name needs no connection");

    let managed = GatewayChange { manage_exec_host: Some(true), ..GatewayChange::default() };
    let outcome = changed(&old, Some(&stored), managed);
    assert!(outcome.changed == ["manage_exec_host"] && !outcome.needs_probe());

    for (change, name) in [
        (GatewayChange { url: Some("ws://10.0.0.2".into()), ..GatewayChange::default() }, "url"),
        (GatewayChange { token: Some(Some("new".into())), ..GatewayChange::default() }, "token"),
        (GatewayChange { allow_insecure_tls: Some(true), ..GatewayChange::default() }, "allow_insecure_tls"),
        (
            GatewayChange { disable_device_pairing: Some(true), ..GatewayChange::default() },
            "disable_device_pairing",
        ),
    ] {
        let outcome = changed(&old, Some(&stored), change);
        assert!(outcome.changed == [name] && outcome.needs_probe(), "{name}");
    }
}

#[test]
fn a_token_goes_only_when_that_is_meant() {
    let url = "ws://10.0.0.1:18789";
    let other = "ws://10.0.0.2:18789";
    let nothing: Option<Option<&str>> = Some(None);
    for (has_token, sent, url, clear, expected) in [
        (true, None, None, false, "keep"),
        (true, nothing, None, false, "clear"),
        (true, nothing, Some(url), false, "keep"),
        (true, nothing, Some(url), true, "clear"),
        (true, nothing, Some(other), false, "clear"),
        (true, None, None, true, "clear"),
        (true, Some(Some("old")), Some(url), false, "keep"),
        (true, Some(Some("new")), Some(url), false, "set"),
        (true, Some(Some("new")), None, true, "set"),
        (false, nothing, None, false, "keep"),
        (false, None, None, true, "keep"),
        (false, Some(Some("new")), None, false, "set"),
    ] {
        let change = GatewayChange {
            token: sent.map(|token| token.map(SecretString::from)),
            url: url.map(str::to_owned),
            clear_token: clear,
            ..GatewayChange::default()
        };
        let stored = has_token.then(|| SecretString::from("old"));
        let found = match changed(&gateway(has_token), stored.as_ref(), change).token {
            TokenChange::Keep => "keep",
            TokenChange::Clear => "clear",
            TokenChange::Set(_) => "set",
        };
        assert_eq!(found, expected, "{has_token} {sent:?} {url:?} {clear}");
    }
}

#[test]
fn failures_are_explained() {
    for (failure, message, fragment) in [
        (Failure::Auth, "", "authentication failed"),
        (Failure::Refused, " ", "authentication failed"),
        (Failure::Refused, "unauthorized: gateway token mismatch", "authentication failed"),
        (Failure::Refused, "FORBIDDEN", "authentication failed"),
        (Failure::ScopeMissing, "missing scope: operator.read", "missing required scope `operator.read`"),
        (
            Failure::Refused,
            "Error: Missing Scope:operator.admin, sorry",
            "missing required scope `operator.admin`",
        ),
        (Failure::Tls, "", "certificate"),
        (Failure::Unreachable, "", "cannot be reached"),
        (Failure::Protocol, "", "gave no reason"),
        (Failure::Unreachable, "connection refused", "connection refused"),
        (Failure::PairingRequired, "pairing required: device is not approved yet", "pairing required"),
    ] {
        let explained = explain(&GatewayError::new(failure, message));
        assert!(explained.contains(fragment), "{failure:?} {message}: {explained}");
    }
}

#[test]
fn a_failure_becomes_an_answer_with_a_code() {
    let error = GatewayError {
        retry_after: Some(Duration::from_millis(1_200)),
        ..GatewayError::new(Failure::Busy, "restarting")
    };
    let answer = bad_gateway("Gateway nudge failed", &error);
    assert_eq!(answer.kind, Kind::BadGateway);
    assert_eq!(answer.detail, crate::Detail::Text("Gateway nudge failed: restarting".into()));
    assert_eq!((answer.code, answer.retry_after), (Some("gateway_busy"), Some(2)));
    let unknown = bad_gateway("x", &GatewayError::new(Failure::NotFound, "no such session"));
    assert_eq!((unknown.code, unknown.retry_after), (Some("gateway_not_found"), None));
    let away = bad_gateway("x", &GatewayError::new(Failure::Unreachable, "away"));
    assert_eq!(away.retry_after, Some(5));
}

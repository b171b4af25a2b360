//! What is wrong with the way to a gateway: it is climbed rung by rung, and the first rung that breaks is named with the
//! one thing to do.

use std::time::Duration;

use mc_openclaw::{Error as ClientError, Refusal, Step};

use super::{
    connections::approval_command,
    inspect::{self, Wanted},
    port::{Climb, Failure, GatewayError, Target},
    rules, version,
};
use crate::{Context, Result, access::OrgAdmin, gateways::connections::device_id};

/// The rungs from the name of the host to the first answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RungName {
    /// The host name has addresses at which a gateway may be.
    Dns,
    /// A TCP connection comes about.
    Tcp,
    /// The certificate is accepted; only for `wss`.
    Tls,
    /// The connection becomes a WebSocket.
    Upgrade,
    /// What answers speaks the protocol of OpenClaw, in a version that this server speaks.
    Protocol,
    /// The token is accepted.
    Auth,
    /// The device of this server is approved.
    Pairing,
    /// The scopes that the work takes are granted.
    Scopes,
    /// The software is of a version that this server can work with.
    Version,
    /// A call is answered.
    FirstCall,
}

const RUNGS: [RungName; 10] = [
    RungName::Dns,
    RungName::Tcp,
    RungName::Tls,
    RungName::Upgrade,
    RungName::Protocol,
    RungName::Auth,
    RungName::Pairing,
    RungName::Scopes,
    RungName::Version,
    RungName::FirstCall,
];

impl RungName {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Upgrade => "upgrade",
            Self::Protocol => "protocol",
            Self::Auth => "auth",
            Self::Pairing => "pairing",
            Self::Scopes => "scopes",
            Self::Version => "version",
            Self::FirstCall => "first_call",
        }
    }
}

/// What became of a rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RungState {
    /// It holds.
    Passed,
    /// It broke; everything after it was not reached.
    Failed,
    /// An earlier one broke.
    NotReached,
    /// This gateway has no such rung.
    NotApplicable,
}

impl RungState {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotReached => "not_reached",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// One rung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Which one.
    pub name: RungName,
    /// What became of it.
    pub state: RungState,
    /// What was seen there.
    pub detail: Option<String>,
    /// How long it took, where that was measured.
    pub duration: Option<Duration>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The address that was tried.
    pub url: String,
    /// All rungs, from the ground up.
    pub rungs: Vec<Rung>,
    /// The rung that broke.
    pub failed: Option<RungName>,
    /// The one thing to do.
    pub advice: Option<String>,
    /// A stable name of what is wrong.
    pub code: Option<&'static str>,
    /// The version of the gateway's software, where it was learnt.
    pub version: Option<String>,
    /// The protocol that was agreed on.
    pub protocol: Option<u32>,
    /// The id by which the gateway knows this server.
    pub device_id: Option<String>,
}

/// Climbs to a gateway, stored or not, on a connection of its own. That it breaks is an answer.
///
/// # Errors
/// When what is wanted does not say which gateway, or names none of the organization.
pub async fn examine(context: &Context, scope: &OrgAdmin, wanted: Wanted) -> Result<Report> {
    let target = inspect::target(context, scope, wanted).await?;
    // What is asked for is what the work takes, so that a device is approved once and for all of it.
    let target = Target { reads_only: false, ..target };
    let climb = context.gateways().climb(&target).await;
    let minimum = &context.settings().gateway_min_version;
    let found = climb.hello.as_ref().ok().and_then(|hello| hello.server_version.clone());
    let verdict = version::check(found.as_deref(), minimum).map(drop);
    let mut report = report(&target.url, &climb, verdict);
    report.device_id = device_id(context.store()).await?.as_deref().map(str::to_owned);
    Ok(report)
}

/// The ladder of a climb; `verdict` is about the version.
fn report(url: &str, climb: &Climb, verdict: Result<(), String>) -> Report {
    let is_tls = url.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("wss:"));
    let broken = match (&climb.hello, &climb.first_call) {
        (Err(error), _) => Some((broken_rung(error, &climb.steps, is_tls), error.clone())),
        (Ok(_), _) if verdict.is_err() => {
            let reason = verdict.err().unwrap_or_default();
            Some((RungName::Version, GatewayError::new(Failure::Protocol, reason)))
        }
        (Ok(_), Some(Err(error))) => {
            let rung =
                if error.failure == Failure::ScopeMissing { RungName::Scopes } else { RungName::FirstCall };
            Some((rung, error.clone()))
        }
        (Ok(_), _) => None,
    };
    let failed = broken.as_ref().map(|(rung, _)| *rung);
    let rung = |name: RungName| {
        let state = match failed {
            _ if name == RungName::Tls && !is_tls => RungState::NotApplicable,
            Some(failed) if name > failed => RungState::NotReached,
            Some(failed) if name == failed => RungState::Failed,
            _ => RungState::Passed,
        };
        let detail = match (&broken, state) {
            (Some((_, error)), RungState::Failed) => Some(rules::explain(error)),
            (_, RungState::Passed) => seen(name, climb),
            (_, RungState::NotApplicable) => Some("ws:// is not encrypted".to_owned()),
            _ => None,
        };
        Rung { name, state, detail, duration: took(name, climb) }
    };
    let hello = climb.hello.as_ref().ok();
    Report {
        url: url.to_owned(),
        rungs: RUNGS.into_iter().map(rung).collect(),
        failed,
        advice: broken.as_ref().map(|(rung, error)| advice(*rung, error)),
        code: broken.as_ref().map(|(rung, error)| match rung {
            RungName::Version => "gateway_version",
            _ => rules::code(error.failure),
        }),
        version: hello.and_then(|hello| hello.server_version.clone()),
        protocol: hello.map(|hello| hello.protocol),
        device_id: None,
    }
}

fn took(name: RungName, climb: &Climb) -> Option<Duration> {
    let step = match name {
        RungName::Dns => Step::Resolved,
        RungName::Tcp => Step::Connected,
        RungName::Tls => Step::Secured,
        RungName::Upgrade => Step::Upgraded,
        RungName::Protocol => Step::Answered,
        RungName::FirstCall => return climb.first_call.as_ref().map(|_| climb.call_took),
        _ => return None,
    };
    climb.steps.iter().find(|(taken, _)| *taken == step).map(|(_, took)| *took)
}

fn seen(name: RungName, climb: &Climb) -> Option<String> {
    let hello = climb.hello.as_ref().ok()?;
    match name {
        RungName::Protocol => Some(format!("protocol {}", hello.protocol)),
        RungName::Scopes => hello.scopes.as_ref().map(|scopes| scopes.join(", ")),
        RungName::Version => hello.server_version.clone(),
        _ => None,
    }
}

/// The rung at which a failure belongs.
fn broken_rung(error: &GatewayError, steps: &[(Step, Duration)], is_tls: bool) -> RungName {
    match (&error.failure, error.cause.as_deref()) {
        (_, Some(ClientError::AddressRefused(_) | ClientError::InvalidOptions { .. })) => RungName::Dns,
        (Failure::Tls, _) => RungName::Tls,
        (Failure::Auth, _) => RungName::Auth,
        (Failure::PairingRequired, _) => RungName::Pairing,
        (Failure::ScopeMissing, _) => RungName::Scopes,
        (Failure::Protocol, _) => RungName::Protocol,
        // It speaks the protocol, but does not want to now.
        (Failure::Busy, Some(ClientError::Refused(_))) => RungName::Auth,
        (_, Some(ClientError::Refused(answer))) if answer.refusal == Refusal::InvalidRequest => {
            RungName::Protocol
        }
        (_, Some(ClientError::Refused(_))) => RungName::Auth,
        _ => match steps.iter().map(|(step, _)| *step).max() {
            None if error.cause.is_some() => RungName::Dns,
            None => RungName::Tcp,
            Some(Step::Resolved) => RungName::Tcp,
            Some(Step::Connected) if is_tls => RungName::Tls,
            Some(Step::Connected | Step::Secured) => RungName::Upgrade,
            Some(Step::Upgraded | Step::Answered) => RungName::Protocol,
        },
    }
}

/// The one thing to do.
fn advice(rung: RungName, error: &GatewayError) -> String {
    let answer = match error.cause.as_deref() {
        Some(ClientError::Refused(answer)) => Some(answer),
        _ => None,
    };
    match rung {
        RungName::Dns if matches!(error.cause.as_deref(), Some(ClientError::AddressRefused(_))) => {
            "Use another address: link-local and metadata addresses are never called.".into()
        }
        RungName::Dns => "Check the host name in the url; this server's resolver does not find it.".into(),
        RungName::Tcp => "Start the gateway, and check port, bind address (gateway.bind) and firewall: nothing accepts \
                          connections there."
            .into(),
        RungName::Tls => "Give the gateway a certificate that this server trusts, use ws:// if it does not speak TLS, \
                          or set allow_insecure_tls on a network that you trust."
            .into(),
        RungName::Upgrade => "Check port and path of the url: what answers there is no WebSocket server.".into(),
        RungName::Protocol if error.failure == Failure::Protocol && answer.is_some() => {
            "Update the older side: gateway and server have no version of the protocol in common (this server speaks 3 \
             and 4)."
                .into()
        }
        RungName::Protocol => "Check that an OpenClaw gateway listens at this url: what answers does not speak its \
                               protocol."
            .into(),
        RungName::Auth if error.failure == Failure::Busy => {
            "Wait until the gateway has started, or its rate limit has passed, and try again.".into()
        }
        RungName::Auth => "Set the token to gateway.auth.token of the gateway's configuration.".into(),
        RungName::Pairing => {
            let request = answer.and_then(|answer| answer.detail("requestId"));
            format!("Approve this server on the gateway's host: {}", approval_command(request))
        }
        RungName::Scopes => "Give the token (or the paired device) the scopes operator.read, operator.write and \
                             operator.admin on the gateway."
            .into(),
        RungName::Version => "Update OpenClaw on the gateway's host, or lower GATEWAY_MIN_VERSION.".into(),
        RungName::FirstCall => "Look at the gateway's log: it let this server in, but did not answer a call.".into(),
    }
}

#[cfg(test)]
#[path = "doctor_tests.rs"]
mod tests;

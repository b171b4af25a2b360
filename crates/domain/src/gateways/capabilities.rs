//! What gateways can do, as clients of this API have always been told, and what a gateway says itself.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{queries, rpc, rpc::Rpc, rules, service};
use crate::{Context, Result, access::OrgAdmin};

/// The protocol of the static answer.
const PROTOCOL: u32 = 3;

/// What gateways can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The protocol.
    pub protocol_version: u32,
    /// The methods.
    pub methods: Vec<String>,
    /// The events.
    pub events: Vec<String>,
}

/// The usual methods and events; with a gateway also those that it names, after them, and its protocol.
///
/// # Errors
/// `NotFound` for an unknown gateway; `BadGateway` when it does not answer.
pub async fn capabilities(
    context: &Context,
    scope: &OrgAdmin,
    gateway_id: Option<Uuid>,
) -> Result<Capabilities> {
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut known = Capabilities { protocol_version: PROTOCOL, methods: own(METHODS), events: own(EVENTS) };
    let Some(id) = gateway_id else { return Ok(known) };
    let gateway =
        queries::find(context.store(), scope.organization().id, id).await?.ok_or_else(service::unknown)?;
    let target = gateway.target(context)?;
    let hello = rpc::within(rpc::READ_WAIT, Rpc::new(context, &target).hello())
        .await
        .map_err(|error| rules::bad_gateway("Gateway capabilities cannot be read", &error))?;
    if hello.protocol > 0 {
        known.protocol_version = hello.protocol;
    }
    merge(&mut known.methods, &hello.methods);
    merge(&mut known.events, &hello.events);
    Ok(known)
}

fn merge(known: &mut Vec<String>, named: &BTreeSet<String>) {
    for name in named {
        if !known.contains(name) {
            known.push(name.clone());
        }
    }
}

const METHODS: &[&str] = &[
    "health",
    "logs.tail",
    "channels.status",
    "channels.logout",
    "status",
    "usage.status",
    "usage.cost",
    "tts.status",
    "tts.providers",
    "tts.enable",
    "tts.disable",
    "tts.convert",
    "tts.setProvider",
    "config.get",
    "config.set",
    "config.apply",
    "config.patch",
    "config.schema",
    "exec.approvals.get",
    "exec.approvals.set",
    "exec.approvals.node.get",
    "exec.approvals.node.set",
    "exec.approval.request",
    "exec.approval.resolve",
    "wizard.start",
    "wizard.next",
    "wizard.cancel",
    "wizard.status",
    "talk.mode",
    "models.list",
    "agents.list",
    "agents.create",
    "agents.update",
    "agents.delete",
    "agents.files.list",
    "agents.files.get",
    "agents.files.set",
    "skills.status",
    "skills.bins",
    "skills.install",
    "skills.update",
    "update.run",
    "voicewake.get",
    "voicewake.set",
    "sessions.list",
    "sessions.preview",
    "sessions.patch",
    "sessions.reset",
    "sessions.delete",
    "sessions.compact",
    "last-heartbeat",
    "set-heartbeats",
    "wake",
    "node.pair.request",
    "node.pair.list",
    "node.pair.approve",
    "node.pair.reject",
    "node.pair.verify",
    "device.pair.list",
    "device.pair.approve",
    "device.pair.reject",
    "device.token.rotate",
    "device.token.revoke",
    "node.rename",
    "node.list",
    "node.describe",
    "node.invoke",
    "node.invoke.result",
    "node.event",
    "cron.list",
    "cron.status",
    "cron.add",
    "cron.update",
    "cron.remove",
    "cron.run",
    "cron.runs",
    "system-presence",
    "system-event",
    "send",
    "agent",
    "agent.identity.get",
    "agent.wait",
    "browser.request",
    "chat.history",
    "chat.abort",
    "chat.send",
];

const EVENTS: &[&str] = &[
    "connect.challenge",
    "agent",
    "chat",
    "presence",
    "tick",
    "talk.mode",
    "shutdown",
    "health",
    "heartbeat",
    "cron",
    "node.pair.requested",
    "node.pair.resolved",
    "node.invoke.request",
    "device.pair.requested",
    "device.pair.resolved",
    "voicewake.changed",
    "exec.approval.requested",
    "exec.approval.resolved",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_complete_and_grow_by_what_is_new() {
        assert_eq!((METHODS.len(), EVENTS.len()), (86, 18));
        let mut known = vec!["a".to_owned(), "b".to_owned()];
        merge(&mut known, &["b".to_owned(), "c".to_owned()].into());
        assert_eq!(known, ["a", "b", "c"]);
    }
}

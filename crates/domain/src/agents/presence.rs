//! Whether an agent is there: what is shown of its signs of life, what a sign of life changes, and what its gateway has to
//! do with it.

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{Txn, sql};
use uuid::Uuid;

use super::{Agent, LifecycleState, heartbeat, heartbeat::Wake};
use crate::Result;

/// After this long without a sign of life an agent counts as offline, unless it checks in more seldom.
pub(super) const OFFLINE_AFTER: TimeDelta = TimeDelta::minutes(10);
/// An agent whose gateway has been away for less than this is not taken for offline by that.
const GATEWAY_GRACE: TimeDelta = TimeDelta::minutes(5);
/// A sign of life is written at most this often, unless it changes something.
const TOUCH_EVERY: TimeDelta = TimeDelta::seconds(30);
/// The statuses that agents report of themselves.
const REPORTED: [&str; 5] = ["online", "busy", "idle", "degraded", "paused"];

/// What the signs of life of an agent say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It called within its own time between two heartbeats.
    Online,
    /// It has let its cadence pass, or sleeps until there is work.
    Idle,
    /// It has not called for too long.
    Offline,
    /// It has never called.
    Never,
}

impl Presence {
    /// The published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Idle => "idle",
            Self::Offline => "offline",
            Self::Never => "never",
        }
    }
}

/// What an agent reports of its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    status: &'static str,
    note: Option<String>,
}

impl Report {
    /// Reads a reported text: one of the known statuses, else a note of an agent that is online.
    #[must_use]
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let known = REPORTED.iter().find(|status| status.eq_ignore_ascii_case(text));
        Some(match known {
            Some(status) => Self { status, note: None },
            None => Self { status: "online", note: Some(text.to_owned()) },
        })
    }

    /// Writes what was reported; what is being done to the agent goes before it.
    pub(super) fn apply(&self, agent: &mut Agent) {
        if !agent.is_being_changed() {
            agent.status = self.status.to_owned();
            agent.status_note.clone_from(&self.note);
        }
    }
}

impl Agent {
    fn is_being_changed(&self) -> bool {
        matches!(self.status.as_str(), "updating" | "deleting")
    }

    /// How long it may be silent before it counts as offline: ten minutes, or two and a half of its own heartbeats.
    #[must_use]
    pub fn offline_after(&self) -> TimeDelta {
        let every = self.heartbeat_config.as_ref().and_then(|config| heartbeat::every(&config.0));
        every.map_or(OFFLINE_AFTER, |every| (every * 5 / 2).max(OFFLINE_AFTER))
    }

    /// Whether its silence is as it should be: nobody wakes it while there is no work, its gateway is there, and no wake
    /// has gone unanswered.
    #[must_use]
    pub fn is_asleep(&self, now: DateTime<Utc>) -> bool {
        matches!(self.wake(), Some(Wake::Work | Wake::Never))
            && self.openclaw_session_id.is_some()
            && matches!(self.lifecycle_state, LifecycleState::Ready | LifecycleState::AwaitingCheckin)
            && self.missed_checkins == 0
            && self.checkin_deadline_at.is_none_or(|deadline| deadline > now)
            && self.gateway_away_at.is_none_or(|since| now - since < GATEWAY_GRACE)
    }

    /// What its signs of life say at a time.
    #[must_use]
    pub fn presence(&self, now: DateTime<Utc>) -> Presence {
        let Some(seen) = self.last_seen_at else { return Presence::Never };
        let silent = now - seen;
        let every = self.heartbeat_config.as_ref().and_then(|config| heartbeat::every(&config.0));
        if silent > self.offline_after() && !self.is_asleep(now) {
            Presence::Offline
        } else if silent > every.unwrap_or(OFFLINE_AFTER) {
            Presence::Idle
        } else {
            Presence::Online
        }
    }

    /// The status to show: what is being done to the agent, or that it is paused, else its presence, else what it
    /// reported.
    #[must_use]
    pub fn shown_status(&self, now: DateTime<Utc>) -> &str {
        match (self.presence(now), self.lifecycle_state) {
            // A pause is a decision, which holds whether or not the agent calls.
            _ if self.is_being_changed() || self.status == "paused" => &self.status,
            (Presence::Never, LifecycleState::Failed | LifecycleState::GaveUp) => "offline",
            (Presence::Never, _) => "provisioning",
            (Presence::Offline, _) => "offline",
            (Presence::Idle, _) if self.status == "online" && self.is_asleep(now) => "idle",
            _ => &self.status,
        }
    }

    /// Whether a sign of life is worth writing down now: the last one is old, or something waits for it.
    #[must_use]
    pub fn awaits_touch(&self, now: DateTime<Utc>) -> bool {
        self.last_seen_at.is_none_or(|seen| now - seen >= TOUCH_EVERY)
            || self.last_wake_sent_at > self.last_seen_at
            || self.wake_attempts > 0
            || self.missed_checkins > 0
            || self.checkin_deadline_at.is_some()
            || matches!(self.lifecycle_state, LifecycleState::AwaitingCheckin | LifecycleState::GaveUp)
            || matches!(self.status.as_str(), "offline" | "provisioning")
    }
}

/// Writes down for the agents of a gateway that it is away, from the first time on.
pub(crate) async fn gateway_is_away(txn: &Txn, gateway_id: Uuid) -> Result<()> {
    let update =
        sql("UPDATE agents SET gateway_away_at = $2 WHERE gateway_id = $1 AND gateway_away_at IS NULL");
    txn.run(update.bind(gateway_id).bind(txn.now())).await?;
    Ok(())
}

/// Writes down for the agents of a gateway that it is there again.
pub(crate) async fn gateway_is_back(txn: &Txn, gateway_id: Uuid) -> Result<()> {
    let update =
        sql("UPDATE agents SET gateway_away_at = NULL WHERE gateway_id = $1 AND gateway_away_at IS NOT NULL");
    txn.run(update.bind(gateway_id)).await?;
    Ok(())
}

/// The agent after a sign of life, and the kind of the event when something has changed by it.
pub(super) fn checked_in(
    agent: &Agent,
    report: Option<&Report>,
    now: DateTime<Utc>,
) -> (Agent, Option<&'static str>) {
    let mut new = agent.clone();
    new.last_seen_at = Some(now);
    new.wake_attempts = 0;
    new.checkin_deadline_at = None;
    new.missed_checkins = 0;
    if new.lifecycle_state == LifecycleState::GaveUp {
        new.next_attempt_at = None;
    }
    let was_awaited = matches!(new.lifecycle_state, LifecycleState::AwaitingCheckin | LifecycleState::GaveUp);
    if was_awaited {
        new.lifecycle_state = LifecycleState::Ready;
        new.last_provision_error = None;
    }
    match report {
        Some(report) => report.apply(&mut new),
        None if !new.is_being_changed() && !REPORTED.contains(&new.status.as_str()) => {
            new.status = "online".to_owned();
        }
        None => {}
    }
    let was_never = agent.last_seen_at.is_none();
    let kind = if was_awaited {
        Some("agent.checked_in")
    } else if agent.shown_status(now) == "offline" || agent.presence(now) == Presence::Offline {
        Some("agent.online")
    } else if was_never || (&new.status, &new.status_note) != (&agent.status, &agent.status_note) {
        Some("agent.status_changed")
    } else {
        None
    };
    (new, kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use mc_store::Json;
    use serde_json::json;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn seen(minutes: i64, status: &str, every: Option<&str>) -> Agent {
        let config = every.map(|every| Json(json!({ "every": every }).as_object().cloned().unwrap()));
        Agent {
            last_seen_at: Some(now() - TimeDelta::minutes(minutes)),
            status: status.into(),
            heartbeat_config: config,
            ..testing::agent("Ada")
        }
    }

    #[test]
    fn an_agent_is_offline_after_two_and_a_half_heartbeats_and_ten_minutes_at_least() {
        for (minutes, every, expected, status) in [
            (10, None, Presence::Online, "busy"),
            (11, None, Presence::Offline, "offline"),
            (9, Some("1m"), Presence::Idle, "busy"),
            (11, Some("1m"), Presence::Offline, "offline"),
            (10, Some("10m"), Presence::Online, "busy"),
            (25, Some("10m"), Presence::Idle, "busy"),
            (26, Some("10m"), Presence::Offline, "offline"),
            (150, Some("1h"), Presence::Idle, "busy"),
            (11, Some("nonsense"), Presence::Offline, "offline"),
        ] {
            let agent = seen(minutes, "busy", every);
            assert_eq!(
                (agent.presence(now()), agent.shown_status(now())),
                (expected, status),
                "{minutes} {every:?}"
            );
        }
    }

    #[test]
    fn an_agent_that_sleeps_until_there_is_work_is_idle_however_long() {
        let asleep = |minutes| Agent {
            gateway_id: Some(Uuid::from_u128(9)),
            openclaw_session_id: Some("agent:mc-ada:main".into()),
            ..seen(minutes, "online", Some("10m"))
        };
        let ago = |minutes| Some(now() - TimeDelta::minutes(minutes));
        let config = |wake: &str| Some(Json(json!({"wake": wake}).as_object().cloned().unwrap()));
        for (agent, presence, status) in [
            (asleep(5), Presence::Online, "online"),
            (asleep(15), Presence::Idle, "idle"),
            (asleep(10_000), Presence::Idle, "idle"),
            (Agent { status: "degraded".into(), ..asleep(10_000) }, Presence::Idle, "degraded"),
            (Agent { heartbeat_config: config("never"), ..asleep(60) }, Presence::Idle, "idle"),
            (Agent { heartbeat_config: config("always"), ..asleep(60) }, Presence::Offline, "offline"),
            (Agent { checkin_deadline_at: ago(-1), ..asleep(60) }, Presence::Idle, "idle"),
            (Agent { checkin_deadline_at: ago(1), ..asleep(60) }, Presence::Offline, "offline"),
            (Agent { missed_checkins: 1, ..asleep(60) }, Presence::Offline, "offline"),
            (Agent { gateway_away_at: ago(1), ..asleep(60) }, Presence::Idle, "idle"),
            (Agent { gateway_away_at: ago(6), ..asleep(60) }, Presence::Offline, "offline"),
            (Agent { lifecycle_state: LifecycleState::GaveUp, ..asleep(60) }, Presence::Offline, "offline"),
            (Agent { gateway_id: None, ..asleep(60) }, Presence::Offline, "offline"),
        ] {
            assert_eq!((agent.presence(now()), agent.shown_status(now())), (presence, status), "{agent:?}");
        }
    }

    #[test]
    fn what_is_done_to_an_agent_goes_before_its_presence() {
        let never = |status: &str, lifecycle_state| Agent {
            status: status.into(),
            lifecycle_state,
            ..testing::agent("Ada")
        };
        use LifecycleState::{AwaitingCheckin, Failed, GaveUp};
        for (agent, expected) in [
            (never("online", AwaitingCheckin), "provisioning"),
            (never("provisioning", Failed), "offline"),
            (never("offline", GaveUp), "offline"),
            (never("updating", Failed), "updating"),
            (never("deleting", AwaitingCheckin), "deleting"),
            (never("paused", AwaitingCheckin), "paused"),
            (seen(60, "updating", None), "updating"),
            (seen(60, "paused", None), "paused"),
            (seen(1, "offline", None), "offline"),
        ] {
            assert_eq!(agent.shown_status(now()), expected);
        }
    }

    #[test]
    fn a_reported_status_is_one_of_the_known_or_a_note() {
        let report = |text| Report::of(text).map(|report| (report.status, report.note));
        assert_eq!(report(" Busy "), Some(("busy", None)));
        assert_eq!(report("healthy"), Some(("online", Some("healthy".to_owned()))));
        assert_eq!(
            report("deleting"),
            Some(("online", Some("deleting".to_owned()))),
            "nobody freezes itself"
        );
        assert_eq!(report(" "), None);
    }

    #[test]
    fn a_sign_of_life_ends_what_waited_for_it() {
        let waiting = Agent {
            lifecycle_state: LifecycleState::GaveUp,
            status: "offline".into(),
            wake_attempts: 3,
            checkin_deadline_at: Some(now()),
            last_provision_error: Some("silent".into()),
            ..testing::agent("Ada")
        };
        let (agent, kind) = checked_in(&waiting, None, now());
        assert_eq!(kind, Some("agent.checked_in"));
        assert_eq!(
            (agent.wake_attempts, agent.checkin_deadline_at, agent.last_provision_error.as_deref()),
            (0, None, None)
        );
        assert_eq!((agent.lifecycle_state, agent.status.as_str()), (LifecycleState::Ready, "online"));
    }

    #[test]
    fn only_changes_are_events() {
        let busy = Report::of("busy");
        for (agent, report, status, kind) in [
            (seen(1, "online", None), None, "online", None),
            (seen(1, "busy", None), None, "busy", None),
            (seen(1, "healthy", None), None, "online", Some("agent.status_changed")),
            (seen(1, "online", None), busy.as_ref(), "busy", Some("agent.status_changed")),
            (seen(1, "busy", None), busy.as_ref(), "busy", None),
            (seen(1, "offline", None), None, "online", Some("agent.online")),
            (seen(60, "paused", None), None, "paused", Some("agent.online")),
            (seen(60, "online", None), None, "online", Some("agent.online")),
            (seen(1, "updating", None), busy.as_ref(), "updating", None),
            (seen(1, "deleting", None), None, "deleting", None),
            (
                Agent { last_seen_at: None, ..seen(1, "provisioning", None) },
                None,
                "online",
                Some("agent.status_changed"),
            ),
        ] {
            let (new, found) = checked_in(&agent, report, now());
            assert_eq!((new.status.as_str(), found), (status, kind), "{} {report:?}", agent.status);
        }
    }

    #[test]
    fn a_failed_run_stays_visible_until_the_next_one() {
        let failed = Agent {
            lifecycle_state: LifecycleState::Failed,
            last_provision_error: Some("no route".into()),
            ..seen(1, "online", None)
        };
        let (agent, _) = checked_in(&failed, None, now());
        assert_eq!(
            (agent.lifecycle_state, agent.last_provision_error.as_deref()),
            (LifecycleState::Failed, Some("no route"))
        );
    }

    #[test]
    fn a_touch_is_due_when_it_changes_something() {
        assert!(!seen(0, "online", None).awaits_touch(now()));
        assert!(seen(1, "online", None).awaits_touch(now()));
        assert!(seen(0, "offline", None).awaits_touch(now()));
        assert!(Agent { wake_attempts: 1, ..seen(0, "online", None) }.awaits_touch(now()));
        let waiting = Agent { lifecycle_state: LifecycleState::AwaitingCheckin, ..seen(0, "online", None) };
        assert!(waiting.awaits_touch(now()));
    }
}

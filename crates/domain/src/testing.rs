//! Fixtures for tests of this crate and of the HTTP layer.

use std::time::Duration;

use chrono::{DateTime, Utc};
use mc_base::SecretKey;
use mc_store::{Read, Store, sql};
use uuid::Uuid;

use crate::{
    Context, Settings,
    access::{BoardWriter, OrgAdmin, OrgMember, UserActor},
    agents::{Agent, LifecycleState, messages::AgentMessage},
    boards::{self, Board, NewBoard},
    skills::Sources,
    souls,
    users::{self, User},
};

/// A context on a test database, with a key of its own.
///
/// # Panics
/// Never in practice: the address is a constant.
#[must_use]
pub fn context(store: &Store) -> Context {
    let settings = Settings {
        base_url: "http://mission-control.test".parse().expect("a constant address"),
        session_lifetime: Duration::from_secs(3600),
        event_retention: Duration::from_secs(86_400),
        audit_retention: Duration::from_secs(86_400),
        webhook_retention: Duration::from_secs(86_400),
        skills: Sources { default_packs: Vec::new(), ..Sources::default() },
        souls_directory: souls::DIRECTORY.parse().expect("a constant address"),
        memory_retention: None,
        gateway_min_version: "2026.02.9".parse().expect("a constant version"),
        checkin_wait: Duration::from_secs(120),
    };
    Context::new(store.clone(), SecretKey::generate(store.random()), settings)
}

/// The person of local sign-in.
///
/// # Panics
/// When the database fails.
pub async fn local_actor(context: &Context) -> UserActor {
    UserActor::new(users::service::local_user(context).await.expect("the local person can be made"), None)
}

/// The local person as administrator of the own organization.
///
/// # Panics
/// When the database fails.
pub async fn admin(context: &Context) -> OrgAdmin {
    let member =
        OrgMember::check(context, local_actor(context).await, None).await.expect("the own organization");
    OrgAdmin::check(member).expect("the owner is an administrator")
}

/// What a plain board is made from: no gates but the default ones.
#[must_use]
pub fn new_board(name: &str) -> NewBoard {
    NewBoard {
        name: name.into(),
        slug: String::new(),
        description: "for tests".into(),
        gateway_id: None,
        board_group_id: None,
        board_type: "general".into(),
        objective: None,
        success_metrics: None,
        target_date: None,
        goal_confirmed: false,
        goal_source: None,
        require_approval_for_done: false,
        require_review_before_done: false,
        comment_required_for_review: false,
        block_status_changes_with_pending_approval: false,
        only_lead_can_change_status: false,
        max_agents: 1,
    }
}

/// A board in the database that the local person may write.
///
/// # Panics
/// When the database fails.
pub async fn board_writer(context: &Context, new: NewBoard) -> BoardWriter {
    let admin = admin(context).await;
    let board = boards::service::create(context, &admin, new).await.expect("the board can be made");
    BoardWriter::check(context, crate::access::Actor::User(admin.actor().clone()), board.id)
        .await
        .expect("its creator may write it")
}

/// An agent without a database, for the tests of rules; the name makes the id.
#[must_use]
pub fn agent(name: &str) -> Agent {
    Agent {
        id: Uuid::from_u128(name.bytes().fold(1, |id, byte| id * 257 + u128::from(byte))),
        organization_id: Uuid::from_u128(2),
        gateway_id: None,
        board_id: Some(Uuid::from_u128(1)),
        name: name.into(),
        status: "online".into(),
        status_note: None,
        is_board_lead: false,
        openclaw_session_id: None,
        heartbeat_config: None,
        identity_profile: None,
        identity_template: None,
        soul_template: None,
        last_seen_at: None,
        token_expires_at: None,
        lifecycle_state: LifecycleState::Ready,
        lifecycle_generation: 0,
        provision_action: None,
        provision_requested_at: None,
        last_provision_error: None,
        wake_attempts: 0,
        checkin_deadline_at: None,
        last_wake_sent_at: None,
        last_wake_reason: None,
        missed_checkins: 0,
        next_attempt_at: None,
        waits_for_gateway_since: None,
        setup_failures: 0,
        provision_report: None,
        files_version: None,
        files_base_url: None,
        files_wanted_at: None,
        last_round_at: None,
        round_repeats: 0,
        gateway_away_at: None,
        created_at: DateTime::<Utc>::UNIX_EPOCH,
        updated_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

/// A person without a database, for the tests of rules.
#[must_use]
pub fn person(name: &str) -> UserActor {
    let user = User {
        id: Uuid::from_u128(3),
        clerk_user_id: "user".into(),
        email: None,
        name: Some(name.into()),
        preferred_name: None,
        pronouns: None,
        timezone: None,
        notes: None,
        context: None,
        is_super_admin: false,
        active_organization_id: Some(Uuid::from_u128(2)),
    };
    UserActor::new(user, None)
}

/// A board without a database, for the tests of rules.
#[must_use]
pub fn board() -> Board {
    Board {
        id: Uuid::from_u128(1),
        organization_id: Uuid::from_u128(2),
        gateway_id: None,
        board_group_id: None,
        name: "Board".into(),
        slug: "board".into(),
        description: "for tests".into(),
        board_type: "goal".into(),
        objective: None,
        success_metrics: None,
        target_date: None,
        goal_confirmed: false,
        goal_source: None,
        require_approval_for_done: true,
        require_review_before_done: false,
        comment_required_for_review: false,
        block_status_changes_with_pending_approval: false,
        only_lead_can_change_status: false,
        max_agents: 1,
        paused_at: None,
        created_at: DateTime::<Utc>::UNIX_EPOCH,
        updated_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

/// The messages that wait for agents, oldest first: `agent_id`, `board_id`, `task_id`, `kind`, `label`, `message`,
/// `deliver`, `wake`, `sent_event`, `failed_event`, and the `lane` of the job.
///
/// # Panics
/// When the database fails.
pub async fn waiting_messages(store: &Store) -> Vec<serde_json::Value> {
    let messages: Vec<AgentMessage> = store
        .all(sql("SELECT * FROM agent_messages WHERE state IN ('queued', 'failed') ORDER BY created_at, id"))
        .await
        .expect("the messages are there");
    let mut waiting = Vec::new();
    for message in messages {
        let lane: Option<(Option<String>,)> = store
            .optional(sql("SELECT lane FROM jobs WHERE id = $1").bind(message.job_id))
            .await
            .expect("the jobs are there");
        waiting.push(serde_json::json!({
            "agent_id": message.agent_id, "board_id": message.board_id, "task_id": message.task_id,
            "kind": message.kind.as_str(), "label": message.label, "message": message.content,
            "deliver": message.deliver, "wake": message.wake, "sent_event": message.sent_event,
            "failed_event": message.failed_event, "lane": lane.and_then(|(lane,)| lane),
        }));
    }
    waiting
}

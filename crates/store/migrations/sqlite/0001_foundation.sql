-- Organizations and the people in them.
CREATE TABLE organizations (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE users (
    id BLOB PRIMARY KEY,
    clerk_user_id TEXT NOT NULL UNIQUE,
    email TEXT,
    name TEXT,
    preferred_name TEXT,
    pronouns TEXT,
    timezone TEXT,
    notes TEXT,
    context TEXT,
    is_super_admin INTEGER NOT NULL DEFAULT FALSE,
    active_organization_id BLOB REFERENCES organizations (id) ON DELETE SET NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX users_active_organization ON users (active_organization_id);

CREATE TABLE organization_members (
    id BLOB PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    all_boards_read INTEGER NOT NULL DEFAULT FALSE,
    all_boards_write INTEGER NOT NULL DEFAULT FALSE,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organization_id, user_id)
) STRICT;
CREATE INDEX organization_members_user ON organization_members (user_id, created_at, id);

-- Sign-ins of the console. Only a keyed hash of the cookie is kept.
CREATE TABLE sessions (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash BLOB NOT NULL UNIQUE,
    user_agent TEXT,
    client_address TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_used_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id, created_at, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Gateways on which agents live. The token is sealed with the server key.
CREATE TABLE gateways (
    id BLOB PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    token_sealed TEXT,
    workspace_root TEXT NOT NULL,
    disable_device_pairing INTEGER NOT NULL DEFAULT FALSE,
    allow_insecure_tls INTEGER NOT NULL DEFAULT FALSE,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX gateways_organization ON gateways (organization_id, created_at, id);

CREATE TABLE board_groups (
    id BLOB PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX board_groups_organization ON board_groups (organization_id, created_at, id);

CREATE TABLE boards (
    id BLOB PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    gateway_id BLOB REFERENCES gateways (id) ON DELETE SET NULL,
    board_group_id BLOB REFERENCES board_groups (id) ON DELETE SET NULL,
    name TEXT NOT NULL,
    -- The name folded to lower case by the server: SQLite folds ASCII only.
    sort_name TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    board_type TEXT NOT NULL DEFAULT 'goal',
    objective TEXT,
    success_metrics TEXT,
    target_date TEXT,
    goal_confirmed INTEGER NOT NULL DEFAULT FALSE,
    goal_source TEXT,
    require_approval_for_done INTEGER NOT NULL DEFAULT TRUE,
    require_review_before_done INTEGER NOT NULL DEFAULT FALSE,
    comment_required_for_review INTEGER NOT NULL DEFAULT FALSE,
    block_status_changes_with_pending_approval INTEGER NOT NULL DEFAULT FALSE,
    only_lead_can_change_status INTEGER NOT NULL DEFAULT FALSE,
    max_agents INTEGER NOT NULL DEFAULT 1 CHECK (max_agents >= 0),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX boards_organization ON boards (organization_id, sort_name, created_at DESC, id);
CREATE INDEX boards_group ON boards (board_group_id);
CREATE INDEX boards_gateway ON boards (gateway_id);

CREATE TABLE organization_board_access (
    id BLOB PRIMARY KEY,
    organization_member_id BLOB NOT NULL REFERENCES organization_members (id) ON DELETE CASCADE,
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    can_read INTEGER NOT NULL DEFAULT TRUE,
    can_write INTEGER NOT NULL DEFAULT FALSE,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organization_member_id, board_id)
) STRICT;
CREATE INDEX organization_board_access_board ON organization_board_access (board_id);

-- Agents. The token is kept as a keyed hash: one indexed look-up finds its agent.
CREATE TABLE agents (
    id BLOB PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    gateway_id BLOB REFERENCES gateways (id) ON DELETE CASCADE,
    board_id BLOB REFERENCES boards (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'provisioning',
    is_board_lead INTEGER NOT NULL DEFAULT FALSE,
    openclaw_session_id TEXT,
    token_hash BLOB UNIQUE,
    heartbeat_config TEXT,
    identity_profile TEXT,
    identity_template TEXT,
    soul_template TEXT,
    last_seen_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX agents_board ON agents (board_id, created_at, id);
CREATE INDEX agents_gateway ON agents (gateway_id);
CREATE INDEX agents_organization ON agents (organization_id, created_at, id);
CREATE UNIQUE INDEX agents_one_lead_per_board ON agents (board_id) WHERE is_board_lead;

-- Tasks and what hangs on them.
CREATE TABLE tasks (
    id BLOB PRIMARY KEY,
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    description TEXT,
    status TEXT NOT NULL DEFAULT 'inbox' CHECK (status IN ('inbox', 'in_progress', 'review', 'done')),
    priority TEXT NOT NULL DEFAULT 'medium',
    due_at TEXT,
    in_progress_at TEXT,
    previous_in_progress_at TEXT,
    -- When the task last left 'done': approvals decided before do not count any more.
    reopened_at TEXT,
    -- The agent that last handed the task in for review, so that rework finds it.
    review_submitted_by_agent_id BLOB REFERENCES agents (id) ON DELETE SET NULL,
    created_by_user_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    assigned_agent_id BLOB REFERENCES agents (id) ON DELETE SET NULL,
    created_by_agent_id BLOB REFERENCES agents (id) ON DELETE SET NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX tasks_board ON tasks (board_id, created_at, id);
CREATE INDEX tasks_board_status ON tasks (board_id, status, created_at, id);
CREATE INDEX tasks_board_assignee ON tasks (board_id, assigned_agent_id, created_at, id);
CREATE INDEX tasks_assignee ON tasks (assigned_agent_id);
CREATE INDEX tasks_creator ON tasks (created_by_user_id);

CREATE TABLE task_dependencies (
    id BLOB PRIMARY KEY,
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_id BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    depends_on_task_id BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    UNIQUE (task_id, depends_on_task_id),
    CHECK (task_id <> depends_on_task_id)
) STRICT;
CREATE INDEX task_dependencies_reverse ON task_dependencies (depends_on_task_id);
CREATE INDEX task_dependencies_board ON task_dependencies (board_id);

CREATE TABLE task_comments (
    id BLOB PRIMARY KEY,
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_id BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    agent_id BLOB REFERENCES agents (id) ON DELETE SET NULL,
    user_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    -- The author's name when it was written; stays readable when the author is gone.
    author_name TEXT,
    message TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX task_comments_task ON task_comments (task_id, created_at, id);
CREATE INDEX task_comments_board ON task_comments (board_id, created_at, id);
CREATE INDEX task_comments_created ON task_comments (created_at, id);

CREATE TABLE tags (
    id BLOB PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    color TEXT NOT NULL DEFAULT '9e9e9e',
    description TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organization_id, slug)
) STRICT;

CREATE TABLE tag_assignments (
    id BLOB PRIMARY KEY,
    task_id BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    tag_id BLOB NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    UNIQUE (task_id, tag_id)
) STRICT;
CREATE INDEX tag_assignments_tag ON tag_assignments (tag_id);

CREATE TABLE task_custom_field_definitions (
    id BLOB PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    field_key TEXT NOT NULL,
    label TEXT NOT NULL,
    field_type TEXT NOT NULL,
    ui_visibility TEXT NOT NULL DEFAULT 'always',
    validation_regex TEXT,
    description TEXT,
    required INTEGER NOT NULL DEFAULT FALSE,
    default_value TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organization_id, field_key)
) STRICT;

CREATE TABLE board_task_custom_fields (
    id BLOB PRIMARY KEY,
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_custom_field_definition_id BLOB NOT NULL REFERENCES task_custom_field_definitions (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    UNIQUE (board_id, task_custom_field_definition_id)
) STRICT;
CREATE INDEX board_task_custom_fields_definition ON board_task_custom_fields (task_custom_field_definition_id);

CREATE TABLE task_custom_field_values (
    id BLOB PRIMARY KEY,
    task_id BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    task_custom_field_definition_id BLOB NOT NULL REFERENCES task_custom_field_definitions (id) ON DELETE CASCADE,
    value TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (task_id, task_custom_field_definition_id)
) STRICT;
CREATE INDEX task_custom_field_values_definition ON task_custom_field_values (task_custom_field_definition_id);

-- Approvals. A decided one stays decided: see the triggers below.
CREATE TABLE approvals (
    id BLOB PRIMARY KEY,
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_id BLOB REFERENCES tasks (id) ON DELETE SET NULL,
    agent_id BLOB REFERENCES agents (id) ON DELETE SET NULL,
    action_type TEXT NOT NULL,
    payload TEXT,
    confidence REAL NOT NULL,
    rubric_scores TEXT,
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected')),
    resolved_by_user_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    decision_note TEXT,
    created_at TEXT NOT NULL,
    resolved_at TEXT
) STRICT;
CREATE INDEX approvals_board ON approvals (board_id, created_at, id);
CREATE INDEX approvals_board_status ON approvals (board_id, status, created_at, id);
CREATE INDEX approvals_task ON approvals (task_id);

CREATE TABLE approval_task_links (
    id BLOB PRIMARY KEY,
    approval_id BLOB NOT NULL REFERENCES approvals (id) ON DELETE CASCADE,
    task_id BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    UNIQUE (approval_id, task_id)
) STRICT;
CREATE INDEX approval_task_links_task ON approval_task_links (task_id);

-- Board memory: notes, chat, and the trace of webhooks.
CREATE TABLE board_memory (
    id BLOB PRIMARY KEY,
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    agent_id BLOB REFERENCES agents (id) ON DELETE SET NULL,
    user_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    content TEXT NOT NULL,
    tags TEXT,
    source TEXT,
    is_chat INTEGER NOT NULL DEFAULT FALSE,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX board_memory_board ON board_memory (board_id, created_at, id);
CREATE INDEX board_memory_chat ON board_memory (board_id, is_chat, created_at, id);

-- Inbound webhooks. Secrets are sealed with the server key; the previous one is honoured for a while after a change.
CREATE TABLE board_webhooks (
    id BLOB PRIMARY KEY,
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    agent_id BLOB REFERENCES agents (id) ON DELETE SET NULL,
    description TEXT NOT NULL,
    enabled INTEGER NOT NULL DEFAULT TRUE,
    secret_sealed TEXT,
    previous_secret_sealed TEXT,
    previous_secret_expires_at TEXT,
    signature_header TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX board_webhooks_board ON board_webhooks (board_id, created_at, id);

CREATE TABLE board_webhook_payloads (
    id BLOB PRIMARY KEY,
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    webhook_id BLOB NOT NULL REFERENCES board_webhooks (id) ON DELETE CASCADE,
    -- JSON text, as received: key order and escapes are the sender's.
    payload TEXT NOT NULL,
    headers TEXT,
    source_ip TEXT,
    content_type TEXT,
    -- The sender's delivery id; a repeated delivery answers with the first payload.
    delivery_key TEXT,
    memory_id BLOB REFERENCES board_memory (id) ON DELETE SET NULL,
    delivery_status TEXT NOT NULL DEFAULT 'pending' CHECK (delivery_status IN ('pending', 'delivered', 'failed')),
    delivery_attempts INTEGER NOT NULL DEFAULT 0,
    delivery_error TEXT,
    delivery_updated_at TEXT NOT NULL,
    delivered_at TEXT,
    received_at TEXT NOT NULL,
    UNIQUE (webhook_id, delivery_key)
) STRICT;
CREATE INDEX board_webhook_payloads_webhook ON board_webhook_payloads (webhook_id, received_at, id);
CREATE INDEX board_webhook_payloads_board ON board_webhook_payloads (board_id, received_at, id);
CREATE INDEX board_webhook_payloads_received ON board_webhook_payloads (received_at);
CREATE INDEX board_webhook_payloads_memory ON board_webhook_payloads (memory_id);

-- The append-only event log. Ids of other rows are kept without a foreign key: the log outlives them.
CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    organization_id BLOB NOT NULL,
    board_id BLOB,
    task_id BLOB,
    agent_id BLOB,
    user_id BLOB,
    message TEXT,
    data TEXT,
    -- Whether the event is part of the activity feed that people read.
    activity INTEGER NOT NULL DEFAULT FALSE,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX events_board_created ON events (board_id, created_at, position);
CREATE INDEX events_organization_created ON events (organization_id, created_at, position);
CREATE INDEX events_activity_agent ON events (agent_id, created_at, position) WHERE activity;
CREATE INDEX events_task ON events (task_id, position);
CREATE INDEX events_board ON events (board_id, position);
CREATE INDEX events_organization ON events (organization_id, position);
CREATE INDEX events_created ON events (created_at);
CREATE INDEX events_live_created ON events (created_at) WHERE NOT activity;

-- Background jobs, and when the recurring ones are due.
CREATE TABLE jobs (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- Jobs of one lane run one after another, in the order of their ids.
    lane TEXT,
    -- At most one unfinished job holds a key.
    dedupe_key TEXT,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'dead')),
    run_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    -- Fencing number: grows with every claim; only its holder may finish the job.
    lease INTEGER NOT NULL DEFAULT 0,
    leased_until TEXT,
    last_error TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_due ON jobs (state, run_at, id);
CREATE INDEX jobs_lane ON jobs (lane, id) WHERE lane IS NOT NULL;
CREATE UNIQUE INDEX jobs_dedupe ON jobs (dedupe_key) WHERE dedupe_key IS NOT NULL AND state <> 'dead';

CREATE TABLE job_schedules (
    name TEXT PRIMARY KEY,
    next_run_at TEXT NOT NULL
) STRICT;

-- A decision is final, whoever asks.
CREATE TRIGGER approvals_decided_once BEFORE UPDATE OF status, resolved_at ON approvals
    FOR EACH ROW WHEN OLD.status <> 'pending' AND (NEW.status <> OLD.status OR NEW.resolved_at IS NOT OLD.resolved_at)
BEGIN
    SELECT RAISE(ABORT, 'approval is already decided');
END;

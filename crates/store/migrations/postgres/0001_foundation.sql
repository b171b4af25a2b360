-- Organizations and the people in them.
CREATE TABLE organizations (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE users (
    id UUID PRIMARY KEY,
    clerk_user_id TEXT NOT NULL UNIQUE,
    email TEXT,
    name TEXT,
    preferred_name TEXT,
    pronouns TEXT,
    timezone TEXT,
    notes TEXT,
    context TEXT,
    is_super_admin BOOLEAN NOT NULL DEFAULT FALSE,
    active_organization_id UUID REFERENCES organizations (id) ON DELETE SET NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX users_active_organization ON users (active_organization_id);

CREATE TABLE organization_members (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    all_boards_read BOOLEAN NOT NULL DEFAULT FALSE,
    all_boards_write BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (organization_id, user_id)
);
CREATE INDEX organization_members_user ON organization_members (user_id, created_at, id);

-- Sign-ins of the console. Only a keyed hash of the cookie is kept.
CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash BYTEA NOT NULL UNIQUE,
    user_agent TEXT,
    client_address TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id, created_at, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Gateways on which agents live. The token is sealed with the server key.
CREATE TABLE gateways (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    token_sealed TEXT,
    workspace_root TEXT NOT NULL,
    disable_device_pairing BOOLEAN NOT NULL DEFAULT FALSE,
    allow_insecure_tls BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX gateways_organization ON gateways (organization_id, created_at, id);

CREATE TABLE board_groups (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX board_groups_organization ON board_groups (organization_id, created_at, id);

CREATE TABLE boards (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    gateway_id UUID REFERENCES gateways (id) ON DELETE SET NULL,
    board_group_id UUID REFERENCES board_groups (id) ON DELETE SET NULL,
    name TEXT NOT NULL,
    -- The name folded to lower case by the server: SQLite folds ASCII only.
    sort_name TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    board_type TEXT NOT NULL DEFAULT 'goal',
    objective TEXT,
    success_metrics TEXT,
    target_date TIMESTAMPTZ,
    goal_confirmed BOOLEAN NOT NULL DEFAULT FALSE,
    goal_source TEXT,
    require_approval_for_done BOOLEAN NOT NULL DEFAULT TRUE,
    require_review_before_done BOOLEAN NOT NULL DEFAULT FALSE,
    comment_required_for_review BOOLEAN NOT NULL DEFAULT FALSE,
    block_status_changes_with_pending_approval BOOLEAN NOT NULL DEFAULT FALSE,
    only_lead_can_change_status BOOLEAN NOT NULL DEFAULT FALSE,
    max_agents BIGINT NOT NULL DEFAULT 1 CHECK (max_agents >= 0),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX boards_organization ON boards (organization_id, sort_name, created_at DESC, id);
CREATE INDEX boards_group ON boards (board_group_id);
CREATE INDEX boards_gateway ON boards (gateway_id);

CREATE TABLE organization_board_access (
    id UUID PRIMARY KEY,
    organization_member_id UUID NOT NULL REFERENCES organization_members (id) ON DELETE CASCADE,
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    can_read BOOLEAN NOT NULL DEFAULT TRUE,
    can_write BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (organization_member_id, board_id)
);
CREATE INDEX organization_board_access_board ON organization_board_access (board_id);

-- Agents. The token is kept as a keyed hash: one indexed look-up finds its agent.
CREATE TABLE agents (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    gateway_id UUID REFERENCES gateways (id) ON DELETE CASCADE,
    board_id UUID REFERENCES boards (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'provisioning',
    is_board_lead BOOLEAN NOT NULL DEFAULT FALSE,
    openclaw_session_id TEXT,
    token_hash BYTEA UNIQUE,
    heartbeat_config TEXT,
    identity_profile TEXT,
    identity_template TEXT,
    soul_template TEXT,
    last_seen_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX agents_board ON agents (board_id, created_at, id);
CREATE INDEX agents_gateway ON agents (gateway_id);
CREATE INDEX agents_organization ON agents (organization_id, created_at, id);
CREATE UNIQUE INDEX agents_one_lead_per_board ON agents (board_id) WHERE is_board_lead;

-- Tasks and what hangs on them.
CREATE TABLE tasks (
    id UUID PRIMARY KEY,
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    description TEXT,
    status TEXT NOT NULL DEFAULT 'inbox' CHECK (status IN ('inbox', 'in_progress', 'review', 'done')),
    priority TEXT NOT NULL DEFAULT 'medium',
    due_at TIMESTAMPTZ,
    in_progress_at TIMESTAMPTZ,
    previous_in_progress_at TIMESTAMPTZ,
    -- When the task last left 'done': approvals decided before do not count any more.
    reopened_at TIMESTAMPTZ,
    -- The agent that last handed the task in for review, so that rework finds it.
    review_submitted_by_agent_id UUID REFERENCES agents (id) ON DELETE SET NULL,
    created_by_user_id UUID REFERENCES users (id) ON DELETE SET NULL,
    assigned_agent_id UUID REFERENCES agents (id) ON DELETE SET NULL,
    created_by_agent_id UUID REFERENCES agents (id) ON DELETE SET NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX tasks_board ON tasks (board_id, created_at, id);
CREATE INDEX tasks_board_status ON tasks (board_id, status, created_at, id);
CREATE INDEX tasks_board_assignee ON tasks (board_id, assigned_agent_id, created_at, id);
CREATE INDEX tasks_assignee ON tasks (assigned_agent_id);
CREATE INDEX tasks_creator ON tasks (created_by_user_id);

CREATE TABLE task_dependencies (
    id UUID PRIMARY KEY,
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_id UUID NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    depends_on_task_id UUID NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (task_id, depends_on_task_id),
    CHECK (task_id <> depends_on_task_id)
);
CREATE INDEX task_dependencies_reverse ON task_dependencies (depends_on_task_id);
CREATE INDEX task_dependencies_board ON task_dependencies (board_id);

CREATE TABLE task_comments (
    id UUID PRIMARY KEY,
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_id UUID NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    agent_id UUID REFERENCES agents (id) ON DELETE SET NULL,
    user_id UUID REFERENCES users (id) ON DELETE SET NULL,
    -- The author's name when it was written; stays readable when the author is gone.
    author_name TEXT,
    message TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX task_comments_task ON task_comments (task_id, created_at, id);
CREATE INDEX task_comments_board ON task_comments (board_id, created_at, id);
CREATE INDEX task_comments_created ON task_comments (created_at, id);

CREATE TABLE tags (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    color TEXT NOT NULL DEFAULT '9e9e9e',
    description TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (organization_id, slug)
);

CREATE TABLE tag_assignments (
    id UUID PRIMARY KEY,
    task_id UUID NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    tag_id UUID NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (task_id, tag_id)
);
CREATE INDEX tag_assignments_tag ON tag_assignments (tag_id);

CREATE TABLE task_custom_field_definitions (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    field_key TEXT NOT NULL,
    label TEXT NOT NULL,
    field_type TEXT NOT NULL,
    ui_visibility TEXT NOT NULL DEFAULT 'always',
    validation_regex TEXT,
    description TEXT,
    required BOOLEAN NOT NULL DEFAULT FALSE,
    default_value TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (organization_id, field_key)
);

CREATE TABLE board_task_custom_fields (
    id UUID PRIMARY KEY,
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_custom_field_definition_id UUID NOT NULL REFERENCES task_custom_field_definitions (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (board_id, task_custom_field_definition_id)
);
CREATE INDEX board_task_custom_fields_definition ON board_task_custom_fields (task_custom_field_definition_id);

CREATE TABLE task_custom_field_values (
    id UUID PRIMARY KEY,
    task_id UUID NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    task_custom_field_definition_id UUID NOT NULL REFERENCES task_custom_field_definitions (id) ON DELETE CASCADE,
    value TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (task_id, task_custom_field_definition_id)
);
CREATE INDEX task_custom_field_values_definition ON task_custom_field_values (task_custom_field_definition_id);

-- Approvals. A decided one stays decided: see the triggers below.
CREATE TABLE approvals (
    id UUID PRIMARY KEY,
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_id UUID REFERENCES tasks (id) ON DELETE SET NULL,
    agent_id UUID REFERENCES agents (id) ON DELETE SET NULL,
    action_type TEXT NOT NULL,
    payload TEXT,
    confidence DOUBLE PRECISION NOT NULL,
    rubric_scores TEXT,
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected')),
    resolved_by_user_id UUID REFERENCES users (id) ON DELETE SET NULL,
    decision_note TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    resolved_at TIMESTAMPTZ
);
CREATE INDEX approvals_board ON approvals (board_id, created_at, id);
CREATE INDEX approvals_board_status ON approvals (board_id, status, created_at, id);
CREATE INDEX approvals_task ON approvals (task_id);

CREATE TABLE approval_task_links (
    id UUID PRIMARY KEY,
    approval_id UUID NOT NULL REFERENCES approvals (id) ON DELETE CASCADE,
    task_id UUID NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (approval_id, task_id)
);
CREATE INDEX approval_task_links_task ON approval_task_links (task_id);

-- Board memory: notes, chat, and the trace of webhooks.
CREATE TABLE board_memory (
    id UUID PRIMARY KEY,
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    agent_id UUID REFERENCES agents (id) ON DELETE SET NULL,
    user_id UUID REFERENCES users (id) ON DELETE SET NULL,
    content TEXT NOT NULL,
    tags TEXT,
    source TEXT,
    is_chat BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX board_memory_board ON board_memory (board_id, created_at, id);
CREATE INDEX board_memory_chat ON board_memory (board_id, is_chat, created_at, id);

-- Inbound webhooks. Secrets are sealed with the server key; the previous one is honoured for a while after a change.
CREATE TABLE board_webhooks (
    id UUID PRIMARY KEY,
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    agent_id UUID REFERENCES agents (id) ON DELETE SET NULL,
    description TEXT NOT NULL,
    enabled BOOLEAN NOT NULL DEFAULT TRUE,
    secret_sealed TEXT,
    previous_secret_sealed TEXT,
    previous_secret_expires_at TIMESTAMPTZ,
    signature_header TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX board_webhooks_board ON board_webhooks (board_id, created_at, id);

CREATE TABLE board_webhook_payloads (
    id UUID PRIMARY KEY,
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    webhook_id UUID NOT NULL REFERENCES board_webhooks (id) ON DELETE CASCADE,
    -- JSON text, as received: key order and escapes are the sender's.
    payload TEXT NOT NULL,
    headers TEXT,
    source_ip TEXT,
    content_type TEXT,
    -- The sender's delivery id; a repeated delivery answers with the first payload.
    delivery_key TEXT,
    memory_id UUID REFERENCES board_memory (id) ON DELETE SET NULL,
    delivery_status TEXT NOT NULL DEFAULT 'pending' CHECK (delivery_status IN ('pending', 'delivered', 'failed')),
    delivery_attempts BIGINT NOT NULL DEFAULT 0,
    delivery_error TEXT,
    delivery_updated_at TIMESTAMPTZ NOT NULL,
    delivered_at TIMESTAMPTZ,
    received_at TIMESTAMPTZ NOT NULL,
    UNIQUE (webhook_id, delivery_key)
);
CREATE INDEX board_webhook_payloads_webhook ON board_webhook_payloads (webhook_id, received_at, id);
CREATE INDEX board_webhook_payloads_board ON board_webhook_payloads (board_id, received_at, id);
CREATE INDEX board_webhook_payloads_received ON board_webhook_payloads (received_at);
CREATE INDEX board_webhook_payloads_memory ON board_webhook_payloads (memory_id);

-- The append-only event log. Ids of other rows are kept without a foreign key: the log outlives them.
CREATE TABLE events (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id UUID NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    organization_id UUID NOT NULL,
    board_id UUID,
    task_id UUID,
    agent_id UUID,
    user_id UUID,
    message TEXT,
    data TEXT,
    -- Whether the event is part of the activity feed that people read.
    activity BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL
);
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
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- Jobs of one lane run one after another, in the order of their ids.
    lane TEXT,
    -- At most one unfinished job holds a key.
    dedupe_key TEXT,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'dead')),
    run_at TIMESTAMPTZ NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    max_attempts BIGINT NOT NULL,
    -- Fencing number: grows with every claim; only its holder may finish the job.
    lease BIGINT NOT NULL DEFAULT 0,
    leased_until TIMESTAMPTZ,
    last_error TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX jobs_due ON jobs (state, run_at, id);
CREATE INDEX jobs_lane ON jobs (lane, id) WHERE lane IS NOT NULL;
CREATE UNIQUE INDEX jobs_dedupe ON jobs (dedupe_key) WHERE dedupe_key IS NOT NULL AND state <> 'dead';

CREATE TABLE job_schedules (
    name TEXT PRIMARY KEY,
    next_run_at TIMESTAMPTZ NOT NULL
);

-- A decision is final, whoever asks.
CREATE FUNCTION approvals_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'approval % is already decided', OLD.id USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER approvals_decided_once BEFORE UPDATE OF status, resolved_at ON approvals
    FOR EACH ROW WHEN (OLD.status <> 'pending' AND (NEW.status <> OLD.status OR NEW.resolved_at IS DISTINCT FROM OLD.resolved_at))
    EXECUTE FUNCTION approvals_decided_once();

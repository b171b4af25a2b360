-- Secrets that the installation as a whole has, such as the key by which gateways know it. Sealed under the server key;
-- `public` is what may be shown of one.
CREATE TABLE installation_secrets (
    name TEXT PRIMARY KEY,
    sealed TEXT NOT NULL,
    public TEXT,
    created_at TIMESTAMPTZ NOT NULL
);

-- Gateways
-- The connection as it was seen last: its state, since when, and what a person needs to mend it. `last_error` says why.
ALTER TABLE gateways ADD COLUMN connection_state TEXT;
ALTER TABLE gateways ADD COLUMN connection_since TIMESTAMPTZ;
ALTER TABLE gateways ADD COLUMN connection_code TEXT;
ALTER TABLE gateways ADD COLUMN connection_failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE gateways ADD COLUMN protocol BIGINT;
ALTER TABLE gateways ADD COLUMN dialect TEXT;
ALTER TABLE gateways ADD COLUMN granted_scopes TEXT;
ALTER TABLE gateways ADD COLUMN pairing_request_id TEXT;
-- The token that the gateway has issued to this installation, sealed.
ALTER TABLE gateways ADD COLUMN device_token_sealed TEXT;
-- Whether this server lets agents run commands on the host of the gateway where nothing else is configured there.
ALTER TABLE gateways ADD COLUMN manage_exec_host BOOLEAN NOT NULL DEFAULT FALSE;

-- Agents
-- The present and the pending token, sealed, for agents whose files this server writes: so that files can be written
-- again with the token that the agent has.
ALTER TABLE agents ADD COLUMN token_sealed TEXT;
ALTER TABLE agents ADD COLUMN pending_token_sealed TEXT;
-- Why the agent was woken the last time, and how often it let the time pass since its last sign of life.
ALTER TABLE agents ADD COLUMN last_wake_reason TEXT;
ALTER TABLE agents ADD COLUMN missed_checkins BIGINT NOT NULL DEFAULT 0;
-- When what did not work is tried again, and since when it waits for a gateway that is away.
ALTER TABLE agents ADD COLUMN next_attempt_at TIMESTAMPTZ;
ALTER TABLE agents ADD COLUMN waits_for_gateway_since TIMESTAMPTZ;
ALTER TABLE agents ADD COLUMN setup_failures BIGINT NOT NULL DEFAULT 0;
-- How the last run went, step by step and file by file; which texts the files have, and since when newer ones wait.
ALTER TABLE agents ADD COLUMN provision_report TEXT;
ALTER TABLE agents ADD COLUMN files_version BIGINT;
ALTER TABLE agents ADD COLUMN files_base_url TEXT;
ALTER TABLE agents ADD COLUMN files_wanted_at TIMESTAMPTZ;
CREATE INDEX agents_attempt ON agents (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX agents_waiting ON agents (gateway_id) WHERE waits_for_gateway_since IS NOT NULL;

-- Texts of the souls directory for the role of an agent: the one that a person has accepted, and the one that may take
-- its place. Copies, so that nothing changes without a person.
CREATE TABLE agent_role_souls (
    agent_id UUID NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    place TEXT NOT NULL CHECK (place IN ('proposal', 'accepted')),
    state TEXT NOT NULL CHECK (state IN ('fetching', 'ready', 'failed', 'accepted')),
    handle TEXT,
    slug TEXT,
    page_url TEXT,
    sha256 TEXT,
    content TEXT,
    -- The digest that is accepted without another look, because the person has seen that text.
    wanted_sha256 TEXT,
    error TEXT,
    user_id UUID REFERENCES users (id) ON DELETE SET NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (agent_id, place)
);
CREATE INDEX agent_role_souls_user ON agent_role_souls (user_id);

-- Messages and jobs

-- Words for an agent, and what became of them. A job carries them.
CREATE TABLE agent_messages (
    id UUID PRIMARY KEY,
    -- Under this key the gateway takes the message once, however often it is tried.
    send_key UUID NOT NULL,
    -- The job that carries it, without a foreign key: jobs that are done are gone.
    job_id UUID,
    organization_id UUID NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    agent_id UUID NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    -- The board that it is about; a main agent is told of many.
    board_id UUID REFERENCES boards (id) ON DELETE CASCADE,
    -- What it is about, without foreign keys: the record may outlive the thing.
    task_id UUID,
    subject_id UUID,
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'delivered', 'failed', 'dead')),
    label TEXT NOT NULL,
    content TEXT NOT NULL,
    -- Whether the answer goes out to the channels of the agent.
    deliver BOOLEAN NOT NULL,
    -- Whether the agent is to get to work, and so to call within a time.
    wake BOOLEAN NOT NULL,
    sent_event TEXT,
    failed_event TEXT,
    attempts BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    next_attempt_at TIMESTAMPTZ,
    -- Since when it waits for a gateway that is away.
    waiting_since TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    delivered_at TIMESTAMPTZ
);
CREATE INDEX agent_messages_agent ON agent_messages (agent_id, created_at, id);
CREATE INDEX agent_messages_board ON agent_messages (board_id, created_at, id);
CREATE INDEX agent_messages_subject ON agent_messages (subject_id) WHERE subject_id IS NOT NULL;
CREATE INDEX agent_messages_organization ON agent_messages (organization_id);
CREATE INDEX agent_messages_settled ON agent_messages (updated_at) WHERE state IN ('delivered', 'dead');

-- What the main agent of a gateway was asked to do with a skill, and what it reported.
ALTER TABLE gateway_installed_skills ADD COLUMN state TEXT NOT NULL DEFAULT 'installed'
    CHECK (state IN ('requested', 'installed', 'failed', 'removing', 'removal_failed'));
ALTER TABLE gateway_installed_skills ADD COLUMN last_error TEXT;
-- Since when the skill is there, by the word of the agent.
ALTER TABLE gateway_installed_skills ADD COLUMN confirmed_at TIMESTAMPTZ;
UPDATE gateway_installed_skills SET confirmed_at = created_at;

-- The message that carries a payload to an agent; several payloads may share one.
ALTER TABLE board_webhook_payloads ADD COLUMN message_id UUID REFERENCES agent_messages (id) ON DELETE SET NULL;
CREATE INDEX board_webhook_payloads_message ON board_webhook_payloads (message_id);
CREATE INDEX board_webhook_payloads_pending ON board_webhook_payloads (board_id, received_at, id)
    WHERE delivery_status = 'pending';

-- People and sign-in
-- When the identity provider was last asked who a person is.
ALTER TABLE users ADD COLUMN profile_checked_at TIMESTAMPTZ;
-- Who did what that matters for security. It outlives what it tells of, so it refers to nothing.
CREATE TABLE audit_events (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL,
    kind TEXT NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'agent', 'anonymous', 'system')),
    actor_id UUID,
    actor_name TEXT,
    client_address TEXT,
    request_id TEXT,
    message TEXT,
    data TEXT,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX audit_events_organization ON audit_events (organization_id, created_at, id);
CREATE INDEX audit_events_created ON audit_events (created_at);
-- Entries from before this time may be deleted; no other ever, and none is changed.
CREATE TABLE audit_retention (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    delete_before TIMESTAMPTZ NOT NULL
);
CREATE FUNCTION audit_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM audit_retention WHERE OLD.created_at < delete_before) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit entries are neither changed nor deleted' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_append_only();

-- Backups
-- What became of the newest backups and of the trials to restore one.
CREATE TABLE backup_runs (
    id UUID PRIMARY KEY,
    action TEXT NOT NULL CHECK (action IN ('backup', 'drill')),
    -- What it was made for: `manual`, `scheduled`, `migration` or `restore`.
    origin TEXT NOT NULL,
    file_name TEXT,
    succeeded BOOLEAN NOT NULL,
    is_encrypted BOOLEAN NOT NULL DEFAULT FALSE,
    size_bytes BIGINT,
    -- What was found, or why it failed.
    detail TEXT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX backup_runs_action ON backup_runs (action, finished_at, id);

-- Import
-- The hash of a token as the reference server keeps it, until the agent first presents the token here.
ALTER TABLE agents ADD COLUMN imported_token_hash TEXT;
CREATE INDEX agents_imported_token ON agents (id) WHERE imported_token_hash IS NOT NULL;

-- Rounds
-- When a round last woke the agent, for which work, and how often for the same.
ALTER TABLE agents ADD COLUMN last_round_at TIMESTAMPTZ;
ALTER TABLE agents ADD COLUMN round_work TEXT;
ALTER TABLE agents ADD COLUMN round_repeats BIGINT NOT NULL DEFAULT 0;
-- When the agent last sent a heartbeat; what is new counts from there.
ALTER TABLE agents ADD COLUMN last_heartbeat_at TIMESTAMPTZ;
-- Since when the gateway of the agent is away.
ALTER TABLE agents ADD COLUMN gateway_away_at TIMESTAMPTZ;
-- Decisions since a time.
CREATE INDEX approvals_resolved ON approvals (board_id, resolved_at) WHERE resolved_at IS NOT NULL;

-- Demo
-- What was made for the demo beside the rows of its organization (JSON); null for every other organization.
ALTER TABLE organizations ADD COLUMN demo TEXT;

-- Tasks
-- What is overdue is found without looking at every unfinished task.
CREATE INDEX tasks_due ON tasks (board_id, due_at, status) WHERE due_at IS NOT NULL;

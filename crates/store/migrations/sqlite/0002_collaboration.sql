-- Invites into organizations. The token is found by its digest and can be shown again to administrators while the invite is open.
CREATE TABLE organization_invites (
    id BLOB PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    invited_email TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    all_boards_read INTEGER NOT NULL DEFAULT FALSE,
    all_boards_write INTEGER NOT NULL DEFAULT FALSE,
    token_digest BLOB NOT NULL UNIQUE,
    token_sealed TEXT,
    created_by_user_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    accepted_by_user_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    accepted_at TEXT,
    expires_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX organization_invites_organization ON organization_invites (organization_id, created_at, id);
CREATE INDEX organization_invites_email ON organization_invites (invited_email, created_at, id);
CREATE INDEX organization_invites_creator ON organization_invites (created_by_user_id);
CREATE INDEX organization_invites_acceptor ON organization_invites (accepted_by_user_id);

CREATE TABLE organization_invite_board_access (
    id BLOB PRIMARY KEY,
    organization_invite_id BLOB NOT NULL REFERENCES organization_invites (id) ON DELETE CASCADE,
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    can_read INTEGER NOT NULL DEFAULT TRUE,
    can_write INTEGER NOT NULL DEFAULT FALSE,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organization_invite_id, board_id)
) STRICT;
CREATE INDEX organization_invite_board_access_board ON organization_invite_board_access (board_id);

-- An accepted invite stays accepted.
CREATE TRIGGER organization_invites_accepted_once BEFORE UPDATE OF accepted_at ON organization_invites
    FOR EACH ROW WHEN OLD.accepted_at IS NOT NULL AND NEW.accepted_at IS NOT OLD.accepted_at
BEGIN
    SELECT RAISE(ABORT, 'invite is already accepted');
END;

-- A decided approval changes only by an explicit reopening, which clears the decision.
DROP TRIGGER approvals_decided_once;
CREATE TRIGGER approvals_decided_once BEFORE UPDATE OF status, resolved_at, resolved_by_user_id ON approvals
    FOR EACH ROW WHEN OLD.status <> 'pending' AND NOT (NEW.status = 'pending' AND NEW.resolved_at IS NULL)
        AND (NEW.status <> OLD.status OR NEW.resolved_at IS NOT OLD.resolved_at
             OR (NEW.resolved_by_user_id IS NOT NULL AND NEW.resolved_by_user_id IS NOT OLD.resolved_by_user_id))
BEGIN
    SELECT RAISE(ABORT, 'approval is already decided');
END;
-- A task has at most one pending approval.
ALTER TABLE approval_task_links ADD COLUMN is_pending INTEGER NOT NULL DEFAULT FALSE;
UPDATE approval_task_links SET is_pending = TRUE
    WHERE EXISTS (SELECT 1 FROM approvals a WHERE a.id = approval_task_links.approval_id AND a.status = 'pending');
CREATE UNIQUE INDEX approval_task_links_one_pending ON approval_task_links (task_id) WHERE is_pending;

-- Notes and chat of board groups.
CREATE TABLE board_group_memory (
    id BLOB PRIMARY KEY,
    board_group_id BLOB NOT NULL REFERENCES board_groups (id) ON DELETE CASCADE,
    agent_id BLOB REFERENCES agents (id) ON DELETE SET NULL,
    user_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    content TEXT NOT NULL,
    tags TEXT,
    source TEXT,
    is_chat INTEGER NOT NULL DEFAULT FALSE,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX board_group_memory_group ON board_group_memory (board_group_id, created_at, id);
CREATE INDEX board_group_memory_chat ON board_group_memory (board_group_id, is_chat, created_at, id);
-- By age, for retention.
CREATE INDEX board_group_memory_created ON board_group_memory (created_at);
CREATE INDEX board_memory_created ON board_memory (created_at);

-- Board groups are listed by name, folded to lower case by the server as that of boards is.
ALTER TABLE board_groups ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';
UPDATE board_groups SET sort_name = lower(name);
CREATE INDEX board_groups_name ON board_groups (organization_id, sort_name, created_at, id);

-- What happens in a board group, for its live views.
ALTER TABLE events ADD COLUMN board_group_id BLOB;
CREATE INDEX events_board_group ON events (board_group_id, position) WHERE board_group_id IS NOT NULL;

-- The interview in which a board gets its goal and its lead.
CREATE TABLE board_onboarding_sessions (
    id BLOB PRIMARY KEY,
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    session_key TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'completed', 'confirmed')),
    draft_goal TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX board_onboarding_sessions_board ON board_onboarding_sessions (board_id, updated_at, id);
CREATE UNIQUE INDEX board_onboarding_sessions_one_active ON board_onboarding_sessions (board_id) WHERE status = 'active';

CREATE TABLE board_onboarding_messages (
    id BLOB PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES board_onboarding_sessions (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    content TEXT NOT NULL,
    -- Whether the agent has got it: only what people say is delivered.
    delivery_status TEXT CHECK (delivery_status IN ('pending', 'delivered', 'failed')),
    delivery_error TEXT,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX board_onboarding_messages_session ON board_onboarding_messages (session_id, created_at, id);

-- What leads ask people through the main agent of their gateway, until the answer is there.
CREATE TABLE agent_questions (
    id BLOB PRIMARY KEY,
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    asked_by_agent_id BLOB REFERENCES agents (id) ON DELETE SET NULL,
    correlation_id TEXT,
    content TEXT NOT NULL,
    reply_tags TEXT NOT NULL,
    reply_source TEXT NOT NULL,
    answer_memory_id BLOB REFERENCES board_memory (id) ON DELETE SET NULL,
    answered_at TEXT,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX agent_questions_board ON agent_questions (board_id, answered_at, created_at, id);
CREATE INDEX agent_questions_asker ON agent_questions (asked_by_agent_id);
CREATE INDEX agent_questions_answer ON agent_questions (answer_memory_id);

-- Agents: two names of one board differ, in any case; a gateway has one main agent.
ALTER TABLE agents ADD COLUMN folded_name TEXT;
UPDATE agents SET folded_name = lower(name) || '-' || hex(id) WHERE EXISTS (
    SELECT 1 FROM agents twin WHERE twin.board_id = agents.board_id AND twin.id < agents.id AND lower(twin.name) = lower(agents.name));
UPDATE agents SET folded_name = lower(name) WHERE folded_name IS NULL;
CREATE UNIQUE INDEX agents_board_name ON agents (board_id, folded_name) WHERE board_id IS NOT NULL;
CREATE UNIQUE INDEX agents_one_main_per_gateway ON agents (gateway_id) WHERE board_id IS NULL;
-- A token that was made but not yet used; the present one works until then.
ALTER TABLE agents ADD COLUMN pending_token_hash BLOB;
CREATE UNIQUE INDEX agents_pending_token ON agents (pending_token_hash) WHERE pending_token_hash IS NOT NULL;
ALTER TABLE agents ADD COLUMN token_expires_at TEXT;
ALTER TABLE agents ADD COLUMN status_note TEXT;
ALTER TABLE agents ADD COLUMN lifecycle_state TEXT NOT NULL DEFAULT 'ready'
    CHECK (lifecycle_state IN ('requested', 'applying', 'awaiting_checkin', 'ready', 'failed', 'gave_up', 'deleting'));
ALTER TABLE agents ADD COLUMN lifecycle_generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN provision_action TEXT;
ALTER TABLE agents ADD COLUMN provision_requested_at TEXT;
ALTER TABLE agents ADD COLUMN last_provision_error TEXT;
ALTER TABLE agents ADD COLUMN wake_attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN last_wake_sent_at TEXT;
ALTER TABLE agents ADD COLUMN checkin_deadline_at TEXT;
CREATE INDEX agents_checkin ON agents (checkin_deadline_at) WHERE checkin_deadline_at IS NOT NULL;

-- What the soul of an agent was and is, with who wrote it and why.
CREATE TABLE agent_soul_versions (
    id BLOB PRIMARY KEY,
    agent_id BLOB NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    source_url TEXT,
    reason TEXT,
    author_agent_id BLOB REFERENCES agents (id) ON DELETE SET NULL,
    author_user_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX agent_soul_versions_agent ON agent_soul_versions (agent_id, created_at, id);
CREATE INDEX agent_soul_versions_author_agent ON agent_soul_versions (author_agent_id);
CREATE INDEX agent_soul_versions_author_user ON agent_soul_versions (author_user_id);

-- Since when the agents of a board are paused.
ALTER TABLE boards ADD COLUMN paused_at TEXT;

-- What is known of a gateway from its last connection.
ALTER TABLE gateways ADD COLUMN runtime_version TEXT;
ALTER TABLE gateways ADD COLUMN last_connected_at TEXT;
ALTER TABLE gateways ADD COLUMN last_error TEXT;

-- Skills: packs are repositories, skills are what they (or people) list, and gateways have some of them.
CREATE TABLE skill_packs (
    id BLOB PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT,
    source_url TEXT NOT NULL,
    -- The address folded to lower case: repositories are the same in any case.
    source_key TEXT NOT NULL,
    branch TEXT NOT NULL DEFAULT 'main',
    metadata TEXT NOT NULL,
    last_synced_at TEXT,
    last_sync_error TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organization_id, source_key)
) STRICT;
CREATE INDEX skill_packs_organization ON skill_packs (organization_id, created_at, id);

CREATE TABLE marketplace_skills (
    id BLOB PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    pack_id BLOB REFERENCES skill_packs (id) ON DELETE SET NULL,
    name TEXT NOT NULL,
    description TEXT,
    category TEXT,
    risk TEXT,
    source TEXT,
    source_url TEXT NOT NULL,
    -- The repository's address, folded: what stands before `/tree/`.
    repository_key TEXT NOT NULL,
    -- Name, description, category, risk and source, folded, for searching.
    search_text TEXT NOT NULL,
    metadata TEXT NOT NULL,
    -- People gave it its name or description; reading the pack leaves them alone.
    is_edited INTEGER NOT NULL DEFAULT FALSE,
    -- When the pack stopped listing it.
    vanished_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organization_id, source_url)
) STRICT;
CREATE INDEX marketplace_skills_organization ON marketplace_skills (organization_id, created_at, id);
CREATE INDEX marketplace_skills_repository ON marketplace_skills (organization_id, repository_key);
CREATE INDEX marketplace_skills_pack ON marketplace_skills (pack_id);

CREATE TABLE gateway_installed_skills (
    id BLOB PRIMARY KEY,
    gateway_id BLOB NOT NULL REFERENCES gateways (id) ON DELETE CASCADE,
    skill_id BLOB NOT NULL REFERENCES marketplace_skills (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (gateway_id, skill_id)
) STRICT;
CREATE INDEX gateway_installed_skills_skill ON gateway_installed_skills (skill_id);

-- Tags are listed by name.
CREATE INDEX tags_organization ON tags (organization_id, lower(name), created_at, id);

-- The values of a field are read in parts, by id.
CREATE INDEX task_custom_field_values_field ON task_custom_field_values (task_custom_field_definition_id, id);
DROP INDEX task_custom_field_values_definition;

-- Each change of a task's status, for figures over time.
CREATE TABLE task_status_changes (
    id BLOB PRIMARY KEY,
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_id BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    -- Null when the task was made.
    from_status TEXT,
    to_status TEXT NOT NULL,
    -- When the work began that this change ends; null when it did not begin.
    in_progress_at TEXT,
    created_at TEXT NOT NULL,
    -- When the task went on; null where it stands now.
    left_at TEXT
) STRICT;
CREATE INDEX task_status_changes_board ON task_status_changes (board_id, created_at, id);
CREATE INDEX task_status_changes_task ON task_status_changes (task_id, created_at, id);
INSERT INTO task_status_changes (id, board_id, task_id, from_status, to_status, in_progress_at, created_at)
    SELECT randomblob(16), board_id, id, NULL, status, in_progress_at, CASE status WHEN 'inbox' THEN created_at ELSE updated_at END
    FROM tasks;

-- Answers to creations that carried an `Idempotency-Key`, so that a repeated one makes nothing twice.
CREATE TABLE idempotency_keys (
    -- Who sent it: `user:<id>` or `agent:<id>`.
    caller TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    -- SHA-256 over method, path and body: the key stands for one request.
    fingerprint BLOB NOT NULL,
    status INTEGER,
    body TEXT,
    created_at TEXT NOT NULL,
    PRIMARY KEY (caller, idempotency_key)
) STRICT;
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

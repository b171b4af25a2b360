-- Secrets that the installation as a whole has, such as the key by which gateways know it. Sealed under the server key;
-- `public` is what may be shown of one.
CREATE TABLE installation_secrets (
    name TEXT PRIMARY KEY,
    sealed TEXT NOT NULL,
    public TEXT,
    created_at TIMESTAMPTZ NOT NULL
);

-- Gateways

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

-- Messages and jobs

-- People and sign-in

-- Backups

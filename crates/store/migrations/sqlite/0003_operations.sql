-- Secrets that the installation as a whole has, such as the key by which gateways know it. Sealed under the server key;
-- `public` is what may be shown of one.
CREATE TABLE installation_secrets (
    name TEXT PRIMARY KEY,
    sealed TEXT NOT NULL,
    public TEXT,
    created_at TEXT NOT NULL
) STRICT;

-- Gateways

-- Agents

-- Messages and jobs

-- People and sign-in

-- Backups

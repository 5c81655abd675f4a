CREATE TABLE organizations (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL
);

-- `email_key` is the address in lower case: nobody can register it twice in another spelling.
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'member', 'admin')),
    password_hash TEXT,
    is_disabled BOOLEAN NOT NULL,
    created_at TEXT NOT NULL,
    last_signed_in_at TEXT
);
CREATE INDEX users_by_organization ON users (organization_id, id);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_digest TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE api_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    token_digest TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    last_used_at TEXT
);
CREATE INDEX api_tokens_by_organization ON api_tokens (organization_id, id);

CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    user_id TEXT NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    token_digest TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);

CREATE TABLE integrations (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('CRM', 'ERP', 'Storage')),
    auth_type TEXT NOT NULL CHECK (auth_type IN ('api_key', 'oauth2')),
    position BIGINT NOT NULL
);

-- `host` is empty but for `my_domain`: one connection per integration, environment and host.
-- `credentials_version` counts every new token; the refresh lease lets one process at a time ask for one.
CREATE TABLE organization_integrations (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    is_enabled BOOLEAN NOT NULL,
    credentials BLOB NOT NULL,
    credentials_version BIGINT NOT NULL,
    metadata TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('connected', 'degraded', 'needs_reconnect')),
    account_label TEXT NOT NULL,
    environment TEXT NOT NULL CHECK (environment IN ('production', 'sandbox', 'my_domain')),
    host TEXT NOT NULL,
    external_account_id TEXT NOT NULL,
    connected_by TEXT NOT NULL,
    last_error TEXT,
    last_activity_at TEXT,
    refresh_lease TEXT,
    refresh_lease_until TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organization_id, integration_id, environment, host)
);

-- The digests that `metadata.webhook_secrets` names, where a call can find them.
CREATE TABLE webhook_secrets (
    digest TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    connection_id TEXT NOT NULL REFERENCES organization_integrations (id) ON DELETE CASCADE,
    prefix TEXT NOT NULL,
    created_at TEXT NOT NULL,
    valid_until TEXT,
    last_used_at TEXT
);
CREATE INDEX webhook_secrets_by_connection ON webhook_secrets (connection_id);

CREATE TABLE oauth_flows (
    state_digest TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_id TEXT,
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    connection_id TEXT REFERENCES organization_integrations (id) ON DELETE CASCADE,
    environment TEXT NOT NULL,
    host TEXT NOT NULL,
    login_url TEXT NOT NULL,
    verifier BLOB NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX oauth_flows_by_expiry ON oauth_flows (expires_at);

CREATE TABLE revocations (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    credentials BLOB NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE contracts (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    title TEXT NOT NULL,
    negotiation_status TEXT NOT NULL,
    salesforce_opportunity_id TEXT,
    salesforce_organization_id TEXT,
    opportunity_name TEXT,
    account_name TEXT,
    opportunity_url TEXT,
    sync_status TEXT NOT NULL CHECK (sync_status IN ('not_linked', 'idle', 'pending', 'synced', 'failed')),
    last_synced_value TEXT,
    last_synced_at TEXT,
    sync_attempts BIGINT NOT NULL,
    sync_error TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organization_id, salesforce_opportunity_id)
);
CREATE INDEX contracts_newest ON contracts (organization_id, id);

CREATE TABLE contract_versions (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    contract_id TEXT NOT NULL REFERENCES contracts (id),
    number BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('salesforce', 'upload')),
    salesforce_content_version_id TEXT,
    created_at TEXT NOT NULL,
    UNIQUE (contract_id, number)
);

CREATE TABLE analyses (
    version_id TEXT NOT NULL PRIMARY KEY REFERENCES contract_versions (id),
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    contract_id TEXT NOT NULL REFERENCES contracts (id),
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed')),
    findings TEXT,
    document_text TEXT,
    error TEXT,
    updated_at TEXT NOT NULL
);
CREATE INDEX analyses_by_contract ON analyses (contract_id);

-- `waiting_key` is set while a delivery waits: a second call for the same Opportunity finds it and makes no second one.
CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    connection_id TEXT NOT NULL REFERENCES organization_integrations (id) ON DELETE CASCADE,
    opportunity_id TEXT NOT NULL,
    waiting_key TEXT UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('accepted', 'processing', 'parked', 'done', 'failed')),
    attempts BIGINT NOT NULL,
    next_attempt_at TEXT,
    contract_id TEXT REFERENCES contracts (id),
    error TEXT,
    received_at TEXT NOT NULL
);
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (connection_id, id);

-- A job names what it is about and carries nothing else. `lane` is the connection it uses: lanes share the workers fairly, and a lane can be parked.
CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    lane TEXT,
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'parked', 'dead')),
    attempts BIGINT NOT NULL,
    run_at TEXT NOT NULL,
    locked_until TEXT,
    lease TEXT,
    error TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE INDEX jobs_due ON jobs (status, run_at);
CREATE INDEX jobs_by_lane ON jobs (lane, status);
CREATE INDEX jobs_by_subject ON jobs (subject_id, kind);
CREATE UNIQUE INDEX jobs_one_running ON jobs (kind, subject_id) WHERE status = 'running';

-- The timeline of contracts and the audit of everything else.
CREATE TABLE activity (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    contract_id TEXT REFERENCES contracts (id),
    delivery_id TEXT,
    connection_id TEXT,
    kind TEXT NOT NULL,
    summary TEXT NOT NULL,
    actor TEXT NOT NULL,
    detail TEXT,
    at TEXT NOT NULL
);
CREATE INDEX activity_of_contract ON activity (contract_id, id);
CREATE INDEX activity_of_delivery ON activity (delivery_id);
CREATE INDEX activity_of_organization ON activity (organization_id, id);

-- Values of the installation itself, sealed.
CREATE TABLE server_secrets (
    name TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
);

-- Organizations and people.

-- `llm_analysis`: whether texts of the organization may be sent to the operator's language model.
CREATE TABLE organizations (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    llm_analysis BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TEXT NOT NULL
);

-- `email_key` is the address in lower case, so that it cannot be registered twice in different spellings.
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

-- `device`: what a session was opened with, such as `Firefox on Windows`.
CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_digest TEXT NOT NULL UNIQUE,
    device TEXT NOT NULL DEFAULT '',
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
    expires_at TEXT NOT NULL,
    last_used_at TEXT
);
CREATE INDEX api_tokens_by_organization ON api_tokens (organization_id, id);
CREATE INDEX api_tokens_expiring ON api_tokens (expires_at);

CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    user_id TEXT NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    token_digest TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);

-- Integrations and connections.

-- The catalogue, written from the connectors at every start.
CREATE TABLE integrations (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('CRM', 'ERP', 'Storage')),
    auth_type TEXT NOT NULL,
    has_deals BOOLEAN NOT NULL,
    position BIGINT NOT NULL
);

-- `host` is empty unless the environment is one of the customer's own: one connection per integration, environment and host.
-- `credentials_version` counts every new token; the refresh lease lets one process at a time request one.
-- `failing_since`, `issue_cause` and `issue_responsible`: why the connection does not work, and who can fix it. `paused_until`: no calls before that.
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
    environment TEXT NOT NULL,
    host TEXT NOT NULL,
    external_account_id TEXT NOT NULL,
    connected_by TEXT NOT NULL,
    connected_at TEXT,
    trigger_seen_at TEXT,
    last_error TEXT,
    last_activity_at TEXT,
    issue_cause TEXT,
    issue_responsible TEXT,
    failing_since TEXT,
    paused_until TEXT,
    refresh_lease TEXT,
    refresh_lease_until TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organization_id, integration_id, environment, host)
);
CREATE INDEX organization_integrations_by_account ON organization_integrations (organization_id, integration_id, external_account_id);

-- The last live check of each connection, and the last one that the provider answered: a check that could not ask changes nothing that is known.
CREATE TABLE connection_tests (
    connection_id TEXT NOT NULL PRIMARY KEY REFERENCES organization_integrations (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    result TEXT NOT NULL,
    answered TEXT,
    tested_by TEXT NOT NULL,
    tested_at TEXT NOT NULL
);

-- Connections that an admin has not confirmed yet. They are in a separate table, so that no query for connections finds them.
CREATE TABLE pending_connections (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    environment TEXT NOT NULL,
    host TEXT NOT NULL,
    credentials BLOB NOT NULL,
    account_label TEXT NOT NULL,
    account_user TEXT,
    account_host TEXT NOT NULL,
    external_account_id TEXT NOT NULL,
    started_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    confirm_until TEXT NOT NULL,
    UNIQUE (organization_id, integration_id, environment, host)
);
CREATE INDEX pending_connections_by_end ON pending_connections (confirm_until);

-- `outcome` is NULL until the callback claims the flow, then how it ended; kept until the flow expires, so that a second callback shows the same.
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
    needs_confirmation BOOLEAN NOT NULL DEFAULT FALSE,
    outcome TEXT,
    outcome_connection_id TEXT,
    expires_at TEXT NOT NULL
);
CREATE INDEX oauth_flows_by_expiry ON oauth_flows (expires_at);

-- The refresh token of each connection. `sent_version` is the intent: it is committed before the token of that version of the credentials
-- is sent, and cleared with the response; one that remains means that a response was lost. `resend_at`: when that token may be sent once more.
-- `refused_version`: tokens that were refused although they were new. `keep_alive_at`: when the token must be used so that it does not expire.
CREATE TABLE token_refreshes (
    connection_id TEXT NOT NULL PRIMARY KEY REFERENCES organization_integrations (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    sent_version BIGINT,
    sent_at TEXT,
    resend_at TEXT,
    is_resend BOOLEAN NOT NULL DEFAULT FALSE,
    rotates BOOLEAN,
    refused_version BIGINT,
    refused_at TEXT,
    not_before_at TEXT,
    keep_alive_at TEXT NOT NULL
);
CREATE INDEX token_refreshes_due ON token_refreshes (keep_alive_at);

-- Grants to be ended at the provider.
CREATE TABLE revocations (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    credentials BLOB NOT NULL,
    created_at TEXT NOT NULL
);

-- The receipts of removed connections. `revocation_id` names the grant that is still to be ended at the provider.
CREATE TABLE disconnections (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    connection_id TEXT,
    provider TEXT NOT NULL,
    account_label TEXT NOT NULL,
    environment TEXT NOT NULL,
    disconnected_by TEXT NOT NULL,
    disconnected_at TEXT NOT NULL,
    revocation_id TEXT,
    revocation TEXT NOT NULL CHECK (revocation IN ('not_needed', 'pending', 'done', 'failed')),
    revoked_at TEXT,
    secrets BIGINT NOT NULL,
    deliveries BIGINT NOT NULL,
    jobs BIGINT NOT NULL,
    contracts BIGINT NOT NULL,
    unwritten BIGINT NOT NULL
);
CREATE INDEX disconnections_by_organization ON disconnections (organization_id, id);
CREATE INDEX disconnections_by_revocation ON disconnections (revocation_id);

-- Contracts.

-- `search_key` and `party_key`: what contracts are searched and sorted by (domain/search_key.rs).
CREATE TABLE contracts (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    title TEXT NOT NULL,
    negotiation_status TEXT NOT NULL,
    search_key TEXT NOT NULL,
    party_key TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE INDEX contracts_newest ON contracts (organization_id, id);
CREATE INDEX contracts_by_title ON contracts (organization_id, search_key, id);
CREATE INDEX contracts_by_party ON contracts (organization_id, party_key, id);

-- The records of providers that a contract belongs to. A contract has at most one source, the record that it was made from. The account is part
-- of the identity: a copy of an account (a sandbox) keeps the ids of its records. `lineage` tells files of one folder apart, and is '' for deals.
CREATE TABLE contract_links (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    contract_id TEXT NOT NULL REFERENCES contracts (id),
    connection_id TEXT REFERENCES organization_integrations (id) ON DELETE SET NULL,
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    account_id TEXT NOT NULL,
    record_type TEXT NOT NULL,
    record_id TEXT NOT NULL,
    lineage TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL CHECK (role IN ('source', 'target', 'archive')),
    name TEXT NOT NULL,
    party_name TEXT,
    url TEXT,
    stage TEXT,
    sync_status TEXT NOT NULL CHECK (sync_status IN ('idle', 'pending', 'synced', 'failed')),
    last_synced_value TEXT,
    last_synced_at TEXT,
    sync_attempts BIGINT NOT NULL,
    sync_error TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE UNIQUE INDEX contract_links_by_source ON contract_links (organization_id, integration_id, account_id, record_type, record_id, lineage)
    WHERE role = 'source';
CREATE UNIQUE INDEX contract_links_one_source ON contract_links (contract_id) WHERE role = 'source';
CREATE INDEX contract_links_by_contract ON contract_links (contract_id);
CREATE INDEX contract_links_by_connection ON contract_links (connection_id);
-- The last write to an account, and its links in the order of a comparison.
CREATE INDEX contract_links_by_write ON contract_links (organization_id, integration_id, account_id, last_synced_at);
CREATE INDEX contract_links_by_account ON contract_links (organization_id, integration_id, account_id, id);

-- `source` is the slug of an integration, or `upload`. `remote_id` names the file at the provider, and changes with every revision of it.
-- `md5`: the same bytes under another id are known without a download.
CREATE TABLE contract_versions (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    contract_id TEXT NOT NULL REFERENCES contracts (id),
    number BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    md5 TEXT,
    source TEXT NOT NULL,
    remote_id TEXT,
    scan_status TEXT NOT NULL CHECK (scan_status IN ('clean', 'infected', 'pending', 'not_scanned')),
    scan_name TEXT,
    created_at TEXT NOT NULL,
    UNIQUE (contract_id, number)
);
-- How many uploads an organization made in the last hour.
CREATE INDEX contract_versions_uploaded ON contract_versions (organization_id, created_at) WHERE source = 'upload';

CREATE TABLE analyses (
    version_id TEXT NOT NULL PRIMARY KEY REFERENCES contract_versions (id),
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    contract_id TEXT NOT NULL REFERENCES contracts (id),
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed')),
    findings TEXT,
    document_text TEXT,
    error TEXT,
    error_code TEXT,
    updated_at TEXT NOT NULL
);
CREATE INDEX analyses_by_contract ON analyses (contract_id);
CREATE INDEX analyses_open ON analyses (organization_id) WHERE status IN ('queued', 'running');

-- When the last analysis of each organization started: the slots are given in that order.
CREATE TABLE analysis_starts (
    organization_id TEXT NOT NULL PRIMARY KEY REFERENCES organizations (id),
    started_at TEXT NOT NULL
);

-- From provider events to contracts.

-- Digests of webhook secrets. `signing_key` is the key that calls are signed with, sealed.
CREATE TABLE webhook_secrets (
    digest TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    connection_id TEXT NOT NULL REFERENCES organization_integrations (id) ON DELETE CASCADE,
    prefix TEXT NOT NULL,
    signing_key BLOB,
    created_at TEXT NOT NULL,
    valid_until TEXT,
    last_used_at TEXT,
    last_signed_at TEXT
);
CREATE INDEX webhook_secrets_by_connection ON webhook_secrets (connection_id);

-- Signed messages that were accepted, and their response: the same message again changes nothing.
CREATE TABLE webhook_messages (
    connection_id TEXT NOT NULL REFERENCES organization_integrations (id) ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    receipts TEXT NOT NULL,
    received_at TEXT NOT NULL,
    PRIMARY KEY (connection_id, message_id)
);
CREATE INDEX webhook_messages_received ON webhook_messages (received_at);

-- `waiting_key` is set while a delivery waits: a second event of the same record finds it and makes no second delivery.
CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    connection_id TEXT NOT NULL REFERENCES organization_integrations (id) ON DELETE CASCADE,
    record_type TEXT NOT NULL,
    record_id TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('webhook', 'poll', 'subscription', 'user')),
    waiting_key TEXT UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('accepted', 'processing', 'parked', 'done', 'failed')),
    attempts BIGINT NOT NULL,
    next_attempt_at TEXT,
    contract_id TEXT REFERENCES contracts (id),
    error TEXT,
    received_at TEXT NOT NULL
);
CREATE INDEX deliveries_newest ON deliveries (connection_id, id);
CREATE INDEX deliveries_by_record ON deliveries (connection_id, record_type, record_id, id);
CREATE INDEX deliveries_open ON deliveries (connection_id, id) WHERE status IN ('accepted', 'processing', 'parked');
CREATE INDEX deliveries_ended ON deliveries (received_at) WHERE status IN ('done', 'failed');

-- Events that led to a delivery: the same event again leads to none.
CREATE TABLE delivery_events (
    connection_id TEXT NOT NULL REFERENCES organization_integrations (id) ON DELETE CASCADE,
    event_key TEXT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    delivery_id TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (connection_id, event_key)
);

-- Where the poll of each target of a connection continues, and the provider's subscription that shortens the wait. `secret` is sealed.
CREATE TABLE sync_cursors (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    connection_id TEXT NOT NULL REFERENCES organization_integrations (id) ON DELETE CASCADE,
    target TEXT NOT NULL,
    cursor TEXT NOT NULL,
    due_at TEXT NOT NULL,
    interval_s BIGINT NOT NULL,
    subscription TEXT,
    secret BLOB,
    expires_at TEXT,
    last_event_at TEXT,
    last_error TEXT,
    UNIQUE (connection_id, target)
);
CREATE INDEX sync_cursors_due ON sync_cursors (due_at);

-- The last comparison of a connection's contracts with the provider, where it stopped, and when the next one is due.
CREATE TABLE reconciliations (
    connection_id TEXT NOT NULL PRIMARY KEY REFERENCES organization_integrations (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    due_at TEXT NOT NULL,
    begun_at TEXT,
    ran_at TEXT,
    records BIGINT NOT NULL DEFAULT 0,
    contracts BIGINT NOT NULL DEFAULT 0,
    found BIGINT NOT NULL,
    repaired BIGINT NOT NULL,
    note TEXT,
    last_record TEXT NOT NULL,
    last_link TEXT NOT NULL
);
CREATE INDEX reconciliations_due ON reconciliations (due_at);

-- Jobs.

-- A job names its subject and carries nothing else. `concurrency_key` is the connection that it uses: keys share the workers fairly, and a key can be parked.
-- `lost_claims` counts claims whose worker vanished, `preemptions` analyses that were stopped for another organization. `for_user`: a user asked for
-- the next attempt, which is then made although the connection is paused.
CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    concurrency_key TEXT,
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'parked', 'dead')),
    attempts BIGINT NOT NULL,
    lost_claims BIGINT NOT NULL DEFAULT 0,
    preemptions BIGINT NOT NULL DEFAULT 0,
    for_user BOOLEAN NOT NULL DEFAULT FALSE,
    run_at TEXT NOT NULL,
    locked_until TEXT,
    lease TEXT,
    error TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE INDEX jobs_by_concurrency ON jobs (concurrency_key, status);
CREATE INDEX jobs_by_subject ON jobs (subject_id, kind);
CREATE UNIQUE INDEX jobs_one_running ON jobs (kind, subject_id) WHERE status = 'running';
CREATE INDEX jobs_running ON jobs (locked_until) WHERE status = 'running';
CREATE INDEX jobs_ended ON jobs (updated_at) WHERE status = 'dead';
-- The next job of a key, and the next analysis, are found without sorting all queued jobs.
CREATE INDEX jobs_waiting ON jobs (concurrency_key, run_at, id) WHERE status = 'queued' AND kind <> 'analyse';
CREATE INDEX jobs_waiting_analyses ON jobs (run_at, id) WHERE status = 'queued' AND kind = 'analyse';
CREATE INDEX jobs_waiting_analyses_by_organization ON jobs (organization_id, run_at, id) WHERE status = 'queued' AND kind = 'analyse';

-- Timeline and audit.

-- The timeline of contracts and deliveries, and the audit log. Audited lines are a hash chain for each organization: `hash` is an HMAC over the
-- line, its place and the hash of the line before. Personal data enters as `detail_digest`, salted, so that it can be erased together with its
-- salt and the chain still verifies.
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
    at TEXT NOT NULL,
    actor_id TEXT,
    via TEXT,
    address TEXT,
    request_id TEXT,
    client_request_id TEXT,
    is_audit BOOLEAN NOT NULL DEFAULT FALSE,
    chain_sequence BIGINT,
    previous_hash TEXT,
    hash TEXT,
    detail_salt TEXT,
    detail_digest TEXT
);
CREATE INDEX activity_of_contract ON activity (contract_id, id);
CREATE INDEX activity_of_delivery ON activity (delivery_id);
CREATE INDEX activity_of_organization ON activity (organization_id, id);
CREATE INDEX activity_audit ON activity (organization_id, id) WHERE is_audit;
CREATE UNIQUE INDEX activity_chain ON activity (organization_id, chain_sequence) WHERE chain_sequence IS NOT NULL;

-- The newest line of each chain, so that removing the newest lines is noticed. `unchained` counts audited lines outside of the chain, and `mac`
-- covers the row.
CREATE TABLE audit_heads (
    organization_id TEXT NOT NULL PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL,
    unchained BIGINT NOT NULL,
    mac TEXT NOT NULL
);

-- The server.

-- Values of the installation, sealed.
CREATE TABLE server_secrets (
    name TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
);

-- When each housekeeping task is due, so that several servers do it once.
CREATE TABLE housekeeping (
    task TEXT NOT NULL PRIMARY KEY,
    due_at TEXT NOT NULL
);

-- Written by readiness: a database that can be read and not written takes no deliveries.
CREATE TABLE probes (
    name TEXT NOT NULL PRIMARY KEY,
    probed_at TEXT NOT NULL
);

-- Forms that were sent in the last minutes, with their sealed response: the same form again has no second effect. The id is a digest of the
-- organization, the person, the form's id and its content. The person is no foreign key: two admins who remove each other would deadlock, and
-- the row is deleted within minutes.
CREATE TABLE idempotency_keys (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    user_id TEXT NOT NULL,
    response BLOB,
    sent_at TEXT NOT NULL
);
CREATE INDEX idempotency_keys_sent ON idempotency_keys (sent_at);

-- What each organization stores. Triggers keep it exact: no statement that adds or removes rows can omit it, and an update locks the row until
-- the commit, so that two transactions cannot both take the last place of a quota.
CREATE TABLE organization_usage (
    organization_id TEXT NOT NULL PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    storage_bytes BIGINT NOT NULL,
    contracts BIGINT NOT NULL,
    users BIGINT NOT NULL
);

CREATE TRIGGER organizations_usage_insert AFTER INSERT ON organizations BEGIN
    INSERT INTO organization_usage (organization_id, storage_bytes, contracts, users) VALUES (NEW.id, 0, 0, 0);
END;
CREATE TRIGGER users_usage_insert AFTER INSERT ON users BEGIN
    UPDATE organization_usage SET users = users + 1 WHERE organization_id = NEW.organization_id;
END;
CREATE TRIGGER users_usage_delete AFTER DELETE ON users BEGIN
    UPDATE organization_usage SET users = users - 1 WHERE organization_id = OLD.organization_id;
END;
CREATE TRIGGER contracts_usage_insert AFTER INSERT ON contracts BEGIN
    UPDATE organization_usage SET contracts = contracts + 1 WHERE organization_id = NEW.organization_id;
END;
CREATE TRIGGER contracts_usage_delete AFTER DELETE ON contracts BEGIN
    UPDATE organization_usage SET contracts = contracts - 1 WHERE organization_id = OLD.organization_id;
END;
CREATE TRIGGER contract_versions_usage_insert AFTER INSERT ON contract_versions BEGIN
    UPDATE organization_usage SET storage_bytes = storage_bytes + NEW.size_bytes WHERE organization_id = NEW.organization_id;
END;
CREATE TRIGGER contract_versions_usage_delete AFTER DELETE ON contract_versions BEGIN
    UPDATE organization_usage SET storage_bytes = storage_bytes - OLD.size_bytes WHERE organization_id = OLD.organization_id;
END;

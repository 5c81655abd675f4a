-- Why a connection does not work, who can change that, and since when; and until when nothing of it calls, because its org has no calls left.
ALTER TABLE organization_integrations ADD COLUMN trouble_cause TEXT;
ALTER TABLE organization_integrations ADD COLUMN trouble_fixed_by TEXT;
ALTER TABLE organization_integrations ADD COLUMN troubled_at TIMESTAMPTZ;
ALTER TABLE organization_integrations ADD COLUMN paused_until TIMESTAMPTZ;

-- What is known of a connection's refresh token. `sent_version` is the intent: it is committed before the token of that version of the
-- credentials leaves, and cleared with the answer. One that is left behind tells that an answer was lost. `refused_version` are tokens
-- that were refused although they were fresh. `not_before_at` follows a refresh that failed. `keep_alive_at` is when the token must be used again so that it does not expire unused.
CREATE TABLE token_refreshes (
    connection_id TEXT NOT NULL PRIMARY KEY REFERENCES organization_integrations (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    sent_version BIGINT,
    sent_at TIMESTAMPTZ,
    rotates BOOLEAN,
    refused_version BIGINT,
    refused_at TIMESTAMPTZ,
    not_before_at TIMESTAMPTZ,
    keep_alive_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX token_refreshes_due ON token_refreshes (keep_alive_at);

-- The last comparison of a connection's contracts with its Salesforce org, where it stopped, and when the next one is due.
CREATE TABLE reconciliations (
    connection_id TEXT NOT NULL PRIMARY KEY REFERENCES organization_integrations (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    due_at TIMESTAMPTZ NOT NULL,
    ran_at TIMESTAMPTZ,
    found BIGINT NOT NULL,
    repaired BIGINT NOT NULL,
    note TEXT,
    last_opportunity TEXT NOT NULL,
    last_contract TEXT NOT NULL
);
CREATE INDEX reconciliations_due ON reconciliations (due_at);
CREATE INDEX webhook_deliveries_by_opportunity ON webhook_deliveries (connection_id, opportunity_id, id);

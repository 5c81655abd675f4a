-- Who connected last is known already; this says when. Absent for connections from before.
ALTER TABLE organization_integrations ADD COLUMN connected_at TIMESTAMPTZ;

-- The last live check of each connection.
CREATE TABLE connection_tests (
    connection_id TEXT NOT NULL PRIMARY KEY REFERENCES organization_integrations (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    result JSONB NOT NULL,
    tested_by TEXT NOT NULL,
    tested_at TIMESTAMPTZ NOT NULL
);

-- The receipts of removed connections. `revocation_id` names the grant that is still to be ended at the provider.
CREATE TABLE disconnections (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    provider TEXT NOT NULL,
    account_label TEXT NOT NULL,
    environment TEXT NOT NULL CHECK (environment IN ('production', 'sandbox', 'my_domain')),
    disconnected_by TEXT NOT NULL,
    disconnected_at TIMESTAMPTZ NOT NULL,
    revocation_id TEXT,
    revocation TEXT NOT NULL CHECK (revocation IN ('not_needed', 'pending', 'done', 'failed')),
    revoked_at TIMESTAMPTZ,
    secrets BIGINT NOT NULL,
    deliveries BIGINT NOT NULL,
    jobs BIGINT NOT NULL,
    contracts BIGINT NOT NULL,
    unwritten BIGINT NOT NULL
);
CREATE INDEX disconnections_by_organization ON disconnections (organization_id, id);
CREATE INDEX disconnections_by_revocation ON disconnections (revocation_id);

-- What a connection's card asks every few seconds.
CREATE INDEX contracts_by_account ON contracts (organization_id, salesforce_organization_id, last_synced_at);
CREATE INDEX webhook_deliveries_open ON webhook_deliveries (connection_id, id) WHERE status IN ('accepted', 'processing', 'parked');
CREATE INDEX analyses_open ON analyses (organization_id) WHERE status IN ('queued', 'running');

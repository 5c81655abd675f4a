-- Connections that an admin has not confirmed yet. They are in a table of their own, so that no query for connections finds them.
CREATE TABLE pending_connections (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    environment TEXT NOT NULL CHECK (environment IN ('production', 'sandbox', 'my_domain')),
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

-- Whether a new connection that a flow makes must be confirmed.
ALTER TABLE oauth_flows ADD COLUMN needs_confirmation BOOLEAN NOT NULL DEFAULT FALSE;
-- NULL until the callback claims the flow, then how it ended; kept until the flow expires, so that a second callback shows the same.
ALTER TABLE oauth_flows ADD COLUMN outcome TEXT;
ALTER TABLE oauth_flows ADD COLUMN outcome_connection_id TEXT;

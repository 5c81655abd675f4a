-- The key that calls are signed with, sealed. Secrets made before this have none.
ALTER TABLE webhook_secrets ADD COLUMN signing_key BYTEA;
ALTER TABLE webhook_secrets ADD COLUMN last_signed_at TIMESTAMPTZ;

-- When the trigger's first call was taken.
ALTER TABLE organization_integrations ADD COLUMN trigger_seen_at TIMESTAMPTZ;
UPDATE organization_integrations
SET trigger_seen_at = (SELECT min(received_at) FROM webhook_deliveries WHERE connection_id = organization_integrations.id);

-- Signed messages that were taken, and what was answered: the same message again changes nothing.
CREATE TABLE webhook_messages (
    connection_id TEXT NOT NULL REFERENCES organization_integrations (id) ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    receipts JSONB NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (connection_id, message_id)
);

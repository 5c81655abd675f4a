-- Who acted, by which session or API token, from which address, in which request.
ALTER TABLE activity ADD COLUMN actor_id TEXT;
ALTER TABLE activity ADD COLUMN via TEXT;
ALTER TABLE activity ADD COLUMN address TEXT;
ALTER TABLE activity ADD COLUMN request_id TEXT;
-- Marks the lines that matter to security. They are few among many, hence an index of their own.
ALTER TABLE activity ADD COLUMN is_audit BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE activity SET is_audit = TRUE
WHERE kind IN (
    'registered', 'signed_in', 'user_invited', 'user_changed', 'user_removed', 'token_created', 'token_revoked', 'connected',
    'reconnected', 'disconnected', 'connection_changed', 'connection_lost', 'token_revocation', 'webhook_secret_made'
);
CREATE INDEX activity_audit ON activity (organization_id, id) WHERE is_audit;

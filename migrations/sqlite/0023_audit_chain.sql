-- What the client called its request, beside our own id of it.
ALTER TABLE activity ADD COLUMN client_request_id TEXT;

-- Audited lines are a hash chain for each organization: `hash` is an HMAC over the line, its place and the hash of the line before it.
-- What a line says of people enters as `detail_digest`, salted, so that it can be erased together with its salt and the chain still
-- verifies. NULL in lines from before this migration.
ALTER TABLE activity ADD COLUMN chain_sequence BIGINT;
ALTER TABLE activity ADD COLUMN previous_hash TEXT;
ALTER TABLE activity ADD COLUMN hash TEXT;
ALTER TABLE activity ADD COLUMN detail_salt TEXT;
ALTER TABLE activity ADD COLUMN detail_digest TEXT;
CREATE UNIQUE INDEX activity_chain ON activity (organization_id, chain_sequence) WHERE chain_sequence IS NOT NULL;

-- The newest line of each chain, so that removing the newest lines is noticed; `unchained` is the number of audited lines that were there
-- before the chain began, and `mac` covers the row.
CREATE TABLE audit_heads (
    organization_id TEXT NOT NULL PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL,
    unchained BIGINT NOT NULL,
    mac TEXT NOT NULL
);

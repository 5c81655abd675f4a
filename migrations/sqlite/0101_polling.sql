-- Polling, ways in, and the attention that a contract needs.

-- `applies_rule`: the trigger rule is applied when the delivery is processed. `file_id`: the file of the deal that a user has chosen.
ALTER TABLE deliveries ADD COLUMN applies_rule BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE deliveries ADD COLUMN file_id TEXT;

-- What a secret proves: a header of a webhook call, or the path of an Outbound Message.
ALTER TABLE webhook_secrets ADD COLUMN purpose TEXT NOT NULL DEFAULT 'webhook' CHECK (purpose IN ('webhook', 'outbound'));

-- A provider has a newer version of a contract that was signed or rejected before. Cleared by a user.
ALTER TABLE contracts ADD COLUMN has_newer_version BOOLEAN NOT NULL DEFAULT FALSE;

-- Pages of the document could not be read.
ALTER TABLE analyses ADD COLUMN has_unread_pages BOOLEAN NOT NULL DEFAULT FALSE;

-- The contracts that need attention are few, so they have partial indexes.
CREATE INDEX contracts_with_newer_version ON contracts (organization_id, id) WHERE has_newer_version;
CREATE INDEX contract_links_failed ON contract_links (organization_id, contract_id) WHERE sync_status = 'failed';
CREATE INDEX analyses_failed ON analyses (organization_id, contract_id) WHERE status = 'failed';
CREATE INDEX analyses_with_unread_pages ON analyses (organization_id, contract_id) WHERE has_unread_pages;

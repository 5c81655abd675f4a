-- Filing back: versions that did not come from the provider are stored there.

-- One row for each version and linked record, so that a version is filed there once. `is_requested`: a user asked for it, so the settings of the
-- connection do not matter. `sent_at` is the intent: it is committed before the file is sent, and means that the provider may have the file.
-- `remote_id` names the revision that the provider made.
CREATE TABLE filings (
    version_id TEXT NOT NULL REFERENCES contract_versions (id) ON DELETE CASCADE,
    link_id TEXT NOT NULL REFERENCES contract_links (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    contract_id TEXT NOT NULL REFERENCES contracts (id) ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (status IN ('pending', 'filed', 'failed')),
    is_requested BOOLEAN NOT NULL,
    attempts BIGINT NOT NULL,
    sent_at TIMESTAMPTZ,
    remote_id TEXT,
    filed_at TIMESTAMPTZ,
    error TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (version_id, link_id)
);
CREATE INDEX filings_by_contract ON filings (contract_id);
CREATE INDEX filings_by_link ON filings (link_id);
CREATE INDEX filings_failed ON filings (organization_id, contract_id) WHERE status = 'failed';

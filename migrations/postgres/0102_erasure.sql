-- Erasure of contracts and organizations.

-- Set while the data of an erased organization is removed. The row is deleted last, because the revocations of its grants refer to it.
ALTER TABLE organizations ADD COLUMN erased_at TIMESTAMPTZ;
CREATE INDEX organizations_erased ON organizations (id) WHERE erased_at IS NOT NULL;

-- The contract that the stored response contains.
ALTER TABLE idempotency_keys ADD COLUMN contract_id TEXT;
CREATE INDEX idempotency_keys_by_contract ON idempotency_keys (contract_id) WHERE contract_id IS NOT NULL;

CREATE INDEX deliveries_by_contract ON deliveries (contract_id) WHERE contract_id IS NOT NULL;

-- Erasures that are not complete: files are still to be deleted, or the database file still has remains. `id` is that of the contract or of the
-- organization.
CREATE TABLE erasures (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    erased_at TIMESTAMPTZ NOT NULL
);

-- Files of erased contracts that are still to be deleted from the storage. They are no versions, so no other table refers to them.
CREATE TABLE erased_files (
    version_id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL
);
CREATE INDEX erased_files_by_organization ON erased_files (organization_id);

-- One line for each erased organization. `erased_by` is the id of a user, or `operator`; the line contains no name.
CREATE TABLE erased_organizations (
    id TEXT NOT NULL PRIMARY KEY,
    erased_by TEXT NOT NULL,
    erased_at TIMESTAMPTZ NOT NULL
);

-- Deals whose contract was erased. Polls, Outbound Messages and reconciliations do not create it again. The account is part of the identity, as in
-- `contract_links`.
CREATE TABLE erased_deals (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    account_id TEXT NOT NULL,
    record_type TEXT NOT NULL,
    record_id TEXT NOT NULL,
    erased_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organization_id, integration_id, account_id, record_type, record_id)
);

-- Timeline entries of deliveries that were removed with their connection: no erasure finds them.
DELETE FROM activity WHERE contract_id IS NULL AND NOT is_audit AND delivery_id IS NOT NULL
    AND delivery_id NOT IN (SELECT id FROM deliveries);

-- The keys that contracts are searched and sorted by (domain/search_key.rs). An empty one is filled by the program.
ALTER TABLE contracts ADD COLUMN search_key TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE contracts ADD COLUMN account_key TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX contracts_by_title ON contracts (organization_id, search_key, id);
CREATE INDEX contracts_by_account_name ON contracts (organization_id, account_key, id);
CREATE INDEX contracts_unkeyed ON contracts (id) WHERE search_key = '';

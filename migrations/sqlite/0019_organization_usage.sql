-- What each organization stores. Triggers keep it exact: no statement that adds or removes rows can forget to count, and an update locks the
-- row until the commit, so that two transactions cannot both take the last place of a quota.
CREATE TABLE organization_usage (
    organization_id TEXT NOT NULL PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    storage_bytes BIGINT NOT NULL,
    contracts BIGINT NOT NULL,
    users BIGINT NOT NULL
);

INSERT INTO organization_usage (organization_id, storage_bytes, contracts, users)
SELECT o.id, coalesce(v.bytes, 0), coalesce(c.number, 0), coalesce(u.number, 0)
FROM organizations o
LEFT JOIN (SELECT organization_id, sum(size_bytes) AS bytes FROM contract_versions GROUP BY organization_id) v ON v.organization_id = o.id
LEFT JOIN (SELECT organization_id, count(*) AS number FROM contracts GROUP BY organization_id) c ON c.organization_id = o.id
LEFT JOIN (SELECT organization_id, count(*) AS number FROM users GROUP BY organization_id) u ON u.organization_id = o.id;

CREATE TRIGGER organizations_usage_insert AFTER INSERT ON organizations BEGIN
    INSERT INTO organization_usage (organization_id, storage_bytes, contracts, users) VALUES (NEW.id, 0, 0, 0);
END;
CREATE TRIGGER users_usage_insert AFTER INSERT ON users BEGIN
    UPDATE organization_usage SET users = users + 1 WHERE organization_id = NEW.organization_id;
END;
CREATE TRIGGER users_usage_delete AFTER DELETE ON users BEGIN
    UPDATE organization_usage SET users = users - 1 WHERE organization_id = OLD.organization_id;
END;
CREATE TRIGGER contracts_usage_insert AFTER INSERT ON contracts BEGIN
    UPDATE organization_usage SET contracts = contracts + 1 WHERE organization_id = NEW.organization_id;
END;
CREATE TRIGGER contracts_usage_delete AFTER DELETE ON contracts BEGIN
    UPDATE organization_usage SET contracts = contracts - 1 WHERE organization_id = OLD.organization_id;
END;
CREATE TRIGGER contract_versions_usage_insert AFTER INSERT ON contract_versions BEGIN
    UPDATE organization_usage SET storage_bytes = storage_bytes + NEW.size_bytes WHERE organization_id = NEW.organization_id;
END;
CREATE TRIGGER contract_versions_usage_delete AFTER DELETE ON contract_versions BEGIN
    UPDATE organization_usage SET storage_bytes = storage_bytes - OLD.size_bytes WHERE organization_id = OLD.organization_id;
END;

-- How many uploads an organization made in the last hour.
CREATE INDEX contract_versions_uploaded ON contract_versions (organization_id, created_at) WHERE source = 'upload';

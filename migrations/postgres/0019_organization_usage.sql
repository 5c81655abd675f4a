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

CREATE FUNCTION organizations_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO organization_usage (organization_id, storage_bytes, contracts, users) VALUES (NEW.id, 0, 0, 0);
    RETURN NULL;
END $$;
CREATE FUNCTION users_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE organization_usage SET users = users + 1 WHERE organization_id = NEW.organization_id;
    ELSE
        UPDATE organization_usage SET users = users - 1 WHERE organization_id = OLD.organization_id;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION contracts_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE organization_usage SET contracts = contracts + 1 WHERE organization_id = NEW.organization_id;
    ELSE
        UPDATE organization_usage SET contracts = contracts - 1 WHERE organization_id = OLD.organization_id;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION contract_versions_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE organization_usage SET storage_bytes = storage_bytes + NEW.size_bytes WHERE organization_id = NEW.organization_id;
    ELSE
        UPDATE organization_usage SET storage_bytes = storage_bytes - OLD.size_bytes WHERE organization_id = OLD.organization_id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER organizations_usage AFTER INSERT ON organizations FOR EACH ROW EXECUTE FUNCTION organizations_usage();
CREATE TRIGGER users_usage AFTER INSERT OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION users_usage();
CREATE TRIGGER contracts_usage AFTER INSERT OR DELETE ON contracts FOR EACH ROW EXECUTE FUNCTION contracts_usage();
CREATE TRIGGER contract_versions_usage AFTER INSERT OR DELETE ON contract_versions FOR EACH ROW EXECUTE FUNCTION contract_versions_usage();

-- How many uploads an organization made in the last hour.
CREATE INDEX contract_versions_uploaded ON contract_versions (organization_id, created_at) WHERE source = 'upload';

-- Links by which a provider's administrator without an account gives consent. `used_at`: a completed consent; such a row stays until it
-- expires, so that the browser of the consent can show the result again. `host`: of the environment `my_domain`, otherwise empty.
CREATE TABLE connect_links (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_digest TEXT NOT NULL UNIQUE,
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    environment TEXT NOT NULL,
    host TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX connect_links_by_organization ON connect_links (organization_id, id);
CREATE INDEX connect_links_by_user ON connect_links (user_id);
CREATE INDEX connect_links_by_expiry ON connect_links (expires_at);

-- A flow that was started from a connect link is finished by the browser that has the secret with this digest, not by a session.
-- `user_id` is then the user who created the link.
ALTER TABLE oauth_flows ADD COLUMN connect_link_id TEXT REFERENCES connect_links (id) ON DELETE CASCADE;
ALTER TABLE oauth_flows ADD COLUMN browser_digest TEXT;
CREATE INDEX oauth_flows_by_connect_link ON oauth_flows (connect_link_id) WHERE connect_link_id IS NOT NULL;

-- When a token ends. Existing tokens get 90 days from now, and so do tokens that a server of the version before makes while it still runs.
ALTER TABLE api_tokens ADD COLUMN expires_at TIMESTAMPTZ NOT NULL DEFAULT (now() + INTERVAL '90 days');
-- Housekeeping looks for tokens that expired long ago.
CREATE INDEX api_tokens_expiring ON api_tokens (expires_at);

-- When a token ends. Existing tokens get 90 days from now. A new row names its expiry; one that does not has expired.
ALTER TABLE api_tokens ADD COLUMN expires_at TEXT NOT NULL DEFAULT '1970-01-01T00:00:00.000+00:00';
UPDATE api_tokens SET expires_at = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '+90 days');
-- Housekeeping looks for tokens that expired long ago.
CREATE INDEX api_tokens_expiring ON api_tokens (expires_at);

-- When a refresh token whose response was lost may be sent once more, and whether that has happened.
ALTER TABLE token_refreshes ADD COLUMN resend_at TIMESTAMPTZ;
ALTER TABLE token_refreshes ADD COLUMN is_resend BOOLEAN NOT NULL DEFAULT FALSE;

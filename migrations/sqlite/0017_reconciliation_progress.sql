-- Since when a comparison runs, and how much it has looked at; of one that has ended, how much it had looked at.
ALTER TABLE reconciliations ADD COLUMN begun_at TEXT;
ALTER TABLE reconciliations ADD COLUMN opportunities BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reconciliations ADD COLUMN contracts BIGINT NOT NULL DEFAULT 0;

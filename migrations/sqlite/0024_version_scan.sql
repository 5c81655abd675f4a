-- The virus scan of each version. Versions from before there was a scanner stay `not_scanned`.
ALTER TABLE contract_versions ADD COLUMN scan_status TEXT NOT NULL DEFAULT 'not_scanned'
    CHECK (scan_status IN ('clean', 'infected', 'pending', 'not_scanned'));
ALTER TABLE contract_versions ADD COLUMN scan_name TEXT;

-- How often an analysis was stopped so that another organization gets its slot: at most once.
ALTER TABLE jobs ADD COLUMN preemptions BIGINT NOT NULL DEFAULT 0;

-- When the last analysis of each organization started: the slots go round by it.
CREATE TABLE analysis_starts (
    organization_id TEXT NOT NULL PRIMARY KEY REFERENCES organizations (id),
    started_at TEXT NOT NULL
);
CREATE INDEX jobs_waiting_analyses_by_organization ON jobs (organization_id, run_at, id) WHERE status = 'queued' AND kind = 'analyse';

-- The stable code of an analysis error, for programs.
ALTER TABLE analyses ADD COLUMN error_code TEXT;

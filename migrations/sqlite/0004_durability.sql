-- How often a claim ended because its holder was gone: a job that kills the process ends by it.
ALTER TABLE jobs ADD COLUMN lost_claims BIGINT NOT NULL DEFAULT 0;

-- The next job of a lane, and the next analysis, are found without sorting what waits.
DROP INDEX jobs_due;
CREATE INDEX jobs_running ON jobs (locked_until) WHERE status = 'running';
CREATE INDEX jobs_waiting ON jobs (lane, run_at, id) WHERE status = 'queued' AND kind <> 'analyse';
CREATE INDEX jobs_waiting_analyses ON jobs (run_at, id) WHERE status = 'queued' AND kind = 'analyse';
CREATE INDEX jobs_ended ON jobs (updated_at) WHERE status = 'dead';
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (received_at) WHERE status IN ('done', 'failed');

-- When each piece of housekeeping is due next, so that several servers do it once.
CREATE TABLE housekeeping (
    task TEXT NOT NULL PRIMARY KEY,
    due_at TEXT NOT NULL
);

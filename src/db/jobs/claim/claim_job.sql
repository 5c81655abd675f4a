-- Claims a job. $1 is now, $2 the maximum number of running jobs per concurrency key, $3 the fencing token, $4 the expiry of the
-- claim. On PostgreSQL, the statement skips jobs that a concurrent claim has locked.
UPDATE jobs
SET status = 'running', attempts = attempts + 1, lease = $3, locked_until = $4, updated_at = $1,
    lost_claims = lost_claims + CASE WHEN status = 'running' THEN 1 ELSE 0 END
WHERE id = COALESCE(
    -- A job whose claim expired.
    (SELECT j.id FROM jobs j
     WHERE j.status = 'running' AND j.locked_until <= $1 AND j.kind <> 'analyse'
     ORDER BY j.locked_until LIMIT 1 FOR UPDATE SKIP LOCKED),
    -- The first due job without a key, unless a job of its kind and subject is running.
    (SELECT j.id FROM jobs j
     WHERE j.status = 'queued' AND j.kind <> 'analyse' AND j.concurrency_key IS NULL AND j.run_at <= $1
       AND NOT EXISTS (SELECT 1 FROM jobs s WHERE s.subject_id = j.subject_id AND s.kind = j.kind AND s.status = 'running')
     ORDER BY j.run_at, j.id LIMIT 1 FOR UPDATE SKIP LOCKED),
    -- The first due job of each key that is below the limit. Each step of the recursion finds the next key with queued jobs.
    (WITH RECURSIVE keys (concurrency_key) AS (
         SELECT min(concurrency_key) FROM jobs WHERE status = 'queued' AND kind <> 'analyse'
         UNION ALL
         SELECT (SELECT min(j.concurrency_key) FROM jobs j
                 WHERE j.status = 'queued' AND j.kind <> 'analyse' AND j.concurrency_key > keys.concurrency_key)
         FROM keys WHERE keys.concurrency_key IS NOT NULL)
     SELECT c.id FROM jobs c WHERE c.id IN (
         SELECT (SELECT j.id FROM jobs j
                 WHERE j.status = 'queued' AND j.kind <> 'analyse' AND j.concurrency_key = keys.concurrency_key AND j.run_at <= $1
                   AND NOT EXISTS (SELECT 1 FROM jobs s WHERE s.subject_id = j.subject_id AND s.kind = j.kind AND s.status = 'running')
                 ORDER BY j.run_at, j.id LIMIT 1 FOR UPDATE SKIP LOCKED)
         FROM keys
         WHERE keys.concurrency_key IS NOT NULL
           AND (SELECT count(*) FROM jobs r
                WHERE r.concurrency_key = keys.concurrency_key AND r.status = 'running' AND r.locked_until > $1) < $2)
     ORDER BY c.run_at, c.id LIMIT 1))
  AND ((status = 'queued' AND run_at <= $1) OR (status = 'running' AND locked_until <= $1))
RETURNING id, organization_id, kind, subject_id, concurrency_key, attempts, lost_claims, for_user, lease, created_at

-- Returns the time at which the next job can be claimed. $1 is now, $2 the maximum number of running jobs per concurrency key. The
-- `COALESCE` has the same three parts as claim_job.sql, but without the locks.
SELECT CASE WHEN COALESCE(
    (SELECT j.id FROM jobs j
     WHERE j.status = 'running' AND j.locked_until <= $1 AND j.kind <> 'analyse'
     ORDER BY j.locked_until LIMIT 1),
    (SELECT j.id FROM jobs j
     WHERE j.status = 'queued' AND j.kind <> 'analyse' AND j.concurrency_key IS NULL AND j.run_at <= $1
       AND NOT EXISTS (SELECT 1 FROM jobs s WHERE s.subject_id = j.subject_id AND s.kind = j.kind AND s.status = 'running')
     ORDER BY j.run_at, j.id LIMIT 1),
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
                 ORDER BY j.run_at, j.id LIMIT 1)
         FROM keys
         WHERE keys.concurrency_key IS NOT NULL
           AND (SELECT count(*) FROM jobs r
                WHERE r.concurrency_key = keys.concurrency_key AND r.status = 'running' AND r.locked_until > $1) < $2)
     ORDER BY c.run_at, c.id LIMIT 1)) IS NOT NULL THEN $1
ELSE (SELECT min(due) FROM (
    SELECT min(n.run_at) AS due FROM jobs n
    WHERE n.status = 'queued' AND n.kind <> 'analyse' AND n.concurrency_key IS NULL AND n.run_at > $1
    UNION ALL
    SELECT * FROM (
        WITH RECURSIVE keys (concurrency_key) AS (
            SELECT min(concurrency_key) FROM jobs WHERE status = 'queued' AND kind <> 'analyse'
            UNION ALL
            SELECT (SELECT min(j.concurrency_key) FROM jobs j
                    WHERE j.status = 'queued' AND j.kind <> 'analyse' AND j.concurrency_key > keys.concurrency_key)
            FROM keys WHERE keys.concurrency_key IS NOT NULL)
        SELECT min((SELECT min(w.run_at) FROM jobs w
                    WHERE w.status = 'queued' AND w.kind <> 'analyse' AND w.concurrency_key = keys.concurrency_key AND w.run_at > $1))
        FROM keys) of_keys
    UNION ALL
    SELECT min(r.locked_until) FROM jobs r WHERE r.status = 'running' AND r.kind <> 'analyse') later) END

-- The analysis $3, claimed with the lease $4 for the organization $5, must yield its slot to another organization: it is the youngest of
-- several running analyses, was not preempted before, and an organization without a running analysis waits. $1 now, $2 as in the claim.
WHERE id = $3 AND lease = $4 AND status = 'running' AND preemptions = 0
  AND (SELECT count(*) FROM jobs r
       WHERE r.status = 'running' AND r.kind = 'analyse' AND r.locked_until > $1 AND r.organization_id = $5) > 1
  AND NOT EXISTS (
    SELECT 1 FROM jobs y
    WHERE y.status = 'running' AND y.kind = 'analyse' AND y.locked_until > $1 AND y.organization_id = $5 AND y.preemptions = 0
      AND (y.updated_at > jobs.updated_at OR (y.updated_at = jobs.updated_at AND y.id > jobs.id)))
  AND EXISTS (
    WITH RECURSIVE keys (concurrency_key) AS (
        SELECT min(concurrency_key) FROM jobs WHERE status = 'queued' AND kind <> 'analyse'
        UNION ALL
        SELECT (SELECT min(j.concurrency_key) FROM jobs j
                WHERE j.status = 'queued' AND j.kind <> 'analyse' AND j.concurrency_key > keys.concurrency_key)
        FROM keys WHERE keys.concurrency_key IS NOT NULL),
    -- The organizations with queued analyses, each found through the previous one.
    waiting (organization_id) AS (
        SELECT min(organization_id) FROM jobs WHERE status = 'queued' AND kind = 'analyse'
        UNION ALL
        SELECT (SELECT min(j.organization_id) FROM jobs j
                WHERE j.status = 'queued' AND j.kind = 'analyse' AND j.organization_id > waiting.organization_id)
        FROM waiting WHERE waiting.organization_id IS NOT NULL),
    -- The latest due time: earlier than now while due jobs of connections wait, because these have priority.
    due (latest) AS (
        SELECT CASE WHEN EXISTS (
            SELECT 1 FROM keys WHERE keys.concurrency_key IS NOT NULL AND EXISTS (
                SELECT 1 FROM jobs w
                WHERE w.status = 'queued' AND w.kind <> 'analyse' AND w.concurrency_key = keys.concurrency_key AND w.run_at <= $1))
        THEN $2 ELSE $1 END)
    SELECT 1 FROM jobs c
    WHERE c.id IN (
        -- The first due analysis of each organization, and all analyses whose claim expired.
        SELECT (SELECT j.id FROM jobs j
                WHERE j.status = 'queued' AND j.kind = 'analyse' AND j.organization_id = waiting.organization_id
                  AND j.run_at <= (SELECT latest FROM due)
                  AND NOT EXISTS (SELECT 1 FROM jobs s WHERE s.subject_id = j.subject_id AND s.kind = j.kind AND s.status = 'running')
                ORDER BY j.run_at, j.id LIMIT 1)
        FROM waiting WHERE waiting.organization_id IS NOT NULL
        UNION ALL
        SELECT a.id FROM jobs a WHERE a.status = 'running' AND a.kind = 'analyse' AND a.locked_until <= $1)
      AND c.organization_id <> $5
      AND (SELECT count(*) FROM jobs r
           WHERE r.status = 'running' AND r.kind = 'analyse' AND r.locked_until > $1 AND r.organization_id = c.organization_id) = 0)

-- The analyses that can be claimed. $1 is now. $2 is the latest due time of a claimed analysis while due jobs of connections wait.
WITH RECURSIVE keys (concurrency_key) AS (
    SELECT min(concurrency_key) FROM jobs WHERE status = 'queued' AND kind <> 'analyse'
    UNION ALL
    SELECT (SELECT min(j.concurrency_key) FROM jobs j
            WHERE j.status = 'queued' AND j.kind <> 'analyse' AND j.concurrency_key > keys.concurrency_key)
    FROM keys WHERE keys.concurrency_key IS NOT NULL),
-- The organizations with queued analyses. Each step of the recursion finds the next organization in the index.
waiting (organization_id) AS (
    SELECT min(organization_id) FROM jobs WHERE status = 'queued' AND kind = 'analyse'
    UNION ALL
    SELECT (SELECT min(j.organization_id) FROM jobs j
            WHERE j.status = 'queued' AND j.kind = 'analyse' AND j.organization_id > waiting.organization_id)
    FROM waiting WHERE waiting.organization_id IS NOT NULL),
-- The latest due time of an analysis that can be claimed. It is $2 while due jobs of connections wait, because these jobs have
-- priority.
due (latest) AS (
    SELECT CASE WHEN EXISTS (
        SELECT 1 FROM keys WHERE keys.concurrency_key IS NOT NULL AND EXISTS (
            SELECT 1 FROM jobs w
            WHERE w.status = 'queued' AND w.kind <> 'analyse' AND w.concurrency_key = keys.concurrency_key AND w.run_at <= $1))
    THEN $2 ELSE $1 END),
-- The first due analysis of each organization, and all analyses whose claim expired.
candidates (id) AS (
    SELECT (SELECT j.id FROM jobs j
            WHERE j.status = 'queued' AND j.kind = 'analyse' AND j.organization_id = waiting.organization_id
              AND j.run_at <= (SELECT latest FROM due)
              AND NOT EXISTS (SELECT 1 FROM jobs s WHERE s.subject_id = j.subject_id AND s.kind = j.kind AND s.status = 'running')
            ORDER BY j.run_at, j.id LIMIT 1)
    FROM waiting WHERE waiting.organization_id IS NOT NULL
    UNION ALL
    SELECT a.id FROM jobs a WHERE a.status = 'running' AND a.kind = 'analyse' AND a.locked_until <= $1)

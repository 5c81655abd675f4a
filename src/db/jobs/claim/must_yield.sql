-- The analysis $3, claimed with the lease $4 for the organization $5, must yield its slot to another organization: it is the youngest of
-- several running analyses, was not preempted before, and one of the `candidates` of analysis_candidates.sql belongs to an
-- organization without a running analysis. $1 now.
WHERE id = $3 AND lease = $4 AND status = 'running' AND preemptions = 0
  AND (SELECT count(*) FROM jobs r
       WHERE r.status = 'running' AND r.kind = 'analyse' AND r.locked_until > $1 AND r.organization_id = $5) > 1
  AND NOT EXISTS (
    SELECT 1 FROM jobs y
    WHERE y.status = 'running' AND y.kind = 'analyse' AND y.locked_until > $1 AND y.organization_id = $5 AND y.preemptions = 0
      AND (y.updated_at > jobs.updated_at OR (y.updated_at = jobs.updated_at AND y.id > jobs.id)))
  AND EXISTS (
    SELECT 1 FROM jobs c
    WHERE c.id IN (SELECT id FROM candidates)
      AND c.organization_id <> $5
      AND (SELECT count(*) FROM jobs r
           WHERE r.status = 'running' AND r.kind = 'analyse' AND r.locked_until > $1 AND r.organization_id = c.organization_id) = 0)

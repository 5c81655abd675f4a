-- Selects the analysis $3 if it must yield its worker to another organization. $1 is now, $4 the lease of the analysis, $5 its
-- organization. The conditions: The organization runs several analyses. This analysis is the youngest that was not preempted
-- before. One of the `candidates` of analysis_candidates.sql belongs to an organization without a running analysis.
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

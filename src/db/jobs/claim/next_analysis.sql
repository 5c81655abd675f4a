-- Selects the analysis to claim next from the `candidates` of analysis_candidates.sql. $1 is now.
SELECT c.id FROM jobs c LEFT JOIN analysis_starts s ON s.organization_id = c.organization_id
WHERE c.id IN (SELECT id FROM candidates)
  -- A preempted analysis gets no second slot, because it cannot be preempted again.
  AND (c.preemptions = 0 OR (SELECT count(*) FROM jobs r
                             WHERE r.status = 'running' AND r.kind = 'analyse' AND r.locked_until > $1 AND r.organization_id = c.organization_id) = 0)
ORDER BY (SELECT count(*) FROM jobs r
          WHERE r.status = 'running' AND r.kind = 'analyse' AND r.locked_until > $1 AND r.organization_id = c.organization_id),
    CASE WHEN s.started_at > c.run_at THEN s.started_at ELSE c.run_at END, c.run_at, c.id
LIMIT 1

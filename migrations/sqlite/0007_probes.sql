-- Written by readiness: a database that can be read and not written takes no deliveries.
CREATE TABLE probes (
    name TEXT NOT NULL PRIMARY KEY,
    probed_at TEXT NOT NULL
);

-- What each attempt of a delivery did. `steps` is a list of steps with durations. A row without steps of the provider records that a user
-- asked for the delivery again. `is_postponed`: the attempt is not counted, so the next attempt has the same number.
CREATE TABLE delivery_attempts (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    delivery_id TEXT NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    attempt BIGINT NOT NULL,
    is_postponed BOOLEAN NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    steps TEXT NOT NULL
);
CREATE INDEX delivery_attempts_of_delivery ON delivery_attempts (delivery_id, id);

-- Failed deliveries are few, and users list and redeliver them.
CREATE INDEX deliveries_failed ON deliveries (connection_id, id) WHERE status = 'failed';

-- Calls that carried a secret of the connection and were refused. Calls with the same reason within some minutes share a row.
CREATE TABLE refused_calls (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    connection_id TEXT NOT NULL REFERENCES organization_integrations (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    address TEXT,
    calls BIGINT NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL
);
CREATE INDEX refused_calls_newest ON refused_calls (connection_id, id);
CREATE INDEX refused_calls_by_age ON refused_calls (last_at);

-- Whether a user asked for the job's next attempt, which is then made although the connection is paused.
ALTER TABLE jobs ADD COLUMN for_user BOOLEAN NOT NULL DEFAULT FALSE;

-- What a session was opened with, such as `Firefox on Windows`, so that its person can tell it from others.
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';

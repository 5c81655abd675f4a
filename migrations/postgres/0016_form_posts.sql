-- Forms that were posted in the last minutes, and what was answered, sealed: the same form again has no second effect. The id is a digest
-- of the organization, the person, the form's own id and what was filled in. The person is no foreign key: two admins who remove each other
-- would wait for each other, and the row goes within minutes anyway.
CREATE TABLE form_posts (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    user_id TEXT NOT NULL,
    answer BYTEA,
    posted_at TIMESTAMPTZ NOT NULL
);
-- Housekeeping looks for those that nobody sends again.
CREATE INDEX form_posts_posted ON form_posts (posted_at);

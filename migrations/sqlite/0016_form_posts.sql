-- Forms that were posted in the last minutes, and what was answered, sealed: the same form again has no second effect. The id is a digest
-- of the organization, the person, the form's own id and what was filled in.
CREATE TABLE form_posts (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    answer BLOB,
    posted_at TEXT NOT NULL
);
-- Housekeeping looks for those that nobody sends again, and the end of a person for that person's.
CREATE INDEX form_posts_posted ON form_posts (posted_at);
CREATE INDEX form_posts_by_user ON form_posts (user_id);

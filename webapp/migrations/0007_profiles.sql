-- What students say about themselves, kept under a name of their own to begin letters from.
CREATE TABLE profiles (
    id uuid PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    label text NOT NULL,
    applicant jsonb NOT NULL,
    saved_at timestamptz NOT NULL
);
CREATE INDEX profiles_of_user ON profiles (user_id, label);

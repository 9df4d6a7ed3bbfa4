-- Forms that were typed and not sent. `about` is the letter whose form it repeats, all zeros for a new letter.
CREATE TABLE drafts (
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    about uuid NOT NULL,
    fields jsonb NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, about)
);

-- Names one submission of a form, so that sending it twice makes one letter.
ALTER TABLE letters ADD COLUMN submission text;
CREATE UNIQUE INDEX letters_submission ON letters (user_id, submission);

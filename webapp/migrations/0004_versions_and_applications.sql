-- What became of the application that a letter belongs to, as its owner notes it.
ALTER TABLE letters ADD COLUMN application text NOT NULL DEFAULT 'Draft'
    CHECK (application IN ('Draft', 'Sent', 'Interview', 'Offer', 'Rejected'));
ALTER TABLE letters ADD COLUMN application_at timestamptz;
ALTER TABLE letters ADD COLUMN note text NOT NULL DEFAULT '';

-- Every text that an owner saved; the letter as it was written is letters.letter. Saves of one open editor within some
-- minutes are one version.
CREATE TABLE letter_versions (
    letter_id uuid NOT NULL REFERENCES letters ON DELETE CASCADE,
    number integer NOT NULL,
    text text NOT NULL,
    editing uuid NOT NULL,
    started_at timestamptz NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (letter_id, number)
);
INSERT INTO letter_versions (letter_id, number, text, editing, started_at, saved_at)
SELECT id, 1, edited_letter, id, created_at, created_at FROM letters WHERE edited_letter IS NOT NULL;

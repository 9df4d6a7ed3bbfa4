-- When the request of a letter was made. Until the watch shows a request that is newer than that, it counts by its row.
ALTER TABLE letters ADD COLUMN submitted_at timestamptz;
CREATE INDEX letters_submitted ON letters (submitted_at) WHERE state = 'Submitted';

-- People. `request_ref` is the only thing about a person that leaves this database (spec.requestedBy of a request).
CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username text NOT NULL,
    email text NOT NULL,
    password_hash text NOT NULL,
    request_ref text NOT NULL UNIQUE,
    tokens_valid_after timestamptz NOT NULL DEFAULT 'epoch',
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX users_username ON users (lower(username));
CREATE UNIQUE INDEX users_email ON users (lower(email));

-- Access tokens that were logged out before they expired.
CREATE TABLE revoked_tokens (
    jti text PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX revoked_tokens_expires_at ON revoked_tokens (expires_at);

-- Token buckets: failed log-ins of an account, letters of a user.
CREATE TABLE buckets (
    key text PRIMARY KEY,
    tokens double precision NOT NULL,
    refilled_at timestamptz NOT NULL
);

-- Letters. A row exists before its CoverLetterRequest does, and outlives it.
CREATE TABLE letters (
    id uuid PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    job_title text NOT NULL,
    company text NOT NULL,
    draft jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('Submitting', 'Submitted', 'Succeeded', 'Failed', 'Cancelled')),
    cancel_requested boolean NOT NULL DEFAULT false,
    request_uid text UNIQUE,
    reason text,
    letter text,
    edited_letter text,
    checks jsonb NOT NULL DEFAULT '[]',
    prompt_tokens integer,
    completion_tokens integer,
    model text,
    finished_at timestamptz
);
CREATE INDEX letters_of_user ON letters (user_id, created_at DESC);
CREATE INDEX letters_unfinished ON letters (created_at) WHERE state IN ('Submitting', 'Submitted');

-- Requests whose owner wants them gone. A row stays until the cluster has been told.
CREATE TABLE erasures (
    request_name text PRIMARY KEY,
    queued_at timestamptz NOT NULL
);

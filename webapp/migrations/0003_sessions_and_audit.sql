-- What an administrator decides about an account.
ALTER TABLE users ADD COLUMN disabled_at timestamptz;
ALTER TABLE users ADD COLUMN letters_per_hour integer;

-- Log-ins, for their owner to see and end. Whether a token is accepted is decided by revoked_tokens and by
-- users.tokens_valid_after.
CREATE TABLE sessions (
    jti text PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    device text NOT NULL,
    started_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- Networks (their hashes) from which an account was made or logged in to. Nobody can lock an account out of them.
CREATE TABLE known_networks (
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    network text NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, network)
);

-- One-time links (their hashes) with which a password is set anew.
CREATE TABLE password_resets (
    token_hash text PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);

-- What happened to accounts. It names nobody: an account is its number, which outlives the account.
CREATE TABLE audit_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    user_id bigint NOT NULL,
    event text NOT NULL
);
CREATE INDEX audit_events_at ON audit_events (at);

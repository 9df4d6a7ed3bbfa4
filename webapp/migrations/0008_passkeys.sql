-- What authenticators know an account by: random, made with its first passkey.
ALTER TABLE users ADD COLUMN passkey_handle bytea;
CREATE UNIQUE INDEX users_passkey_handle ON users (passkey_handle);

-- Passkeys, each of the site by the name that it was made under (rp_id). The key is public, in COSE.
CREATE TABLE passkeys (
    id uuid PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    credential_id bytea NOT NULL UNIQUE CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
    rp_id text NOT NULL,
    name text NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    is_backup_eligible boolean NOT NULL,
    is_backed_up boolean NOT NULL,
    added_at timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX passkeys_of_user ON passkeys (user_id);

-- Challenges that were sent to a browser and have not come back. Challenge and holder are hashes; the holder is the
-- session that adds a passkey to the account `user_id`, or the browser in which somebody logs in, without it.
CREATE TABLE passkey_challenges (
    challenge_hash text PRIMARY KEY,
    holder_hash text NOT NULL,
    user_id bigint REFERENCES users ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX passkey_challenges_holder ON passkey_challenges (holder_hash);
CREATE INDEX passkey_challenges_expires_at ON passkey_challenges (expires_at);

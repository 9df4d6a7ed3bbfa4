-- Accounts as the OpenID Connect provider of the site knows them. An account has at most one at each provider.
CREATE TABLE identities (
    issuer text NOT NULL,
    subject text NOT NULL,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (issuer, user_id)
);
CREATE INDEX identities_of_user ON identities (user_id);

-- Log-ins that were sent to the provider and have not come back. State and browser are hashes. `links` is the account
-- whose owner links it; without it somebody logs in.
CREATE TABLE log_ins (
    state_hash text PRIMARY KEY,
    browser_hash text NOT NULL,
    nonce text NOT NULL,
    verifier text NOT NULL,
    next text NOT NULL,
    links bigint REFERENCES users ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX log_ins_expires_at ON log_ins (expires_at);

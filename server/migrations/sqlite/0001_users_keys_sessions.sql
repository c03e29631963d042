-- Times are milliseconds since 1970 UTC. The same tables stand in
-- ../postgres; only the numbering of rows differs between the two databases.

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    -- Lower case: one person, one account.
    email         TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at    BIGINT NOT NULL
);

CREATE TABLE keys (
    -- Order of creation, which the list is paginated by; AUTOINCREMENT never
    -- gives a number twice.
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    user_id      TEXT NOT NULL REFERENCES users (id),
    -- Whose API the key is for; `keylatch` is the server's own.
    kind         TEXT NOT NULL,
    name         TEXT NOT NULL,
    -- The name in lower case by Unicode, which neither database does alike.
    name_folded  TEXT NOT NULL,
    prefix       TEXT NOT NULL,
    last_four    TEXT NOT NULL,
    -- SHA-256 in hexadecimal; all that is kept of the key itself.
    hash         TEXT UNIQUE,
    -- JSON array of text.
    scopes       TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    last_used_at BIGINT,
    revoked_at   BIGINT,
    replaced_by  TEXT REFERENCES keys (id),
    -- A deleted key leaves its id behind, so that no later key gets it.
    deleted_at   BIGINT,
    CHECK ((hash IS NULL) = (deleted_at IS NOT NULL))
);

CREATE INDEX keys_of_user ON keys (user_id, kind, seq);

CREATE TABLE sessions (
    -- SHA-256 of the cookie in hexadecimal.
    token_hash   TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id),
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);

CREATE INDEX sessions_by_age ON sessions (last_seen_at);

-- What was asked under an Idempotency-Key, so that a repeat finds it.
CREATE TABLE attempts (
    user_id         TEXT NOT NULL REFERENCES users (id),
    idempotency_key TEXT NOT NULL,
    -- SHA-256 of operation and parameters.
    fingerprint     TEXT NOT NULL,
    -- The attempt is written before its key, hence deferred.
    key_id          TEXT NOT NULL REFERENCES keys (id) DEFERRABLE INITIALLY DEFERRED,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (user_id, idempotency_key)
);

CREATE INDEX attempts_by_age ON attempts (created_at);

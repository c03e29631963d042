-- Managing keys is a scope from here on, which a key is given by name. Whatever
-- is there, and whatever a process of the version before still makes, keeps what
-- it was promised: without scopes, everything. So 1 is the default; this version
-- writes 0 for every key that it makes.
ALTER TABLE keys ADD COLUMN full_access BIGINT NOT NULL DEFAULT 1;

-- A user who is locked out, and one of whom nothing is left but the id.
ALTER TABLE users ADD COLUMN disabled_at BIGINT;
ALTER TABLE users ADD COLUMN removed_at BIGINT;

-- A session that was begun with a key and has deleted that key itself goes on:
-- what the key was bounded by, as JSON.
ALTER TABLE sessions ADD COLUMN released TEXT;

-- What sweeps and "end all sessions" look for.
CREATE INDEX sessions_by_birth ON sessions (created_at);
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX logins_of_user ON logins (user_id);

-- Codes between the sign-in page and the program, so that any process takes them.
CREATE TABLE codes (
    -- SHA-256 of the code in hexadecimal.
    code_hash      TEXT PRIMARY KEY,
    user_id        TEXT NOT NULL REFERENCES users (id),
    client_id      TEXT NOT NULL,
    redirect_uri   TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    audience       TEXT NOT NULL,
    scope          TEXT NOT NULL,
    made_at        BIGINT NOT NULL,
    -- The login that came of it; NULL: it was not used yet.
    login_id       TEXT
);
CREATE INDEX codes_by_age ON codes (made_at);

-- Access tokens, so that any process takes them and a restart ends none. There
-- is no signing key that could leak: of a token its hash is kept.
CREATE TABLE access_tokens (
    token_hash TEXT PRIMARY KEY,
    login_id   TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX access_tokens_by_login ON access_tokens (login_id);
CREATE INDEX access_tokens_by_age ON access_tokens (expires_at);

-- When a password was wrong, in each bucket that is counted.
CREATE TABLE failures (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL,
    at     BIGINT NOT NULL
);
CREATE INDEX failures_by_bucket ON failures (bucket, at);
CREATE INDEX failures_by_age ON failures (at);

-- From where a user has signed in.
CREATE TABLE places (
    user_name TEXT NOT NULL,
    place     TEXT NOT NULL,
    seen_at   BIGINT NOT NULL,
    PRIMARY KEY (user_name, place)
);
CREATE INDEX places_by_age ON places (seen_at);

-- Who did what, from where.
CREATE TABLE audit (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    at         BIGINT NOT NULL,
    user_id    TEXT NOT NULL,
    action     TEXT NOT NULL,
    actor      TEXT NOT NULL,
    key_id     TEXT,
    address    TEXT,
    request_id TEXT
);
CREATE INDEX audit_of_user ON audit (user_id, seq);
CREATE INDEX audit_by_age ON audit (at);

-- What is written to find out whether anything can be written.
CREATE TABLE heartbeat (
    id      BIGINT PRIMARY KEY,
    beat_at BIGINT NOT NULL,
    -- Some pages: a full disk often has room for one.
    ballast TEXT NOT NULL
);
INSERT INTO heartbeat (id, beat_at, ballast) VALUES (1, 0, '');

-- Refresh tokens of logins by browser. A token is good once: to use it makes
-- the next one of the same login. A used one stays, so that its second use is
-- noticed, and the whole login with it is ended.
CREATE TABLE logins (
    -- SHA-256 of the refresh token in hexadecimal.
    token_hash TEXT PRIMARY KEY,
    -- The login that the token is of.
    login_id   TEXT NOT NULL,
    user_id    TEXT NOT NULL REFERENCES users (id),
    client_id  TEXT NOT NULL,
    audience   TEXT NOT NULL,
    scope      TEXT NOT NULL,
    -- When the person logged in, which every token of the login counts from.
    begun_at   BIGINT NOT NULL,
    used_at    BIGINT
);

CREATE INDEX logins_by_login ON logins (login_id);
CREATE INDEX logins_by_age ON logins (begun_at);

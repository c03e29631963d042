-- Programs that wait for a person to type a code on another computer.
CREATE TABLE devices (
    -- SHA-256 in hexadecimal: of what the program has, …
    device_hash  TEXT PRIMARY KEY,
    -- … of what the person types, …
    code_hash    TEXT NOT NULL UNIQUE,
    -- … and of what the person agrees with, after signing in.
    consent_hash TEXT UNIQUE,
    client_id    TEXT NOT NULL,
    audience     TEXT NOT NULL,
    scope        TEXT NOT NULL,
    made_at      BIGINT NOT NULL,
    polled_at    BIGINT,
    wait_seconds BIGINT NOT NULL,
    user_id      TEXT REFERENCES users (id),
    allowed_at   BIGINT,
    denied_at    BIGINT
);
CREATE INDEX devices_by_age ON devices (made_at);

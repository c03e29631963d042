-- What was asked under an Idempotency-Key by a user who makes an application, as `attempts` has it
-- for keys of the user.
CREATE TABLE application_attempts (
    user_id         TEXT NOT NULL REFERENCES users (id),
    idempotency_key TEXT NOT NULL,
    -- SHA-256 of operation and parameters.
    fingerprint     TEXT NOT NULL,
    -- In applications: what is made has the name of a key in each of these tables.
    key_id          TEXT,
    created_at      BIGINT NOT NULL,
    -- Which try was the last.
    tries           BIGINT NOT NULL,
    PRIMARY KEY (user_id, idempotency_key)
);

CREATE INDEX application_attempts_by_age ON application_attempts (created_at);

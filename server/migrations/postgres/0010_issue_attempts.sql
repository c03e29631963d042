-- What was asked under an Idempotency-Key for an application, as `attempts` has it for a user.
CREATE TABLE issue_attempts (
    application_id  TEXT NOT NULL REFERENCES applications (id),
    idempotency_key TEXT NOT NULL,
    -- SHA-256 of operation and parameters.
    fingerprint     TEXT NOT NULL,
    -- In issued_keys; no reference, as the keys of a deleted application are swept out first.
    key_id          TEXT,
    created_at      BIGINT NOT NULL,
    -- Which try was the last.
    tries           BIGINT NOT NULL,
    PRIMARY KEY (application_id, idempotency_key)
);

CREATE INDEX issue_attempts_by_age ON issue_attempts (created_at);

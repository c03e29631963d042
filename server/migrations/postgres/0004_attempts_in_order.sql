-- What was asked under an Idempotency-Key is kept for a day only, so the table
-- is simply made anew.
DROP TABLE attempts;

CREATE TABLE attempts (
    user_id         TEXT NOT NULL REFERENCES users (id),
    idempotency_key TEXT NOT NULL,
    -- SHA-256 of operation and parameters.
    fingerprint     TEXT NOT NULL,
    -- The attempt is written before its key, hence deferred. NULL: it was taken
    -- back, so that what is still on its way makes no key.
    key_id          TEXT REFERENCES keys (id) DEFERRABLE INITIALLY DEFERRED,
    created_at      BIGINT NOT NULL,
    -- Which try was the last: an older one that comes late must not put another
    -- secret into the place of one that was told.
    tries           BIGINT NOT NULL,
    PRIMARY KEY (user_id, idempotency_key)
);

CREATE INDEX attempts_by_age ON attempts (created_at);

-- A key that may be NULL takes a new table. What was asked before stays known:
-- a restart is when answers get lost.
DROP INDEX attempts_by_age;
ALTER TABLE attempts RENAME TO attempts_before;

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

INSERT INTO attempts (user_id, idempotency_key, fingerprint, key_id, created_at, tries)
SELECT user_id, idempotency_key, fingerprint, key_id, created_at, 1 FROM attempts_before;
DROP TABLE attempts_before;

-- APIs that users protect with keys of their own, and the keys of their customers.
CREATE TABLE applications (
    seq              BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id               TEXT NOT NULL UNIQUE,
    user_id          TEXT NOT NULL REFERENCES users (id),
    name             TEXT NOT NULL,
    -- JSON, as are scopes, limits and rules.
    formats          TEXT NOT NULL,
    -- ISO 8601 durations, or `never`.
    default_lifetime TEXT NOT NULL,
    longest_lifetime TEXT,
    scopes           TEXT NOT NULL,
    -- What each key may use that has no limits of its own.
    limits           TEXT NOT NULL DEFAULT '[]',
    -- How keys that were issued elsewhere were hashed, by number.
    rules            TEXT NOT NULL DEFAULT '[]',
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    deleted_at       BIGINT,
    -- Its keys are swept out after it, some at a time; then this is set.
    swept_at         BIGINT
);
CREATE INDEX applications_of_user ON applications (user_id, seq);
CREATE INDEX applications_to_sweep ON applications (id) WHERE deleted_at IS NOT NULL AND swept_at IS NULL;

-- What an application's own programs manage and verify its keys with.
CREATE TABLE management_keys (
    seq            BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id             TEXT NOT NULL UNIQUE,
    application_id TEXT NOT NULL REFERENCES applications (id),
    name           TEXT NOT NULL,
    last_four      TEXT NOT NULL,
    -- SHA-256 in hexadecimal.
    hash           TEXT NOT NULL UNIQUE,
    scopes         TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT,
    last_used_at   BIGINT,
    revoked_at     BIGINT
);
CREATE INDEX management_keys_of_application ON management_keys (application_id, seq);

-- Customers of an application, by the id that it has for them itself.
CREATE TABLE owners (
    application_id TEXT NOT NULL REFERENCES applications (id),
    id             TEXT NOT NULL,
    -- JSON, as are limits.
    metadata       TEXT NOT NULL DEFAULT '{}',
    limits         TEXT NOT NULL DEFAULT '[]',
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (application_id, id)
);

-- Keys of customers.
CREATE TABLE issued_keys (
    seq               BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id                TEXT NOT NULL UNIQUE,
    application_id    TEXT NOT NULL REFERENCES applications (id),
    owner             TEXT NOT NULL,
    name              TEXT NOT NULL,
    name_folded       TEXT NOT NULL,
    prefix            TEXT NOT NULL,
    last_four         TEXT NOT NULL,
    environment       TEXT NOT NULL,
    -- In hexadecimal, of the key by its rule.
    hash              TEXT,
    -- Number of the application's rule; NULL: SHA-256 of the whole key.
    rule              BIGINT,
    -- The part of the key that its hash does not cover.
    id_part           TEXT,
    scopes            TEXT NOT NULL,
    metadata          TEXT NOT NULL,
    -- NULL: those of the application.
    limits            TEXT,
    allowed_addresses TEXT NOT NULL,
    created_at        BIGINT NOT NULL,
    expires_at        BIGINT,
    last_used_at      BIGINT,
    last_used_address TEXT,
    revoked_at        BIGINT,
    disabled_at       BIGINT,
    replaced_by       TEXT,
    deleted_at        BIGINT,
    CHECK ((hash IS NULL) = (deleted_at IS NOT NULL)),
    -- Unique within the application only: whoever imports a hash must not learn
    -- whether others have it. The hash first, so that a leaked key is found anywhere.
    UNIQUE (hash, application_id)
);
CREATE INDEX issued_keys_of_application ON issued_keys (application_id, seq);
CREATE INDEX issued_keys_of_owner ON issued_keys (application_id, owner, seq) WHERE deleted_at IS NULL;

-- Where it happened, if it was in an application.
ALTER TABLE audit ADD COLUMN application_id TEXT;

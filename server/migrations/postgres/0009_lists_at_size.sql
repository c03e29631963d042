-- Lists of users with very many keys. Without these, a request that looks for
-- few keys among a million would look at the million, page after page.

-- Keys that were not revoked, by their end.
CREATE INDEX keys_by_end ON keys (user_id, expires_at, seq) WHERE revoked_at IS NULL AND deleted_at IS NULL;
-- Keys that were.
CREATE INDEX keys_revoked ON keys (user_id, seq) WHERE revoked_at IS NOT NULL AND deleted_at IS NULL;

-- Users whose names are searched by an index, because a search has met more keys
-- than one request looks at. Written beside the requests, some keys at a time.
CREATE TABLE name_indexes (
    number  BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    user_id TEXT NOT NULL UNIQUE REFERENCES users (id),
    -- The names of all keys up to this one are in; below 0: the user is deleted.
    up_to   BIGINT NOT NULL
);

-- Three letters that follow each other in the name of a key.
CREATE TABLE name_parts (
    -- Of the user, in name_indexes.
    number BIGINT NOT NULL,
    -- The letters, as a number.
    part   BIGINT NOT NULL,
    seq    BIGINT NOT NULL,
    PRIMARY KEY (number, part, seq)
);

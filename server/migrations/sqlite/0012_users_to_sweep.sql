-- Deleted users whose keys are still to be deleted, some at a time: there may be millions.
ALTER TABLE users ADD COLUMN swept_at BIGINT;
CREATE INDEX users_to_sweep ON users (id) WHERE removed_at IS NOT NULL AND swept_at IS NULL;

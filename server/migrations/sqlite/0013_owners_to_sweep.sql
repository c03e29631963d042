-- All keys of an owner can end at once. What says so stands here, and their rows follow,
-- some at a time: there may be millions.

-- Keys up to this one (seq) were revoked then, whatever their rows say. 0: their rows do.
ALTER TABLE owners ADD COLUMN revoked_up_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE owners ADD COLUMN revoked_at BIGINT;
-- Keys up to this one are deleted, whatever their rows say.
ALTER TABLE owners ADD COLUMN buried_up_to BIGINT NOT NULL DEFAULT 0;
-- The owner itself is deleted. The row stays for as long as rows of keys do.
ALTER TABLE owners ADD COLUMN deleted_at BIGINT;
CREATE INDEX owners_to_sweep ON owners (application_id, id) WHERE revoked_up_to > 0 OR buried_up_to > 0;

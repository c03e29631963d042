-- All keys of a user are listed together, whichever API they were made through.
DROP INDEX keys_of_user;
CREATE INDEX keys_of_user ON keys (user_id, seq);

-- A session that was started with a key can do no more than that key, and ends
-- with it. NULL: it was started with the password.
ALTER TABLE sessions ADD COLUMN key_id TEXT REFERENCES keys (id);

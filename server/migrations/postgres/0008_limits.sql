-- What is used of quotas. What a process or a guard has leased counts as used,
-- so whoever vanishes takes the rest of its lease along.
CREATE TABLE quotas (
    -- The application, the key or owner, and the name of the limit.
    id      TEXT PRIMARY KEY,
    -- When the period began that `used` belongs to, and when it ends; NULL: never.
    period  BIGINT NOT NULL,
    ends_at BIGINT,
    used    BIGINT NOT NULL,
    -- How much there is, as whoever asked last knew it.
    quota   BIGINT NOT NULL,
    -- What was given to whoever asked last.
    granted BIGINT NOT NULL
);
CREATE INDEX quotas_by_end ON quotas (ends_at);

-- What all processes have counted of rates, in two windows that follow each other.
CREATE TABLE rates (
    -- As of quotas, and the length of the window.
    id             TEXT PRIMARY KEY,
    -- When the current window began.
    started_at     BIGINT NOT NULL,
    length         BIGINT NOT NULL,
    current_count  BIGINT NOT NULL,
    previous_count BIGINT NOT NULL,
    -- When neither counts any more.
    ends_at        BIGINT NOT NULL
);
CREATE INDEX rates_by_end ON rates (ends_at);

-- Guards, which check keys by themselves and report what was used.
CREATE TABLE guards (
    -- The application and the id that the guard gave itself.
    id          TEXT PRIMARY KEY,
    -- Its last report, and what that was answered, as JSON.
    number      BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    answer      TEXT NOT NULL
);
CREATE INDEX guards_by_age ON guards (answered_at);

-- What guards may spend by themselves.
CREATE TABLE guard_leases (
    guard   TEXT NOT NULL,
    quota   TEXT NOT NULL,
    period  BIGINT NOT NULL,
    -- Given less what was reported as spent. A report may come first.
    units   BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (guard, quota)
);
CREATE INDEX guard_leases_by_end ON guard_leases (ends_at);

-- What happens to keys while the database cannot be asked for a quota: JSON,
-- "deny" or "allow".
ALTER TABLE applications ADD COLUMN on_limiter_failure TEXT NOT NULL DEFAULT '"deny"';

-- One row for each lease that a guard has, so that each ends by itself. When it has
-- ended, its units are added to the row in guard_leases, from which goes what the
-- guard reports as spent; what is left there is given back. One row for all leases
-- of a quota never ended while the guard got new ones.
CREATE TABLE guard_grants (
    guard   TEXT NOT NULL,
    quota   TEXT NOT NULL,
    period  BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    units   BIGINT NOT NULL,
    PRIMARY KEY (guard, quota, period, ends_at)
);
CREATE INDEX guard_grants_by_end ON guard_grants (ends_at);

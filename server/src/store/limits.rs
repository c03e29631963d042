//! Rows of `quotas` and `rates`: how much of a limit is used (with `--redis`, rates are
//! there instead). Each statement takes
//! any number of limits, in one order, so that two processes do not wait for
//! each other's rows.

use jiff::Timestamp;
use serde_json::json;

use super::sweep::sweep;
use super::value::{Row, Statement, millis, values};
use super::{Result, Store, Tx};

/// A process whose clock is this far behind finds the period of its own still there.
const KEPT: i64 = 31 * 24 * 60 * 60 * 1000;

/// What is asked for of a quota. Times are milliseconds since 1970.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) id: String,
    /// When the period began that it is for.
    pub(crate) period: i64,
    pub(crate) ends_at: Option<i64>,
    /// How much there is.
    pub(crate) quota: i64,
    /// All of this is given, or nothing. Zero looks only.
    pub(crate) units: i64,
}

/// What was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) id: String,
    /// The period that it was given in: a later one, when another process has
    /// begun that already.
    pub(crate) period: i64,
    pub(crate) units: i64,
    /// What is used, these units included.
    pub(crate) used: i64,
}

/// Units that go back into a quota. Fewer than none were spent without having
/// been given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Back {
    pub(crate) id: String,
    pub(crate) period: i64,
    pub(crate) units: i64,
}

/// What was counted of a rate.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    pub(crate) id: String,
    /// When the current window began, and how long it is.
    pub(crate) started_at: i64,
    pub(crate) length: i64,
    pub(crate) current: i64,
    pub(crate) previous: i64,
}

/// What is used of a quota before more is taken. A period that begins when the one before is over
/// begins with nothing used; one that begins in the middle of it is of another declaration, which
/// undoes no use. Two hours: computers may not agree on when summer time ends.
macro_rules! used_before {
    () => {
        "CASE WHEN quotas.period < excluded.period AND quotas.ends_at <= excluded.period + 7200000 THEN 0 \
         ELSE quotas.used END"
    };
}

macro_rules! take {
    ($rows:literal) => {
        concat!(
            "INSERT INTO quotas (id, period, ends_at, used, quota, granted) \
             SELECT id, period, ends_at, granted, quota, granted FROM (SELECT id, period, ends_at, quota, \
             CASE WHEN units <= quota THEN units ELSE 0 END AS granted FROM (",
            $rows,
            ") AS wishes) AS wishes WHERE true ORDER BY id ON CONFLICT (id) DO UPDATE SET \
             granted = CASE WHEN excluded.granted + ",
            used_before!(),
            " <= excluded.quota THEN excluded.granted ELSE 0 END, used = ",
            used_before!(),
            " + CASE WHEN excluded.granted + ",
            used_before!(),
            " <= excluded.quota THEN excluded.granted ELSE 0 END, \
             ends_at = CASE WHEN excluded.ends_at <= quotas.period THEN quotas.ends_at ELSE excluded.ends_at END, \
             period = CASE WHEN quotas.period > excluded.period THEN quotas.period ELSE excluded.period END, \
             quota = excluded.quota RETURNING id, period, granted, used"
        )
    };
}

const TAKE: Statement = Statement {
    sqlite: take!(
        "SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS period, \
         json_extract(value, '$[2]') AS ends_at, json_extract(value, '$[3]') AS quota, \
         json_extract(value, '$[4]') AS units FROM json_each($1)"
    ),
    postgres: take!(
        "SELECT value->>0 AS id, (value->>1)::BIGINT AS period, (value->>2)::BIGINT AS ends_at, \
         (value->>3)::BIGINT AS quota, (value->>4)::BIGINT AS units FROM json_array_elements($1::TEXT::JSON)"
    ),
};

/// What belongs to a period that is over stays used.
const GIVE_BACK: Statement = Statement {
    sqlite: "UPDATE quotas SET used = MAX(0, used - back.units) FROM (SELECT json_extract(value, '$[0]') AS id, \
             json_extract(value, '$[1]') AS period, json_extract(value, '$[2]') AS units FROM json_each($1)) AS back \
             WHERE quotas.id = back.id AND quotas.period = back.period",
    postgres: "WITH back AS (SELECT quotas.id, given.units FROM (SELECT value->>0 AS id, \
               (value->>1)::BIGINT AS period, (value->>2)::BIGINT AS units \
               FROM json_array_elements($1::TEXT::JSON)) AS given \
               JOIN quotas ON quotas.id = given.id AND quotas.period = given.period \
               ORDER BY quotas.id FOR UPDATE OF quotas) \
               UPDATE quotas SET used = GREATEST(0, used - back.units) FROM back WHERE quotas.id = back.id",
};
/// In the order in which all others lock them.
const LOCK: Statement = Statement {
    sqlite: "SELECT id FROM quotas WHERE id IN (SELECT value FROM json_each($1))",
    postgres: "SELECT id FROM quotas WHERE id = ANY($1) ORDER BY id FOR UPDATE",
};

macro_rules! count {
    ($rows:literal) => {
        concat!(
            "INSERT INTO rates (id, started_at, length, current_count, previous_count, ends_at) \
             SELECT id, started_at, length, current_count, previous_count, started_at + 2 * length FROM (",
            $rows,
            ") AS counted WHERE true ORDER BY id ON CONFLICT (id) DO UPDATE SET \
             current_count = CASE WHEN rates.started_at < excluded.started_at THEN excluded.current_count \
             WHEN rates.started_at = excluded.started_at THEN rates.current_count + excluded.current_count \
             ELSE rates.current_count END, \
             previous_count = CASE \
             WHEN rates.started_at = excluded.started_at THEN rates.previous_count + excluded.previous_count \
             WHEN rates.started_at = excluded.started_at - excluded.length \
             THEN rates.current_count + excluded.previous_count \
             WHEN rates.started_at < excluded.started_at THEN excluded.previous_count \
             WHEN rates.started_at = excluded.started_at + excluded.length \
             THEN rates.previous_count + excluded.current_count \
             ELSE rates.previous_count END, \
             ends_at = CASE WHEN rates.started_at > excluded.started_at THEN rates.ends_at ELSE excluded.ends_at END, \
             started_at = CASE WHEN rates.started_at > excluded.started_at THEN rates.started_at \
             ELSE excluded.started_at END RETURNING id, started_at, length, current_count, previous_count"
        )
    };
}

pub(super) const COUNT: Statement = Statement {
    sqlite: count!(
        "SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS started_at, \
         json_extract(value, '$[2]') AS length, json_extract(value, '$[3]') AS current_count, \
         json_extract(value, '$[4]') AS previous_count FROM json_each($1)"
    ),
    postgres: count!(
        "SELECT value->>0 AS id, (value->>1)::BIGINT AS started_at, (value->>2)::BIGINT AS length, \
         (value->>3)::BIGINT AS current_count, (value->>4)::BIGINT AS previous_count \
         FROM json_array_elements($1::TEXT::JSON)"
    ),
};
const SWEEP_QUOTAS: Statement = sweep!("quotas", "ends_at <= $1");
const SWEEP_RATES: Statement = sweep!("rates", "ends_at <= $1");
#[cfg(test)]
pub(super) const SWEEPS: [Statement; 2] = [SWEEP_QUOTAS, SWEEP_RATES];
const SWEEP_APPLICATION: Statement = sweep!("quotas", "id LIKE $1");

impl Store {
    /// Takes units of quotas, each whole or not at all. No id may be there twice.
    pub(crate) async fn take_of_quotas(&self, wishes: &[Wish]) -> Result<Vec<Given>> {
        self.change(TAKE, values![wishes_of(wishes)]).await?.into_iter().map(given).collect()
    }

    /// Puts units back into quotas. No id may be there twice.
    pub(crate) async fn give_back_to_quotas(&self, back: &[Back]) -> Result<()> {
        self.change(GIVE_BACK, values![back_of(back)]).await.map(drop)
    }

    /// Adds to what was counted of rates, and tells what all have counted. No id
    /// may be there twice.
    pub(crate) async fn count_rates(&self, counted: &[Counted]) -> Result<Vec<Counted>> {
        self.counters.count_rates(counted).await
    }

    /// Sweeps out what a deleted application has used.
    pub(crate) async fn sweep_quotas_of(&self, application_id: &str) -> Result<()> {
        self.sweep_out(SWEEP_APPLICATION, values![format!("{application_id}/%")]).await
    }

    /// Sweeps out what nothing depends on any more.
    pub(crate) async fn sweep_limits(&self, now: Timestamp) -> Result<()> {
        self.sweep_out(SWEEP_QUOTAS, values![millis(now) - KEPT]).await?;
        self.sweep_out(SWEEP_RATES, values![now]).await
    }
}

impl Tx {
    /// As [`Store::take_of_quotas`]. Nobody else takes of these until the transaction ends.
    pub(crate) async fn take_of_quotas(&mut self, wishes: &[Wish]) -> Result<Vec<Given>> {
        self.run(TAKE, values![wishes_of(wishes)]).await?.into_iter().map(given).collect()
    }

    /// Nobody else changes these quotas until the transaction ends.
    pub(crate) async fn lock_quotas(&mut self, ids: Vec<String>) -> Result<()> {
        self.run(LOCK, values![ids]).await.map(drop)
    }

    /// As [`Store::give_back_to_quotas`].
    pub(crate) async fn give_back_to_quotas(&mut self, back: &[Back]) -> Result<()> {
        self.run(GIVE_BACK, values![back_of(back)]).await.map(drop)
    }
}

fn wishes_of(wishes: &[Wish]) -> String {
    let row = |wish: &Wish| json!([wish.id, wish.period, wish.ends_at, wish.quota, wish.units]);
    json!(wishes.iter().map(row).collect::<Vec<_>>()).to_string()
}

fn back_of(back: &[Back]) -> String {
    let row = |back: &Back| json!([back.id, back.period, back.units]);
    json!(back.iter().map(row).collect::<Vec<_>>()).to_string()
}

pub(super) fn counted_of(counted: &[Counted]) -> String {
    let row = |one: &Counted| json!([one.id, one.started_at, one.length, one.current, one.previous]);
    json!(counted.iter().map(row).collect::<Vec<_>>()).to_string()
}

fn given(mut row: Row) -> Result<Given> {
    Ok(Given { id: row.text()?, period: row.int()?, units: row.int()?, used: row.int()? })
}

pub(super) fn counts(mut row: Row) -> Result<Counted> {
    Ok(Counted {
        id: row.text()?,
        started_at: row.int()?,
        length: row.int()?,
        current: row.int()?,
        previous: row.int()?,
    })
}

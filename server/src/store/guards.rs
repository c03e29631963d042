//! Rows of `guards`, which check keys by themselves and report what was used; of
//! `guard_grants`, what they may spend for now; and of `guard_leases`, what is left of
//! leases that have ended.
//!
//! What a guard reports as spent is taken from `guard_leases`, which has less than none
//! when it was spent of a lease that runs. So it counts for the oldest leases first, and
//! no more is ever given back than was spent of none.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::limits::Back;
use super::sweep::sweep;
use super::value::{Row, Statement, millis, sql, values};
use super::{Result, Store, Tx};

/// A guard that is silent for so long has to take another id.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// The last report of a guard.
pub(crate) struct LastReport {
    /// Zero: there was none.
    pub(crate) number: i64,
    pub(crate) answered_at: i64,
    /// JSON.
    pub(crate) answer: String,
}

/// A lease of a guard, or what it has spent (less than none).
#[derive(Clone, Debug)]
pub(crate) struct Lent {
    pub(crate) guard: String,
    pub(crate) quota: String,
    pub(crate) period: i64,
    pub(crate) units: i64,
    pub(crate) ends_at: i64,
}

/// Makes the row if there is none, and holds it.
const LOCK: Statement = sql("INSERT INTO guards (id, number, answered_at, answer) VALUES ($1, 0, 0, '[]') \
     ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING number, answered_at, answer");
const ANSWER: Statement = sql("UPDATE guards SET number = $2, answered_at = $3, answer = $4 WHERE id = $1");

macro_rules! balance {
    ($($rows:tt)*) => {
        concat!(
            "INSERT INTO guard_leases (guard, quota, period, units, ends_at) \
             SELECT guard, quota, period, units, ends_at FROM (",
            $($rows)*,
            ") AS lent WHERE true ORDER BY guard, quota ON CONFLICT (guard, quota) DO UPDATE SET \
             units = CASE WHEN guard_leases.period < excluded.period THEN excluded.units \
             WHEN guard_leases.period = excluded.period OR excluded.units < 0 \
             THEN guard_leases.units + excluded.units ELSE guard_leases.units END, \
             ends_at = CASE WHEN guard_leases.period < excluded.period THEN excluded.ends_at \
             WHEN guard_leases.period = excluded.period AND excluded.units >= 0 \
             AND guard_leases.ends_at < excluded.ends_at THEN excluded.ends_at ELSE guard_leases.ends_at END, \
             period = CASE WHEN guard_leases.period < excluded.period THEN excluded.period \
             ELSE guard_leases.period END"
        )
    };
}

macro_rules! grant {
    ($($rows:tt)*) => {
        concat!(
            "INSERT INTO guard_grants (guard, quota, period, units, ends_at) \
             SELECT guard, quota, period, units, ends_at FROM (",
            $($rows)*,
            ") AS lent WHERE true ON CONFLICT (guard, quota, period, ends_at) DO UPDATE SET \
             units = guard_grants.units + excluded.units"
        )
    };
}
macro_rules! sqlite_rows {
    () => {
        "SELECT json_extract(value, '$[0]') AS guard, json_extract(value, '$[1]') AS quota, \
         json_extract(value, '$[2]') AS period, json_extract(value, '$[3]') AS units, \
         json_extract(value, '$[4]') AS ends_at FROM json_each($1)"
    };
}
macro_rules! postgres_rows {
    () => {
        "SELECT value->>0 AS guard, value->>1 AS quota, (value->>2)::BIGINT AS period, \
         (value->>3)::BIGINT AS units, (value->>4)::BIGINT AS ends_at FROM json_array_elements($1::TEXT::JSON)"
    };
}

const GRANT: Statement = Statement { sqlite: grant!(sqlite_rows!()), postgres: grant!(postgres_rows!()) };
const ENDED: Statement = sql(
    "DELETE FROM guard_grants WHERE guard = $1 AND ends_at <= $2 RETURNING quota, period, units, ends_at",
);
const BALANCE: Statement =
    Statement { sqlite: balance!(sqlite_rows!()), postgres: balance!(postgres_rows!()) };
const SETTLE: Statement = Statement {
    sqlite: "DELETE FROM guard_leases WHERE guard = $1 AND units >= 0 AND ends_at <= $2 \
             RETURNING quota, period, units",
    postgres: "WITH ended AS (SELECT quota FROM guard_leases WHERE guard = $1 AND units >= 0 AND ends_at <= $2 \
               ORDER BY quota FOR UPDATE) DELETE FROM guard_leases USING ended \
               WHERE guard_leases.guard = $1 AND guard_leases.quota = ended.quota \
               RETURNING guard_leases.quota, guard_leases.period, guard_leases.units",
};
const SWEEP_GUARDS: Statement = sweep!("guards", "answered_at <= $1");
const SWEEP_LEASES: Statement = sweep!("guard_leases", "ends_at <= $1");
const SWEEP_GRANTS: Statement = sweep!("guard_grants", "ends_at <= $1");
#[cfg(test)]
pub(super) const SWEEPS: [Statement; 3] = [SWEEP_GUARDS, SWEEP_LEASES, SWEEP_GRANTS];

impl Store {
    /// Sweeps out guards that are long silent, and what they had.
    pub(crate) async fn sweep_guards(&self, now: Timestamp) -> Result<()> {
        let until = millis(now) - KEPT.as_millis() as i64;
        self.sweep_out(SWEEP_LEASES, values![until]).await?;
        self.sweep_out(SWEEP_GRANTS, values![until]).await?;
        self.sweep_out(SWEEP_GUARDS, values![until]).await
    }
}

impl Tx {
    /// The last report of this guard. Nobody else changes anything of it until the
    /// transaction ends.
    pub(crate) async fn lock_guard(&mut self, guard: &str) -> Result<LastReport> {
        let none = LastReport { number: 0, answered_at: 0, answer: "[]".to_owned() };
        let row = self.find(LOCK, values![guard]).await?;
        row.map_or(Ok(none), |mut row| {
            Ok(LastReport { number: row.int()?, answered_at: row.int()?, answer: row.text()? })
        })
    }

    /// This is its last report, and the answer.
    pub(crate) async fn answer_guard(&mut self, guard: &str, last: &LastReport) -> Result<()> {
        self.run(ANSWER, values![guard, last.number, last.answered_at, &last.answer]).await.map(drop)
    }

    /// Writes down what a guard was given. The guard is locked, and no lease is there
    /// twice.
    pub(crate) async fn lend_to_guard(&mut self, lent: &[Lent]) -> Result<()> {
        self.run(GRANT, values![lent_of(lent)]).await.map(drop)
    }

    /// Writes down what a guard has spent. The guard is locked, and no quota is there
    /// twice.
    pub(crate) async fn guard_has_spent(&mut self, spent: &[Lent]) -> Result<()> {
        self.run(BALANCE, values![lent_of(spent)]).await.map(drop)
    }

    /// Ends the guard's leases whose time was over at this moment, and tells what
    /// is left of them. A guard that has reported more than it was given, as far as
    /// is known by now, has nothing left: the rest of what it was given is about to
    /// be written down, or to end.
    pub(crate) async fn settle_guard(&mut self, guard: &str, until: i64) -> Result<Vec<Back>> {
        let mut ended: BTreeMap<String, Lent> = BTreeMap::new();
        for mut row in self.run(ENDED, values![guard, until]).await? {
            let (quota, period, units, ends_at) = (row.text()?, row.int()?, row.int()?, row.int()?);
            let lent = Lent { guard: guard.to_owned(), quota: quota.clone(), period, units: 0, ends_at };
            let sum = ended.entry(quota).or_insert_with(|| lent.clone());
            if sum.period < period {
                // Of the period before, nothing goes back any more.
                *sum = lent;
            }
            if sum.period == period {
                sum.units += units;
                sum.ends_at = sum.ends_at.max(ends_at);
            }
        }
        if !ended.is_empty() {
            let ended: Vec<_> = ended.into_values().collect();
            self.run(BALANCE, values![lent_of(&ended)]).await?;
        }
        self.run(SETTLE, values![guard, until]).await?.into_iter().map(back).collect()
    }
}

fn lent_of(lent: &[Lent]) -> String {
    let row = |lent: &Lent| json!([lent.guard, lent.quota, lent.period, lent.units, lent.ends_at]);
    json!(lent.iter().map(row).collect::<Vec<_>>()).to_string()
}

fn back(mut row: Row) -> Result<Back> {
    Ok(Back { id: row.text()?, period: row.int()?, units: row.int()? })
}

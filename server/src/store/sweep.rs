//! Sweeping out rows that are over. There may be millions, after a day without a
//! server or with a shorter retention, and one statement for all of them would pass its
//! deadline each time, and hold up every change until then.

use super::value::{Statement, Value};
use super::{Result, Store};

/// So many rows go with one statement: a fraction of a second.
pub(super) const BATCH: i64 = 2_000;

/// Deletes some rows of a table, at most `$2`: those of which the condition is true, for
/// `$1` and what comes after `$2`.
macro_rules! sweep {
    ($table:literal, $which:literal) => {
        $crate::store::value::Statement {
            sqlite: concat!(
                "DELETE FROM ",
                $table,
                " WHERE rowid IN (SELECT rowid FROM ",
                $table,
                " WHERE ",
                $which,
                " LIMIT $2) RETURNING 1"
            ),
            // What was changed since it was looked at has another ctid, and stays.
            postgres: concat!(
                "DELETE FROM ",
                $table,
                " WHERE ctid = ANY (ARRAY (SELECT ctid FROM ",
                $table,
                " WHERE ",
                $which,
                " LIMIT $2)) RETURNING 1::BIGINT"
            ),
        }
    };
}
pub(super) use sweep;

impl Store {
    /// Deletes whatever the statement, a `sweep!`, deletes for these values.
    pub(super) async fn sweep_out(&self, statement: Statement, mut values: Vec<Value>) -> Result<()> {
        values.insert(1, BATCH.into());
        while self.change(statement, values.clone()).await?.len() as i64 == BATCH {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        applications, attempts, audit, codes, devices, failures, guards, limits, logins, sessions,
    };
    use crate::store::migrations;

    #[test]
    fn each_sweep_finds_what_is_over_by_an_index() {
        let database = rusqlite::Connection::open_in_memory().unwrap();
        migrations::SQLITE.iter().for_each(|step| database.execute_batch(step.text).unwrap());
        let sweeps = [
            &sessions::SWEEPS[..],
            &codes::SWEEPS,
            &logins::SWEEPS,
            &devices::SWEEPS,
            &attempts::SWEEPS,
            &audit::SWEEPS,
            &failures::SWEEPS,
            &limits::SWEEPS,
            &guards::SWEEPS,
            &applications::SWEEPS,
        ];
        for statement in sweeps.concat() {
            let mut explained =
                database.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sqlite)).unwrap();
            let lines = explained.raw_query().mapped(|row| row.get::<_, String>("detail"));
            let lines: Vec<_> = lines.map(|line| line.unwrap()).collect();
            assert!(!lines.iter().any(|line| line.starts_with("SCAN")), "{}: {lines:?}", statement.sqlite);
        }
    }
}

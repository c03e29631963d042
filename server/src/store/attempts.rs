//! Rows of `attempts`, `application_attempts` and `issue_attempts`: what was asked under
//! an `Idempotency-Key`, by what it makes.

use jiff::{SignedDuration, Timestamp};

use super::sweep::sweep;
use super::value::{Statement, millis, sql, values};
use super::{Result, Store, StoreError, Tx};

/// An attempt is remembered for so long.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What was asked for, and whose it is. Each has Idempotency-Keys of its own.
#[derive(Clone, Copy)]
pub(crate) enum Asker<'a> {
    /// A key of this user.
    User(&'a str),
    /// An application of this user.
    UserForApplication(&'a str),
    /// A key of this application, of a customer or of its management.
    Application(&'a str),
}

/// A request that may be repeated without doing its work twice.
pub(crate) struct Attempt<'a> {
    pub(crate) asker: Asker<'a>,
    pub(crate) idempotency_key: &'a str,
    /// SHA-256 of operation and parameters.
    pub(crate) fingerprint: &'a str,
    /// Which try it is, from 1.
    pub(crate) number: u32,
}

/// What was asked before under the same `Idempotency-Key`.
pub(crate) struct Earlier {
    pub(crate) fingerprint: String,
    /// Of what was made: a key, or an application. None: it was taken back.
    pub(crate) key_id: Option<String>,
    /// The highest number of a try before this one.
    pub(crate) number: i64,
}

/// What one table of attempts is asked.
struct Statements {
    forget: Statement,
    claim: Statement,
    earlier: Statement,
    count_try: Statement,
    take_back: Statement,
    sweep: Statement,
}

macro_rules! statements {
    ($table:literal, $by:literal) => {
        Statements {
            forget: sql(concat!(
                "DELETE FROM ",
                $table,
                " WHERE ",
                $by,
                " = $1 AND idempotency_key = $2 AND created_at <= $3"
            )),
            claim: sql(concat!(
                "INSERT INTO ",
                $table,
                " (",
                $by,
                ", idempotency_key, fingerprint, key_id, created_at, tries) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING tries"
            )),
            earlier: sql(concat!(
                "SELECT fingerprint, key_id, tries FROM ",
                $table,
                " WHERE ",
                $by,
                " = $1 AND idempotency_key = $2"
            )),
            count_try: sql(concat!(
                "UPDATE ",
                $table,
                " SET tries = $3 WHERE ",
                $by,
                " = $1 AND idempotency_key = $2 AND tries < $3"
            )),
            take_back: sql(concat!(
                "UPDATE ",
                $table,
                " SET key_id = NULL WHERE ",
                $by,
                " = $1 AND idempotency_key = $2"
            )),
            sweep: sweep!($table, "created_at <= $1"),
        }
    };
}

const OF_USERS: Statements = statements!("attempts", "user_id");
const FOR_APPLICATIONS: Statements = statements!("application_attempts", "user_id");
const OF_APPLICATIONS: Statements = statements!("issue_attempts", "application_id");
const SWEEP_OF_USER: [Statement; 2] =
    [sweep!("attempts", "user_id = $1"), sweep!("application_attempts", "user_id = $1")];
#[cfg(test)]
pub(super) const SWEEPS: [Statement; 5] =
    [OF_USERS.sweep, FOR_APPLICATIONS.sweep, OF_APPLICATIONS.sweep, SWEEP_OF_USER[0], SWEEP_OF_USER[1]];

impl<'a> Asker<'a> {
    fn id(self) -> &'a str {
        match self {
            Asker::User(id) | Asker::UserForApplication(id) | Asker::Application(id) => id,
        }
    }

    fn statements(self) -> &'static Statements {
        match self {
            Asker::User(_) => &OF_USERS,
            Asker::UserForApplication(_) => &FOR_APPLICATIONS,
            Asker::Application(_) => &OF_APPLICATIONS,
        }
    }
}

impl Tx {
    /// Writes the attempt down with the id of the key that it is going to make;
    /// when there was one before, that one stands and is returned. Of two at the
    /// same time, the second waits here for the first one's transaction to end.
    pub(crate) async fn claim_attempt(
        &mut self,
        attempt: &Attempt<'_>,
        key_id: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Earlier>> {
        let Attempt { asker, idempotency_key, fingerprint, number } = *attempt;
        let (statements, id) = (asker.statements(), asker.id());
        // It may be too old and not yet swept out.
        self.run(statements.forget, values![id, idempotency_key, forgotten(now)]).await?;
        let claim = values![id, idempotency_key, fingerprint, key_id, now, i64::from(number)];
        if !self.run(statements.claim, claim).await?.is_empty() {
            return Ok(None);
        }
        let row = self.find(statements.earlier, values![id, idempotency_key]).await?;
        let mut row =
            row.ok_or_else(|| StoreError::Unavailable("an attempt was swept out meanwhile".into()))?;
        let earlier = Earlier { fingerprint: row.text()?, key_id: row.optional_text()?, number: row.int()? };
        // Together with what the try changes: the transaction is the caller's.
        self.run(statements.count_try, values![id, idempotency_key, i64::from(number)]).await?;
        Ok(Some(earlier))
    }

    /// Makes sure that nothing is made under this key any more. The attempt was claimed.
    pub(crate) async fn take_attempt_back(&mut self, attempt: &Attempt<'_>) -> Result<()> {
        let Attempt { asker, idempotency_key, .. } = *attempt;
        self.run(asker.statements().take_back, values![asker.id(), idempotency_key]).await.map(drop)
    }
}

impl Store {
    /// Sweeps out what is too old to be repeated.
    pub(crate) async fn sweep_attempts(&self, now: Timestamp) -> Result<()> {
        for statements in [&OF_USERS, &FOR_APPLICATIONS, &OF_APPLICATIONS] {
            self.sweep_out(statements.sweep, values![forgotten(now)]).await?;
        }
        Ok(())
    }

    /// Sweeps out everything that a deleted user has asked.
    pub(super) async fn sweep_attempts_of(&self, user_id: &str) -> Result<()> {
        for sweep in SWEEP_OF_USER {
            self.sweep_out(sweep, values![user_id]).await?;
        }
        Ok(())
    }
}

/// Attempts up to this time are forgotten.
pub(super) fn forgotten(now: Timestamp) -> i64 {
    millis(now) - KEPT.as_millis() as i64
}

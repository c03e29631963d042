//! Rows of `codes`: between the sign-in page and the program, good once and for
//! a minute. A used one stays for its minute with the login that came of it: to
//! use it again ends that login (RFC 6749, section 4.1.2).

use jiff::{SignedDuration, Timestamp};

use super::sweep::sweep;
use super::value::{Statement, millis, sql, values};
use super::{Result, Store, Tx};
use crate::token::HashedToken;

/// A browser takes moments to hand a code on.
const LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// What a code stands for.
pub(crate) struct Grant {
    pub(crate) user_id: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) code_challenge: String,
    pub(crate) audience: String,
    pub(crate) scope: String,
}

/// What came of using a code.
pub(crate) enum Spent {
    Good(Grant),
    /// It was used before, for this login.
    Again(String),
    Unknown,
}

const INSERT: Statement = sql(
    "INSERT INTO codes (code_hash, user_id, client_id, redirect_uri, code_challenge, audience, scope, made_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);
const SPEND: Statement =
    sql("UPDATE codes SET login_id = $2 WHERE code_hash = $1 AND login_id IS NULL AND made_at > $3 \
     RETURNING user_id, client_id, redirect_uri, code_challenge, audience, scope");
const SPENT: Statement =
    sql("SELECT login_id FROM codes WHERE code_hash = $1 AND login_id IS NOT NULL AND made_at > $2");
const SWEEP: Statement = sweep!("codes", "made_at <= $1");
#[cfg(test)]
pub(super) const SWEEPS: [Statement; 1] = [SWEEP];

impl Store {
    /// Adds a code.
    pub(crate) async fn insert_code(&self, code: &HashedToken, grant: &Grant, now: Timestamp) -> Result<()> {
        let Grant { user_id, client_id, redirect_uri, code_challenge, audience, scope } = grant;
        let values =
            values![code.as_str(), user_id, client_id, redirect_uri, code_challenge, audience, scope, now];
        self.change(INSERT, values).await.map(drop)
    }

    /// Sweeps out what is over.
    pub(crate) async fn sweep_codes(&self, now: Timestamp) -> Result<()> {
        self.sweep_out(SWEEP, values![over(now)]).await
    }
}

impl Tx {
    /// Uses a code up, for a login of this id. Of two at the same time, the
    /// second waits here for the first one's transaction to end, and so finds
    /// the login that it must end.
    pub(crate) async fn spend_code(
        &mut self,
        code: &HashedToken,
        login_id: &str,
        now: Timestamp,
    ) -> Result<Spent> {
        if let Some(mut row) = self.find(SPEND, values![code.as_str(), login_id, over(now)]).await? {
            return Ok(Spent::Good(Grant {
                user_id: row.text()?,
                client_id: row.text()?,
                redirect_uri: row.text()?,
                code_challenge: row.text()?,
                audience: row.text()?,
                scope: row.text()?,
            }));
        }
        match self.find(SPENT, values![code.as_str(), over(now)]).await? {
            Some(mut row) => Ok(Spent::Again(row.text()?)),
            None => Ok(Spent::Unknown),
        }
    }
}

/// Codes that were made up to this time are over.
fn over(now: Timestamp) -> i64 {
    millis(now) - LIFETIME.as_millis() as i64
}

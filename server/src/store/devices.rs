//! Rows of `devices`: programs that wait for a person to type a code elsewhere
//! (RFC 8628). A code is good for ten minutes and once.

use jiff::{SignedDuration, Timestamp};

use super::sweep::sweep;
use super::value::{Row, Statement, millis, sql, values};
use super::{Result, Store, Tx};
use crate::token::HashedToken;

/// A person takes a telephone, finds the page and types.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// What is over is still told to be over for as long again.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(20);

/// What a program asks for.
pub(crate) struct Wish {
    pub(crate) client_id: String,
    pub(crate) audience: String,
    pub(crate) scope: String,
}

/// A program that waits.
pub(crate) struct Device {
    pub(crate) wish: Wish,
    made_at: Timestamp,
    /// When it asked last, and how many seconds it is to wait between two times.
    pub(crate) polled_at: Option<Timestamp>,
    pub(crate) interval: i64,
    /// Who has signed in with its code.
    pub(crate) user_id: Option<String>,
    pub(crate) is_allowed: bool,
    pub(crate) is_denied: bool,
}

impl Device {
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.made_at) >= LIFETIME
    }
}

const INSERT: Statement =
    sql("INSERT INTO devices (device_hash, code_hash, client_id, audience, scope, made_at, wait_seconds) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)");
const NAME: Statement = sql("UPDATE devices SET user_id = $2, consent_hash = $3 \
     WHERE code_hash = $1 AND made_at > $4 AND allowed_at IS NULL AND denied_at IS NULL \
     RETURNING client_id, audience, scope");
const ALLOW: Statement = sql("UPDATE devices SET allowed_at = $2 WHERE consent_hash = $1 AND made_at > $3 \
     AND allowed_at IS NULL AND denied_at IS NULL RETURNING user_id");
const DENY: Statement = sql("UPDATE devices SET denied_at = $2 WHERE consent_hash = $1 AND made_at > $3 \
     AND allowed_at IS NULL AND denied_at IS NULL RETURNING user_id");
const LOCK: Statement = Statement {
    sqlite: "SELECT client_id, audience, scope, made_at, polled_at, wait_seconds, user_id, allowed_at, denied_at \
             FROM devices WHERE device_hash = $1",
    postgres: "SELECT client_id, audience, scope, made_at, polled_at, wait_seconds, user_id, allowed_at, denied_at \
               FROM devices WHERE device_hash = $1 FOR UPDATE",
};
const POLLED: Statement = sql("UPDATE devices SET polled_at = $2, wait_seconds = $3 WHERE device_hash = $1");
const DELETE: Statement = sql("DELETE FROM devices WHERE device_hash = $1");
const SWEEP: Statement = sweep!("devices", "made_at <= $1");
#[cfg(test)]
pub(super) const SWEEPS: [Statement; 1] = [SWEEP];

impl Store {
    /// Adds a program that waits.
    ///
    /// # Errors
    /// `Taken` when another one has the same code.
    pub(crate) async fn insert_device(
        &self,
        device: &HashedToken,
        code: &HashedToken,
        wish: &Wish,
        interval: i64,
        now: Timestamp,
    ) -> Result<()> {
        let Wish { client_id, audience, scope } = wish;
        let values = values![device.as_str(), code.as_str(), client_id, audience, scope, now, interval];
        self.change(INSERT, values).await.map(drop)
    }

    /// The person who typed the code is this user. What the program asks for, to
    /// be agreed to with `consent`.
    pub(crate) async fn name_device(
        &self,
        code: &HashedToken,
        user_id: &str,
        consent: &HashedToken,
        now: Timestamp,
    ) -> Result<Option<Wish>> {
        let values = values![code.as_str(), user_id, consent.as_str(), over(now)];
        self.change(NAME, values).await?.pop().map(|mut row| wish(&mut row)).transpose()
    }

    /// Whether the person agrees. The user's id, or `None` when it is too late.
    pub(crate) async fn answer_device(
        &self,
        consent: &HashedToken,
        is_allowed: bool,
        now: Timestamp,
    ) -> Result<Option<String>> {
        let statement = if is_allowed { ALLOW } else { DENY };
        let row = self.change(statement, values![consent.as_str(), now, over(now)]).await?.pop();
        Ok(row.map(|mut row| row.optional_text()).transpose()?.flatten())
    }

    /// Sweeps out what is over.
    pub(crate) async fn sweep_devices(&self, now: Timestamp) -> Result<()> {
        self.sweep_out(SWEEP, values![millis(now) - REMEMBERED.as_millis() as i64]).await
    }
}

impl Tx {
    /// The program with this device code; no other process answers it meanwhile.
    pub(crate) async fn lock_device(&mut self, device: &HashedToken) -> Result<Option<Device>> {
        self.find(LOCK, values![device.as_str()]).await?.map(device_of).transpose()
    }

    /// It has asked, and is to wait so many seconds.
    pub(crate) async fn device_has_polled(
        &mut self,
        device: &HashedToken,
        interval: i64,
        now: Timestamp,
    ) -> Result<()> {
        self.run(POLLED, values![device.as_str(), now, interval]).await.map(drop)
    }

    /// It has what it waited for.
    pub(crate) async fn delete_device(&mut self, device: &HashedToken) -> Result<()> {
        self.run(DELETE, values![device.as_str()]).await.map(drop)
    }
}

fn wish(row: &mut Row) -> Result<Wish> {
    Ok(Wish { client_id: row.text()?, audience: row.text()?, scope: row.text()? })
}

fn device_of(mut row: Row) -> Result<Device> {
    Ok(Device {
        wish: wish(&mut row)?,
        made_at: row.time()?,
        polled_at: row.optional_time()?,
        interval: row.int()?,
        user_id: row.optional_text()?,
        is_allowed: row.optional_int()?.is_some(),
        is_denied: row.optional_int()?.is_some(),
    })
}

/// Codes that were made up to this time are over.
fn over(now: Timestamp) -> i64 {
    millis(now) - LIFETIME.as_millis() as i64
}

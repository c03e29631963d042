//! Rows of `users`. One that is deleted leaves its row behind, without address
//! and password, because the ids of its keys are never given again.

use jiff::Timestamp;

use super::driver::Lane;
use super::value::{Row, Statement, sql, values};
use super::{Result, Store, Tx};

/// Who keys and sessions belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// `usr_…`
    pub id: String,
    /// Login name, in lower case.
    pub email: String,
}

/// A user as whoever runs the server sees them.
pub struct UserRow {
    /// Id and login name.
    pub user: User,
    /// When they were added.
    pub created_at: Timestamp,
    /// Since when they are locked out.
    pub disabled_at: Option<Timestamp>,
    /// Keys that are not deleted.
    pub keys: i64,
}

/// A user and what signing in needs.
pub(crate) struct Login {
    pub(crate) user: User,
    pub(crate) password_hash: String,
    pub(crate) is_disabled: bool,
}

const INSERT: Statement =
    sql("INSERT INTO users (id, email, password_hash, created_at) VALUES ($1, $2, $3, $4)");
const BY_EMAIL: Statement = sql("SELECT id, email, password_hash, disabled_at FROM users WHERE email = $1");
const BY_ID: Statement = sql("SELECT id, email, password_hash, disabled_at FROM users WHERE id = $1");
const ALL: Statement = sql("SELECT id, email, created_at, disabled_at, \
     (SELECT COUNT(*) FROM keys WHERE user_id = users.id AND deleted_at IS NULL) \
     FROM users WHERE removed_at IS NULL ORDER BY email");
const LOCK: Statement = Statement {
    // SQLite has one writer at a time.
    sqlite: "SELECT id FROM users WHERE id = $1",
    postgres: "SELECT id FROM users WHERE id = $1 FOR UPDATE",
};
const SET_DISABLED: Statement = sql("UPDATE users SET disabled_at = $2 WHERE id = $1");
const SET_PASSWORD: Statement = sql("UPDATE users SET password_hash = $2 WHERE id = $1");
const BURY: Statement = sql(
    "UPDATE users SET email = 'deleted:' || id, password_hash = '', disabled_at = $2, removed_at = $2 WHERE id = $1",
);
const TO_SWEEP: Statement =
    sql("SELECT id FROM users WHERE removed_at IS NOT NULL AND swept_at IS NULL LIMIT 1");
const SWEPT: Statement = sql("UPDATE users SET swept_at = $2 WHERE id = $1");

impl Store {
    /// Adds a user.
    ///
    /// # Errors
    /// `Taken` when there is one with the e-mail address.
    pub async fn insert_user(&self, user: &User, password_hash: &str, now: Timestamp) -> Result<()> {
        self.change(INSERT, values![&user.id, &user.email, password_hash, now]).await.map(drop)
    }

    /// The user with this e-mail address (in lower case).
    pub(crate) async fn user_by_email(&self, email: &str) -> Result<Option<Login>> {
        self.find(BY_EMAIL, values![email]).await?.map(login).transpose()
    }

    pub(crate) async fn user_by_id(&self, id: &str) -> Result<Option<Login>> {
        self.find(BY_ID, values![id]).await?.map(login).transpose()
    }

    /// Deletes what deleted users have left: they are locked out by the row that stays.
    pub(crate) async fn sweep_users(&self, now: Timestamp) -> Result<()> {
        while let Some(mut row) = self.find(TO_SWEEP, values![]).await? {
            let id = row.text()?;
            self.sweep_sessions_of(&id, None).await?;
            self.sweep_logins_of(&id).await?;
            self.sweep_attempts_of(&id).await?;
            while self.bury_some_keys(&id, now).await? {}
            self.change(SWEPT, values![&id, now]).await?;
        }
        Ok(())
    }

    /// Everybody, in the order of their addresses.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&self) -> Result<Vec<UserRow>> {
        let rows = self.read(Lane::List, ALL, values![]).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(UserRow {
                    user: User { id: row.text()?, email: row.text()? },
                    created_at: row.time()?,
                    disabled_at: row.optional_time()?,
                    keys: row.int()?,
                })
            })
            .collect()
    }
}

impl Tx {
    /// Nobody else does the same until the transaction ends.
    pub(crate) async fn lock_user(&mut self, id: &str) -> Result<()> {
        self.run(LOCK, values![id]).await.map(drop)
    }

    /// Locks a user out, or lets them in again.
    pub(crate) async fn set_disabled(&mut self, id: &str, since: Option<Timestamp>) -> Result<()> {
        self.all_are_ending().await?;
        self.run(SET_DISABLED, values![id, since]).await.map(drop)
    }

    pub(crate) async fn set_password(&mut self, id: &str, hash: &str) -> Result<()> {
        self.run(SET_PASSWORD, values![id, hash]).await.map(drop)
    }

    /// Leaves of a user the id alone. No key, session or login works from then on; sweeps
    /// delete them, as there may be millions.
    pub(crate) async fn bury_user(&mut self, id: &str, now: Timestamp) -> Result<()> {
        self.all_are_ending().await?;
        self.forget_names(id).await?;
        self.run(BURY, values![id, now]).await.map(drop)
    }
}

fn login(mut row: Row) -> Result<Login> {
    Ok(Login {
        user: User { id: row.text()?, email: row.text()? },
        password_hash: row.text()?,
        is_disabled: row.optional_int()?.is_some(),
    })
}

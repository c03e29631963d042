//! Rows of `management_keys`: what an application's own programs act by.

use std::sync::Arc;

use jiff::Timestamp;

use super::applications::{Application, application, application_columns};
use super::checks::{Ended, Known, Remembered};
use super::driver::Lane;
use super::keys::KeyStatus;
use super::lookup::{Lookup, by_each_hash};
use super::users::User;
use super::uses::use_statement;
use super::value::{Row, Statement, sql, values};
use super::{Result, Store, Tx};
use crate::applications::management;
use crate::token::HashedKey;

/// A management key as the database knows it.
#[derive(Clone)]
pub(crate) struct ManagementKey {
    /// `mgmt_…`
    pub(crate) id: String,
    pub(crate) application_id: String,
    pub(crate) name: String,
    pub(crate) last_four: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) revoked_at: Option<Timestamp>,
}

/// A management key, its application, and whose that is.
pub(crate) struct Manager {
    pub(crate) key: ManagementKey,
    pub(crate) application: Application,
    pub(crate) user: Arc<User>,
    /// The user is locked out.
    pub(crate) is_disabled: bool,
}

impl Remembered for Manager {
    fn last_used_at(&self) -> Option<Timestamp> {
        self.key.last_used_at
    }

    fn has_ended(&self) -> bool {
        self.key.revoked_at.is_some() || self.is_disabled
    }
}

impl ManagementKey {
    /// Enough to recognise the key by, never enough to use it.
    pub(crate) fn masked(&self) -> String {
        format!("{}…{}", management::PREFIX, self.last_four)
    }

    /// Its state at this time.
    pub(crate) fn status(&self, now: Timestamp) -> KeyStatus {
        KeyStatus::of(self.revoked_at, self.expires_at, now)
    }
}

macro_rules! management_columns {
    () => {
        "management_keys.id, management_keys.application_id, management_keys.name, management_keys.last_four, \
         management_keys.scopes, management_keys.created_at, management_keys.expires_at, \
         management_keys.last_used_at, management_keys.revoked_at"
    };
}

const INSERT: Statement = sql(
    "INSERT INTO management_keys (id, application_id, name, last_four, hash, scopes, created_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);
macro_rules! lock {
    ($rows:literal) => {
        concat!(
            "SELECT ",
            management_columns!(),
            ", hash FROM management_keys WHERE id = $1 AND application_id = $2",
            $rows
        )
    };
}

const LOCK: Statement = Statement { sqlite: lock!(""), postgres: lock!(" FOR UPDATE") };
const REISSUE: Statement = sql("UPDATE management_keys SET hash = $2, last_four = $3 WHERE id = $1");
pub(super) const BY_HASH: Lookup = by_each_hash!(
    concat!(management_columns!(), ", ", application_columns!(), ", users.email, users.disabled_at"),
    "management_keys \
     JOIN applications ON applications.id = management_keys.application_id AND applications.deleted_at IS NULL \
     JOIN users ON users.id = applications.user_id",
    "management_keys.hash"
);
const NEWEST: Statement = sql(concat!(
    "SELECT ",
    management_columns!(),
    " FROM management_keys WHERE application_id = $1 AND seq < CASE WHEN $2 = '' THEN $3 ELSE \
     COALESCE((SELECT seq FROM management_keys WHERE id = $2 AND application_id = $1), 0) END ORDER BY seq DESC LIMIT $4"
));
const REVOKE: Statement = sql(
    "UPDATE management_keys SET revoked_at = COALESCE(revoked_at, $3) WHERE id = $1 AND application_id = $2 RETURNING hash",
);
pub(super) const USED: Statement = use_statement!("management_keys", "", "true");

impl Store {
    /// The management key with this hash; what was asked a moment ago is not asked again.
    pub(crate) async fn checked_manager(&self, hash: &HashedKey) -> Result<Option<Arc<Known<Manager>>>> {
        let ask = async { Ok(self.manager(hash).await?.map(|found| (0, found))) };
        let place = [hash.as_str().to_owned()];
        self.checks.managers.checked(self.checks.gate(), &place, |_, _| true, ask).await
    }

    /// The same by asking.
    pub(crate) async fn manager(&self, hash: &HashedKey) -> Result<Option<Manager>> {
        self.look_up(BY_HASH, hash.as_str()).await?.map(manager).transpose()
    }

    /// The management keys that are older than the one with this id, newest first.
    pub(crate) async fn management_keys_before(
        &self,
        application_id: &str,
        id: &str,
        limit: usize,
    ) -> Result<Vec<ManagementKey>> {
        let values = values![application_id, id, i64::MAX, limit as i64];
        let rows = self.read(Lane::List, NEWEST, values).await?;
        rows.into_iter().map(|mut row| management_key(&mut row)).collect()
    }
}

impl Tx {
    /// Adds a management key.
    pub(crate) async fn insert_management_key(
        &mut self,
        key: &ManagementKey,
        hash: &HashedKey,
    ) -> Result<()> {
        let values = values![
            &key.id,
            &key.application_id,
            &key.name,
            &key.last_four,
            hash.as_str(),
            serde_json::json!(key.scopes).to_string(),
            key.created_at,
            key.expires_at,
        ];
        self.run(INSERT, values).await.map(drop)
    }

    /// The application's management key with this id, and its hash; nobody else changes it
    /// until the transaction ends.
    pub(crate) async fn lock_management_key(
        &mut self,
        application_id: &str,
        id: &str,
    ) -> Result<Option<(ManagementKey, HashedKey)>> {
        let Some(mut row) = self.find(LOCK, values![id, application_id]).await? else { return Ok(None) };
        Ok(Some((management_key(&mut row)?, HashedKey::stored(row.text()?))))
    }

    /// Puts another key into a row whose key nobody has seen. The row is locked, and
    /// `before` is the hash that it had.
    pub(crate) async fn reissue_management_key(
        &mut self,
        key: &ManagementKey,
        before: HashedKey,
        hash: &HashedKey,
    ) -> Result<()> {
        self.ending(Ended::Key(before)).await?;
        self.run(REISSUE, values![&key.id, hash.as_str(), &key.last_four]).await.map(drop)
    }

    /// Ends a management key, and tells whether there is one.
    pub(crate) async fn revoke_management_key(
        &mut self,
        application_id: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let Some(mut row) = self.find(REVOKE, values![id, application_id, now]).await? else {
            return Ok(false);
        };
        self.ending(Ended::Key(HashedKey::stored(row.text()?))).await?;
        Ok(true)
    }
}

fn management_key(row: &mut Row) -> Result<ManagementKey> {
    Ok(ManagementKey {
        id: row.text()?,
        application_id: row.text()?,
        name: row.text()?,
        last_four: row.text()?,
        scopes: row.json()?,
        created_at: row.time()?,
        expires_at: row.optional_time()?,
        last_used_at: row.optional_time()?,
        revoked_at: row.optional_time()?,
    })
}

fn manager(mut row: Row) -> Result<Manager> {
    let key = management_key(&mut row)?;
    let application = application(&mut row)?;
    let user = Arc::new(User { id: application.user_id.clone(), email: row.text()? });
    Ok(Manager { key, application, user, is_disabled: row.optional_int()?.is_some() })
}

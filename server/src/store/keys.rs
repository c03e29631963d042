//! Rows of `keys`.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use super::checks::{Ended, Known, Remembered};
use super::lookup::{Lookup, by_each_hash};
use super::users::User;
use super::uses::use_statement;
use super::value::{Row, Statement, millis, sql, values};
use super::{Result, Store, StoreError, Tx};
use crate::keys::kind::KeyKind;
use crate::token::HashedKey;

/// A key as the database knows it: everything but the key.
#[derive(Clone)]
pub struct StoredKey {
    /// `key_…`
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// The API that it was made through.
    pub kind: KeyKind,
    /// What the owner calls it.
    pub name: String,
    /// The start that says what kind of key it is.
    pub prefix: String,
    /// The end, to recognise it by.
    pub last_four: String,
    /// What it may do besides looking at the account.
    pub scopes: Vec<String>,
    /// It was made before managing keys was a scope: without scopes it may do everything.
    pub full_access: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it last authenticated a request, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When its owner ended it.
    pub revoked_at: Option<Timestamp>,
    /// The key that it was rotated into.
    pub replaced_by: Option<String>,
}

/// What a key goes through. A deleted one is not told of at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// It authenticates.
    Active,
    /// Its time is over.
    Expired,
    /// Its owner ended it.
    Revoked,
}

impl StoredKey {
    /// Enough to recognise the key by, never enough to use it.
    pub fn masked(&self) -> String {
        format!("{}…{}", self.prefix, self.last_four)
    }

    /// Its state at this time.
    pub fn status(&self, now: Timestamp) -> KeyStatus {
        KeyStatus::of(self.revoked_at, self.expires_at, now)
    }
}

impl KeyStatus {
    /// The state at this time of what was revoked then and ends then by itself.
    pub(super) fn of(revoked_at: Option<Timestamp>, expires_at: Option<Timestamp>, now: Timestamp) -> Self {
        if revoked_at.is_some() {
            KeyStatus::Revoked
        } else if expires_at.is_some_and(|end| end <= now) {
            KeyStatus::Expired
        } else {
            KeyStatus::Active
        }
    }
}

/// What bounds whoever holds a key, and whatever is made with it.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    pub(crate) kind: KeyKind,
    pub(crate) scopes: Vec<String>,
    pub(crate) full_access: bool,
    pub(crate) expires_at: Option<Timestamp>,
}

impl StoredKey {
    pub(crate) fn bounds(&self) -> Bounds {
        let StoredKey { kind, scopes, full_access, expires_at, .. } = self;
        Bounds { kind: *kind, scopes: scopes.clone(), full_access: *full_access, expires_at: *expires_at }
    }
}

impl Bounds {
    pub(super) fn to_json(&self) -> String {
        let end = self.expires_at.map(millis);
        json!([self.kind.as_str(), self.scopes, self.full_access, end]).to_string()
    }

    pub(super) fn from_json(json: &str) -> Result<Self> {
        let wrong = || StoreError::failed("the bounds of a session cannot be read");
        let read: (String, Vec<String>, bool, Option<i64>) =
            serde_json::from_str(json).map_err(|_| wrong())?;
        let (kind, scopes, full_access, end) = read;
        let expires_at = end.map(Timestamp::from_millisecond).transpose().map_err(|_| wrong())?;
        Ok(Bounds { kind: KeyKind::parse(&kind).ok_or_else(wrong)?, scopes, full_access, expires_at })
    }
}

/// A key and whose it is.
pub(crate) struct OwnedKey {
    pub(crate) key: StoredKey,
    pub(crate) owner: Arc<User>,
    /// The owner is locked out.
    pub(crate) is_disabled: bool,
}

impl Remembered for OwnedKey {
    fn last_used_at(&self) -> Option<Timestamp> {
        self.key.last_used_at
    }

    fn has_ended(&self) -> bool {
        self.key.revoked_at.is_some() || self.is_disabled
    }
}

/// The columns of a key, in the order in which [`key`] reads them.
macro_rules! key_columns {
    () => {
        "keys.id, keys.user_id, keys.kind, keys.name, keys.prefix, keys.last_four, keys.scopes, keys.full_access, \
         keys.created_at, keys.expires_at, keys.last_used_at, keys.revoked_at, keys.replaced_by"
    };
}
pub(super) use key_columns;

const INSERT: Statement = sql(
    "INSERT INTO keys (id, user_id, kind, name, name_folded, prefix, last_four, hash, scopes, full_access, \
     created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
);
pub(super) const BY_HASH: Lookup = by_each_hash!(
    concat!(key_columns!(), ", users.email, users.disabled_at"),
    "keys JOIN users ON users.id = keys.user_id",
    "keys.hash"
);
const BY_ID: Statement = sql(concat!(
    "SELECT ",
    key_columns!(),
    " FROM keys WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL"
));
const LOCK: Statement = Statement {
    sqlite: BY_ID.sqlite,
    postgres: concat!(
        "SELECT ",
        key_columns!(),
        " FROM keys WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL FOR UPDATE"
    ),
};
const ACTIVE_OF_KIND: Statement = sql(
    "SELECT id FROM keys WHERE user_id = $1 AND kind = $2 AND deleted_at IS NULL AND revoked_at IS NULL \
     AND (expires_at IS NULL OR expires_at > $3) LIMIT 1",
);
pub(super) const USED: Statement = use_statement!("keys", "", "(uses.hash = '' OR keys.hash = uses.hash)");
/// Tells the other processes that a key ends with this transaction, and this one
/// its hash, before either is gone.
const ENDING: Statement = Statement {
    sqlite: "UPDATE ended SET number = number + 1 WHERE id = 1 RETURNING (SELECT hash FROM keys WHERE keys.id = $1)",
    postgres: "SELECT hash FROM keys WHERE id = $1 AND pg_notify('keylatch_ended', hash)::text = ''",
};
const REISSUE: Statement = sql("UPDATE keys SET hash = $2, last_four = $3 WHERE id = $1");
const UPDATE_END: Statement =
    sql("UPDATE keys SET expires_at = $2, revoked_at = $3, replaced_by = $4 WHERE id = $1");
const BURY: Statement = sql(
    "UPDATE keys SET deleted_at = $2, hash = NULL, last_four = '', name = '', name_folded = '', scopes = '[]' \
     WHERE id = $1",
);
/// Two halves, each by an index of what is not deleted.
const BURY_SOME: Statement = sql(
    "UPDATE keys SET deleted_at = $2, hash = NULL, last_four = '', name = '', name_folded = '', scopes = '[]' \
     WHERE seq IN (SELECT seq FROM (\
     SELECT seq FROM keys WHERE user_id = $1 AND revoked_at IS NULL AND deleted_at IS NULL UNION ALL \
     SELECT seq FROM keys WHERE user_id = $1 AND revoked_at IS NOT NULL AND deleted_at IS NULL) AS rest LIMIT $3) \
     RETURNING seq",
);
/// With one statement: a fraction of a second.
const BURIED: i64 = 2_000;

impl Store {
    /// The key with this hash and whose it is: the one question of every request
    /// with a key.
    pub(crate) async fn key_by_hash(&self, hash: &HashedKey) -> Result<Option<OwnedKey>> {
        self.look_up(BY_HASH, hash.as_str()).await?.map(owned).transpose()
    }

    /// The user's key with this id.
    pub(crate) async fn key_by_id(&self, user_id: &str, id: &str) -> Result<Option<StoredKey>> {
        self.find(BY_ID, values![id, user_id]).await?.as_mut().map(key).transpose()
    }

    /// The same, but what was asked a moment ago is not asked again.
    pub(crate) async fn checked_key(&self, hash: &HashedKey) -> Result<Option<Arc<Known<OwnedKey>>>> {
        let ask = async { Ok(self.key_by_hash(hash).await?.map(|found| (0, found))) };
        let place = [hash.as_str().to_owned()];
        self.checks.keys.checked(self.checks.gate(), &place, |_, _| true, ask).await
    }

    /// Deletes some more keys of a deleted user but for their ids. Tells whether there
    /// may be more.
    pub(super) async fn bury_some_keys(&self, user_id: &str, now: Timestamp) -> Result<bool> {
        Ok(self.change(BURY_SOME, values![user_id, now, BURIED]).await?.len() as i64 == BURIED)
    }
}

impl Tx {
    /// The user's key with this id; nobody else changes it until the transaction ends.
    pub(crate) async fn lock_key(&mut self, user_id: &str, id: &str) -> Result<Option<StoredKey>> {
        self.find(LOCK, values![id, user_id]).await?.as_mut().map(key).transpose()
    }

    /// Adds a key.
    pub(crate) async fn insert_key(&mut self, key: &StoredKey, hash: &HashedKey) -> Result<()> {
        let values = values![
            &key.id,
            &key.user_id,
            key.kind.as_str(),
            &key.name,
            key.name.to_lowercase(),
            &key.prefix,
            &key.last_four,
            hash.as_str(),
            json!(key.scopes).to_string(),
            i64::from(key.full_access),
            key.created_at,
            key.expires_at,
        ];
        self.run(INSERT, values).await.map(drop)
    }

    /// Whether the user has an active key of this kind.
    pub(crate) async fn has_active_key(
        &mut self,
        user_id: &str,
        kind: KeyKind,
        now: Timestamp,
    ) -> Result<bool> {
        Ok(self.find(ACTIVE_OF_KIND, values![user_id, kind.as_str(), now]).await?.is_some())
    }

    /// Puts another key into a row whose key nobody has seen. The row is locked.
    pub(crate) async fn reissue_key(&mut self, id: &str, last_four: &str, hash: &HashedKey) -> Result<()> {
        self.is_ending(id).await?;
        self.run(REISSUE, values![id, hash.as_str(), last_four]).await.map(drop)
    }

    /// Writes down how a key ends: `expires_at`, `revoked_at` and `replaced_by`.
    /// The row is locked.
    pub(crate) async fn update_key_end(&mut self, key: &StoredKey) -> Result<()> {
        self.is_ending(&key.id).await?;
        let values = values![&key.id, key.expires_at, key.revoked_at, &key.replaced_by];
        self.run(UPDATE_END, values).await.map(drop)
    }

    /// Deletes a key but for its id. The row is locked.
    pub(crate) async fn bury_key(&mut self, id: &str, now: Timestamp) -> Result<()> {
        self.is_ending(id).await?;
        self.forget_name(id).await?;
        self.run(BURY, values![id, now]).await.map(drop)
    }

    /// To be called before a key ends, can do less, or gets another secret: from
    /// the commit on, no process takes it for what it was.
    async fn is_ending(&mut self, id: &str) -> Result<()> {
        let hash = self.find(ENDING, values![id]).await?.map(|mut row| row.optional_text()).transpose()?;
        self.ended.extend(hash.flatten().map(|hash| Ended::Key(HashedKey::stored(hash))));
        Ok(())
    }

    /// The same of all keys of somebody.
    pub(super) async fn all_are_ending(&mut self) -> Result<()> {
        self.ending(Ended::Everything).await
    }
}

pub(super) fn key(row: &mut Row) -> Result<StoredKey> {
    Ok(StoredKey {
        id: row.text()?,
        user_id: row.text()?,
        kind: KeyKind::parse(&row.text()?)
            .ok_or_else(|| StoreError::failed("there is no such kind of key"))?,
        name: row.text()?,
        prefix: row.text()?,
        last_four: row.text()?,
        scopes: serde_json::from_str(&row.text()?)
            .map_err(|_| StoreError::failed("scopes cannot be read"))?,
        full_access: row.int()? != 0,
        created_at: row.time()?,
        expires_at: row.optional_time()?,
        last_used_at: row.optional_time()?,
        revoked_at: row.optional_time()?,
        replaced_by: row.optional_text()?,
    })
}

fn owned(mut row: Row) -> Result<OwnedKey> {
    let key = key(&mut row)?;
    let owner = Arc::new(User { id: key.user_id.clone(), email: row.text()? });
    Ok(OwnedKey { key, owner, is_disabled: row.optional_int()?.is_some() })
}

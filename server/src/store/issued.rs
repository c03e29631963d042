//! Rows of `issued_keys`: the keys that applications have issued to their owners.

use std::sync::Arc;

use ipnet::IpNet;
use jiff::Timestamp;

use super::checks::{Known, Remembered, place};
use super::driver::Lane;
use super::lookup::Lookup;
use super::owners::{Owner, owner, owner_columns};
use super::uses::use_statement;
use super::value::{Row, Statement, sql, values};
use super::{Result, Store, StoreError};
use crate::applications::metadata::Metadata;
use crate::applications::rule::Candidate;
use crate::config::KeyEnvironment;
use crate::limits::declare::Limit;
use crate::token::HashedKey;

/// A key that an application has issued, as the database knows it.
#[derive(Clone)]
pub(crate) struct IssuedKey {
    /// `key_…`
    pub(crate) id: String,
    pub(crate) application_id: String,
    pub(crate) owner: String,
    /// Empty: it has none.
    pub(crate) name: String,
    pub(crate) prefix: String,
    /// Empty: it was issued elsewhere, so nothing is known of it but its hash.
    pub(crate) last_four: String,
    pub(crate) environment: KeyEnvironment,
    pub(crate) hash: HashedKey,
    /// Number of the application's rule that it was hashed by; none: our own.
    pub(crate) rule: Option<i64>,
    /// The part of the key that its hash does not cover.
    pub(crate) id_part: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) metadata: Metadata,
    /// None: those of the application.
    pub(crate) limits: Option<Vec<Limit>>,
    /// None: it may be used from anywhere.
    pub(crate) allowed_addresses: Vec<IpNet>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
    /// To the minute, …
    pub(crate) last_used_at: Option<Timestamp>,
    /// … from the address that the asker told.
    pub(crate) last_used_address: Option<String>,
    pub(crate) revoked_at: Option<Timestamp>,
    pub(crate) disabled_at: Option<Timestamp>,
    pub(crate) replaced_by: Option<String>,
}

/// What an issued key goes through, in the order in which a check looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IssuedStatus {
    Active,
    Expired,
    Revoked,
    /// For a while.
    Disabled,
}

/// An issued key and its owner.
pub(crate) struct Issued {
    pub(crate) key: IssuedKey,
    pub(crate) owner: Owner,
}

impl IssuedKey {
    /// Enough to recognise the key by, never enough to use it.
    pub(crate) fn masked(&self) -> String {
        format!("{}…{}", self.prefix, self.last_four)
    }

    /// Its state at this time.
    pub(crate) fn status(&self, now: Timestamp) -> IssuedStatus {
        if self.expires_at.is_some_and(|end| end <= now) {
            IssuedStatus::Expired
        } else if self.revoked_at.is_some() {
            IssuedStatus::Revoked
        } else if self.disabled_at.is_some() {
            IssuedStatus::Disabled
        } else {
            IssuedStatus::Active
        }
    }

    /// Whether it is the key that was shown, and not one whose hash is the same
    /// because the hash does not cover all of it.
    fn is_meant_by(&self, candidate: &Candidate<'_>) -> bool {
        let own = (self.rule, &self.hash, self.id_part.as_deref());
        own == (candidate.rule, &candidate.hash, candidate.id_part)
    }
}

impl Issued {
    /// Whether it is a key of this owner.
    pub(super) fn is_of(&self, application_id: &str, owner: &str) -> bool {
        self.key.application_id == application_id && self.key.owner == owner
    }
}

impl Remembered for Issued {
    fn last_used_at(&self) -> Option<Timestamp> {
        self.key.last_used_at
    }

    fn has_ended(&self) -> bool {
        self.key.revoked_at.is_some() || self.key.disabled_at.is_some()
    }

    fn json_bytes(&self) -> usize {
        let texts = [&self.key.metadata, &self.owner.metadata]
            .map(|metadata| serde_json::json!(metadata).to_string());
        let limits = serde_json::json!([self.key.limits, self.owner.limits]).to_string();
        texts.iter().map(String::len).sum::<usize>() + limits.len()
    }
}

/// The columns of an issued key, in the order in which [`issued_key`] reads them; after
/// them comes [`ended_with_owner`].
macro_rules! issued_columns {
    () => {
        "issued_keys.id, issued_keys.application_id, issued_keys.owner, issued_keys.name, issued_keys.prefix, \
         issued_keys.last_four, issued_keys.environment, issued_keys.hash, issued_keys.rule, issued_keys.id_part, \
         issued_keys.scopes, issued_keys.metadata, issued_keys.allowed_addresses, issued_keys.created_at, \
         issued_keys.expires_at, issued_keys.last_used_at, issued_keys.last_used_address, issued_keys.revoked_at, \
         issued_keys.disabled_at, issued_keys.replaced_by, issued_keys.limits"
    };
}
pub(super) use issued_columns;

/// When all keys of its owner were revoked, this one among them, and its row does not say so.
macro_rules! ended_with_owner {
    () => {
        "CASE WHEN issued_keys.seq <= owners.revoked_up_to THEN owners.revoked_at END AS ended_with_owner"
    };
}
pub(super) use ended_with_owner;

/// The owner of a key. One that was deleted has no keys, whatever their rows say.
macro_rules! join_owner {
    () => {
        " JOIN owners ON owners.application_id = issued_keys.application_id AND owners.id = issued_keys.owner \
         AND owners.buried_up_to < issued_keys.seq "
    };
}
pub(super) use join_owner;

macro_rules! by_hash {
    ($number:literal, $asked:literal, $application:literal, $hash:literal) => {
        concat!(
            "SELECT ",
            $number,
            issued_columns!(),
            ", ",
            ended_with_owner!(),
            ", ",
            owner_columns!(),
            " FROM ",
            $asked,
            "issued_keys",
            join_owner!(),
            "WHERE issued_keys.application_id = ",
            $application,
            " AND issued_keys.hash = ",
            $hash
        )
    };
}
/// By an application and a hash.
pub(super) const BY_HASH: Lookup = Lookup {
    sqlite: by_hash!(
        "asked.key + 1, ",
        "json_each($2) AS asked CROSS JOIN ",
        "$1 ->> asked.key",
        "asked.value"
    ),
    postgres: concat!(
        "SELECT asked.number, found.* FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked \
         (application_id, hash, number), LATERAL (",
        by_hash!("", "", "asked.application_id", "asked.hash"),
        " OFFSET 0) AS found"
    ),
};
macro_rules! select_issued {
    () => {
        concat!("SELECT ", issued_columns!(), ", ", ended_with_owner!(), " FROM issued_keys", join_owner!())
    };
}
/// In whatever application: for keys that were found where they should not be.
macro_rules! anywhere {
    ($hashes:literal) => {
        concat!(
            select_issued!(),
            "JOIN applications ON applications.id = issued_keys.application_id \
             AND applications.deleted_at IS NULL WHERE hash ",
            $hashes
        )
    };
}
const ANYWHERE: Statement =
    Statement { sqlite: anywhere!("IN (SELECT value FROM json_each($1))"), postgres: anywhere!("= ANY($1)") };
/// So many hashes are looked up by one statement.
const HASHES: usize = 1_000;
const LIMITS: Statement = Statement {
    sqlite: "SELECT id, limits FROM issued_keys WHERE application_id = $1 AND deleted_at IS NULL \
             AND id IN (SELECT value FROM json_each($2))",
    postgres: "SELECT id, limits FROM issued_keys WHERE application_id = $1 AND deleted_at IS NULL AND id = ANY($2)",
};
macro_rules! by_id {
    ($lock:literal) => {
        concat!(
            select_issued!(),
            "WHERE issued_keys.id = $1 AND issued_keys.application_id = $2 AND issued_keys.deleted_at IS NULL ",
            $lock
        )
    };
}
const BY_ID: Statement = sql(by_id!(""));
/// Nobody else changes it. The owner first: whoever ends all its keys has it, and waits
/// for their rows.
pub(super) const LOCK: Statement =
    Statement { sqlite: BY_ID.sqlite, postgres: by_id!("FOR SHARE OF owners FOR UPDATE OF issued_keys") };
pub(super) const USED: Statement =
    use_statement!("issued_keys", ", last_used_address = uses.address", "issued_keys.hash = uses.hash");

impl Store {
    /// The application's key that one of these would be: the one question of every
    /// check. What was asked a moment ago is not asked again.
    pub(crate) async fn checked_issued(
        &self,
        application_id: &str,
        candidates: &[Candidate<'_>],
    ) -> Result<Option<Arc<Known<Issued>>>> {
        let places: Vec<_> =
            candidates.iter().map(|candidate| place(application_id, &candidate.hash)).collect();
        let is_meant = |number: usize, issued: &Issued| {
            candidates.get(number).is_some_and(|candidate| issued.key.is_meant_by(candidate))
        };
        let ask = self.issued_by(application_id, candidates);
        self.checks.issued.checked(self.checks.gate(), &places, is_meant, ask).await
    }

    /// The same by asking, with the number of the candidate that it is.
    async fn issued_by(
        &self,
        application_id: &str,
        candidates: &[Candidate<'_>],
    ) -> Result<Option<(usize, Issued)>> {
        let question =
            |candidate: &Candidate<'_>| vec![application_id.to_owned(), candidate.hash.as_str().to_owned()];
        let questions = candidates.iter().map(question).collect();
        for mut row in self.tables.look_up(BY_HASH, questions).await?.into_iter().flatten() {
            let issued = Issued { key: issued_key(&mut row)?, owner: owner(&mut row)? };
            let number = candidates.iter().position(|candidate| issued.key.is_meant_by(candidate));
            if let Some(number) = number {
                return Ok(Some((number, issued)));
            }
        }
        Ok(None)
    }

    /// The application's key with this id.
    pub(crate) async fn issued_key(&self, application_id: &str, id: &str) -> Result<Option<IssuedKey>> {
        self.find(BY_ID, values![id, application_id]).await?.as_mut().map(issued_key).transpose()
    }

    /// The limits of the application's keys with these ids; none: those of the application.
    pub(crate) async fn limits_of_issued(
        &self,
        application_id: &str,
        ids: Vec<String>,
    ) -> Result<Vec<(String, Option<Vec<Limit>>)>> {
        let rows = self.read(Lane::Check, LIMITS, values![application_id, ids]).await?;
        rows.into_iter().map(|mut row| Ok((row.text()?, row.optional_json()?))).collect()
    }

    /// The keys with one of these hashes, in whatever application and by whatever rule.
    pub(crate) async fn issued_anywhere(&self, hashes: Vec<String>) -> Result<Vec<IssuedKey>> {
        let mut found = Vec::new();
        for hashes in hashes.chunks(HASHES) {
            for mut row in self.read(Lane::List, ANYWHERE, values![hashes.to_vec()]).await? {
                found.push(issued_key(&mut row)?);
            }
        }
        Ok(found)
    }
}

pub(super) fn issued_key(row: &mut Row) -> Result<IssuedKey> {
    let mut key = IssuedKey {
        id: row.text()?,
        application_id: row.text()?,
        owner: row.text()?,
        name: row.text()?,
        prefix: row.text()?,
        last_four: row.text()?,
        environment: KeyEnvironment::parse(&row.text()?)
            .ok_or_else(|| StoreError::failed("there is no such environment"))?,
        hash: HashedKey::stored(row.text()?),
        rule: row.optional_int()?,
        id_part: row.optional_text()?,
        scopes: row.json()?,
        metadata: row.json()?,
        allowed_addresses: row.json()?,
        created_at: row.time()?,
        expires_at: row.optional_time()?,
        last_used_at: row.optional_time()?,
        last_used_address: row.optional_text()?,
        revoked_at: row.optional_time()?,
        disabled_at: row.optional_time()?,
        replaced_by: row.optional_text()?,
        limits: row.optional_json()?,
    };
    let ended = row.optional_time()?.filter(|at| key.expires_at.is_none_or(|end| end > *at));
    key.revoked_at = key.revoked_at.or(ended.map(|at| at.max(key.created_at)));
    Ok(key)
}

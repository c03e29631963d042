//! Changing rows of `issued_keys`: adding, changing and ending keys.

use jiff::Timestamp;

use super::checks::Ended;
use super::issued::{IssuedKey, LOCK, issued_key};
use super::value::{Statement, millis, sql, values};
use super::{Result, Tx};
use crate::token::HashedKey;

/// The value of `$1` is a JSON array of the rows: an import has a thousand.
const INSERT: Statement = Statement {
    sqlite: "INSERT INTO issued_keys (id, application_id, owner, name, name_folded, prefix, last_four, environment, \
             hash, rule, id_part, scopes, metadata, allowed_addresses, created_at, expires_at, limits) \
             SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, \
             value->>9, value->>10, value->>11, value->>12, value->>13, value->>14, value->>15, value->>16 \
             FROM json_each($1)",
    postgres: "INSERT INTO issued_keys (id, application_id, owner, name, name_folded, prefix, last_four, environment, \
               hash, rule, id_part, scopes, metadata, allowed_addresses, created_at, expires_at, limits) \
               SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, \
               value->>8, (value->>9)::BIGINT, value->>10, value->>11, value->>12, value->>13, (value->>14)::BIGINT, \
               (value->>15)::BIGINT, value->>16 FROM json_array_elements($1::TEXT::JSON)",
};
/// Of these hashes those that are taken in the application.
const TAKEN: Statement = Statement {
    sqlite: "SELECT hash FROM issued_keys WHERE application_id = $1 AND hash IN (SELECT value FROM json_each($2))",
    postgres: "SELECT hash FROM issued_keys WHERE application_id = $1 AND hash = ANY($2)",
};
const USER_OF: Statement = sql("SELECT user_id FROM applications WHERE id = $1");
const REISSUE: Statement = sql("UPDATE issued_keys SET hash = $2, last_four = $3 WHERE id = $1");
const UPDATE: Statement = sql(
    "UPDATE issued_keys SET name = $2, name_folded = $3, scopes = $4, metadata = $5, allowed_addresses = $6, \
     expires_at = $7, revoked_at = $8, disabled_at = $9, replaced_by = $10, limits = $11 WHERE id = $1",
);
/// Leaves of keys the ids alone.
macro_rules! bury {
    ($now:literal, $which:literal) => {
        sql(concat!(
            "UPDATE issued_keys SET deleted_at = ",
            $now,
            ", hash = NULL, id_part = NULL, owner = '', name = '', \
             name_folded = '', last_four = '', prefix = '', scopes = '[]', metadata = '{}', allowed_addresses = '[]', \
             last_used_address = NULL, limits = NULL WHERE ",
            $which
        ))
    };
}
pub(super) use bury;
const BURY: Statement = bury!("$1", "id = $2");

impl Tx {
    /// Adds keys.
    pub(crate) async fn insert_issued(&mut self, keys: &[IssuedKey]) -> Result<()> {
        let rows: Vec<_> = keys
            .iter()
            .map(|key| {
                serde_json::json!([
                    key.id,
                    key.application_id,
                    key.owner,
                    key.name,
                    key.name.to_lowercase(),
                    key.prefix,
                    key.last_four,
                    key.environment.as_str(),
                    key.hash.as_str(),
                    key.rule,
                    key.id_part,
                    serde_json::json!(key.scopes).to_string(),
                    serde_json::json!(key.metadata).to_string(),
                    serde_json::json!(key.allowed_addresses).to_string(),
                    millis(key.created_at),
                    key.expires_at.map(millis),
                    limits_of(key),
                ])
            })
            .collect();
        self.run(INSERT, values![serde_json::json!(rows).to_string()]).await.map(drop)
    }

    /// Of these hashes those that the application has.
    pub(crate) async fn taken_hashes(
        &mut self,
        application_id: &str,
        hashes: Vec<String>,
    ) -> Result<Vec<String>> {
        let rows = self.run(TAKEN, values![application_id, hashes]).await?;
        rows.into_iter().map(|mut row| row.text()).collect()
    }

    /// The application's key with this id; nobody else changes it until the
    /// transaction ends.
    pub(crate) async fn lock_issued(&mut self, application_id: &str, id: &str) -> Result<Option<IssuedKey>> {
        self.find(LOCK, values![id, application_id]).await?.as_mut().map(issued_key).transpose()
    }

    /// Whose application it is.
    pub(crate) async fn user_of_application(&mut self, id: &str) -> Result<Option<String>> {
        self.find(USER_OF, values![id]).await?.map(|mut row| row.text()).transpose()
    }

    /// Writes down whatever can be changed of a key. The row is locked.
    pub(crate) async fn update_issued(&mut self, key: &IssuedKey) -> Result<()> {
        self.issued_is_ending(key).await?;
        let values = values![
            &key.id,
            &key.name,
            key.name.to_lowercase(),
            serde_json::json!(key.scopes).to_string(),
            serde_json::json!(key.metadata).to_string(),
            serde_json::json!(key.allowed_addresses).to_string(),
            key.expires_at,
            key.revoked_at,
            key.disabled_at,
            &key.replaced_by,
            limits_of(key),
        ];
        self.run(UPDATE, values).await.map(drop)
    }

    /// Puts another key into a row whose key nobody has seen. The row is locked, and
    /// `key` is as it was.
    pub(crate) async fn reissue_issued(
        &mut self,
        key: &IssuedKey,
        last_four: &str,
        hash: &HashedKey,
    ) -> Result<()> {
        self.issued_is_ending(key).await?;
        self.run(REISSUE, values![&key.id, hash.as_str(), last_four]).await.map(drop)
    }

    /// Deletes a key but for its id. The row is locked.
    pub(crate) async fn bury_issued(&mut self, key: &IssuedKey, now: Timestamp) -> Result<()> {
        self.issued_is_ending(key).await?;
        self.run(BURY, values![now, &key.id]).await.map(drop)
    }

    async fn issued_is_ending(&mut self, key: &IssuedKey) -> Result<()> {
        let (application_id, hash) = (key.application_id.clone(), key.hash.clone());
        self.ending(Ended::Issued { application_id, hash }).await
    }
}

fn limits_of(key: &IssuedKey) -> Option<String> {
    key.limits.as_ref().map(|limits| serde_json::json!(limits).to_string())
}

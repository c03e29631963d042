//! Rows of `owners`: the customers of an application. One that is deleted leaves its row
//! behind until the rows of its keys have followed ([`owner_end`](super::owner_end)).

use jiff::Timestamp;

use super::checks::Ended;
use super::driver::Lane;
use super::value::{Row, Statement, sql, values};
use super::{Result, Store, Tx};
use crate::applications::metadata::Metadata;
use crate::limits::declare::Limit;

/// A customer of an application.
#[derive(Clone)]
pub(crate) struct Owner {
    /// What the application calls it.
    pub(crate) id: String,
    pub(crate) metadata: Metadata,
    /// Shared by all its keys.
    pub(crate) limits: Vec<Limit>,
    pub(crate) created_at: Timestamp,
}

/// An owner, and how many keys it has.
pub(crate) struct CountedOwner {
    pub(crate) owner: Owner,
    pub(crate) keys: i64,
}

/// The columns of an owner, in the order in which [`owner`] reads them.
macro_rules! owner_columns {
    () => {
        "owners.id, owners.metadata, owners.limits, owners.created_at"
    };
}
pub(super) use owner_columns;

macro_rules! counted {
    ($rest:literal) => {
        sql(concat!(
            "SELECT ",
            owner_columns!(),
            ", (SELECT COUNT(*) FROM issued_keys WHERE issued_keys.application_id = owners.application_id \
              AND issued_keys.owner = owners.id AND issued_keys.seq > owners.buried_up_to \
              AND issued_keys.deleted_at IS NULL) FROM owners WHERE application_id = $1 AND deleted_at IS NULL ",
            $rest
        ))
    };
}

const BY_ID: Statement = counted!("AND id = $2");
const AFTER: Statement = counted!("AND id > $2 ORDER BY id LIMIT $3");
/// One that is there is locked by this, so that it is not deleted before it has its key.
/// One that was deleted is there anew; its old keys stay deleted.
macro_rules! add {
    ($rows:literal) => {
        concat!(
            "INSERT INTO owners (application_id, id, created_at) ",
            $rows,
            " ON CONFLICT (application_id, id) DO UPDATE SET deleted_at = NULL, created_at = CASE \
             WHEN owners.deleted_at IS NULL THEN owners.created_at ELSE excluded.created_at END"
        )
    };
}
const ADD: Statement = sql(add!("VALUES ($1, $2, $3)"));
const ADD_MANY: Statement = Statement {
    sqlite: add!("SELECT $1, value, $3 FROM json_each($2) WHERE TRUE"),
    postgres: add!("SELECT $1, owner, $3 FROM unnest($2) AS added (owner)"),
};
const SET_METADATA: Statement = sql("UPDATE owners SET metadata = $3 WHERE application_id = $1 AND id = $2");
const SET_LIMITS: Statement = sql("UPDATE owners SET limits = $3 WHERE application_id = $1 AND id = $2");
const LIMITS: Statement = Statement {
    sqlite: "SELECT id, limits FROM owners WHERE application_id = $1 AND id IN (SELECT value FROM json_each($2))",
    postgres: "SELECT id, limits FROM owners WHERE application_id = $1 AND id = ANY($2)",
};

impl Store {
    /// The owner with this id.
    pub(crate) async fn owner(&self, application_id: &str, id: &str) -> Result<Option<CountedOwner>> {
        self.find(BY_ID, values![application_id, id]).await?.map(counted).transpose()
    }

    /// The limits of the owners with these ids.
    pub(crate) async fn limits_of_owners(
        &self,
        application_id: &str,
        ids: Vec<String>,
    ) -> Result<Vec<(String, Vec<Limit>)>> {
        let rows = self.read(Lane::Check, LIMITS, values![application_id, ids]).await?;
        rows.into_iter().map(|mut row| Ok((row.text()?, row.json()?))).collect()
    }

    /// The owners whose ids come after this one.
    pub(crate) async fn owners_after(
        &self,
        application_id: &str,
        id: &str,
        limit: usize,
    ) -> Result<Vec<CountedOwner>> {
        let rows = self.read(Lane::List, AFTER, values![application_id, id, limit as i64]).await?;
        rows.into_iter().map(counted).collect()
    }
}

impl Tx {
    /// Adds an owner, unless it is there. It is not deleted until the transaction ends.
    pub(crate) async fn add_owner(&mut self, application_id: &str, id: &str, now: Timestamp) -> Result<()> {
        self.run(ADD, values![application_id, id, now]).await.map(drop)
    }

    /// The same with many, each once and in one order, so that two imports do not
    /// wait for each other.
    pub(crate) async fn add_owners(
        &mut self,
        application_id: &str,
        ids: Vec<String>,
        now: Timestamp,
    ) -> Result<()> {
        self.run(ADD_MANY, values![application_id, ids, now]).await.map(drop)
    }

    /// Changes what is kept beside an owner.
    pub(crate) async fn set_owner_metadata(
        &mut self,
        application_id: &str,
        id: &str,
        metadata: &Metadata,
    ) -> Result<()> {
        self.owner_is_ending(application_id, id).await?;
        let metadata = serde_json::json!(metadata).to_string();
        self.run(SET_METADATA, values![application_id, id, metadata]).await.map(drop)
    }

    /// Changes how much all keys of an owner may use together.
    pub(crate) async fn set_owner_limits(
        &mut self,
        application_id: &str,
        id: &str,
        limits: &[Limit],
    ) -> Result<()> {
        self.owner_is_ending(application_id, id).await?;
        let limits = serde_json::json!(limits).to_string();
        self.run(SET_LIMITS, values![application_id, id, limits]).await.map(drop)
    }

    /// To be called before anything about all keys of an owner changes.
    pub(super) async fn owner_is_ending(&mut self, application_id: &str, id: &str) -> Result<()> {
        let (application_id, owner) = (application_id.to_owned(), id.to_owned());
        self.ending(Ended::Owner { application_id, owner }).await
    }
}

fn counted(mut row: Row) -> Result<CountedOwner> {
    Ok(CountedOwner { owner: owner(&mut row)?, keys: row.int()? })
}

pub(super) fn owner(row: &mut Row) -> Result<Owner> {
    Ok(Owner { id: row.text()?, metadata: row.json()?, limits: row.json()?, created_at: row.time()? })
}

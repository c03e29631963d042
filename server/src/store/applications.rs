//! Rows of `applications`: APIs that users protect. A deleted one leaves its row
//! behind until its keys are swept out, some at a time: it may have a million.

use jiff::Timestamp;

use super::checks::Ended;
use super::driver::Lane;
use super::sweep::sweep;
use super::value::{Row, Statement, sql, values};
use super::{Result, Store, Tx};
use crate::applications::format::Format;
use crate::applications::rule::Rule;
use crate::applications::scopes::Scope;
use crate::limits::declare::{Limit, OnLimiterFailure};

/// An API that a user protects.
#[derive(Clone)]
pub(crate) struct Application {
    /// `app_…`
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) name: String,
    pub(crate) formats: Vec<Format>,
    /// ISO 8601 duration, or `never`.
    pub(crate) default_lifetime: String,
    /// None: as long as any key may live.
    pub(crate) longest_lifetime: Option<String>,
    /// None: any may be used.
    pub(crate) scopes: Vec<Scope>,
    /// Of each key that has none of its own.
    pub(crate) limits: Vec<Limit>,
    pub(crate) on_limiter_failure: OnLimiterFailure,
    /// How keys that were issued elsewhere were hashed, by number.
    pub(crate) rules: Vec<Rule>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// The columns of an application, in the order in which [`application`] reads them.
macro_rules! application_columns {
    () => {
        "applications.id, applications.user_id, applications.name, applications.formats, \
         applications.default_lifetime, applications.longest_lifetime, applications.scopes, applications.rules, \
         applications.created_at, applications.updated_at, applications.limits, applications.on_limiter_failure"
    };
}
pub(super) use application_columns;

const INSERT: Statement = sql(
    "INSERT INTO applications (id, user_id, name, formats, default_lifetime, longest_lifetime, scopes, rules, \
     created_at, updated_at, limits, on_limiter_failure) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
);
const BY_ID: Statement = sql(concat!(
    "SELECT ",
    application_columns!(),
    " FROM applications WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL"
));
const LOCK: Statement = Statement {
    sqlite: BY_ID.sqlite,
    postgres: concat!(
        "SELECT ",
        application_columns!(),
        " FROM applications WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL FOR UPDATE"
    ),
};
const NEWEST: Statement = sql(concat!(
    "SELECT ",
    application_columns!(),
    " FROM applications WHERE user_id = $1 AND deleted_at IS NULL AND seq < CASE WHEN $2 = '' THEN $3 ELSE \
     COALESCE((SELECT seq FROM applications WHERE id = $2 AND user_id = $1), 0) END ORDER BY seq DESC LIMIT $4"
));
const UPDATE: Statement = sql(
    "UPDATE applications SET name = $2, formats = $3, default_lifetime = $4, longest_lifetime = $5, scopes = $6, \
     rules = $7, updated_at = $8, limits = $9, on_limiter_failure = $10 WHERE id = $1",
);
const WITH_RULES: Statement = sql(concat!(
    "SELECT ",
    application_columns!(),
    " FROM applications WHERE rules <> '[]' AND deleted_at IS NULL"
));
const BURY: Statement =
    sql("UPDATE applications SET deleted_at = $2, name = '', scopes = '[]', rules = '[]' WHERE id = $1");
const BURY_OF_USER: Statement = sql(
    "UPDATE applications SET deleted_at = $2, name = '', scopes = '[]', rules = '[]' WHERE user_id = $1 \
     AND deleted_at IS NULL",
);
const TO_SWEEP: Statement =
    sql("SELECT id FROM applications WHERE deleted_at IS NOT NULL AND swept_at IS NULL LIMIT 1");
const SWEEP_KEYS: Statement = sweep!("issued_keys", "application_id = $1");
const SWEEP_OWNERS: Statement = sweep!("owners", "application_id = $1");
const SWEEP_MANAGEMENT: Statement = sweep!("management_keys", "application_id = $1");
#[cfg(test)]
pub(super) const SWEEPS: [Statement; 3] = [SWEEP_KEYS, SWEEP_OWNERS, SWEEP_MANAGEMENT];
const SWEPT: Statement = sql("UPDATE applications SET swept_at = $2 WHERE id = $1");

impl Store {
    /// The user's application with this id.
    pub(crate) async fn application(&self, user_id: &str, id: &str) -> Result<Option<Application>> {
        self.find(BY_ID, values![id, user_id]).await?.as_mut().map(application).transpose()
    }

    /// The user's applications that are older than the one with this id, newest first.
    pub(crate) async fn applications_before(
        &self,
        user_id: &str,
        id: &str,
        limit: usize,
    ) -> Result<Vec<Application>> {
        let values = values![user_id, id, i64::MAX, limit as i64];
        let rows = self.read(Lane::List, NEWEST, values).await?;
        rows.into_iter().map(|mut row| application(&mut row)).collect()
    }

    /// Those into which keys were imported.
    pub(crate) async fn applications_with_rules(&self) -> Result<Vec<Application>> {
        let rows = self.read(Lane::List, WITH_RULES, values![]).await?;
        rows.into_iter().map(|mut row| application(&mut row)).collect()
    }

    /// Sweeps out what deleted applications have left behind.
    pub(crate) async fn sweep_applications(&self, now: Timestamp) -> Result<()> {
        while let Some(mut row) = self.find(TO_SWEEP, values![]).await? {
            let id = row.text()?;
            for statement in [SWEEP_KEYS, SWEEP_OWNERS, SWEEP_MANAGEMENT] {
                self.sweep_out(statement, values![&id]).await?;
            }
            self.sweep_quotas_of(&id).await?;
            self.change(SWEPT, values![&id, now]).await?;
        }
        Ok(())
    }
}

impl Tx {
    /// Adds an application.
    pub(crate) async fn insert_application(&mut self, application: &Application) -> Result<()> {
        let Application { id, user_id, name, default_lifetime, longest_lifetime, .. } = application;
        let values = values![
            id,
            user_id,
            name,
            serde_json::json!(application.formats).to_string(),
            default_lifetime,
            longest_lifetime,
            serde_json::json!(application.scopes).to_string(),
            serde_json::json!(application.rules).to_string(),
            application.created_at,
            application.updated_at,
            serde_json::json!(application.limits).to_string(),
            serde_json::json!(application.on_limiter_failure).to_string(),
        ];
        self.run(INSERT, values).await.map(drop)
    }

    /// The user's application with this id; nobody else changes it until the
    /// transaction ends.
    pub(crate) async fn lock_application(&mut self, user_id: &str, id: &str) -> Result<Option<Application>> {
        self.find(LOCK, values![id, user_id]).await?.as_mut().map(application).transpose()
    }

    /// Changes an application. The row is locked.
    pub(crate) async fn update_application(&mut self, application: &Application) -> Result<()> {
        self.ending(Ended::Application(application.id.clone())).await?;
        let values = values![
            &application.id,
            &application.name,
            serde_json::json!(application.formats).to_string(),
            &application.default_lifetime,
            &application.longest_lifetime,
            serde_json::json!(application.scopes).to_string(),
            serde_json::json!(application.rules).to_string(),
            application.updated_at,
            serde_json::json!(application.limits).to_string(),
            serde_json::json!(application.on_limiter_failure).to_string(),
        ];
        self.run(UPDATE, values).await.map(drop)
    }

    /// Deletes an application: none of its keys is found from then on.
    pub(crate) async fn bury_application(&mut self, id: &str, now: Timestamp) -> Result<()> {
        self.ending(Ended::Application(id.to_owned())).await?;
        self.run(BURY, values![id, now]).await.map(drop)
    }

    /// Deletes all applications of a user.
    pub(crate) async fn bury_applications(&mut self, user_id: &str, now: Timestamp) -> Result<()> {
        self.all_are_ending().await?;
        self.run(BURY_OF_USER, values![user_id, now]).await.map(drop)
    }
}

pub(super) fn application(row: &mut Row) -> Result<Application> {
    Ok(Application {
        id: row.text()?,
        user_id: row.text()?,
        name: row.text()?,
        formats: row.json()?,
        default_lifetime: row.text()?,
        longest_lifetime: row.optional_text()?,
        scopes: row.json()?,
        rules: row.json()?,
        created_at: row.time()?,
        updated_at: row.time()?,
        limits: row.json()?,
        on_limiter_failure: row.json()?,
    })
}

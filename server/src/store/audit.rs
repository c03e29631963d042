//! Rows of `audit`: who did what, from where, to which key.

use jiff::Timestamp;

use super::driver::Lane;
use super::sweep::sweep;
use super::value::{Statement, millis, sql, values};
use super::{Result, Store};

/// Something that somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) at: Timestamp,
    /// Whose account it happened in; empty for an e-mail address that nobody has.
    pub(crate) user_id: String,
    /// `key.created`, `session.started` …
    pub(crate) action: &'static str,
    /// `session`, the id of a key, `login` and its id, or `command`.
    pub(crate) actor: String,
    pub(crate) subject: Subject,
    pub(crate) address: Option<String>,
    pub(crate) request_id: Option<String>,
}

/// What something was done to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) key_id: Option<String>,
    pub(crate) application_id: Option<String>,
}

/// An event as it is told.
pub(crate) struct Told {
    pub(crate) number: i64,
    pub(crate) at: Timestamp,
    pub(crate) action: String,
    pub(crate) actor: String,
    pub(crate) subject: Subject,
    pub(crate) address: Option<String>,
    pub(crate) request_id: Option<String>,
}

const INSERT: Statement = Statement {
    sqlite: "INSERT INTO audit (at, user_id, action, actor, key_id, address, request_id, application_id) \
             SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), \
             json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]'), \
             json_extract(value, '$[6]'), json_extract(value, '$[7]') FROM json_each($1)",
    postgres: "INSERT INTO audit (at, user_id, action, actor, key_id, address, request_id, application_id) \
               SELECT (value->>0)::BIGINT, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7 \
               FROM json_array_elements($1::TEXT::JSON)",
};
const OF_USER: Statement =
    sql("SELECT seq, at, action, actor, key_id, application_id, address, request_id FROM audit \
     WHERE user_id = $1 AND seq < $2 AND ($3 = '' OR key_id = $3) ORDER BY seq DESC LIMIT $4");
const SWEEP: Statement = sweep!("audit", "at <= $1");
#[cfg(test)]
pub(super) const SWEEPS: [Statement; 1] = [SWEEP];

impl Store {
    /// Writes events down, in one statement.
    pub(crate) async fn insert_events(&self, events: &[Event]) -> Result<()> {
        let rows: Vec<_> = events
            .iter()
            .map(|event| {
                let Event { at, user_id, action, actor, subject, address, request_id } = event;
                let Subject { key_id, application_id } = subject;
                serde_json::json!([
                    millis(*at),
                    user_id,
                    action,
                    actor,
                    key_id,
                    address,
                    request_id,
                    application_id
                ])
            })
            .collect();
        self.change(INSERT, values![serde_json::json!(rows).to_string()]).await.map(drop)
    }

    /// The events in a user's account before one of this number, newest first.
    pub(crate) async fn events_of(
        &self,
        user_id: &str,
        before: Option<i64>,
        key_id: &str,
        limit: usize,
    ) -> Result<Vec<Told>> {
        let values = values![user_id, before.unwrap_or(i64::MAX), key_id, limit as i64];
        let rows = self.read(Lane::List, OF_USER, values).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Told {
                    number: row.int()?,
                    at: row.time()?,
                    action: row.text()?,
                    actor: row.text()?,
                    subject: Subject { key_id: row.optional_text()?, application_id: row.optional_text()? },
                    address: row.optional_text()?,
                    request_id: row.optional_text()?,
                })
            })
            .collect()
    }

    /// Sweeps out events up to a time.
    pub(crate) async fn sweep_events(&self, until: Timestamp) -> Result<()> {
        self.sweep_out(SWEEP, values![until]).await
    }
}

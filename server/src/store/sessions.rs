//! Rows of `sessions`.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::keys::{Bounds, StoredKey, key, key_columns};
use super::lookup::{Lookup, by_each_hash};
use super::sweep::sweep;
use super::users::User;
use super::value::{Row, Statement, millis, sql, values};
use super::{Result, Store, Tx};
use crate::token::HashedToken;

/// A session ends when it is not used for so long …
const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// … and in any case after this.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A session, and whose it is.
pub(crate) struct Session {
    pub(crate) user: User,
    /// The user is locked out.
    pub(crate) is_disabled: bool,
    /// What it was started with.
    pub(crate) begun_with: BegunWith,
    created_at: Timestamp,
    pub(crate) last_seen_at: Timestamp,
}

/// What a session was started with.
pub(crate) enum BegunWith {
    Password,
    Key(Box<StoredKey>),
    /// A key that the session itself has deleted. It goes on, within the key's bounds.
    Released(Box<Bounds>),
    /// A key that is deleted.
    NoKeyAnyMore,
}

impl Session {
    /// Whether its time is over, when it was last seen at this time.
    pub(crate) fn has_ended(&self, last_seen_at: Timestamp, now: Timestamp) -> bool {
        now.duration_since(last_seen_at) >= IDLE || now.duration_since(self.created_at) >= LIFETIME
    }
}

const INSERT: Statement = sql(
    "INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, key_id) VALUES ($1, $2, $3, $3, $4)",
);
pub(super) const BY_TOKEN: Lookup = by_each_hash!(
    concat!(
        "sessions.user_id, users.email, users.disabled_at, sessions.created_at, sessions.last_seen_at, \
         sessions.released, sessions.key_id, ",
        key_columns!()
    ),
    "sessions JOIN users ON users.id = sessions.user_id \
     LEFT JOIN keys ON keys.id = sessions.key_id AND keys.deleted_at IS NULL",
    "sessions.token_hash"
);
const SEEN: Statement = Statement {
    sqlite: "UPDATE sessions SET last_seen_at = seen.at FROM (SELECT json_extract(value, '$[0]') AS hash, \
             json_extract(value, '$[1]') AS at FROM json_each($1)) AS seen \
             WHERE sessions.token_hash = seen.hash AND sessions.last_seen_at < seen.at",
    postgres: "UPDATE sessions SET last_seen_at = seen.at FROM (SELECT value->>0 AS hash, \
               (value->>1)::BIGINT AS at FROM json_array_elements($1::TEXT::JSON)) AS seen \
               WHERE sessions.token_hash = seen.hash AND sessions.last_seen_at < seen.at",
};
const RELEASE: Statement =
    sql("UPDATE sessions SET key_id = NULL, released = $3 WHERE token_hash = $1 AND key_id = $2");
const DELETE: Statement = sql("DELETE FROM sessions WHERE token_hash = $1");
const DELETE_OF_USER: Statement =
    sql("DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2 RETURNING user_id");
const SWEEP_IDLE: Statement = sweep!("sessions", "last_seen_at <= $1");
const SWEEP_OLD: Statement = sweep!("sessions", "created_at <= $1");
const SWEEP_OF_USER: Statement = sweep!("sessions", "user_id = $1 AND token_hash <> $3");
#[cfg(test)]
pub(super) const SWEEPS: [Statement; 3] = [SWEEP_IDLE, SWEEP_OLD, SWEEP_OF_USER];

impl Store {
    /// The session of this token, whether or not its time is over.
    pub(crate) async fn session(&self, token: &HashedToken) -> Result<Option<Session>> {
        self.look_up(BY_TOKEN, token.as_str()).await?.map(session).transpose()
    }

    /// Writes down when sessions were last seen, in one statement.
    pub(crate) async fn sessions_were_seen(&self, seen: &[(String, Timestamp)]) -> Result<()> {
        let rows: Vec<_> = seen.iter().map(|(hash, at)| json!([hash, millis(*at)])).collect();
        self.change(SEEN, values![json!(rows).to_string()]).await.map(drop)
    }

    /// Ends a session; one that is not there has ended already.
    pub(crate) async fn delete_session(&self, token: &HashedToken) -> Result<()> {
        self.change(DELETE, values![token.as_str()]).await.map(drop)
    }

    /// Sweeps out the sessions that have ended by themselves.
    pub(crate) async fn sweep_sessions(&self, now: Timestamp) -> Result<()> {
        self.sweep_out(SWEEP_IDLE, values![millis(now) - IDLE.as_millis() as i64]).await?;
        self.sweep_out(SWEEP_OLD, values![millis(now) - LIFETIME.as_millis() as i64]).await
    }

    /// Ends the sessions of a user but this one, some at a time.
    pub(crate) async fn sweep_sessions_of(&self, user_id: &str, but: Option<&HashedToken>) -> Result<()> {
        let but = but.map_or("", HashedToken::as_str);
        self.sweep_out(SWEEP_OF_USER, values![user_id, but]).await
    }
}

impl Tx {
    /// Starts a session, with the password or with this key.
    pub(crate) async fn insert_session(
        &mut self,
        token: &HashedToken,
        user: &User,
        key_id: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        self.run(INSERT, values![token.as_str(), &user.id, now, key_id]).await.map(drop)
    }

    /// Lets a session stand by itself that stood on this key, within the key's
    /// bounds; any other stays as it is.
    pub(crate) async fn release_session(&mut self, token: &HashedToken, key: &StoredKey) -> Result<()> {
        let bounds = key.bounds().to_json();
        self.run(RELEASE, values![token.as_str(), &key.id, bounds]).await.map(drop)
    }

    /// Ends a session; one that is not there has ended already.
    pub(crate) async fn delete_session(&mut self, token: &HashedToken) -> Result<()> {
        self.run(DELETE, values![token.as_str()]).await.map(drop)
    }

    /// Ends all sessions of a user but this one, and tells how many there were.
    pub(crate) async fn delete_sessions_of(
        &mut self,
        user_id: &str,
        but: Option<&HashedToken>,
    ) -> Result<usize> {
        let but = but.map_or("", HashedToken::as_str);
        Ok(self.run(DELETE_OF_USER, values![user_id, but]).await?.len())
    }
}

fn session(mut row: Row) -> Result<Session> {
    let user = User { id: row.text()?, email: row.text()? };
    let is_disabled = row.optional_int()?.is_some();
    let (created_at, last_seen_at) = (row.time()?, row.time()?);
    let released = row.optional_text()?.map(|json| Bounds::from_json(&json)).transpose()?;
    let begun_with = match (row.optional_text()?, released) {
        (None, None) => BegunWith::Password,
        (None, Some(bounds)) => BegunWith::Released(Box::new(bounds)),
        (Some(_), _) => key(&mut row).map_or(BegunWith::NoKeyAnyMore, |key| BegunWith::Key(Box::new(key))),
    };
    Ok(Session { user, is_disabled, begun_with, created_at, last_seen_at })
}

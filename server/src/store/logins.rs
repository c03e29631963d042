//! Rows of `logins`: refresh tokens, each good once.

use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{millis, time};
use crate::token::HashedToken;

/// A login ends so long after the person logged in, however it is used.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What a person has agreed to.
#[derive(Clone)]
pub(crate) struct Login {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) client_id: String,
    pub(crate) audience: String,
    pub(crate) scope: String,
    pub(crate) begun_at: Timestamp,
}

impl Login {
    /// Whether its time is over.
    pub(crate) fn has_ended(&self, now: Timestamp) -> bool {
        now.duration_since(self.begun_at) >= LIFETIME
    }
}

/// What came of using a refresh token.
pub(crate) enum Used {
    /// It was good, and is used up now.
    Good(Login),
    /// It had been used before: somebody has a copy.
    Again(Login),
    /// There is no such token.
    Unknown,
}

/// Adds a token of a login.
pub(crate) async fn insert(db: &mut AnyConnection, token: &HashedToken, login: &Login) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO logins (token_hash, login_id, user_id, client_id, audience, scope, begun_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(token.as_str())
    .bind(&login.id)
    .bind(&login.user_id)
    .bind(&login.client_id)
    .bind(&login.audience)
    .bind(&login.scope)
    .bind(millis(login.begun_at))
    .execute(db)
    .await
    .map(drop)
}

/// Uses a token up. Of two at the same time, one is first.
pub(crate) async fn spend(db: &mut AnyConnection, token: &HashedToken, now: Timestamp) -> sqlx::Result<Used> {
    let spent = sqlx::query("UPDATE logins SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL")
        .bind(token.as_str())
        .bind(millis(now))
        .execute(&mut *db)
        .await?;
    let row = sqlx::query("SELECT * FROM logins WHERE token_hash = $1")
        .bind(token.as_str())
        .fetch_optional(db)
        .await?;
    Ok(match row {
        None => Used::Unknown,
        Some(row) if spent.rows_affected() == 1 => Used::Good(login(&row)?),
        Some(row) => Used::Again(login(&row)?),
    })
}

/// Ends a login with all its tokens.
pub(crate) async fn end(db: &mut AnyConnection, id: &str) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM logins WHERE login_id = $1").bind(id).execute(db).await.map(drop)
}

/// The login of this id, unless it has ended.
pub(crate) async fn alive(db: &mut AnyConnection, id: &str, now: Timestamp) -> sqlx::Result<Option<Login>> {
    let row = sqlx::query("SELECT * FROM logins WHERE login_id = $1 AND begun_at > $2 LIMIT 1")
        .bind(id)
        .bind(millis(now) - LIFETIME.as_millis() as i64)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(login).transpose()
}

/// Sweeps out the logins whose time is over.
pub(crate) async fn sweep(db: &mut AnyConnection, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM logins WHERE begun_at <= $1")
        .bind(millis(now) - LIFETIME.as_millis() as i64)
        .execute(db)
        .await
        .map(drop)
}

fn login(row: &AnyRow) -> sqlx::Result<Login> {
    Ok(Login {
        id: row.try_get("login_id")?,
        user_id: row.try_get("user_id")?,
        client_id: row.try_get("client_id")?,
        audience: row.try_get("audience")?,
        scope: row.try_get("scope")?,
        begun_at: time(row, "begun_at")?,
    })
}

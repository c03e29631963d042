//! Rows of `users`.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyExecutor;

use super::millis;

/// Who keys and sessions belong to.
#[derive(Clone)]
pub struct User {
    /// `usr_…`
    pub id: String,
    /// Login name, in lower case.
    pub email: String,
}

/// Adds a user.
///
/// # Errors
/// A unique violation when the e-mail address is taken.
pub async fn insert<'e>(
    db: impl AnyExecutor<'e>,
    user: &User,
    password_hash: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO users (id, email, password_hash, created_at) VALUES ($1, $2, $3, $4)")
        .bind(&user.id)
        .bind(&user.email)
        .bind(password_hash)
        .bind(millis(now))
        .execute(db)
        .await
        .map(drop)
}

/// The user with this e-mail address (in lower case), and the password's hash.
///
/// # Errors
/// When the database fails.
pub async fn by_email<'e>(db: impl AnyExecutor<'e>, email: &str) -> sqlx::Result<Option<(User, String)>> {
    let row = sqlx::query("SELECT id, email, password_hash FROM users WHERE email = $1")
        .bind(email)
        .fetch_optional(db)
        .await?;
    row.map(|row| {
        let user = User { id: row.try_get("id")?, email: row.try_get("email")? };
        Ok((user, row.try_get("password_hash")?))
    })
    .transpose()
}

/// Nobody else does the same until the transaction ends.
///
/// # Errors
/// When the database fails.
pub(crate) async fn lock<'e>(db: impl AnyExecutor<'e>, id: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE users SET email = email WHERE id = $1").bind(id).execute(db).await.map(drop)
}

/// The user with this id.
///
/// # Errors
/// When the database fails.
pub async fn by_id<'e>(db: impl AnyExecutor<'e>, id: &str) -> sqlx::Result<Option<User>> {
    let row = sqlx::query("SELECT id, email FROM users WHERE id = $1").bind(id).fetch_optional(db).await?;
    row.map(|row| Ok(User { id: row.try_get("id")?, email: row.try_get("email")? })).transpose()
}

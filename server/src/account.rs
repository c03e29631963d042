//! Who am I.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Caller, Need};
use crate::problem::Problem;
use crate::state::App;
use crate::store::users::{self, User};
use crate::token::random_base62;
use keylatch::Secret;

/// The account behind a credential.
#[derive(Serialize, ToSchema)]
pub(crate) struct Account {
    #[schema(example = "usr_4Zk1mVb7Qx0LrT9s")]
    id: String,
    /// Login name.
    #[schema(example = "kim@example.com")]
    user: String,
    /// `session` or `key`.
    authenticated_by: &'static str,
    /// The key that authenticated the request, if it was a key.
    #[schema(required)]
    key_id: Option<String>,
}

impl Account {
    /// The account of somebody who has just signed in.
    pub(crate) fn of_session(user: User) -> Self {
        Account { id: user.id, user: user.email, authenticated_by: "session", key_id: None }
    }
}

/// Tells whose the credential is.
#[utoipa::path(
    get, path = "/v1/account", tag = "session", operation_id = "whoami",
    responses(
        (status = 200, description = "The account", body = Account),
        (status = 401, description = "No good credential"),
        (status = 403, description = "The key lacks the scope keys:read"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(crate) async fn whoami(caller: Caller) -> Result<Json<Account>, Problem> {
    caller.may(Need::Read)?;
    let key_id = caller.key().map(|key| key.id.clone());
    let authenticated_by = if key_id.is_some() { "key" } else { "session" };
    Ok(Json(Account { id: caller.user.id, user: caller.user.email, authenticated_by, key_id }))
}

/// Whether the server and its database answer.
#[utoipa::path(
    get, path = "/health", tag = "about",
    responses(
        (status = 200, description = "All is well", body = Health),
        (status = 503, description = "The database does not answer"),
    ),
)]
pub(crate) async fn health(State(app): State<App>) -> Result<Json<Health>, Problem> {
    app.store().ping().await?;
    Ok(Json(Health { status: "ok" }))
}

/// The answer of `/health`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// An e-mail address as it is stored: trimmed, in lower case.
pub(crate) fn read_email(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    let (name, domain) = email.split_once('@')?;
    let plain = !email.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    (plain && !name.is_empty() && !domain.is_empty() && !domain.contains('@') && email.len() <= 254)
        .then_some(email)
}

/// Why a user could not be added; one line for the person who asked for it.
#[derive(Debug, PartialEq, Eq)]
pub enum UserError {
    /// Not an e-mail address.
    Email,
    /// Fewer than eight characters.
    Password,
    /// There is such a user.
    Taken,
    /// The cause is in the log.
    Failed,
}

impl std::fmt::Display for UserError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            UserError::Email => "that is not an e-mail address. Write it as name@example.com.",
            UserError::Password => "the password is too short. Use at least 8 characters.",
            UserError::Taken => "there is a user with that e-mail address already; nothing was changed.",
            UserError::Failed => "the user could not be stored. The log above says why.",
        })
    }
}

impl std::error::Error for UserError {}

pub(crate) async fn create(app: &App, email: &str, password: Secret) -> Result<User, UserError> {
    let email = read_email(email).ok_or(UserError::Email)?;
    if password.expose().chars().count() < 8 {
        return Err(UserError::Password);
    }
    let id = random_base62(16).map_err(|_| UserError::Failed)?;
    let user = User { id: format!("usr_{id}"), email };
    let hash = app.passwords().hash(password).await.map_err(|_| UserError::Failed)?;
    users::insert(app.store().pool(), &user, &hash, app.now()).await.map_err(|error| {
        if error.as_database_error().is_some_and(|error| error.is_unique_violation()) {
            return UserError::Taken;
        }
        tracing::error!(%error, "a user could not be stored");
        UserError::Failed
    })?;
    tracing::info!(user_id = user.id, "user added");
    Ok(user)
}

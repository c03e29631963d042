//! Who am I, and my password.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::{Caller, Need, users};
use crate::http::body::JsonBody;
use crate::http::cookie;
use crate::http::problem::{Problem, ProblemCode};
use crate::http::secret_text::SecretText;
use crate::state::App;
use crate::store::users::User;

/// The account behind a credential.
#[derive(Serialize, ToSchema)]
pub(crate) struct Account {
    #[schema(example = "usr_4Zk1mVb7Qx0LrT9s")]
    id: String,
    /// Login name.
    #[schema(example = "kim@example.com")]
    user: String,
    /// `session`, `key` or `login` (by browser).
    authenticated_by: &'static str,
    /// The key that authenticated the request, if it was a key.
    #[schema(required)]
    key_id: Option<String>,
}

impl Account {
    /// The account of somebody who has just signed in.
    pub(super) fn of_session(user: User) -> Self {
        Account { id: user.id, user: user.email, authenticated_by: "session", key_id: None }
    }
}

/// Tells whose the credential is.
#[utoipa::path(
    get, path = "/v1/account", tag = "session", operation_id = "whoami",
    responses(
        (status = 200, description = "The account", body = Account),
        (status = 403, description = "It is a management key of an application"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn whoami(caller: Caller) -> Result<Json<Account>, Problem> {
    caller.may(Need::Account)?;
    let (authenticated_by, key_id) = (caller.kind(), caller.key().map(|key| key.id.clone()));
    let User { id, email } = User::clone(&caller.user);
    Ok(Json(Account { id, user: email, authenticated_by, key_id }))
}

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangePassword {
    #[schema(value_type = String, format = Password)]
    old: SecretText,
    /// At least 8 characters.
    #[schema(value_type = String, format = Password, min_length = 8)]
    new: SecretText,
}

/// Changes one's own password. Every other session and every login by browser
/// end; keys go on.
#[utoipa::path(
    post, path = "/v1/account/password", tag = "session", operation_id = "changePassword",
    request_body = ChangePassword,
    responses(
        (status = 204, description = "Changed"),
        (status = 401, description = "No session, or the old password is wrong"),
        (status = 403, description = "A key or a login cannot do this, or a page of another origin"),
        (status = 422, description = "The new password is too short"),
        (status = 429, description = "Too many wrong passwords"),
    ),
    security(("session" = [])),
)]
pub(super) async fn change_password(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    JsonBody(request): JsonBody<ChangePassword>,
) -> Result<StatusCode, Problem> {
    if !caller.is_person() {
        return Err(Problem::new(
            ProblemCode::Forbidden,
            "Only a session that was begun with the password can change it. Sign in.",
        ));
    }
    let session = cookie::read(&headers, app.config());
    let ChangePassword { old, new } = request;
    users::change_own_password(&app, &caller.source, &caller.user, session.as_ref(), old.0, new.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! Signing in and out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::account::Account;
use crate::auth::sign_in;
use crate::http::body::JsonBody;
use crate::http::problem::Problem;
use crate::http::secret_text::SecretText;
use crate::http::source::Source;
use crate::http::{cookie, csrf};
use crate::state::App;

/// User and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// Login name.
    #[schema(example = "kim@example.com")]
    user: String,
    #[schema(value_type = String, format = Password)]
    password: SecretText,
}

/// Signs in: starts a session, whose cookie then stands for user and password.
/// It ends after 12 hours without use, and in any case after 7 days.
#[utoipa::path(
    post, path = "/v1/session", tag = "session", operation_id = "signIn",
    request_body = SignIn,
    responses(
        (status = 201, description = "Signed in", body = Account,
            headers(("set-cookie" = String, description = "`keylatch_session`, behind https `__Host-keylatch_session`; HttpOnly, SameSite=Strict"))),
        (status = 401, description = "Wrong user or password, or a locked account"),
        (status = 403, description = "A page of another origin"),
        (status = 422, description = "A member is missing or of the wrong type"),
        (status = 429, description = "Too many wrong passwords, or sign-ins at once"),
    ),
)]
pub(super) async fn sign_in(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    JsonBody(request): JsonBody<SignIn>,
) -> Result<Response, Problem> {
    let user = sign_in::check_password(&app, &headers, &source, &request.user, request.password.0).await?;
    let cookie = sign_in::start(&app, &headers, &source, &user, None).await?;
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(Account::of_session(user))).into_response())
}

/// Signs out: ends the session of the cookie. Without one there is nothing to do.
#[utoipa::path(
    delete, path = "/v1/session", tag = "session", operation_id = "signOut",
    responses(
        (status = 204, description = "Signed out; the cookie is removed"),
        (status = 403, description = "A page of another origin"),
    ),
    security((), ("session" = [])),
)]
pub(super) async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    if cookie::is_sent(&headers, app.config()) {
        csrf::check(&Method::DELETE, &headers, app.config())?;
    }
    Ok(match sign_in::end(&app, &headers).await? {
        Some(cleared) => (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cleared)]).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

//! A key for a session, and the session's end.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::person::{CARRIER, impact_id};
use crate::auth::{Caller, identify, sign_in};
use crate::http::body::OptionalJsonBody;
use crate::http::csrf;
use crate::http::problem::{Problem, ProblemCode};
use crate::http::secret_text::SecretText;
use crate::http::source::Source;
use crate::state::App;
use crate::store::users::User;

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Login {
    secret_key: Option<SecretText>,
}

/// 201 and a cookie for a key in the body (or, which is ours, in its header);
/// 200 for who is logged in already. The session can do no more than the key and
/// ends with it, unless it is the one that deletes it: [`super::keys::delete`].
pub(super) async fn login(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    OptionalJsonBody(request): OptionalJsonBody<Login>,
) -> Result<Response, Problem> {
    // Nobody shall be signed in to somebody else's account by a page that they visit.
    csrf::check_origin(&headers, app.config())?;
    let secret = match (is_refresh(query.as_deref())?, request.secret_key) {
        // To refresh is to be logged in already.
        (true, _) => None,
        (false, Some(secret)) => Some(secret.0),
        (false, None) => (CARRIER.read)(&headers)?,
    };
    let session = identify::by_session(&app, &headers, CARRIER.missing, source.clone()).await;
    let Some(secret) = secret else {
        return session.map(|caller| told(StatusCode::OK, &caller.user));
    };
    let caller = identify::by_key(&app, &secret, source.clone()).await?;
    if session.is_ok_and(|session| is_same(&session, &caller)) {
        return Ok(told(StatusCode::OK, &caller.user));
    }
    // A session that stands for no key could do more than what was shown for it.
    let key = caller.key().ok_or_else(|| Problem::new(ProblemCode::Unauthorized, CARRIER.missing))?;
    let cookie = sign_in::start(&app, &headers, &source, &caller.user, Some(&key.id)).await?;
    Ok(([(header::SET_COOKIE, cookie)], told(StatusCode::CREATED, &caller.user)).into_response())
}

/// Ends the session. What the cloud answers is not told; this is ours. The cookie
/// does not come along from another site's page, and without it nothing happens,
/// so nobody is logged out by one.
pub(super) async fn logout(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    Ok(match sign_in::end(&app, &headers).await? {
        Some(cleared) => (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cleared)]).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Reads `grant_type`: `client_credentials`, which is the default, or
/// `refresh_token`.
fn is_refresh(query: Option<&str>) -> Result<bool, Problem> {
    let mut parameters = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    match parameters.find(|(name, _)| name == "grant_type").as_ref().map(|(_, value)| &**value) {
        None | Some("client_credentials") => Ok(false),
        Some("refresh_token") => Ok(true),
        Some(_) => Err(Problem::field(
            "grant_type",
            "`grant_type` must be client_credentials (the default) or refresh_token.",
        )),
    }
}

fn is_same(one: &Caller, other: &Caller) -> bool {
    one.key().map(|key| &key.id) == other.key().map(|key| &key.id)
}

/// Whose identifier it is, is not told; the user's is ours.
fn told(status: StatusCode, user: &User) -> Response {
    (status, Json(json!({"identifier": impact_id(user)}))).into_response()
}

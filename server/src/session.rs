//! Signing in and out.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, Extension, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use keylatch::Secret;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::account::{Account, read_email};
use crate::body::JsonBody;
use crate::problem::{Problem, ProblemCode};
use crate::secret_text::SecretText;
use crate::state::App;
use crate::store::sessions;
use crate::store::users::{self, User};
use crate::throttle::{HeldUp, Visitor};
use crate::token::PlainToken;
use crate::{cookie, csrf};

/// The seconds that many sign-ins at once are given to pass.
const BREATHER: u64 = 5;

/// User and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
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
            headers(("set-cookie" = String, description = "`keylatch_session`; HttpOnly, SameSite=Strict"))),
        (status = 401, description = "Wrong user or password"),
        (status = 403, description = "A page of another origin"),
        (status = 422, description = "A member is missing or of the wrong type"),
        (status = 429, description = "Too many wrong passwords for this user from this address, or sign-ins at once"),
    ),
)]
pub(crate) async fn sign_in(
    State(app): State<App>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    JsonBody(request): JsonBody<SignIn>,
) -> Result<Response, Problem> {
    let visit = Visit { headers: &headers, peer };
    let user = check_password(&app, &visit, &request.user, request.password.0).await?;
    let cookie = start(&app, &visit, &user, None).await?;
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
pub(crate) async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    if cookie::read(&headers).is_some() {
        csrf::check(&Method::DELETE, &headers, app.config())?;
    }
    end(&app, &headers).await
}

/// Ends the session of the cookie and removes the cookie. A request that came
/// without one may be another site's, and is not to take it from the browser.
///
/// # Errors
/// When the database fails.
pub(crate) async fn end(app: &App, headers: &HeaderMap) -> Result<Response, Problem> {
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let Some(token) = cookie::read(headers) else { return Ok(answer) };
    sessions::delete(app.store().pool(), &token).await?;
    if let Some(cookie) = cookie::clear(app.config().secure_cookies) {
        answer.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

/// The request of somebody who is about to sign in.
pub(crate) struct Visit<'a> {
    pub(crate) headers: &'a HeaderMap,
    pub(crate) peer: Option<Extension<ConnectInfo<SocketAddr>>>,
}

/// The user whose password this is.
///
/// # Errors
/// 401 when it is nobody's, 403 for a page of another origin, 429 after too many.
pub(crate) async fn check_password(
    app: &App,
    visit: &Visit<'_>,
    user: &str,
    password: Secret,
) -> Result<User, Problem> {
    // Nobody shall be signed in to somebody else's account by a page that they visit.
    csrf::check_origin(visit.headers, app.config())?;

    let email = user.trim().to_lowercase();
    let address = visit.peer.as_ref().map(|Extension(ConnectInfo(address))| address.ip());
    let visitor = Visitor::new(&email, address);
    let attempt = app.throttle().attempt(&visitor, || app.now()).await.map_err(held_up)?;

    let known = match read_email(&email) {
        Some(email) => users::by_email(app.store().pool(), &email).await?,
        None => None,
    };
    let (user, hash) = known.unzip();
    let matches = app.passwords().verify(password, hash).await?;
    let Some(user) = user.filter(|_| matches) else {
        attempt.was_wrong(app.now());
        tracing::info!("sign-in refused");
        return Err(Problem::new(
            ProblemCode::InvalidCredentials,
            "The user or the password is wrong. Try again.",
        ));
    };
    attempt.was_right();
    Ok(user)
}

/// Starts a session for the user, who has shown the password or this key, and
/// ends the one that the request came with. Gives its cookie.
///
/// # Errors
/// When the random source or the database fails.
pub(crate) async fn start(
    app: &App,
    visit: &Visit<'_>,
    user: &User,
    key_id: Option<&str>,
) -> Result<HeaderValue, Problem> {
    let token = PlainToken::generate()?;
    let now = app.now();
    let mut db = app.store().write().await?;
    if let Some(previous) = cookie::read(visit.headers) {
        sessions::delete(&mut *db, &previous).await?;
    }
    sessions::sweep(&mut *db, now).await?;
    sessions::insert(&mut *db, &token.hashed(), user, key_id, now).await?;
    db.commit().await?;

    tracing::info!(user_id = user.id, key_id, "signed in");
    cookie::set(&token, app.config().secure_cookies).ok_or_else(Problem::internal)
}

fn held_up(why: HeldUp) -> Problem {
    let (what, seconds) = match why {
        HeldUp::Closed(seconds) => ("wrong passwords", seconds),
        HeldUp::Crowded => ("sign-ins at once", BREATHER),
    };
    let detail = format!("Too many {what} for this user from this address. Try again in {seconds} seconds.");
    Problem::new(ProblemCode::RateLimited, detail).retry_after(seconds)
}

//! Signing in and out, whatever API asks for it.

use axum::http::{HeaderMap, HeaderValue};
use keylatch_format::Secret;

use super::throttle::{HeldUp, Visitor};
use super::users::read_email;
use crate::http::problem::{Problem, ProblemCode};
use crate::http::source::Source;
use crate::http::{cookie, csrf};
use crate::state::App;
use crate::store::users::{Login, User};
use crate::token::PlainToken;

/// The seconds that many sign-ins at once are given to pass.
const BREATHER: u64 = 5;

/// The user whose password this is.
///
/// # Errors
/// 401 when it is nobody's, 403 for a page of another origin, 429 after too many.
pub(crate) async fn check_password(
    app: &App,
    headers: &HeaderMap,
    source: &Source,
    user: &str,
    password: Secret,
) -> Result<User, Problem> {
    // Nobody shall be signed in to somebody else's account by a page that they visit.
    csrf::check_origin(headers, app.config())?;

    let email = user.trim().to_lowercase();
    let visitor = Visitor::new(&email, source.address);
    let known = match read_email(&email) {
        Some(email) => app.store().user_by_email(&email).await?,
        None => None,
    };
    let user_id = known.as_ref().map(|known| known.user.id.clone());
    let attempt = app.throttle().attempt(app.store(), visitor, || app.now()).await?;
    let attempt = attempt.map_err(|why| {
        tracing::warn!(user_id, why = ?why, "sign-in held up");
        app.metrics().sign_ins_held_up.inc();
        held_up(&why)
    })?;

    let is_disabled = known.as_ref().is_some_and(|known| known.is_disabled);
    let (user, hash) = known.map(|Login { user, password_hash, .. }| (user, password_hash)).unzip();
    let matches = app.passwords().verify(password, hash).await?;
    let Some(user) = user.filter(|_| matches) else {
        attempt.was_wrong(app.store(), app.now()).await?;
        app.metrics().sign_ins_refused.inc();
        tracing::warn!(user_id, "sign-in refused");
        if let Some(user_id) = user_id {
            app.audit(source, &user_id, "session.refused", "nobody", None);
        }
        return Err(Problem::new(
            ProblemCode::InvalidCredentials,
            "The user or the password is wrong. Try again.",
        ));
    };
    attempt.was_right(app.store(), app.now()).await?;
    if is_disabled {
        return Err(Problem::new(
            ProblemCode::InvalidCredentials,
            "This account is locked. Ask whoever runs the server.",
        ));
    }
    Ok(user)
}

/// Starts a session for the user, who has shown the password or this key, and
/// ends the one that the request came with. Gives its cookie.
///
/// # Errors
/// When the random source or the database fails.
pub(crate) async fn start(
    app: &App,
    headers: &HeaderMap,
    source: &Source,
    user: &User,
    key_id: Option<&str>,
) -> Result<HeaderValue, Problem> {
    let token = PlainToken::generate()?;
    let mut tx = app.store().begin().await?;
    if let Some(previous) = cookie::read(headers, app.config()) {
        tx.delete_session(&previous).await?;
    }
    tx.insert_session(&token.hashed(), user, key_id, app.now()).await?;
    tx.commit().await?;

    tracing::info!(user_id = user.id, key_id, "signed in");
    app.audit(source, &user.id, "session.started", key_id.unwrap_or("session"), None);
    cookie::set(&token, app.config().secure_cookies).ok_or_else(Problem::internal)
}

/// Ends the session of the cookie. A request that came without one may be
/// another site's, and is not to take it from the browser: then `None`, else the
/// header that removes the cookie.
///
/// # Errors
/// When the database fails.
pub(crate) async fn end(app: &App, headers: &HeaderMap) -> Result<Option<HeaderValue>, Problem> {
    if !cookie::is_sent(headers, app.config()) {
        return Ok(None);
    }
    if let Some(token) = cookie::read(headers, app.config()) {
        app.store().delete_session(&token).await?;
    }
    Ok(cookie::clear(app.config().secure_cookies))
}

fn held_up(why: &HeldUp) -> Problem {
    let (detail, seconds) = match why {
        HeldUp::Closed(what, seconds) => {
            (format!("Too many wrong passwords {what}. Try again in {seconds} seconds."), *seconds)
        }
        HeldUp::Crowded => (format!("Too many sign-ins at once. Try again in {BREATHER} seconds."), BREATHER),
    };
    Problem::new(ProblemCode::RateLimited, detail).retry_after(seconds)
}

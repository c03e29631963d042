//! Finding out who asks: the bearer of an API key or of an access token, or the
//! person of a session. One query each.

use axum::http::HeaderMap;
use axum::http::request::Parts;
use keylatch_format::Secret;

use super::{Authority, Caller, Shown};
use crate::applications::management;
use crate::http::carrier::{BEARER, Carrier};
use crate::http::problem::{Problem, ProblemCode};
use crate::http::source::Source;
use crate::http::{cookie, csrf, key_end};
use crate::issuer::access_token::is_access_token;
use crate::state::App;
use crate::store::keys::KeyStatus;
use crate::store::sessions::BegunWith;
use crate::token::{HashedKey, HashedToken};

/// Who asks: the bearer of a key, or else the person of a session.
///
/// # Errors
/// 401, saying what is wrong with the credential, and those of [`csrf::check`].
pub(crate) async fn identify(app: &App, parts: &Parts, carrier: &Carrier) -> Result<Caller, Problem> {
    let source = Source::of(&parts.extensions);
    // A bad key is never saved by a good cookie: who sends one means to use it.
    if let Some(secret) = (carrier.read)(&parts.headers)? {
        let caller = by_key(app, &secret, source).await?;
        key_end::note(&parts.extensions, caller.key_end());
        return Ok(caller);
    }
    let caller = by_session(app, &parts.headers, carrier.missing, source).await?;
    csrf::check(&parts.method, &parts.headers, app.config())?;
    Ok(caller)
}

/// The same in our own API, where it may be one of an application's programs too.
///
/// # Errors
/// The same.
pub(super) async fn identify_here(app: &App, parts: &Parts) -> Result<Caller, Problem> {
    let secret = (BEARER.read)(&parts.headers)?;
    let Some(secret) = secret.filter(|secret| secret.expose().starts_with(management::PREFIX)) else {
        return identify(app, parts, &BEARER).await;
    };
    let caller = by_management_key(app, &secret, Source::of(&parts.extensions)).await?;
    key_end::note(&parts.extensions, caller.key_end());
    Ok(caller)
}

/// Who asks, where only a key will do.
///
/// # Errors
/// 401, saying what is wrong with the key.
pub(crate) async fn bearer_of(app: &App, parts: &Parts, carrier: &Carrier) -> Result<Caller, Problem> {
    let secret = (carrier.read)(&parts.headers)?.ok_or_else(|| unauthorized(carrier.missing))?;
    let caller = by_key(app, &secret, Source::of(&parts.extensions)).await?;
    key_end::note(&parts.extensions, caller.key_end());
    Ok(caller)
}

/// Authenticates the bearer of a key, whichever API it was made through.
///
/// # Errors
/// 401, saying what is wrong with the key.
pub(crate) async fn by_key(app: &App, secret: &Secret, source: Source) -> Result<Caller, Problem> {
    if app.config().issuer && is_access_token(secret.expose()) {
        return by_access_token(app, secret, source).await;
    }
    let hash = HashedKey::of(secret);
    let known = app.store().checked_key(&hash).await?.ok_or_else(|| invalid(UNKNOWN_KEY))?;
    let now = app.now();
    refuse_disabled(known.is_disabled)?;
    refuse_ended(known.key.status(now))?;
    app.noted().key_was_used(&known, &hash, now);
    Ok(Caller { user: known.owner.clone(), authority: Authority::Key(Shown::ByRequest(known)), source })
}

async fn by_management_key(app: &App, secret: &Secret, source: Source) -> Result<Caller, Problem> {
    let known = app.store().checked_manager(&HashedKey::of(secret)).await?;
    let manager = known.ok_or_else(|| invalid(UNKNOWN_KEY))?;
    let now = app.now();
    refuse_disabled(manager.is_disabled)?;
    refuse_ended(manager.key.status(now))?;
    app.noted().manager_was_used(&manager, now);
    Ok(Caller { user: manager.user.clone(), authority: Authority::Manager(manager), source })
}

async fn by_access_token(app: &App, token: &Secret, source: Source) -> Result<Caller, Problem> {
    let token = HashedToken::of(token.expose());
    let access = app.store().access(&token, app.now()).await?.ok_or_else(|| {
        invalid(
            "This access token is not good, or no longer. Get a new one by the refresh token, or log in again.",
        )
    })?;
    refuse_disabled(access.is_disabled)?;
    Ok(Caller { user: access.user.into(), authority: Authority::Login(Box::new(access.login)), source })
}

/// Authenticates the person of a session; `missing` is for who has none.
///
/// # Errors
/// 401, saying what is wrong with the session.
pub(crate) async fn by_session(
    app: &App,
    headers: &HeaderMap,
    missing: &'static str,
    source: Source,
) -> Result<Caller, Problem> {
    let token = cookie::read(headers, app.config()).ok_or_else(|| unauthorized(missing))?;
    let now = app.now();
    let session = app.store().session(&token).await?.ok_or_else(|| unauthorized(ENDED))?;
    refuse_disabled(session.is_disabled)?;
    let last_seen_at = app.noted().session_last_seen(&token, session.last_seen_at);
    if session.has_ended(last_seen_at, now) {
        return Err(unauthorized(ENDED));
    }
    let authority = match session.begun_with {
        BegunWith::Password => Authority::Session,
        BegunWith::NoKeyAnyMore => return Err(unauthorized(ENDED)),
        BegunWith::Released(bounds) if bounds.expires_at.is_some_and(|end| end <= now) => {
            return Err(unauthorized(ENDED));
        }
        BegunWith::Released(bounds) => Authority::Released(bounds),
        // It can do no more than that key, and ends with it.
        BegunWith::Key(key) => {
            refuse_ended(key.status(now))?;
            app.noted().key_of_session_was_used(&key, now);
            Authority::Key(Shown::BySession(key))
        }
    };
    app.noted().session_was_seen(&token, last_seen_at, now);
    Ok(Caller { user: session.user.into(), authority, source })
}

fn refuse_ended(status: KeyStatus) -> Result<(), Problem> {
    match status {
        KeyStatus::Active => Ok(()),
        KeyStatus::Expired => Err(invalid("This API key has expired. Create a new one.")),
        KeyStatus::Revoked => Err(invalid("This API key was revoked. Create a new one.")),
    }
}

fn refuse_disabled(is_disabled: bool) -> Result<(), Problem> {
    if is_disabled {
        return Err(invalid("This account is locked. Ask whoever runs the server."));
    }
    Ok(())
}

const ENDED: &str = "The session has ended. Sign in again.";
const UNKNOWN_KEY: &str =
    "This API key is unknown here. Check that it was copied whole, and that it is for this server.";

fn unauthorized(detail: &'static str) -> Problem {
    Problem::new(ProblemCode::Unauthorized, detail)
}

/// 401 for a key or token that was sent and is not good.
fn invalid(detail: &'static str) -> Problem {
    unauthorized(detail).with_invalid_token()
}

//! Who asks: the bearer of an API key, or the person of a session.
//!
//! [`Caller`] is an extractor; a handler that takes one is reached only with a
//! good credential. What the credential may do is for the handler to say, with
//! [`Caller::may`].

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use jiff::{SignedDuration, Timestamp};
use keylatch::Secret;

use crate::carrier::{self, Carrier};
use crate::issuer::access;
use crate::problem::{Problem, ProblemCode};
use crate::state::App;
use crate::store::keys::{self, KeyStatus, StoredKey};
use crate::store::users::User;
use crate::store::{sessions, users};
use crate::token::HashedKey;
use crate::{cookie, csrf};

/// A request's authenticated user, and by what.
pub struct Caller {
    /// Whose keys the request is about.
    pub user: User,
    authority: Authority,
}

enum Authority {
    Session,
    Key(Box<StoredKey>),
}

/// What a key with scopes needs, in order to work with keys.
#[derive(Clone, Copy)]
pub enum Need {
    /// `keys:read`
    Read,
    /// `keys:write`
    Write,
}

impl Need {
    const fn scope(self) -> &'static str {
        match self {
            Need::Read => "keys:read",
            Need::Write => "keys:write",
        }
    }
}

impl Caller {
    /// The key that authenticated the request, if it was a key.
    pub fn key(&self) -> Option<&StoredKey> {
        match &self.authority {
            Authority::Session => None,
            Authority::Key(key) => Some(key),
        }
    }

    /// What the credential is limited to; empty is everything.
    fn scopes(&self) -> &[String] {
        self.key().map_or(&[], |key| &key.scopes)
    }

    /// Lets the caller through if the credential may do this.
    ///
    /// # Errors
    /// 403, naming the scope that is missing.
    pub fn may(&self, need: Need) -> Result<(), Problem> {
        let scopes = self.scopes();
        if scopes.is_empty() || scopes.iter().any(|scope| scope == need.scope()) {
            return Ok(());
        }
        let scope = need.scope();
        Err(Problem::new(
            ProblemCode::Forbidden,
            format!(
                "This key has scopes, but not {scope}, which this needs. Use a key with {scope}, or sign in."
            ),
        ))
    }

    /// Lets the caller make a key with these scopes: never more than its own.
    ///
    /// # Errors
    /// 403, naming the first scope too many.
    pub fn may_grant(&self, scopes: &[String]) -> Result<(), Problem> {
        let own = self.scopes();
        if own.is_empty() {
            return Ok(());
        }
        let detail = if scopes.is_empty() {
            "This key has scopes, so it cannot make one without scopes, which could do everything. Name scopes \
             that this key has, or sign in."
                .to_owned()
        } else if let Some(wider) = scopes.iter().find(|scope| !own.contains(scope)) {
            format!(
                "This key cannot make one with the scope {wider}, which it does not have itself. Leave it out, or sign in."
            )
        } else {
            return Ok(());
        };
        Err(Problem { field: Some("scopes".into()), ..Problem::new(ProblemCode::Forbidden, detail) })
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        identify(app, parts, &carrier::BEARER).await
    }
}

/// Who asks: the bearer of a key, or else the person of a session.
///
/// # Errors
/// 401, saying what is wrong with the credential, and those of [`csrf::check`].
pub(crate) async fn identify(app: &App, parts: &Parts, carrier: &Carrier) -> Result<Caller, Problem> {
    // A bad key is never saved by a good cookie: who sends one means to use it.
    if let Some(secret) = (carrier.read)(&parts.headers)? {
        return by_key(app, &secret).await;
    }
    let caller = by_session(app, &parts.headers, carrier.missing).await?;
    csrf::check(&parts.method, &parts.headers, app.config())?;
    Ok(caller)
}

/// Who asks, where only a key will do.
///
/// # Errors
/// 401, saying what is wrong with the key.
pub(crate) async fn bearer_of(app: &App, parts: &Parts, carrier: &Carrier) -> Result<Caller, Problem> {
    let secret = (carrier.read)(&parts.headers)?.ok_or_else(|| unauthorized(carrier.missing))?;
    by_key(app, &secret).await
}

/// Authenticates the bearer of a key, whichever API it was made through.
///
/// # Errors
/// 401, saying what is wrong with the key.
pub(crate) async fn by_key(app: &App, secret: &Secret) -> Result<Caller, Problem> {
    // The token of a login by browser stands for the person, as a session does.
    if app.issuer().is_some() && access::is_access_token(secret.expose()) {
        return Ok(Caller { user: access::user_of(app, secret).await?, authority: Authority::Session });
    }
    let hash = HashedKey::of(secret);
    let key = keys::by_hash(app.store().pool(), &hash).await?.ok_or_else(unknown_key)?;
    let user = users::by_id(app.store().pool(), &key.user_id).await?.ok_or_else(unknown_key)?;
    with_key(app, user, key, Some(&hash)).await
}

/// Authenticates the person of a session; `missing` is for who has none.
///
/// # Errors
/// 401, saying what is wrong with the session.
pub(crate) async fn by_session(
    app: &App,
    headers: &HeaderMap,
    missing: &'static str,
) -> Result<Caller, Problem> {
    let token = cookie::read(headers).ok_or_else(|| unauthorized(missing))?;
    let now = app.now();
    let db = app.store().pool();
    let session = sessions::alive(db, &token, now).await?.ok_or_else(ended)?;
    if session.is_stale(now) {
        sessions::touch(db, &token, now).await?;
    }
    let Some(key_id) = &session.key_id else {
        return Ok(Caller { user: session.user, authority: Authority::Session });
    };
    // Started with a key: it can do no more than that key, and ends with it.
    let key = keys::by_id(db, &session.user.id, key_id).await?.ok_or_else(ended)?;
    with_key(app, session.user, key, None).await
}

/// Lets the key's owner in while it is active, and writes down its use.
async fn with_key(
    app: &App,
    user: User,
    key: StoredKey,
    hash: Option<&HashedKey>,
) -> Result<Caller, Problem> {
    let now = app.now();
    match key.status(now) {
        KeyStatus::Active => {}
        KeyStatus::Expired => return Err(unauthorized("This API key has expired. Create a new one.")),
        KeyStatus::Revoked => return Err(unauthorized("This API key was revoked. Create a new one.")),
    }
    if is_worth_noting(key.last_used_at, now) && !keys::used(app.store().pool(), &key.id, hash, now).await? {
        return Err(unknown_key());
    }
    Ok(Caller { user, authority: Authority::Key(Box::new(key)) })
}

/// The first use is always written down, later ones once a minute.
fn is_worth_noting(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| now.duration_since(last).abs() >= SignedDuration::from_mins(1))
}

fn ended() -> Problem {
    unauthorized("The session has ended. Sign in again.")
}

fn unknown_key() -> Problem {
    unauthorized(
        "This API key is unknown here. Check that it was copied whole, and that it is for this server.",
    )
}

fn unauthorized(detail: &'static str) -> Problem {
    Problem::new(ProblemCode::Unauthorized, detail)
}

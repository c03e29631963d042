//! The session cookie.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::store::sessions::LIFETIME;
use crate::token::{HashedToken, PlainToken};

const NAME: &str = "keylatch_session";

/// The token that the request's cookie carries, hashed.
pub(crate) fn read(headers: &HeaderMap) -> Option<HashedToken> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).map(|(_, token)| HashedToken::of(token))
}

/// `Set-Cookie` for a new session. Strict: no other site's link or form takes it along.
pub(crate) fn set(token: &PlainToken, secure: bool) -> Option<HeaderValue> {
    header_value(token.expose(), LIFETIME.as_secs(), secure)
}

/// `Set-Cookie` that removes it.
pub(crate) fn clear(secure: bool) -> Option<HeaderValue> {
    header_value("", 0, secure)
}

fn header_value(token: &str, max_age: i64, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{NAME}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age}{secure}");
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

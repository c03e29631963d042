//! The session cookie.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::config::Config;
use crate::store::sessions::LIFETIME;
use crate::token::{HashedToken, PlainToken};

/// Behind https browsers keep to themselves who may set a cookie of this name:
/// no page of another name of the same domain can put one of its own there.
const SECURE_NAME: &str = "__Host-keylatch_session";
/// The same on one's own computer, where browsers do not take that name.
const PLAIN_NAME: &str = "keylatch_session";

/// The token that the request's cookie carries, hashed. Of two different ones
/// nobody can say which was ours, so neither counts.
pub(crate) fn read(headers: &HeaderMap, config: &Config) -> Option<HashedToken> {
    let mut tokens = sent(headers, config);
    let token = tokens.next()?;
    tokens.all(|other| other == token).then(|| HashedToken::of(token))
}

/// Whether there is such a cookie at all.
pub(crate) fn is_sent(headers: &HeaderMap, config: &Config) -> bool {
    sent(headers, config).next().is_some()
}

fn sent<'h>(headers: &'h HeaderMap, config: &Config) -> impl Iterator<Item = &'h str> {
    let name = name(config.secure_cookies);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(move |(found, _)| *found == name).map(|(_, token)| token)
}

/// `Set-Cookie` for a new session. Strict: no other site's link or form takes it along.
pub(crate) fn set(token: &PlainToken, secure: bool) -> Option<HeaderValue> {
    header_value(token.expose(), LIFETIME.as_secs(), secure)
}

/// `Set-Cookie` that removes it.
pub(crate) fn clear(secure: bool) -> Option<HeaderValue> {
    header_value("", 0, secure)
}

/// The name of the cookie.
pub(crate) const fn name(secure: bool) -> &'static str {
    if secure { SECURE_NAME } else { PLAIN_NAME }
}

fn header_value(token: &str, max_age: i64, secure: bool) -> Option<HeaderValue> {
    let name = name(secure);
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age}{secure}");
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

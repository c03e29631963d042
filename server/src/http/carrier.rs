//! Where a request carries its key: each API has a header for it.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName};
use keylatch_format::Secret;

use crate::http::problem::{Problem, ProblemCode};

/// How an API has its keys sent.
pub(crate) struct Carrier {
    /// The key of a request; `None` when it carries none.
    pub(crate) read: fn(&HeaderMap) -> Result<Option<Secret>, Problem>,
    /// What a request is told that carries none.
    pub(crate) missing: &'static str,
}

/// `Authorization: Bearer …` (RFC 6750), as keylatch's own API has it.
pub(crate) static BEARER: Carrier = Carrier {
    read: bearer,
    missing: "This needs an API key, sent as `Authorization: Bearer kl_...`, or a session: sign in first.",
};

/// The key in `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Result<Option<Secret>, Problem> {
    let Some(text) = only(headers, &AUTHORIZATION)? else { return Ok(None) };
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() => {
            Ok(Some(Secret::from(token.trim())))
        }
        _ => Err(Problem::new(
            ProblemCode::Unauthorized,
            "The header Authorization is not of the form `Bearer kl_...`. Send the API key in that form.",
        )),
    }
}

/// The value of a header that may stand once only: of two keys, who could say
/// which one is meant? What is not ASCII is no key, and reads as an empty one.
pub(crate) fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value.map(|value| value.to_str().unwrap_or_default())),
        _ => Err(Problem::new(
            ProblemCode::Unauthorized,
            format!("There is more than one header {name}. Send one."),
        )),
    }
}

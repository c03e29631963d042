//! Lambda Cloud, as of `docs/wire.md`, section 2: reading, with nothing to be read.
//! Its keys are made and deleted in its dashboard only, so there is no endpoint
//! for that.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use base64ct::{Base64, Encoding};
use keylatch_format::Secret;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::auth::identify;
use crate::http::carrier::{Carrier, only};
use crate::http::problem::{Problem, ProblemCode};
use crate::http::request_id::RequestId;
use crate::state::App;

static CARRIER: Carrier =
    Carrier { read: key, missing: "This needs an API key: `Authorization: Bearer KEY`, or Basic." };

/// What is listed here, always as nothing.
const LISTS: [&str; 5] = ["instances", "ssh-keys", "file-systems", "images", "firewall-rules"];

pub(super) fn routes() -> Router<App> {
    let lists = LISTS.iter().fold(Router::new(), |router, name| {
        router.route(&format!("/api/v1/{name}"), get(async |_: KeyHolder| Json(json!({"data": []}))))
    });
    lists
        .route("/api/v1/instance-types", get(async |_: KeyHolder| Json(json!({"data": {}}))))
        .route("/api/v1/{*rest}", any(no_such_object))
}

/// Who has no instances finds none by its id, and cannot restart it either.
async fn no_such_object(_: KeyHolder) -> StatusCode {
    StatusCode::NOT_FOUND
}

/// Asks for a key.
struct KeyHolder;

impl FromRequestParts<App> for KeyHolder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        identify::bearer_of(app, parts, &CARRIER).await.map(|_| KeyHolder)
    }
}

/// The key in `Authorization: Bearer KEY`, or in one of three forms of Basic:
/// base64 of `KEY:`, which is what clients send, and what the cloud's own text
/// names besides: base64 of `KEY` with a colon after it, and the bare key.
fn key(headers: &HeaderMap) -> Result<Option<Secret>, Problem> {
    let Some(text) = only(headers, &AUTHORIZATION)? else { return Ok(None) };
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    let token = token.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(Some(Secret::from(token)));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Problem::new(ProblemCode::Unauthorized, CARRIER.missing));
    }
    let inside = decode(token).and_then(|text| text.strip_suffix(':').map(Secret::from));
    let outside = || token.strip_suffix(':').and_then(decode).map(|text| Secret::from(text.as_str()));
    Ok(Some(inside.or_else(outside).unwrap_or_else(|| Secret::from(token))))
}

fn decode(token: &str) -> Option<Zeroizing<String>> {
    let bytes = Zeroizing::new(Base64::decode_vec(token).ok()?);
    std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
}

/// `{"error": {"code", "message", "suggestion"}}`. The text for a wrong key is
/// the cloud's own, word for word.
pub(super) fn refuse(problem: &Problem, _: &RequestId) -> Response {
    let (status, code) = match problem.code {
        ProblemCode::Unauthorized => {
            let body = error(
                "global/invalid-api-key",
                "API key was invalid, expired, or deleted.",
                "Check your API key or create a new one, then try again.",
            );
            return (StatusCode::UNAUTHORIZED, body).into_response();
        }
        ProblemCode::NotFound => (StatusCode::NOT_FOUND, "global/object-does-not-exist"),
        // Ours from here on: what a wrong method and a failing server are
        // answered with is not told.
        ProblemCode::ServiceError => (problem.status, "global/internal-error"),
        _ if problem.status == StatusCode::METHOD_NOT_ALLOWED => {
            (problem.status, "global/invalid-parameters")
        }
        _ => (StatusCode::BAD_REQUEST, "global/invalid-parameters"),
    };
    let suggestion = match status.is_server_error() {
        true => "Try again in a moment.",
        false => "Only reading is supported here, and there is nothing to be read.",
    };
    (status, error(code, &problem.detail, suggestion)).into_response()
}

fn error(code: &str, message: &str, suggestion: &str) -> Json<Value> {
    Json(json!({"error": {"code": code, "message": message, "suggestion": suggestion}}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().unwrap());
        key(&headers).ok().flatten().map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn the_key_is_read_in_every_form_that_the_cloud_names() {
        for (value, expected) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            // base64 of `abc:`, which is what curl -u abc: sends.
            ("Basic YWJjOg==", Some("abc")),
            ("basic YWJjOg==", Some("abc")),
            // base64 of `abc`, and the colon outside.
            ("Basic YWJj:", Some("abc")),
            ("Basic kl_live_abc", Some("kl_live_abc")),
            // base64 of `a:b`: a user with a password, which no key is.
            ("Basic YTpi", Some("YTpi")),
            ("Bearer", Some("")),
            ("Digest abc", None),
            ("abc", None),
        ] {
            assert_eq!(read(value).as_deref(), expected, "{value}");
        }
        assert!(key(&HeaderMap::new()).unwrap().is_none());
    }
}

//! Luminary Cloud, as of `docs/wire.md`, section 4.1: the REST part. Its gRPC part
//! needs HTTP/2 and says nothing more about keys; the endpoints by which its web
//! application manages keys are not published.

use axum::extract::FromRequestParts;
use axum::http::HeaderName;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::routing::get;
use axum::{Json, Router};
use keylatch_format::Secret;
use serde_json::{Value, json};

use crate::auth::identify;
use crate::http::carrier::{BEARER, Carrier, only};
use crate::http::problem::Problem;
use crate::issuer::access_token::is_access_token;
use crate::state::App;

static CARRIER: Carrier = Carrier {
    read: |headers| match only(headers, &HeaderName::from_static("x-api-key"))? {
        Some(key) => Ok(Some(Secret::from(key))),
        // There this cloud has the token of an interactive login, and no key.
        None => match only(headers, &AUTHORIZATION)? {
            Some(_) => Ok((BEARER.read)(headers)?.filter(|token| is_access_token(token.expose()))),
            None => Ok(None),
        },
    },
    missing: "This needs an API key, sent in the header x-api-key.",
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/rest/v0/pipelines", get(nothing)).route("/rest/v0/pipeline_jobs", get(nothing))
}

/// Whoever has a good key has no pipelines here. `skip` and `limit` change
/// nothing about that.
async fn nothing(_: KeyHolder) -> Json<Value> {
    Json(json!({"data": [], "total": 0}))
}

/// Asks for a key in `x-api-key`, or the token of an interactive login in
/// `Authorization`. A key there is none.
struct KeyHolder;

impl FromRequestParts<App> for KeyHolder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        identify::bearer_of(app, parts, &CARRIER).await.map(|_| KeyHolder)
    }
}

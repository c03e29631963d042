//! Modelon Impact, as of `wire.md`, section 1: a header of its own, one key per
//! user, a key for a session, and the API in two places, because a hub may stand
//! before it.
//!
//! Of the two ways to ask for the hub, `/hub/api/user` (the JavaScript client's)
//! answers; `/hub/api/` (the Python client's) does not, so that client finds the
//! API at `/api/` like everybody else.

mod account;
mod keys;
mod login;

use std::ops::Deref;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post};
use axum::{Json, Router};
use keylatch::Secret;
use serde_json::json;

use crate::app::App;
use crate::auth::{self, Caller};
use crate::carrier::{Carrier, only};
use crate::problem::{Problem, ProblemCode};
use crate::request_id::RequestId;
use crate::store::users::User;
use crate::token::fingerprint;

static CARRIER: Carrier = Carrier {
    read: |headers| Ok(only(headers, &HeaderName::from_static("impact-api-key"))?.map(Secret::from)),
    missing: "This needs an API key, sent in the header impact-api-key, or the cookie of POST login.",
};

/// Where the API is: by itself, and where the hub says that a user's server is.
const PLACES: [&str; 2] = ["/api", "/user/{name}/impact/api"];

pub(super) fn routes() -> Router<App> {
    let hub = Router::new()
        .route("/hub/api/user", get(account::hub_user))
        .route("/hub/{*rest}", any(StatusCode::NOT_FOUND));
    PLACES.into_iter().fold(hub, |router, place| {
        let at = |path: &str| format!("{place}/{path}");
        router
            .route(&at(""), get(account::version))
            .route(&at("users/me"), get(account::me))
            .route(&at("users/{user_id}/keys"), get(keys::list).post(keys::create))
            .route(&at("users/{user_id}/keys/{key_id}"), delete(keys::delete))
            .route(&at("keys/validation"), post(keys::validate))
            .route(&at("login"), post(login::login))
            .route(&at("workspaces"), get(account::workspaces))
            // Also what is not there is told in the cloud's own form, without
            // which its Python client breaks.
            .route(&at("{*rest}"), any(StatusCode::NOT_FOUND))
    })
}

/// Who asks, by key or by session.
struct Person(Caller);

impl Person {
    /// Refuses a path that is somebody else's.
    fn must_be(&self, user_id: &str) -> Result<(), Problem> {
        if user_id == impact_id(&self.user) { Ok(()) } else { Err(no_such_user()) }
    }
}

impl Deref for Person {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl FromRequestParts<App> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let person = Person(auth::identify(app, parts, &CARRIER).await?);
        // Behind the hub everybody has a place of their own.
        let place = RawPathParams::from_request_parts(parts, app).await.map_err(|_| no_such_user())?;
        if let Some((_, name)) = place.iter().find(|(parameter, _)| *parameter == "name") {
            person.must_be(name)?;
        }
        Ok(person)
    }
}

/// The user as this cloud has ids, 32 hexadecimal digits; always the same, so
/// nothing needs to be stored.
fn impact_id(user: &User) -> String {
    fingerprint(&user.id).chars().take(32).collect()
}

fn no_such_user() -> Problem {
    Problem::new(
        ProblemCode::NotFound,
        "This is not the path of the user whose key or session it is. GET users/me tells the id.",
    )
}

/// `{"error": {"message", "code"}}`; both members are needed. Codes are known
/// for a wrong key only; otherwise the status stands in, which is ours.
pub(super) fn refuse(problem: &Problem, _: &RequestId) -> Response {
    let status = match problem.code {
        // 405, which axum says, is not in the cloud's list; the others are 400 there.
        ProblemCode::InvalidRequest if problem.status != StatusCode::METHOD_NOT_ALLOWED => {
            StatusCode::BAD_REQUEST
        }
        ProblemCode::Conflict | ProblemCode::InvalidCredentials => StatusCode::BAD_REQUEST,
        _ => problem.status,
    };
    let code = match problem.code {
        ProblemCode::Unauthorized => 11034,
        ProblemCode::InvalidCredentials => 12035,
        _ => status.as_u16(),
    };
    (status, Json(json!({"error": {"message": problem.detail, "code": code}}))).into_response()
}

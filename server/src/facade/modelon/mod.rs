//! Modelon Impact, as of `docs/wire.md`, section 1: a header of its own, one key per
//! user, a key for a session, and the API in two places, because a hub may stand
//! before it.
//!
//! Of the two ways to ask for the hub, `/hub/api/user` (the JavaScript client's)
//! answers; `/hub/api/` (the Python client's) does not, so that client finds the
//! API at `/api/` like everybody else.

mod account;
mod keys;
mod login;
mod person;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post};
use axum::{Json, Router};
use serde_json::json;

use crate::http::problem::{Problem, ProblemCode};
use crate::http::request_id::RequestId;
use crate::state::App;

/// Where the API is: by itself, and where the hub says that a user's server is.
const PLACES: [&str; 2] = ["/api", "/user/{name}/impact/api"];

pub(super) fn routes() -> Router<App> {
    let hub = Router::new()
        .route("/hub/api/user", get(account::hub_user))
        .route("/hub/{*rest}", any(StatusCode::NOT_FOUND))
        .route("/logout", get(login::logout));
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

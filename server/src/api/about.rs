//! The service itself: is it alive, can it do its work, what do its refusals mean.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::problem::{self, Problem, ProblemBody};
use crate::state::App;

/// The answer of `/health`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// The answer of `/ready`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Ready {
    #[schema(example = "ok")]
    status: &'static str,
    /// What the server does without right now: `redis`, so keys are checked and nobody can sign in.
    degraded: Vec<&'static str>,
}

/// Liveness: the process answers. It does not ask the database, because starting
/// the process anew does not help when that fails.
#[utoipa::path(
    get, path = "/health", tag = "about", operation_id = "health",
    responses((status = 200, description = "The process answers", body = Health)),
)]
pub(crate) async fn health() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Readiness: the database can be read and written, and the server is not about
/// to stop. A proxy sends requests elsewhere while this is not so. What is away for
/// every process at once, and not needed for checks, is named and no reason for that.
#[utoipa::path(
    get, path = "/ready", tag = "about", operation_id = "ready",
    responses(
        (status = 200, description = "Requests are welcome", body = Ready),
        (status = 503, description = "The database cannot be read or written, or the server is about to stop"),
    ),
)]
pub(crate) async fn ready(State(app): State<App>) -> Result<Json<Ready>, Problem> {
    if app.is_draining() {
        return Err(Problem::busy("The server is about to stop. Ask another one, or try again in a moment."));
    }
    let degraded = app.readiness().check(&app).await?;
    Ok(Json(Ready { status: "ok", degraded }))
}

/// Explains a problem type in plain text.
#[utoipa::path(
    get, path = "/problems/{code}", tag = "about", operation_id = "explainProblem",
    params(("code" = String, Path, description = "The last part of a problem's `type`", pattern = "^[a-z_]+$")),
    responses(
        (status = 200, description = "The explanation", body = String, content_type = "text/plain"),
        (status = 404, description = "No such problem type", body = inline(ProblemBody), content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn explain(Path(code): Path<String>) -> Result<Response, Problem> {
    let text = problem::explanation(&code)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

//! Metrics and readiness on an address of their own, which is for whoever runs
//! the server.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::around;
use super::layer::Around;
use super::problem::{self, Dialect};
use crate::state::App;

/// `/metrics`, `/health` and `/ready`.
pub(crate) fn routes(app: &App) -> Router {
    let render = Around { told: problem::rfc9457 as Dialect, around: problem::render };
    let handler = Around { told: app.clone(), around: around::handler };
    Router::new()
        .route("/metrics", get(metrics))
        .route("/ready", get(crate::api::ready))
        .route("/health", get(async || "ok\n"))
        .with_state(app.clone())
        .layer(handler)
        .layer(render)
}

async fn metrics(State(app): State<App>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics().text(&app)).into_response()
}

//! What no path has.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::{Problem, ProblemCode};

/// The layer: a path with a NUL names nothing. PostgreSQL takes no text with one, so to
/// look it up would be an error and not a key that is not there.
pub(crate) async fn check(request: Request, next: Next) -> Response {
    if request.uri().path().contains("%00") {
        let detail = "There is nothing at this address: it has a NUL character (%00).";
        return Problem::new(ProblemCode::NotFound, detail).into_response();
    }
    next.run(request).await
}

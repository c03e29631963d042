//! One line in the log per request. Of the address it holds the pattern only:
//! in a real path or query a person may have pasted a key.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::request_id::RequestId;

/// The layer that opens a span around the request and logs its outcome.
pub(crate) async fn request(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("(other)", MatchedPath::as_str);
    let id = request.extensions().get::<RequestId>().map_or("", RequestId::as_str);
    // Of the highest level, so that an error names its request whatever --log says.
    let span = tracing::error_span!("request", id, method = method(request.method().as_str()), route);
    let response = next.run(request).instrument(span.clone()).await;
    let (status, ms) = (response.status().as_u16(), started.elapsed().as_millis());
    span.in_scope(|| tracing::info!(status, ms, "answered"));
    response
}

/// HTTP allows any word for a method.
fn method(text: &str) -> &str {
    match text {
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" => text,
        _ => "(other)",
    }
}

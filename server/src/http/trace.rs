//! One line in the log per request. Of the address it holds the pattern only:
//! in a real path or query a person may have pasted a key.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderMap;
use axum::routing::Route;
use tower::Service;
use tracing::{Instrument, field};

use super::layer::Answered;
use super::source::Source;
use crate::state::App;

/// Opens a span around the request, logs its outcome and counts it.
pub(crate) fn request(
    app: &App,
    request: Request,
    routes: &mut Route,
) -> impl Future<Output = Answered> + Send + use<> {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("(other)", MatchedPath::as_str).to_owned();
    let Source { address, request_id } = Source::of(request.extensions());
    let method = method(request.method().as_str());
    // Of the highest level, so that an error names its request whatever --log says.
    let span = tracing::error_span!(
        "request",
        id = request_id.as_str(),
        method,
        route,
        client = address.map(field::display),
        trace_id = trace_id(request.headers()),
    );
    let (app, answer) = (app.clone(), routes.call(request));
    async move {
        let response = answer.await?;
        let (status, took) = (response.status().as_u16(), started.elapsed());
        app.metrics().answered(method, route, status, took);
        tracing::info!(status, ms = took.as_millis(), "answered");
        Ok(response)
    }
    .instrument(span)
}

/// The trace that a caller has begun (W3C Trace Context): 32 hexadecimal digits.
fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let mut parts = headers.get("traceparent")?.to_str().ok()?.split('-');
    let (_version, id) = (parts.next()?, parts.next()?);
    let is_id = id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (is_id && id.bytes().any(|byte| byte != b'0')).then_some(id)
}

/// HTTP allows any word for a method.
fn method(text: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == text).unwrap_or("(other)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_a_trace_id_is_logged() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (header, expected) in [
            (format!("00-{id}-00f067aa0ba902b7-01"), Some(id)),
            (format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), None),
            ("kl_live_secret".to_owned(), None),
            ("00-kl_live_secret-x".to_owned(), None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", header.parse().unwrap());
            assert_eq!(trace_id(&headers), expected, "{header}");
        }
    }
}

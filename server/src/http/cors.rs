//! Other origins' pages: only those that were named, with the headers that the
//! clients of keylatch send.

use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::key_end;
use crate::config::Config;

/// Answers preflights and marks answers, for the origins of `--allow-origin`.
/// Without any, `OPTIONS` is a method like others that an address does not take.
pub(crate) fn allow(router: Router, config: &Config) -> Router {
    let origins = config.allowed_origins.iter();
    let origins: Vec<_> = origins.filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok()).collect();
    if origins.is_empty() { router } else { router.layer(layer(origins)) }
}

fn layer(origins: Vec<HeaderValue>) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("x-api-key"),
            HeaderName::from_static("impact-api-key"),
        ])
        .expose_headers([HeaderName::from_static("x-request-id"), header::RETRY_AFTER, key_end::HEADER])
        .max_age(Duration::from_secs(600))
}

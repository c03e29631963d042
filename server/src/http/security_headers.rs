//! Headers that every answer carries, so that a browser grants no more than is
//! needed.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::csrf;
use crate::config::Config;

/// `wasm-unsafe-eval` lets the page compile WebAssembly and nothing else. No text becomes HTML or a script: the page has
/// no policy of Trusted Types, and needs none.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The page copies keys to the clipboard; it needs nothing else of the browser.
const PERMISSIONS_POLICY: &str = "camera=(), clipboard-write=(self), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Behind https: browsers do not try plain http any more, where somebody could listen.
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000");

const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS_POLICY)),
];

/// Named once: a name that is text is read anew for each answer.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Whether a page of the origin that asks may read the answer.
pub(crate) fn is_shared(asked: &HeaderMap, config: &Config) -> bool {
    let origin = asked.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    origin.is_some_and(|origin| csrf::is_allowed(origin, config))
}

/// Adds them. What an answer has said itself, it keeps: files their
/// `Cache-Control`; everything else is never stored.
pub(crate) fn add(headers: &mut HeaderMap, is_shared: bool, config: &Config) {
    // With room for what is below and the name of the request.
    headers.reserve(HEADERS.len() + 4);
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    if config.secure_cookies {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
    let policy = if is_shared { "cross-origin" } else { "same-origin" };
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static(policy));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

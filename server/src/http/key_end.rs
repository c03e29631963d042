//! Tells whoever sends a key that it ends soon, so that they notice in time: on
//! the answer to every request that was authenticated by a key with little time left.

use std::sync::{Arc, OnceLock};

use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};

use crate::state::App;

/// The header, whose value is the end by RFC 3339.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("keylatch-key-expires");
/// So much time is little.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// When the key ends that authenticated a request. The layer puts it into the
/// request, and whoever finds the key out fills it.
#[derive(Clone, Default)]
struct KeyEnd(Arc<OnceLock<Timestamp>>);

/// The request was authenticated by a key that ends then.
pub(crate) fn note(extensions: &Extensions, end: Option<Timestamp>) {
    if let (Some(slot), Some(end)) = (extensions.get::<KeyEnd>(), end) {
        // A request is authenticated once.
        let _ = slot.0.set(end);
    }
}

/// The layer.
pub(crate) async fn tell(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let slot = KeyEnd::default();
    request.extensions_mut().insert(slot.clone());
    let mut response = next.run(request).await;
    let end = slot.0.get().filter(|end| end.duration_since(app.now()) < SOON);
    if let Some(value) = end.and_then(|end| HeaderValue::from_str(&end.to_string()).ok()) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

//! Tells whoever sends a key that it ends soon, so that they notice in time: on
//! the answer to every request that was authenticated by a key with little time left.

use std::sync::{Arc, OnceLock};

use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};

/// The header, whose value is the end by RFC 3339.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("keylatch-key-expires");
/// So much time is little.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// When the key ends that authenticated a request. It is put into the
/// request, and whoever finds the key out fills it.
#[derive(Clone, Default)]
pub(crate) struct KeyEnd(Arc<OnceLock<Timestamp>>);

/// The request was authenticated by a key that ends then.
pub(crate) fn note(extensions: &Extensions, end: Option<Timestamp>) {
    if let (Some(slot), Some(end)) = (extensions.get::<KeyEnd>(), end) {
        // A request is authenticated once.
        let _ = slot.0.set(end);
    }
}

impl KeyEnd {
    /// Puts one into a request.
    pub(crate) fn of(request: &mut Request) -> Self {
        let slot = KeyEnd::default();
        request.extensions_mut().insert(slot.clone());
        slot
    }

    /// Tells it in the answer, if it is soon.
    pub(crate) fn tell(&self, headers: &mut HeaderMap, now: Timestamp) {
        let end = self.0.get().filter(|end| end.duration_since(now) < SOON);
        if let Some(value) = end.and_then(|end| HeaderValue::from_str(&end.to_string()).ok()) {
            headers.insert(HEADER, value);
        }
    }
}

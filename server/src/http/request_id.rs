//! A name for every request, in the answer and in the log.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::token::random_base62;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// `req_` and 16 random characters. Always the server's own: one that the
/// client chose could be made to look like another request's in the log.
#[derive(Clone, Default)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// Names a request.
    pub(crate) fn assign(request: &mut Request) -> Self {
        // Without randomness there is no server, but an answer can still be given.
        let id = RequestId(random_base62(16).map(|id| format!("req_{id}")).unwrap_or_default());
        request.extensions_mut().insert(id.clone());
        id
    }

    /// Puts the name on the answer.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(self.as_str()) {
            headers.insert(HEADER, value);
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

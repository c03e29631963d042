//! A name for every request, in the answer and in the log.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;

use crate::token::random_base62;

/// `req_` and 16 random characters. Always the server's own: one that the
/// client chose could be made to look like another request's in the log.
#[derive(Clone, Default)]
pub(crate) struct RequestId(String);

impl RequestId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The outermost layer: names the request and puts the name on the answer.
pub(crate) async fn assign(mut request: Request, next: Next) -> Response {
    // Without randomness there is no server, but an answer can still be given.
    let id = RequestId(random_base62(16).map(|id| format!("req_{id}")).unwrap_or_default());
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

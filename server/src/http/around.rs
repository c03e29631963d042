//! What happens around every request. It is two layers and not ten: for each request axum's
//! `from_fn` copies every layer that is within it.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::key_end::KeyEnd;
use super::request_id::RequestId;
use super::{address, body, host, path, security_headers, trace};
use crate::state::App;

/// The outermost layer: where a request is from, what it is called, what the log says of it, and
/// the headers of its answer.
pub(crate) async fn request(State(app): State<App>, mut request: Request, next: Next) -> Response {
    address::find(&mut request, app.config());
    let id = RequestId::assign(&mut request);
    let is_shared = security_headers::is_shared(request.headers(), app.config());
    let mut response = trace::request(&app, request, next).await;
    security_headers::add(response.headers_mut(), is_shared, app.config());
    id.tell(response.headers_mut());
    response
}

/// The innermost layer: what no handler sees, and what an answer tells of the key that was sent.
pub(crate) async fn handler(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if let Err(problem) = host::check(&request, app.config()).and_then(|()| path::check(request.uri())) {
        return problem.into_response();
    }
    if body::is_encoded(&request) {
        return body::refuse_encoded(request.into_body()).await;
    }
    let end = KeyEnd::of(&mut request);
    let mut response = next.run(request).await;
    end.tell(response.headers_mut(), app.now());
    response
}

//! What happens around every request. It is two layers and not ten, as each is another step to the
//! handler.

use axum::body::Body;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::Route;
use tower::Service;

use super::key_end::KeyEnd;
use super::layer::Answered;
use super::problem::Problem;
use super::request_id::RequestId;
use super::{address, body, host, path, security_headers, trace};
use crate::state::App;

/// The outermost layer: where a request is from, what it is called, what the log says of it, and
/// the headers of its answer.
pub(crate) fn request(
    app: &App,
    mut request: Request,
    routes: &mut Route,
) -> impl Future<Output = Answered> + Send + use<> {
    address::find(&mut request, app.config());
    let id = RequestId::assign(&mut request);
    let is_shared = security_headers::is_shared(request.headers(), app.config());
    let (app, answer) = (app.clone(), trace::request(app, request, routes));
    async move {
        let mut response = answer.await?;
        security_headers::add(response.headers_mut(), is_shared, app.config());
        id.tell(response.headers_mut());
        Ok(response)
    }
}

/// The innermost layer: what no handler sees, and what an answer tells of the key that was sent.
pub(crate) fn handler(
    app: &App,
    mut request: Request,
    routes: &mut Route,
) -> impl Future<Output = Answered> + Send + use<> {
    let app = app.clone();
    let checked = host::check(&request, app.config()).and_then(|()| path::check(request.uri()));
    let answer = match checked {
        Ok(()) if body::is_encoded(&request) => Err(Refusal::Encoded(request.into_body())),
        Ok(()) => {
            let end = KeyEnd::of(&mut request);
            Ok((end, routes.call(request)))
        }
        Err(problem) => Err(Refusal::Problem(problem)),
    };
    async move {
        let (end, answer) = match answer {
            Ok(answer) => answer,
            Err(Refusal::Problem(problem)) => return Ok(problem.into_response()),
            Err(Refusal::Encoded(body)) => return Ok(body::refuse_encoded(body).await),
        };
        let mut response = answer.await?;
        end.tell(response.headers_mut(), app.now());
        Ok(response)
    }
}

/// Why no handler sees a request.
enum Refusal {
    Problem(Problem),
    /// When the client has sent it.
    Encoded(Body),
}

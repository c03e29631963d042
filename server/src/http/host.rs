//! DNS rebinding: a page of anybody's can have its own name lead to this
//! computer, and is then of our origin to the browser. Where the password is
//! public, as with `--demo`, nothing else would hold it off.

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::problem::{Problem, ProblemCode::InvalidRequest};
use crate::state::App;

/// The layer: one Host, and the demo answers to the names of one's own computer
/// only. Elsewhere the server does not know its names, and a stranger's page
/// knows no password.
pub(crate) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    // A request without the header, which HTTP/1.0 allows, is no browser's.
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = hosts.next();
    if hosts.next().is_some() {
        // RFC 9112, section 3.2: a proxy may have looked at the other one.
        let problem = Problem::new(InvalidRequest, "There is more than one header Host. Send one.")
            .with_status(StatusCode::BAD_REQUEST);
        return Problem { field: Some("Host".into()), ..problem }.into_response();
    }
    let is_known = host.is_none_or(|host| host.to_str().is_ok_and(is_loopback));
    if !app.config().demo || is_known {
        return next.run(request).await;
    }
    let problem = Problem::new(
        InvalidRequest,
        "A server started with --demo answers to localhost, 127.0.0.1 and [::1] only, as everybody knows its password. \
         Use one of these names in the address.",
    );
    Problem { field: Some("Host".into()), ..problem }
        .with_status(StatusCode::MISDIRECTED_REQUEST)
        .into_response()
}

/// Whether host and port are of one's own computer.
pub(crate) fn is_loopback(authority: &str) -> bool {
    let Ok(authority) = authority.parse::<Authority>() else { return false };
    matches!(&*authority.host().to_ascii_lowercase(), "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ones_own_computer() {
        for (authority, is) in [
            ("localhost", true),
            ("LocalHost:8787", true),
            ("127.0.0.1:8787", true),
            ("[::1]:8787", true),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example:8787", false),
            ("127.0.0.2", false),
            ("evil.example@localhost", true),
            ("", false),
            ("localhost/", false),
        ] {
            assert_eq!(is_loopback(authority), is, "{authority}");
        }
    }
}

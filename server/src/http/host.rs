//! Which host a request is for.
//!
//! DNS rebinding: a page of anybody's can have its own name lead to this
//! computer, and is then of our origin to the browser. Where the password is
//! public, as with `--demo`, nothing else would hold it off.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{StatusCode, Version, header};

use crate::config::Config;
use crate::http::problem::{Problem, ProblemCode::InvalidRequest};

/// A request names one Host, and the demo answers to the names of one's own computer
/// only. Elsewhere the server does not know its names, and a stranger's page
/// knows no password.
///
/// # Errors
/// 400, or 421 from the demo.
pub(crate) fn check(request: &Request, config: &Config) -> Result<(), Problem> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        // RFC 9112, section 3.2, for this and the next: a proxy may have looked at the other one.
        (_, Some(_)) => {
            return refuse(StatusCode::BAD_REQUEST, "There is more than one header Host. Send one.");
        }
        (None, None) if request.version() == Version::HTTP_11 => {
            return refuse(StatusCode::BAD_REQUEST, "There is no header Host. HTTP/1.1 needs one.");
        }
        // HTTP/1.0 has none, and no browser sends that.
        (host, None) => host,
    };
    let is_known = || host.is_none_or(|host| host.to_str().is_ok_and(is_loopback));
    if !config.demo || is_known() {
        return Ok(());
    }
    refuse(
        StatusCode::MISDIRECTED_REQUEST,
        "A server started with --demo answers to localhost, 127.0.0.1 and [::1] only, as everybody knows its password. \
         Use one of these names in the address.",
    )
}

fn refuse(status: StatusCode, detail: &'static str) -> Result<(), Problem> {
    let problem = Problem::new(InvalidRequest, detail).with_status(status);
    Err(Problem { field: Some("Host".into()), ..problem })
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

//! Request forgery: a browser sends the session cookie along, whoever wrote the
//! page. So a request that changes something must say that it comes from our
//! own page, or from one that was named with `--allow-origin`. Another *site*'s
//! page cannot have a session: browsers never send the cookie from there, and a
//! sign-in that seems to succeed would be followed by 401.

use axum::http::{HeaderMap, Method, header};

use crate::config::Config;
use crate::http::body::{is_json, not_json};
use crate::http::host::is_loopback;
use crate::http::problem::{Problem, ProblemCode::Forbidden};

/// Lets a request through that changes nothing, or whose page may change things.
///
/// # Errors
/// 403 for another origin, 415 for a body that a form could have sent.
pub(crate) fn check(method: &Method, headers: &HeaderMap, config: &Config) -> Result<(), Problem> {
    if matches!(*method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    check_origin(headers, config)?;
    // A form cannot send JSON: a second lock, should a browser omit Origin.
    match headers.get(header::CONTENT_TYPE) {
        Some(value) if !value.to_str().is_ok_and(is_json) => Err(not_json()),
        _ => Ok(()),
    }
}

/// The first half of [`check`], which signing in needs as well.
pub(crate) fn check_origin(headers: &HeaderMap, config: &Config) -> Result<(), Problem> {
    let origin = headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or("null"));
    let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
    match (origin, site) {
        // Not a browser, then: those send Origin with everything but GET and HEAD.
        (None, None) => Ok(()),
        (Some(origin), _) if is_own(origin, headers, config) => Ok(()),
        (_, Some(b"cross-site")) => Err(refused(
            "comes from a page of another site than the server's, and browsers keep a session cookie within one \
             site. Use an API key, or serve page and server from the same site.",
        )),
        (Some(origin), _) if is_allowed(origin, config) => Ok(()),
        (Some(_), _) => Err(refused(
            "comes from a page of another origin. Use this server's own page (behind https it needs \
             --secure-cookies), start the server with --allow-origin for another page of the same site, or \
             authenticate with an API key.",
        )),
        (None, Some(_)) => Err(refused(
            "comes from a page that hides its origin. Use this server's own page, or authenticate with an API key.",
        )),
    }
}

/// Whether the origin was named with `--allow-origin`.
pub(crate) fn is_allowed(origin: &str, config: &Config) -> bool {
    config.allowed_origins.iter().any(|allowed| allowed.as_str() == origin)
}

fn is_own(origin: &str, headers: &HeaderMap, config: &Config) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) else {
        return false;
    };
    // Behind https the cookie is kept to https, and so must its pages be; on
    // one's own computer browsers make an exception, and so does this.
    match origin.split_once("://") {
        Some(("https", authority)) => config.secure_cookies && authority.eq_ignore_ascii_case(host),
        Some(("http", authority)) => {
            authority.eq_ignore_ascii_case(host) && (!config.secure_cookies || is_loopback(authority))
        }
        _ => false,
    }
}

/// Says whence the request comes and what to do.
fn refused(whence: &str) -> Problem {
    let detail = format!("This request starts or uses a session and {whence}");
    Problem { field: Some("Origin".into()), ..Problem::new(Forbidden, detail) }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::config::Database;

    /// Headers as `name: value`, separated by `;`.
    fn headers(text: &'static str) -> HeaderMap {
        text.split(';')
            .filter_map(|header| header.split_once(':'))
            .map(|(name, value)| {
                let name = name.trim().parse::<header::HeaderName>().unwrap();
                (name, HeaderValue::from_static(value.trim()))
            })
            .collect()
    }

    #[test]
    fn only_our_own_pages_and_allowed_ones_may_change_things() {
        let mut plain = Config::new(Database::from("unused"));
        plain.allowed_origins = vec!["https://app.example.com".parse().unwrap()];
        let mut secure = plain.clone();
        secure.secure_cookies = true;
        for (request, over_http, over_https) in [
            ("host: kl.test:8787", true, true),
            ("host: kl.test:8787; origin: http://kl.test:8787", true, false),
            ("host: kl.test; origin: https://kl.test", false, true),
            ("host: localhost:8787; origin: http://localhost:8787", true, true),
            ("host: KL.test:8787; origin: http://kl.test:8787", true, false),
            ("host: kl.test:8787; origin: http://kl.test:9999", false, false),
            ("host: kl.test:8787; origin: http://kl.test", false, false),
            ("host: kl.test:8787; origin: http://evil.test", false, false),
            ("host: kl.test:8787; origin: null", false, false),
            ("host: kl.test:8787; origin: ", false, false),
            ("origin: http://kl.test", false, false),
            ("host: kl.test; origin: https://app.example.com", true, true),
            ("host: kl.test; origin: https://app.example.com; sec-fetch-site: same-site", true, true),
            ("host: kl.test; origin: https://app.example.com; sec-fetch-site: cross-site", false, false),
            ("host: kl.test; origin: https://app.example.com.evil.test", false, false),
            ("host: kl.test; sec-fetch-site: same-origin", false, false),
            ("host: kl.test; sec-fetch-site: cross-site", false, false),
            ("host: kl.test; content-type: application/json", true, true),
            ("host: kl.test; content-type: text/plain", false, false),
            ("host: kl.test; content-type: application/x-www-form-urlencoded", false, false),
        ] {
            let headers = headers(request);
            assert_eq!(check(&Method::POST, &headers, &plain).is_ok(), over_http, "http, {request}");
            assert_eq!(check(&Method::DELETE, &headers, &secure).is_ok(), over_https, "https, {request}");
            assert!(check(&Method::GET, &headers, &plain).is_ok(), "GET, {request}");
        }
    }
}

//! Logging in by browser: an issuer of tokens for programs on a person's own
//! computer (RFC 6749 with PKCE, RFC 7636, after RFC 8252).
//!
//! `GET /authorize` shows a page to sign in on, which sends the browser back to
//! the program with a code; `POST /oauth/token` turns the code, and later each
//! refresh token, into an access token. Every client is a public one: no
//! secret, any `client_id`, and no redirection but to the person's own computer.
//!
//! Where there is no browser, `POST /oauth/device_authorization` gives a code to
//! type at `/device` on any other computer (RFC 8628).
//!
//! What is kept of codes and tokens is in the database, so any process answers
//! for any other. An access token lives for an hour, a login for 30 days. What a
//! program may do is what it asked for as `scope`: `keys:read`, `keys:write`.
//! `POST /oauth/revoke` ends a login (RFC 7009), and
//! `/.well-known/oauth-authorization-server` tells all this (RFC 8414).

pub(crate) mod access_token;
mod authorize;
mod device;
mod device_page;
mod form;
mod metadata;
mod page;
mod request;
mod revoke;
mod token;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{get, post};

use crate::state::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/authorize", get(authorize::show).post(authorize::submit))
        .route("/authorize.css", get(page::style))
        .route("/oauth/device_authorization", post(device::authorize))
        .route("/device", get(device_page::show).post(device_page::submit))
        .route("/device/answer", post(device_page::answer))
        .route("/oauth/token", post(token::issue))
        .route("/oauth/revoke", post(revoke::revoke))
        .route("/.well-known/oauth-authorization-server", get(metadata::tell))
}

/// Words every refusal that the handlers do not word themselves: 400, 405, 415, 503.
pub(crate) fn worded(routes: Router) -> Router {
    routes.layer(from_fn(form::render))
}

//! Logging in by browser: an issuer of tokens for programs on a person's own
//! computer (RFC 6749 with PKCE, RFC 7636, after RFC 8252).
//!
//! `GET /authorize` shows a page to sign in on, which sends the browser back to
//! the program with a code; `POST /oauth/token` turns the code, and later each
//! refresh token, into an access token. Every client is a public one: no
//! secret, any `client_id`, and no redirection but to the person's own computer.
//!
//! An access token has the form of a JWT and an hour to live. Its signature is
//! this server's affair: HS256 with a random key that is made at the start and
//! told to nobody, so a restart ends every access token, and programs get the
//! next one by their refresh token. Those live in the database, and for 30 days.

pub(crate) mod access;
mod authorize;
mod codes;
pub(crate) mod memory;
mod page;
mod request;
mod signing;
mod token;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::state::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/authorize", get(authorize::show).post(authorize::submit))
        .route("/authorize.css", get(page::style))
        .route("/oauth/token", post(token::issue))
        .layer(DefaultBodyLimit::max(64 * 1024))
}

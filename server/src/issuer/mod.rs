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

mod access;
mod authorize;
mod codes;
mod page;
mod request;
mod token;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::app::App;

pub(crate) use access::{SigningKey, is_access_token, user_of};
pub(crate) use codes::Codes;

/// What an app keeps in memory for its issuer.
pub(crate) struct Issuer {
    key: SigningKey,
    codes: Codes,
}

impl Issuer {
    /// With a new signing key; `None` when the system's random source fails.
    pub(crate) fn new() -> Option<Self> {
        Some(Issuer { key: SigningKey::generate()?, codes: Codes::default() })
    }
}

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/authorize", get(authorize::show).post(authorize::submit))
        .route("/authorize.css", get(page::style))
        .route("/oauth/token", post(token::issue))
        .layer(DefaultBodyLimit::max(64 * 1024))
}

//! `/.well-known/oauth-authorization-server` (RFC 8414): where what is, and what
//! can be asked for.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use super::token::DEVICE_CODE;
use crate::state::App;

pub(super) async fn tell(State(app): State<App>, headers: HeaderMap) -> Json<Value> {
    let issuer = issuer(&app, &headers);
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/oauth/token"),
        "device_authorization_endpoint": format!("{issuer}/oauth/device_authorization"),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "scopes_supported": ["keys:read", "keys:write"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", DEVICE_CODE],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
    }))
}

/// Its name: the address that the client asked.
pub(super) fn issuer(app: &App, headers: &HeaderMap) -> String {
    let scheme = if app.config().secure_cookies { "https" } else { "http" };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("{scheme}://{host}")
}

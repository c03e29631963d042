//! `POST /oauth/revoke` (RFC 7009): a program that is done ends its login. Either
//! token ends all of it. A token that is unknown has ended already.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::form::{Refusal, read_form};
use crate::http::secret_text::SecretText;
use crate::http::source::Source;
use crate::state::App;
use crate::token::HashedToken;

#[derive(Default, Deserialize)]
#[serde(default)]
struct RevokeRequest {
    token: Option<SecretText>,
    client_id: Option<String>,
}

pub(super) async fn revoke(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match answer(&app, &source, &headers, body).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn answer(app: &App, source: &Source, headers: &HeaderMap, body: Body) -> Result<(), Refusal> {
    let request: RevokeRequest = read_form(headers, body).await?;
    let token = request.token.ok_or(Refusal::request("invalid_request", "token is needed."))?;
    let mut tx = app.store().begin().await?;
    let Some(login) = tx.login_of_token(&HashedToken::of(token.0.expose())).await? else { return Ok(()) };
    if request.client_id.is_some_and(|client_id| client_id != login.client_id) {
        return Err(Refusal::request("invalid_client", "The token is another program's."));
    }
    tx.end_login(&login.id).await?;
    tx.commit().await?;
    app.audit(source, &login.user_id, "login.ended", &format!("login_{}", login.id), None);
    Ok(())
}

//! `POST /oauth/token`: a code or a refresh token for an access token.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::codes::Spent;
use super::memory::Issuer;
use super::signing::LIFETIME;
use crate::body::is_json;
use crate::problem::Problem;
use crate::secret_text::SecretText;
use crate::state::App;
use crate::store::logins::{self, Login, Used};
use crate::token::{HashedToken, NotGenerated, PlainToken, random_base62};

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenRequest {
    grant_type: String,
    client_id: String,
    redirect_uri: String,
    code: Option<SecretText>,
    code_verifier: Option<SecretText>,
    refresh_token: Option<SecretText>,
}

/// A refusal in the words of RFC 6749, section 5.2.
enum Refusal {
    Request(&'static str, &'static str),
    Failed,
}

impl From<Problem> for Refusal {
    fn from(_: Problem) -> Self {
        Refusal::Failed
    }
}

impl From<NotGenerated> for Refusal {
    fn from(_: NotGenerated) -> Self {
        Refusal::Failed
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        // Logs it.
        Problem::from(error).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error, description) = match self {
            Refusal::Request(error, description) => (StatusCode::BAD_REQUEST, error, description),
            Refusal::Failed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "The server failed. Try again in a moment.",
            ),
        };
        (status, Json(json!({"error": error, "error_description": description}))).into_response()
    }
}

/// Takes JSON, as Auth0's clients send it, and a form, as RFC 6749 has it.
pub(super) async fn issue(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    match answer(&app, &headers, &body).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    }
}

async fn answer(app: &App, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refusal> {
    let issuer = app.issuer().ok_or(Refusal::Failed)?;
    let request = read(headers, body)?;
    match request.grant_type.as_str() {
        "authorization_code" => by_code(app, issuer, request).await,
        "refresh_token" => by_refresh_token(app, issuer, request).await,
        _ => Err(Refusal::Request(
            "unsupported_grant_type",
            "grant_type must be authorization_code or refresh_token.",
        )),
    }
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<TokenRequest, Refusal> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let request = if is_json(content_type) {
        serde_json::from_slice(body).ok()
    } else {
        let pairs =
            form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.into_owned().into()));
        serde_json::from_value(serde_json::Value::Object(pairs.collect())).ok()
    };
    request.ok_or(Refusal::Request(
        "invalid_request",
        "The body is neither JSON nor a form with the members of RFC 6749.",
    ))
}

async fn by_code(app: &App, issuer: &Issuer, request: TokenRequest) -> Result<Response, Refusal> {
    let (Some(code), Some(verifier)) = (request.code, request.code_verifier) else {
        return Err(Refusal::Request("invalid_request", "code and code_verifier are needed."));
    };
    let now = app.now();
    let id = random_base62(22)?;
    let refused = |why| Err(Refusal::Request("invalid_grant", why));
    let grant = match issuer.codes.spend(&HashedToken::of(code.0.expose()), &id, now) {
        Spent::Good(grant) => grant,
        Spent::Again(login_id) => {
            tracing::warn!("a code was used twice; the login that came of it was ended");
            let mut db = app.store().write().await?;
            logins::end(&mut db, &login_id).await?;
            db.commit().await?;
            return refused("The code was used before. Log in again.");
        }
        Spent::Unknown => return refused("The code is unknown or more than a minute old. Log in again."),
    };
    if grant.client_id != request.client_id || grant.redirect_uri != request.redirect_uri {
        return refused("client_id or redirect_uri is not the one that the code was given for.");
    }
    if BASE64URL.encode(Sha256::digest(verifier.0.expose())) != grant.code_challenge {
        return refused("code_verifier does not fit code_challenge.");
    }
    let login = Login {
        id,
        user_id: grant.user_id,
        client_id: grant.client_id,
        audience: grant.audience,
        scope: grant.scope,
        begun_at: now,
    };
    let refresh = PlainToken::generate()?;
    let mut db = app.store().write().await?;
    logins::sweep(&mut db, now).await?;
    logins::insert(&mut db, &refresh.hashed(), &login).await?;
    db.commit().await?;
    tracing::info!(user_id = login.user_id, "logged in by browser");
    Ok(tokens(app, issuer, &login, &refresh))
}

async fn by_refresh_token(app: &App, issuer: &Issuer, request: TokenRequest) -> Result<Response, Refusal> {
    let Some(token) = request.refresh_token else {
        return Err(Refusal::Request("invalid_request", "refresh_token is needed."));
    };
    let now = app.now();
    let mut db = app.store().write().await?;
    let ended = Err(Refusal::Request("invalid_grant", "The login has ended. Log in again."));
    let login = match logins::spend(&mut db, &HashedToken::of(token.0.expose()), now).await? {
        Used::Unknown => return ended,
        Used::Good(login) if login.client_id == request.client_id && !login.has_ended(now) => login,
        // Used by two, wrong, or over: nobody can say who has it now.
        Used::Good(login) | Used::Again(login) => {
            tracing::warn!(user_id = login.user_id, "a refresh token was refused; its login was ended");
            logins::end(&mut db, &login.id).await?;
            db.commit().await?;
            return ended;
        }
    };
    let refresh = PlainToken::generate()?;
    logins::insert(&mut db, &refresh.hashed(), &login).await?;
    db.commit().await?;
    Ok(tokens(app, issuer, &login, &refresh))
}

fn tokens(app: &App, issuer: &Issuer, login: &Login, refresh: &PlainToken) -> Response {
    let access = issuer.key.sign(login, app.now());
    let body = json!({
        "access_token": access.expose(),
        "refresh_token": refresh.expose(),
        "token_type": "Bearer",
        "expires_in": LIFETIME.as_secs(),
        "scope": login.scope,
    });
    Json(body).into_response()
}

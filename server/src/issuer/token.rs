//! `POST /oauth/token`: a code, a refresh token or a device code for an access token.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::access_token::{AccessToken, LIFETIME};
use super::device::INTERVAL;
use super::form::{Refusal, read_form};
use crate::http::secret_text::SecretText;
use crate::state::App;
use crate::store::Tx;
use crate::store::codes::Spent;
use crate::store::devices::Wish;
use crate::store::logins::{Login, Used};
use crate::token::{HashedToken, PlainToken, random_base62};

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenRequest {
    grant_type: String,
    client_id: String,
    redirect_uri: String,
    code: Option<SecretText>,
    code_verifier: Option<SecretText>,
    refresh_token: Option<SecretText>,
    device_code: Option<SecretText>,
}

/// RFC 8628, section 3.4.
pub(super) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(super) async fn issue(State(app): State<App>, headers: HeaderMap, body: Body) -> Response {
    match answer(&app, &headers, body).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    }
}

async fn answer(app: &App, headers: &HeaderMap, body: Body) -> Result<Response, Refusal> {
    let request: TokenRequest = read_form(headers, body).await?;
    match request.grant_type.as_str() {
        "authorization_code" => by_code(app, request).await,
        "refresh_token" => by_refresh_token(app, request).await,
        DEVICE_CODE => by_device_code(app, request).await,
        _ => Err(Refusal::request(
            "unsupported_grant_type",
            "grant_type must be authorization_code, refresh_token or that of RFC 8628.",
        )),
    }
}

/// The code is used up, the login begun and its tokens stored as one: whoever
/// uses the same code meanwhile waits for that, and then ends the login.
async fn by_code(app: &App, request: TokenRequest) -> Result<Response, Refusal> {
    let (Some(code), Some(verifier)) = (request.code, request.code_verifier) else {
        return Err(Refusal::request("invalid_request", "code and code_verifier are needed."));
    };
    let now = app.now();
    let id = random_base62(22)?;
    let refused = |why| Err(Refusal::request("invalid_grant", why));
    let mut tx = app.store().begin().await?;
    let grant = match tx.spend_code(&HashedToken::of(code.0.expose()), &id, now).await? {
        Spent::Good(grant) => grant,
        Spent::Again(login_id) => {
            tracing::warn!("a code was used twice; the login that came of it was ended");
            tx.end_login(&login_id).await?;
            tx.commit().await?;
            return refused("The code was used before. Log in again.");
        }
        Spent::Unknown => return refused("The code is unknown or more than a minute old. Log in again."),
    };
    let wrong = if grant.client_id != request.client_id || grant.redirect_uri != request.redirect_uri {
        Some("client_id or redirect_uri is not the one that the code was given for.")
    } else if BASE64URL.encode(Sha256::digest(verifier.0.expose())) != grant.code_challenge {
        Some("code_verifier does not fit code_challenge.")
    } else {
        None
    };
    if let Some(why) = wrong {
        // Whoever guesses has one try.
        tx.commit().await?;
        return refused(why);
    }
    let login = Login {
        id,
        user_id: grant.user_id,
        client_id: grant.client_id,
        audience: grant.audience,
        scope: grant.scope,
        begun_at: now,
    };
    let answer = tokens(app, &mut tx, &login).await?;
    tx.commit().await?;
    tracing::info!(user_id = login.user_id, "logged in by browser");
    Ok(answer)
}

async fn by_refresh_token(app: &App, request: TokenRequest) -> Result<Response, Refusal> {
    let Some(token) = request.refresh_token else {
        return Err(Refusal::request("invalid_request", "refresh_token is needed."));
    };
    let now = app.now();
    let mut tx = app.store().begin().await?;
    let ended = Err(Refusal::request("invalid_grant", "The login has ended. Log in again."));
    let login = match tx.spend_refresh_token(&HashedToken::of(token.0.expose()), now).await? {
        Used::Unknown => return ended,
        Used::Good(login) if login.client_id == request.client_id && now < login.end() => login,
        // Used by two, wrong, or over: nobody can say who has it now.
        Used::Good(login) | Used::Again(login) => {
            tracing::warn!(user_id = login.user_id, "a refresh token was refused; its login was ended");
            tx.end_login(&login.id).await?;
            tx.commit().await?;
            return ended;
        }
    };
    let answer = tokens(app, &mut tx, &login).await?;
    tx.commit().await?;
    Ok(answer)
}

/// The program asks again and again until a person has answered (RFC 8628,
/// section 3.5). Who asks too often is to wait longer.
async fn by_device_code(app: &App, request: TokenRequest) -> Result<Response, Refusal> {
    let Some(code) = request.device_code else {
        return Err(Refusal::request("invalid_request", "device_code is needed."));
    };
    let code = HashedToken::of(code.0.expose());
    let now = app.now();
    let mut tx = app.store().begin().await?;
    let device = tx.lock_device(&code).await?.filter(|device| device.wish.client_id == request.client_id);
    let Some(device) = device else {
        return Err(Refusal::request("invalid_grant", "The device code is unknown, or another program's."));
    };
    if device.is_denied {
        return Err(Refusal::request("access_denied", "The person has refused."));
    }
    if device.is_over(now) {
        return Err(Refusal::request("expired_token", "Nobody typed the code in time. Ask for another one."));
    }
    let Some(user_id) = device.user_id.filter(|_| device.is_allowed) else {
        let wait = SignedDuration::from_secs(device.interval);
        let is_early = device.polled_at.is_some_and(|last| now.duration_since(last) < wait);
        let interval = if is_early { device.interval + INTERVAL } else { device.interval };
        tx.device_has_polled(&code, interval, now).await?;
        tx.commit().await?;
        return Err(if is_early {
            Refusal::request("slow_down", "Wait five seconds longer between two questions from here on.")
        } else {
            Refusal::request("authorization_pending", "The person has not answered yet. Ask again.")
        });
    };
    let Wish { client_id, audience, scope } = device.wish;
    let login = Login { id: random_base62(22)?, user_id, client_id, audience, scope, begun_at: now };
    tx.delete_device(&code).await?;
    let answer = tokens(app, &mut tx, &login).await?;
    tx.commit().await?;
    tracing::info!(user_id = login.user_id, "logged in by a device code");
    Ok(answer)
}

/// Makes and stores the next two tokens of a login.
async fn tokens(app: &App, tx: &mut Tx, login: &Login) -> Result<Response, Refusal> {
    let refresh = PlainToken::generate()?;
    let access = AccessToken::generate(login, app.now())?;
    tx.insert_refresh_token(&refresh.hashed(), login).await?;
    tx.insert_access_token(&access.hashed(), login, access.expires_at).await?;
    let body = json!({
        "access_token": access.text.expose(),
        "refresh_token": refresh.expose(),
        "token_type": "Bearer",
        "expires_in": LIFETIME.as_secs(),
        "scope": login.scope,
    });
    Ok(Json(body).into_response())
}

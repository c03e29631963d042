//! `POST /oauth/device_authorization` (RFC 8628): a program on a computer without
//! a browser gets a short code, a person types it at `/device` anywhere else,
//! signs in, sees what the program asks for, and agrees or not. Meanwhile the
//! program asks at `/oauth/token` ([`super::token`]).

use std::net::IpAddr;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use keylatch_format::Secret;
use serde::Deserialize;
use serde_json::json;

use super::form::{Refusal, read_form};
use super::metadata::issuer;
use crate::auth::throttle::WINDOW;
use crate::http::source::Source;
use crate::state::App;
use crate::store::StoreError;
use crate::store::devices::{LIFETIME, Wish};
use crate::token::{HashedToken, NotGenerated, PlainToken, fingerprint, random_letters};

/// Seconds that a program waits between two questions.
pub(super) const INTERVAL: i64 = 5;
/// So many codes within some minutes for one address.
const MOST: i64 = 30;
/// No vowels, so that no words come about, and no letters that look alike.
const LETTERS: &str = "BCDFGHJKLMNPQRSTVWXZ";
/// 34 bits, which live for ten minutes; guesses are counted as wrong passwords are.
const LENGTH: usize = 8;

#[derive(Default, Deserialize)]
#[serde(default)]
struct DeviceRequest {
    client_id: String,
    audience: String,
    scope: String,
}

pub(super) async fn authorize(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match answer(&app, &source, &headers, body).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    }
}

async fn answer(app: &App, source: &Source, headers: &HeaderMap, body: Body) -> Result<Response, Refusal> {
    let DeviceRequest { client_id, audience, scope } = read_form(headers, body).await?;
    if client_id.is_empty() || client_id.len() > 200 {
        return Err(Refusal::request("invalid_request", "client_id is needed, of 1 to 200 characters."));
    }
    if audience.len() > 1000 || scope.len() > 1000 {
        return Err(Refusal::request("invalid_request", "audience and scope have 1000 characters at most."));
    }
    count(app, source.address).await?;

    let device = PlainToken::generate()?;
    let code = UserCode::generate()?;
    let wish = Wish { client_id, audience, scope };
    match app.store().insert_device(&device.hashed(), &code.hashed(), &wish, INTERVAL, app.now()).await {
        // Somebody else has this code at the moment: one in billions.
        Err(StoreError::Taken(_)) => return Err(Refusal::Failed(StatusCode::SERVICE_UNAVAILABLE)),
        outcome => outcome?,
    }
    let page = format!("{}/device", issuer(app, headers));
    let code = code.shown();
    Ok(Json(json!({
        "device_code": device.expose(),
        "user_code": code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={code}"),
        "expires_in": LIFETIME.as_secs(),
        "interval": INTERVAL,
    }))
    .into_response())
}

/// Nobody fills the database with codes.
async fn count(app: &App, address: Option<IpAddr>) -> Result<(), Refusal> {
    let place = address.map(|address| address.to_string()).unwrap_or_default();
    let buckets = [fingerprint(&format!("device {place}"))];
    let now = app.now();
    let since = now.saturating_sub(WINDOW).unwrap_or(now);
    let counted = app.store().failures(&buckets, since).await?;
    if counted.first().is_some_and(|count| count.failures >= MOST) {
        return Err(Refusal::Request(
            StatusCode::TOO_MANY_REQUESTS,
            "slow_down",
            "Too many codes were asked for from this address. Try again in some minutes.".into(),
        ));
    }
    app.store().insert_failures(&buckets, now).await?;
    Ok(())
}

/// What a person types.
pub(super) struct UserCode(Secret);

impl UserCode {
    fn generate() -> Result<Self, NotGenerated> {
        random_letters(LETTERS, LENGTH).map(|text| UserCode(Secret::new(text)))
    }

    /// What was typed: in lower case, with spaces, without the dash. `None`: it is no code.
    pub(super) fn read(typed: &str) -> Option<Self> {
        let mut text = String::with_capacity(typed.len().min(100));
        text.extend(
            typed
                .chars()
                .take(100)
                .filter(|c| !c.is_whitespace() && *c != '-')
                .map(|c| c.to_ascii_uppercase()),
        );
        (text.len() == LENGTH && text.chars().all(|c| LETTERS.contains(c)))
            .then(|| UserCode(Secret::new(text)))
    }

    pub(super) fn hashed(&self) -> HashedToken {
        HashedToken::of(self.0.expose())
    }

    /// In two halves, as it is read out.
    pub(super) fn shown(&self) -> String {
        let (one, other) = self.0.expose().split_at(LENGTH / 2);
        format!("{one}-{other}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_taken_however_it_is_typed() {
        for typed in ["WDJB-MJHT", "wdjbmjht", " wdjb mjht ", "WDJB - MJHT\n", "w-d-j-b-m-j-h-t"] {
            assert_eq!(
                UserCode::read(typed).map(|code| code.shown()).as_deref(),
                Some("WDJB-MJHT"),
                "{typed}"
            );
        }
        for typed in ["", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "WDJB_MJHT", "WDJB-MJH\u{d8}", "<script>"] {
            assert!(UserCode::read(typed).is_none(), "{typed}");
        }
        let code = UserCode::generate().unwrap().shown();
        assert!(UserCode::read(&code).is_some_and(|read| read.shown() == code), "{code}");
    }
}

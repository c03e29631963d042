//! Signing in with a browser: authorization code with PKCE (RFC 6749, 7636)
//! for a program on one's own computer (RFC 8252), or a code that is typed on
//! another one (RFC 8628).
//!
//! The listener, the browser and the files are the host's; here is what is
//! sent, what is accepted, and what it means.

use std::borrow::Cow;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::error::{Code, Error, ServiceMessage};
use crate::http::{Body, Method, Origin, Request, Transport, is_loopback};
use crate::provider::Login;
use crate::scheme::{Header, base64};
use crate::secret::{Secret, scrubber};
use crate::text::{before, contains, cut_last, percent_encode};
use crate::value::{Object, Value};

/// An address from a host, as services' variables and options name it: https
/// is put in front, on this computer http.
pub fn address(text: &str) -> String {
    let text = text.trim();
    if contains(text, "://") {
        return text.into();
    }
    let authority = before(text, "/");
    let port = if authority.starts_with('[') { "]:" } else { ":" };
    let host = cut_last(authority, port).map_or(authority, |(host, _)| host);
    let is_here = is_loopback(host) || host == "[::1";
    String::from(if is_here { "http://" } else { "https://" }) + text
}

/// Where to log in, and as which client: the service's, or what the environment
/// says instead.
pub struct Settings {
    issuer: String,
    client_id: String,
    audience: String,
    scope: String,
}

/// A login that was begun: the secrets of it that only this program knows.
pub struct PendingLogin {
    state: Secret,
    verifier: Secret,
}

/// What a login gives.
pub struct Tokens {
    /// Authenticates; sent as Bearer.
    pub access: Secret,
    /// Gets the next one; the issuer may have replaced it.
    pub refresh: Option<Secret>,
    /// Seconds until the access token ends, if the issuer says so.
    pub expires_in: Option<f64>,
}

impl Settings {
    /// `overrides` are the values of [`Login::env`], in its order.
    pub fn new(login: &Login, overrides: [Option<String>; 3]) -> Self {
        let [issuer, client_id, audience] = overrides;
        let or = |given: Option<String>, own: &str| {
            given.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| own.into())
        };
        Settings {
            issuer: address(&or(issuer, &login.issuer)),
            client_id: or(client_id, &login.client_id),
            audience: or(audience, &login.audience),
            scope: login.scope.clone().into_owned(),
        }
    }

    /// The issuer's address.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Where the person is sent.
    ///
    /// # Errors
    /// Those of [`Origin::new`], for the issuer's address.
    pub fn authorize_url(
        &self,
        t: &impl Transport,
        pending: &PendingLogin,
        redirect: &str,
    ) -> Result<String, Error> {
        let challenge = base64url(&Sha256::digest(pending.verifier.expose().as_bytes()));
        let mut query = String::from("/authorize");
        for (index, (name, value)) in [
            ("audience", self.audience.as_str()),
            ("client_id", &self.client_id),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("response_type", "code"),
            ("scope", &self.scope),
            ("state", pending.state.expose()),
            ("redirect_uri", redirect),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .enumerate()
        {
            query.push(if index == 0 { '?' } else { '&' });
            query.push_str(name);
            query.push('=');
            percent_encode(value, &mut query);
        }
        self.origin(t)?.below(&query)
    }

    fn origin(&self, t: &impl Transport) -> Result<Origin, Error> {
        Origin::new(t, &self.issuer, false)
    }

    fn refused(&self, code: &str, description: &str) -> Error {
        let mut what = String::from(code);
        if !description.is_empty() {
            what.push_str(": ");
            what.push_str(description);
        }
        let said = ServiceMessage {
            code: Some(code.into()),
            message: (!description.is_empty()).then(|| description.into()),
            suggestion: None,
        };
        Error::new(Code::Unauthorized).with(self.issuer.clone()).with(what).with_service(said)
    }

    fn odd(&self, what: &'static str) -> Error {
        Error::new(Code::BadResponse).with(self.issuer.clone()).with(what)
    }
}

impl PendingLogin {
    /// A new one: 256 random bits each for `state` and `code_verifier`.
    ///
    /// # Errors
    /// [`Code::NoEntropy`].
    pub fn new() -> Result<Self, Error> {
        let random = || {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).map_err(|_| Error::new(Code::NoEntropy))?;
            Ok::<_, Error>(Secret::new(base64url(&bytes)))
        };
        Ok(PendingLogin { state: random()?, verifier: random()? })
    }

    /// The code in the query that the browser came back with.
    ///
    /// # Errors
    /// [`Code::BadResponse`] when it is not of this login,
    /// [`Code::Unauthorized`] when the issuer or the person refused.
    pub fn callback(&self, settings: &Settings, query: &Value) -> Result<Secret, Error> {
        let text = |name| query.member(name).and_then(Value::text).filter(|text| !text.is_empty());
        let state = text("state").unwrap_or_default();
        if !bool::from(state.as_bytes().ct_eq(self.state.expose().as_bytes())) {
            return Err(settings.odd(
                "the browser came back with another state than it was sent with, so the answer may be of \
                 somebody else's making. Nothing was exchanged; log in again.",
            ));
        }
        if let Some(error) = text("error") {
            return Err(settings.refused(error, text("error_description").unwrap_or_default()));
        }
        text("code").map(Secret::from).ok_or_else(|| settings.odd("the browser came back without a code."))
    }
}

/// Turns the code into tokens. A code is good once.
///
/// # Errors
/// [`Code::Unauthorized`] when the issuer does not accept it, and those of
/// every request.
pub async fn exchange(
    t: &impl Transport,
    settings: &Settings,
    pending: &PendingLogin,
    code: &Secret,
    redirect: &str,
) -> Result<Tokens, Error> {
    let body = Object::new()
        .with("grant_type", "authorization_code")
        .with("client_id", settings.client_id.as_str())
        .with("redirect_uri", redirect)
        .with("audience", settings.audience.as_str())
        .with("code_verifier", pending.verifier.clone())
        .with("code", code.clone());
    let tokens =
        ask(t, settings, body.into()).await.map_err(|e| e.scrubbed(&scrubber(&[code, &pending.verifier])))?;
    match tokens.refresh {
        Some(_) => Ok(tokens),
        None => Err(settings.odd("it gave no refresh token.")),
    }
}

/// Gets a new access token by a refresh token, which the issuer may replace.
///
/// # Errors
/// [`Code::Unauthorized`] when the login has ended, and those of every request.
pub async fn refresh(t: &impl Transport, settings: &Settings, token: &Secret) -> Result<Tokens, Error> {
    let body = Object::new()
        .with("grant_type", "refresh_token")
        .with("client_id", settings.client_id.as_str())
        .with("refresh_token", token.clone());
    ask(t, settings, body.into()).await.map_err(|error| error.scrubbed(&scrubber(&[token])))
}

/// What a person types on another computer, and where (RFC 8628, section 3.2).
pub struct Device {
    /// What this program asks with, whether that has happened.
    pub code: Secret,
    /// What the person types.
    pub user_code: String,
    /// Where.
    pub page: String,
    /// The same with the code in it, if the issuer has that.
    pub whole_page: Option<String>,
    /// Seconds between two questions.
    pub interval: f64,
    /// Seconds that the code is good for.
    pub expires_in: f64,
}

/// What the issuer says of a code while the person may still be typing it.
pub enum Progress {
    /// The person has agreed.
    Done(Tokens),
    /// Not yet.
    Pending,
    /// Not yet, and that was asked too often.
    SlowDown,
}

/// RFC 8628, section 3.2: the interval where the issuer does not say one, in seconds.
const INTERVAL: f64 = 5.0;

/// Begins a login for a computer without a browser.
///
/// # Errors
/// [`Code::Unsupported`] when the issuer has no such login, and those of every request.
pub async fn device(t: &impl Transport, settings: &Settings) -> Result<Device, Error> {
    let body = Object::new()
        .with("client_id", settings.client_id.as_str())
        .with("audience", settings.audience.as_str())
        .with("scope", settings.scope.as_str());
    let answer = match post(t, settings, "/oauth/device_authorization", body.into()).await? {
        Ok(answer) => answer,
        Err(refusal) if matches!(refusal.status, 404 | 405) => {
            let what = "log in with a code";
            let instead = "Log in with a browser, or use a key.";
            return Err(Error::new(Code::Unsupported).with(settings.issuer.clone()).with(what).with(instead));
        }
        Err(refusal) => return Err(refusal.error(settings)),
    };
    let text = |name| answer.member(name).and_then(Value::text).filter(|text| !text.is_empty());
    let seconds = |name| answer.member(name).and_then(Value::number).filter(|seconds| *seconds > 0.0);
    let odd = || settings.odd("it gave no code for another computer.");
    Ok(Device {
        code: text("device_code").map(Secret::from).ok_or_else(odd)?,
        user_code: text("user_code").map(String::from).ok_or_else(odd)?,
        page: text("verification_uri").map(String::from).ok_or_else(odd)?,
        whole_page: text("verification_uri_complete").map(String::from),
        interval: seconds("interval").unwrap_or(INTERVAL),
        expires_in: seconds("expires_in").ok_or_else(odd)?,
    })
}

/// Asks whether the person has agreed.
///
/// # Errors
/// [`Code::Unauthorized`] when they have refused or the code has ended, and those of
/// every request.
pub async fn poll(t: &impl Transport, settings: &Settings, code: &Secret) -> Result<Progress, Error> {
    let body = Object::new()
        .with("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
        .with("client_id", settings.client_id.as_str())
        .with("device_code", code.clone());
    let scrubbed = |error: Error| error.scrubbed(&scrubber(&[code]));
    match post(t, settings, "/oauth/token", body.into()).await.map_err(scrubbed)? {
        Ok(answer) => tokens(settings, &answer).map(Progress::Done),
        Err(refusal) => match refusal.text("error") {
            Some("authorization_pending") => Ok(Progress::Pending),
            Some("slow_down") => Ok(Progress::SlowDown),
            _ => Err(scrubbed(refusal.error(settings))),
        },
    }
}

async fn ask(t: &impl Transport, settings: &Settings, body: Value) -> Result<Tokens, Error> {
    match post(t, settings, "/oauth/token", body).await? {
        Ok(answer) => tokens(settings, &answer),
        Err(refusal) => Err(refusal.error(settings)),
    }
}

fn tokens(settings: &Settings, answer: &Value) -> Result<Tokens, Error> {
    let text = |name| answer.member(name).and_then(Value::text).map(Secret::from);
    Ok(Tokens {
        access: text("access_token").ok_or_else(|| settings.odd("it gave no access token."))?,
        refresh: text("refresh_token"),
        expires_in: answer.member("expires_in").and_then(Value::number),
    })
}

/// What an issuer answered that did not do what it was asked (RFC 6749, section 5.2).
struct Refusal {
    status: u16,
    answer: Value,
}

impl Refusal {
    fn text(&self, name: &str) -> Option<&str> {
        self.answer.member(name).and_then(Value::text)
    }

    fn error(&self, settings: &Settings) -> Error {
        let (error, description) = (self.text("error"), self.text("error_description"));
        if (400..404).contains(&self.status) {
            let refused = settings.refused(error.unwrap_or("invalid_grant"), description.unwrap_or_default());
            return refused.with_status(self.status);
        }
        let code = if self.status == 429 { Code::RateLimited } else { Code::ServiceError };
        let what = description.or(error).unwrap_or("no reason was given").to_owned();
        Error::new(code).with(settings.issuer.clone()).with(what).with_status(self.status)
    }
}

/// Sends JSON, as Auth0's clients do.
async fn post(
    t: &impl Transport,
    settings: &Settings,
    path: &str,
    body: Value,
) -> Result<Result<Value, Refusal>, Error> {
    let url = settings.origin(t)?.below(path)?;
    let json = |name| Header { name: Cow::Borrowed(name), value: "application/json".into() };
    let headers = vec![json("Accept"), json("Content-Type")];
    let request = Request { method: Method::Post, url, headers, body: Some(body), cookies: false };
    let response = t.send(request).await?;
    let (status, is_ok) = (response.status, response.is_ok());
    let answer = match response.body {
        Body::Json(answer) => answer,
        _ => Value::Null,
    };
    Ok(if is_ok { Ok(answer) } else { Err(Refusal { status, answer }) })
}

/// RFC 4648, section 5, without padding, as RFC 7636 wants it.
fn base64url(bytes: &[u8]) -> String {
    let url = |c: char| match c {
        '+' => '-',
        '/' => '_',
        c => c,
    };
    base64(bytes).chars().filter(|c| *c != '=').map(url).collect()
}

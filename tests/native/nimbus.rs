//! Nimbus, a cloud that does everything otherwise: other paths and names,
//! tokens by number, times in seconds, errors of another shape. A client knows
//! of it nothing but a declaration.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use keylatch::Secret;
use keylatch::format::{self, KeyFormat};
use serde_json::{Value as Json, json};
use url::form_urlencoded;

/// When everything happens: 20 November 2026, ten o'clock.
pub const NOW: i64 = 1_795_168_800;

/// What a user writes to declare it.
pub const DECLARATION: &str = r#"{
    "id": "nimbus",
    "title": "Nimbus",
    "baseUrl": "http://keys.localhost:8787/api",
    "keysPage": "https://nimbus.example/tokens",
    "env": ["NIMBUS_TOKEN"],
    "format": { "parts": ["nb_", { "alphabet": "hex", "length": 32 }], "certainty": "documented" },
    "schemes": [{ "type": "header", "name": "x-nimbus-token" }],
    "endpoints": {
        "signIn": { "method": "POST", "path": "/login", "body": { "mail": "{user}", "pass": "{password}", "remember": false } },
        "signOut": { "method": "POST", "path": "/logout" },
        "whoami": { "method": "GET", "path": "/me" },
        "create": { "method": "POST", "path": "/tokens", "body": { "label": "{name}", "ttl": "{expires_in}", "rights": "{scopes}", "origin": "made by {name}" } },
        "list": { "method": "GET", "path": "/tokens", "query": { "after": "{cursor}" } },
        "get": { "method": "GET", "path": "/tokens/{id}" },
        "rotate": { "method": "PUT", "path": "/tokens/{id}/renewal", "body": { "grace": "{overlap}" } },
        "revoke": { "method": "POST", "path": "/tokens/{id}/off" },
        "delete": { "method": "DELETE", "path": "/tokens/{id}" },
        "validate": { "method": "POST", "path": "/probe", "body": { "token": "{secret}" } }
    },
    "fields": {
        "key": "token|", "secret": "plain", "items": "page.tokens", "cursor": "page.next",
        "id": "number", "name": "label", "status": "state", "masked": "hint", "scopes": "rights",
        "createdAt": "made", "expiresAt": "until", "lastUsedAt": "seen", "revokedAt": "ended", "replacedBy": "heir",
        "valid": "good", "reason": "why", "validKey": "token", "account": "person.number", "user": "person.mail"
    },
    "timeUnit": "s",
    "errors": { "code": "error.word", "message": "error.text", "suggestion": "error.tip" }
}"#;

/// The service.
#[derive(Clone, Default)]
pub struct Nimbus(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    tokens: BTreeMap<u64, Token>,
    sessions: u64,
}

#[derive(Clone)]
struct Token {
    label: String,
    plain: String,
    state: &'static str,
    rights: Json,
    until: Json,
    ended: Json,
    heir: Json,
}

type Answer = Result<axum::Json<Json>, Refusal>;

impl Nimbus {
    /// Its API.
    pub fn router(&self) -> Router {
        let api = Router::new()
            .route("/login", post(sign_in))
            .route("/logout", post(|| async { StatusCode::NO_CONTENT }))
            .route("/me", get(whoami))
            .route("/tokens", post(create).get(list))
            .route("/tokens/{number}", get(find).delete(remove))
            .route("/tokens/{number}/renewal", put(renew))
            .route("/tokens/{number}/off", post(off))
            .route("/probe", post(probe))
            .route("/nothing", delete(|| async { StatusCode::NO_CONTENT }))
            .with_state(self.clone());
        Router::new().nest("/api", api)
    }

    /// A token for the first client.
    pub fn first_token(&self) -> Secret {
        Secret::new(self.make("first", json!([]), Json::Null).1.plain)
    }

    /// Labels of the tokens that work.
    pub fn working(&self) -> Vec<String> {
        let inner = self.0.lock().unwrap();
        inner
            .tokens
            .values()
            .filter(|token| token.state == "active")
            .map(|token| token.label.clone())
            .collect()
    }

    fn make(&self, label: &str, rights: Json, until: Json) -> (u64, Token) {
        let parts = [
            format::Part::Literal(vec!["nb_".into()].into()),
            format::Part::Run { alphabet: format::Alphabet::Hex, min: 32, max: 32 },
        ];
        let shape = KeyFormat { parts: parts.to_vec().into(), certainty: format::Certainty::Documented };
        let plain = format::generate(&shape, "nb_").unwrap().expose().to_owned();
        let token = Token {
            label: label.into(),
            plain,
            state: "active",
            rights,
            until,
            ended: Json::Null,
            heir: Json::Null,
        };
        let mut inner = self.0.lock().unwrap();
        let number = 1000 + inner.tokens.len() as u64;
        inner.tokens.insert(number, token.clone());
        (number, token)
    }

    /// Whether somebody may do this: by token or by cookie.
    fn admit(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let inner = self.0.lock().unwrap();
        let by_token = inner
            .tokens
            .values()
            .any(|token| token.state == "active" && token.plain == text("x-nimbus-token"));
        if by_token || (inner.sessions > 0 && text("cookie") == "nimbus=1; theme=dark") {
            return Ok(());
        }
        Err(refuse(401, "who_are_you", "This token does not work.").tip("Ask for another one."))
    }

    fn with<T>(&self, number: &str, work: impl FnOnce(&mut Token) -> T) -> Result<T, Refusal> {
        let mut inner = self.0.lock().unwrap();
        let token = number.parse().ok().and_then(|number| inner.tokens.get_mut(&number));
        token
            .filter(|token| token.state != "gone")
            .map(work)
            .ok_or_else(|| refuse(404, "no_such_token", "There is no such token."))
    }
}

/// A refusal in its own shape.
struct Refusal {
    status: u16,
    word: &'static str,
    text: &'static str,
    tip: Option<&'static str>,
}

fn refuse(status: u16, word: &'static str, text: &'static str) -> Refusal {
    Refusal { status, word, text, tip: None }
}

impl Refusal {
    fn tip(self, tip: &'static str) -> Refusal {
        Refusal { tip: Some(tip), ..self }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut error = json!({ "word": self.word, "text": self.text });
        if let Some(tip) = self.tip {
            error["tip"] = tip.into();
        }
        (StatusCode::from_u16(self.status).unwrap(), axum::Json(json!({ "error": error }))).into_response()
    }
}

fn told(number: u64, token: &Token) -> Json {
    json!({
        "number": number, "label": token.label, "state": token.state, "hint": format!("nb_…{}", &token.plain[31..]),
        "rights": token.rights, "made": NOW, "until": token.until, "seen": null, "ended": token.ended, "heir": token.heir,
    })
}

async fn sign_in(State(nimbus): State<Nimbus>, axum::Json(body): axum::Json<Json>) -> Response {
    if body != json!({"mail": "kim@example.com", "pass": "correct horse", "remember": false}) {
        return refuse(403, "wrong", "Mail or pass is wrong.").into_response();
    }
    nimbus.0.lock().unwrap().sessions += 1;
    let cookies = [("set-cookie", "nimbus=1; HttpOnly; Path=/"), ("set-cookie", "theme=dark")];
    (axum::response::AppendHeaders(cookies), axum::Json(json!({"welcome": true}))).into_response()
}

async fn whoami(State(nimbus): State<Nimbus>, headers: HeaderMap) -> Answer {
    nimbus.admit(&headers)?;
    Ok(axum::Json(json!({"person": {"number": 7, "mail": "kim@example.com"}})))
}

async fn create(
    State(nimbus): State<Nimbus>,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Json>,
) -> Answer {
    nimbus.admit(&headers)?;
    let label = body["label"].as_str().unwrap();
    assert_eq!(body["origin"], json!(format!("made by {label}")));
    let until = match body["ttl"].as_str() {
        Some("never") => Json::Null,
        Some("P3M") => json!(NOW + 92 * 86_400),
        Some("PT1H") => json!(NOW + 3600),
        _ => return Err(refuse(400, "bad_ttl", "The ttl is none.").tip("Use never, P3M or PT1H.")),
    };
    let rights = if body["rights"].is_null() { json!([]) } else { body["rights"].clone() };
    let (number, token) = nimbus.make(label, rights, until);
    Ok(axum::Json(json!({"token": told(number, &token), "plain": token.plain})))
}

async fn list(State(nimbus): State<Nimbus>, headers: HeaderMap, uri: Uri) -> Answer {
    nimbus.admit(&headers)?;
    let query: BTreeMap<_, _> = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).collect();
    assert!(query.keys().all(|name| name == "after"), "it knows no other parameter: {query:?}");
    let after: u64 = query.get("after").map_or(0, |after| after.parse().unwrap());
    let inner = nimbus.0.lock().unwrap();
    let all = inner.tokens.iter().filter(|(number, token)| **number > after && token.state != "gone");
    let mut page: Vec<(u64, Json)> =
        all.map(|(number, token)| (*number, told(*number, token))).take(3).collect();
    let next = if page.len() == 3 { page.pop().and(page.last()).map(|(number, _)| *number) } else { None };
    let tokens: Vec<Json> = page.into_iter().map(|(_, token)| token).collect();
    Ok(axum::Json(json!({"page": {"tokens": tokens, "next": next}})))
}

async fn find(State(nimbus): State<Nimbus>, headers: HeaderMap, Path(number): Path<String>) -> Answer {
    nimbus.admit(&headers)?;
    nimbus.with(&number, |token| axum::Json(json!({"token": told(number.parse().unwrap(), token)})))
}

async fn renew(
    State(nimbus): State<Nimbus>,
    headers: HeaderMap,
    Path(number): Path<String>,
    axum::Json(body): axum::Json<Json>,
) -> Answer {
    nimbus.admit(&headers)?;
    let old = nimbus.with(&number, |token| token.clone())?;
    if old.state != "active" {
        return Err(refuse(409, "too_late", "This token is over.").tip("Make a new one."));
    }
    let (heir, token) = nimbus.make(&old.label, old.rights.clone(), old.until.clone());
    nimbus.with(&number, |token| {
        token.heir = json!(heir);
        if body["grace"] == "PT1H" {
            token.until = json!(NOW + 3600);
        }
    })?;
    Ok(axum::Json(json!({"token": told(heir, &token), "plain": token.plain})))
}

async fn off(State(nimbus): State<Nimbus>, headers: HeaderMap, Path(number): Path<String>) -> Answer {
    nimbus.admit(&headers)?;
    nimbus.with(&number, |token| {
        token.state = "revoked";
        token.ended = json!(NOW);
        axum::Json(json!({"token": told(number.parse().unwrap(), token)}))
    })
}

async fn remove(State(nimbus): State<Nimbus>, headers: HeaderMap, Path(number): Path<String>) -> Response {
    if let Err(refusal) = nimbus.admit(&headers) {
        return refusal.into_response();
    }
    match nimbus.with(&number, |token| {
        if token.state == "active" {
            false
        } else {
            token.state = "gone";
            true
        }
    }) {
        Ok(true) => "Thank you, it is gone.".into_response(),
        Ok(false) => refuse(409, "still_on", "It is still on.").tip("Turn it off first.").into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn probe(
    State(nimbus): State<Nimbus>,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Json>,
) -> Answer {
    nimbus.admit(&headers)?;
    let inner = nimbus.0.lock().unwrap();
    let found = inner.tokens.iter().find(|(_, token)| body["token"] == token.plain.as_str());
    Ok(axum::Json(match found {
        Some((number, token)) if token.state == "active" => {
            json!({"good": true, "token": told(*number, token)})
        }
        Some((_, token)) if token.state == "revoked" => json!({"good": false, "why": "revoked"}),
        _ => json!({"good": false, "why": "never heard of it"}),
    }))
}

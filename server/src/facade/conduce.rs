//! Conduce, as of `docs/wire.md`, section 3: a password for a session, and as many
//! keys as one likes. Error bodies are unknown and get ours.
//!
//! In one answer this server departs from the cloud: there, the list of keys
//! shows them whole (D). Here only hashes are kept, so under `apikey` stands in
//! what is left to tell a key by: our id, and the key's end. It authenticates
//! nothing. But it can be sent back to remove the key, as the whole key can, so
//! that a client that knows nothing but the list is not left without the means.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use keylatch_format::Secret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::foreign;
use super::ids::{own_id, short_id};
use crate::auth::{Caller, Need, identify, sign_in};
use crate::http::body::JsonBody;
use crate::http::problem::{Problem, ProblemCode};
use crate::http::secret_text::SecretText;
use crate::http::source::Source;
use crate::keys::kind::KeyKind;
use crate::keys::look::list_by;
use crate::keys::name;
use crate::state::App;
use crate::store::keys::StoredKey;
use crate::store::list::Filter;
use crate::token::HashedKey;

/// What a key without a description is called in keylatch's own list.
const NAME: &str = "Conduce";

/// Stands where most of a key is left out; no key has it.
const ELLIPSIS: char = '…';

/// Bearer or cookie, as for keylatch's own API: [`Caller`].
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/conduce/api/v1/user/login", post(login))
        .route("/conduce/api/v1/user/validate-session", get(validate_session))
        .route("/conduce/api/v1/user/list-teams", get(list_teams))
        .route("/conduce/api/v1/apikeys/create", post(create))
        .route("/conduce/api/v1/apikeys/list", get(list))
        .route("/conduce/api/v1/apikeys/delete", post(delete))
        .route("/conduce/api/v2/resources/searches", post(search))
}

/// The client says `keep` as well, always false; what it means is not told.
#[derive(Deserialize)]
struct Login {
    email: String,
    password: SecretText,
}

/// Starts the same session as keylatch's own sign-in. Its cookie is for `Path=/`,
/// without which the client would not send it anywhere else.
async fn login(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    JsonBody(request): JsonBody<Login>,
) -> Result<Response, Problem> {
    let user = sign_in::check_password(&app, &headers, &source, &request.email, request.password.0).await?;
    let cookie = sign_in::start(&app, &headers, &source, &user, None).await?;
    Ok(([(header::SET_COOKIE, cookie)], nothing()).into_response())
}

/// 200 for a session that lasts, else 401, whereupon the client logs in again.
/// Only for sessions: a key that is good would tell nothing about the cookie.
async fn validate_session(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    identify::by_session(&app, &headers, "There is no session. Log in.", source).await?;
    Ok(nothing())
}

#[derive(Deserialize)]
struct CreateKey {
    description: Option<String>,
}

/// Makes a key with no end but that of what made it, since none is told of, and
/// tells it. The description becomes its name.
async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<CreateKey>,
) -> Result<Json<Value>, Problem> {
    caller.may(Need::Write)?;
    let description = request.description.as_deref().filter(|text| !text.trim().is_empty());
    let name = name::read("description", description.unwrap_or(NAME))?;
    let made = foreign::create(&app, &caller, KeyKind::Conduce, name, None).await?;
    Ok(Json(json!({"apikey": made.secret.expose()})))
}

/// The keys that were made here and authenticate, each by its stand-in. The names
/// of the members are those of the sample in `docs/wire.md`, section 3.2.
async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Problem> {
    let found = list_by(&app, &caller, &Filter::active(KeyKind::Conduce)).await?.keys;
    let told =
        found.iter().map(|key| json!({"apikey": stand_in(key), "created": key.created_at.as_second()}));
    Ok(Json(told.collect()))
}

#[derive(Deserialize)]
struct DeleteKey {
    apikey: SecretText,
}

/// Deletes an active key at once, by the whole key or by what the list shows of
/// it: this cloud knows neither ids nor revoking. Also the one that authenticates
/// the request; what the cloud does then is not told.
async fn delete(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<DeleteKey>,
) -> Result<Json<Value>, Problem> {
    caller.may(Need::Write)?;
    let asked = request.apikey.0.expose();
    let id = match asked.split_once(ELLIPSIS) {
        Some((id, _)) => Some(own_id(id)),
        None => id_of(&app, &request.apikey.0).await?,
    };
    // The whole key, or what the list shows of it.
    let is_meant = |key: &StoredKey| !asked.contains(ELLIPSIS) || stand_in(key) == asked;
    let deleted = match id {
        Some(id) => foreign::delete(&app, &caller, KeyKind::Conduce, &id, is_meant, None).await?,
        None => false,
    };
    if deleted { Ok(nothing()) } else { Err(no_such_key()) }
}

/// The id of a whole key, whoever's it is: another's is then not found by its owner.
async fn id_of(app: &App, secret: &Secret) -> Result<Option<String>, Problem> {
    Ok(app.store().key_by_hash(&HashedKey::of(secret)).await?.map(|found| found.key.id))
}

/// What is shown of a key in the place of the key.
fn stand_in(key: &StoredKey) -> String {
    format!("{}{ELLIPSIS}{}", short_id(key), key.last_four)
}

fn no_such_key() -> Problem {
    Problem {
        field: Some("apikey".into()),
        ..Problem::new(
            ProblemCode::NotFound,
            "You have no such key that was made through this API. Send the whole key, or what the list shows of it.",
        )
    }
}

/// Nobody has a team. What the answer looks like is not told.
async fn list_teams(_: Caller) -> Json<Value> {
    Json(json!({"teams": []}))
}

/// Nobody has anything, whatever is searched for.
async fn search(_: Caller) -> Json<Value> {
    Json(json!({"resources": []}))
}

/// Where no client reads the answer.
fn nothing() -> Json<Value> {
    Json(json!({}))
}

//! Conduce, as of `docs/wire.md`, section 3: a password for a session, and as many
//! keys as one likes. Error bodies are unknown and get ours.
//!
//! In one answer this server departs from the cloud: there, the list of keys
//! shows them whole (D). Here only hashes are kept, so under `apikey` stands in
//! what is left to tell a key by: our id, and the key's end. It authenticates
//! nothing. But it can be sent back to remove the key, as the whole key can, so
//! that a client that knows nothing but the list is not left without the means.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Extension, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use keylatch::Secret;
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::AnyConnection;

use super::ids::{own_id, short_id};
use crate::auth::{self, Caller, Need};
use crate::body::JsonBody;
use crate::keys::{Issued, Order, new_id, read_name};
use crate::kind::KeyKind;
use crate::problem::{Problem, ProblemCode};
use crate::secret_text::SecretText;
use crate::session::{self, Visit};
use crate::state::App;
use crate::store::keys::{self, Filter, KeyStatus, StoredKey};
use crate::store::users::User;
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
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    JsonBody(request): JsonBody<Login>,
) -> Result<Response, Problem> {
    let visit = Visit { headers: &headers, peer };
    let user = session::check_password(&app, &visit, &request.email, request.password.0).await?;
    let cookie = session::start(&app, &visit, &user, None).await?;
    Ok(([(header::SET_COOKIE, cookie)], nothing()).into_response())
}

/// 200 for a session that lasts, else 401, whereupon the client logs in again.
/// Only for sessions: a key that is good would tell nothing about the cookie.
async fn validate_session(State(app): State<App>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    auth::by_session(&app, &headers, "There is no session. Log in.").await?;
    Ok(nothing())
}

#[derive(Deserialize)]
struct CreateKey {
    description: Option<String>,
}

/// Makes a key without an end, since none is told of, and tells it. The
/// description becomes its name.
async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<CreateKey>,
) -> Result<Json<Value>, Problem> {
    caller.may(Need::Write)?;
    caller.may_grant(&[])?;
    let description = request.description.as_deref().filter(|text| !text.trim().is_empty());
    let name = read_name("description", description.unwrap_or(NAME))?;

    let user_id = caller.user.id.as_str();
    let issued = Issued::new(KeyKind::Conduce, app.config().key_environment)?;
    let order = Order { id: new_id()?, user_id, name, scopes: &[], expires_at: None, now: app.now() };
    let mut db = app.store().write().await?;
    let key = issued.store(&mut db, order).await?;
    db.commit().await?;

    tracing::info!(user_id, key_id = key.id, "key created");
    let secret = issued.into_secret();
    Ok(Json(json!({"apikey": secret.expose()})))
}

/// The keys that were made here and authenticate, each by its stand-in. The names
/// of the members are those of the sample in `docs/wire.md`, section 3.2.
async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Problem> {
    caller.may(Need::Read)?;
    let filter = Filter::active(KeyKind::Conduce);
    let found = keys::list(app.store().pool(), &caller.user.id, &filter, app.now()).await?;
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

    let now = app.now();
    let mut db = app.store().write().await?;
    let key = asked_for(&mut db, &caller.user, &request.apikey.0).await?;
    let key = key.filter(|key| key.kind == KeyKind::Conduce && key.status(now) == KeyStatus::Active);
    let key = key.ok_or_else(no_such_key)?;
    keys::bury(&mut *db, &key.id, now).await?;
    db.commit().await?;

    tracing::info!(user_id = caller.user.id, key_id = key.id, "key deleted");
    Ok(nothing())
}

/// The user's key that the text is, or stands in for; locked.
async fn asked_for(db: &mut AnyConnection, user: &User, text: &Secret) -> sqlx::Result<Option<StoredKey>> {
    if let Some((id, _)) = text.expose().split_once(ELLIPSIS) {
        let key = keys::lock(db, &user.id, &own_id(id)).await?;
        return Ok(key.filter(|key| stand_in(key) == text.expose()));
    }
    match keys::by_hash(&mut *db, &HashedKey::of(text)).await? {
        Some(key) => keys::lock(db, &user.id, &key.id).await,
        None => Ok(None),
    }
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

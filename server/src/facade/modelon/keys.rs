//! The one key that a user has here, and whether a key is good.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::person::{Person, impact_id};
use crate::auth::Need;
use crate::body::JsonBody;
use crate::cookie;
use crate::facade::ids::{own_id, short_id};
use crate::keys::{Issued, Order, new_id};
use crate::kind::KeyKind;
use crate::problem::{Problem, ProblemCode};
use crate::secret_text::SecretText;
use crate::state::App;
use crate::store::keys::{self, Filter, KeyStatus};
use crate::store::{sessions, users};
use crate::token::HashedKey;

/// A key of this cloud has no name; in keylatch's own list it needs one.
const NAME: &str = "Modelon Impact";
/// Those that this API knows of: it has no expired or revoked keys.
const ACTIVE: Filter<'static> = Filter::active(KeyKind::Modelon);

#[derive(Deserialize)]
pub(super) struct UserPath {
    user_id: String,
}

#[derive(Deserialize)]
pub(super) struct KeyPath {
    user_id: String,
    key_id: String,
}

/// `createdAt` in the list, though `created_at` where it is made (D).
pub(super) async fn list(
    State(app): State<App>,
    person: Person,
    Path(path): Path<UserPath>,
) -> Result<Json<Value>, Problem> {
    person.may(Need::Read)?;
    person.must_be(&path.user_id)?;
    let found = keys::list(app.store().pool(), &person.user.id, &ACTIVE, app.now()).await?;
    let items: Vec<_> = found
        .iter()
        .map(|key| json!({"id": short_id(key), "createdAt": key.created_at.as_second()}))
        .collect();
    Ok(Json(json!({"data": {"items": items}})))
}

/// Tells the secret, this once. Refused while the user has a key that was made
/// here; keys of other APIs do not count, or nobody with a key of our own could
/// have one. The status of the refusal is not told; 400 is in the cloud's list.
pub(super) async fn create(
    State(app): State<App>,
    person: Person,
    Path(path): Path<UserPath>,
) -> Result<Json<Value>, Problem> {
    person.may(Need::Write)?;
    person.may_grant(&[])?;
    person.must_be(&path.user_id)?;

    let (id, now) = (new_id()?, app.now());
    let user_id = person.user.id.as_str();
    let issued = Issued::new(KeyKind::Modelon, app.config().key_environment)?;
    let mut db = app.store().write().await?;
    // Of two at the same time, the second waits here and then finds a key.
    users::lock(&mut *db, user_id).await?;
    if !keys::list(&mut *db, user_id, &ACTIVE, now).await?.is_empty() {
        return Err(Problem::new(
            ProblemCode::Conflict,
            "You have an API key already, and one is all that a user can have. Delete it first; whatever uses \
             it stops working then.",
        ));
    }
    // Nothing is told of an end; one that comes unannounced would help nobody.
    let order = Order { id, user_id, name: NAME, scopes: &[], expires_at: None, now };
    let key = issued.store(&mut db, order).await?;
    db.commit().await?;

    tracing::info!(user_id, key_id = key.id, "key created");
    let secret = issued.into_secret();
    Ok(Json(json!({"data": {
        "id": short_id(&key),
        "secret": secret.expose(),
        "created_at": key.created_at.as_second(),
    }})))
}

/// Deletes an active key at once: this API knows of no revoking. One that has
/// ended already, or was made through another API, is not there.
///
/// A session that deletes the very key it began with goes on (ours: nothing is
/// told of that). With one key per user, who regenerates it has nothing else to
/// ask for the next one with; and it gains nothing, since a key of this API has
/// no scopes that would bound it.
pub(super) async fn delete(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
    Path(path): Path<KeyPath>,
) -> Result<StatusCode, Problem> {
    person.may(Need::Write)?;
    person.must_be(&path.user_id)?;

    let now = app.now();
    let mut db = app.store().write().await?;
    let key = keys::lock(&mut db, &person.user.id, &own_id(&path.key_id)).await?;
    let key = key.filter(|key| key.kind == KeyKind::Modelon && key.status(now) == KeyStatus::Active);
    let key = key.ok_or_else(Problem::no_such_key)?;
    if let Some(token) = cookie::read(&headers) {
        sessions::release(&mut *db, &token, &key.id).await?;
    }
    keys::bury(&mut *db, &key.id, now).await?;
    db.commit().await?;

    tracing::info!(user_id = person.user.id, key_id = key.id, "key deleted");
    Ok(StatusCode::OK)
}

#[derive(Deserialize)]
pub(super) struct ValidateKey {
    secret: SecretText,
}

/// Whose key it is. Needs no other credential (ours: nothing is told of that),
/// since whoever has the key could as well use it; looking is not using.
pub(super) async fn validate(
    State(app): State<App>,
    JsonBody(request): JsonBody<ValidateKey>,
) -> Result<Json<Value>, Problem> {
    let db = app.store().pool();
    let key = keys::by_hash(db, &HashedKey::of(&request.secret.0)).await?;
    let owner = match key.filter(|key| key.status(app.now()) == KeyStatus::Active) {
        Some(key) => users::by_id(db, &key.user_id).await?,
        None => None,
    };
    let owner = owner.ok_or_else(|| {
        Problem::new(ProblemCode::InvalidCredentials, "The API key is unknown, or it has ended.")
    })?;
    Ok(Json(json!({"data": {"id": impact_id(&owner)}})))
}

//! The one key that a user has here, and whether a key is good.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::person::{Person, impact_id};
use crate::auth::Need;
use crate::facade::foreign;
use crate::facade::ids::{own_id, short_id};
use crate::http::body::JsonBody;
use crate::http::cookie;
use crate::http::problem::{Problem, ProblemCode};
use crate::http::secret_text::SecretText;
use crate::keys::kind::KeyKind;
use crate::keys::look::list_by;
use crate::state::App;
use crate::store::keys::KeyStatus;
use crate::store::list::Filter;
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
    let found = list_by(&app, &person, &ACTIVE).await?.keys;
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
    person.must_be(&path.user_id)?;
    let only_one = || {
        Problem::new(
            ProblemCode::Conflict,
            "You have an API key already, and one is all that a user can have. Delete it first; whatever uses \
             it stops working then.",
        )
    };
    // Nothing is told of an end; one that comes unannounced would help nobody.
    let made = foreign::create(&app, &person, KeyKind::Modelon, NAME, Some(only_one)).await?;
    Ok(Json(json!({"data": {
        "id": short_id(&made.key),
        "secret": made.secret.expose(),
        "created_at": made.key.created_at.as_second(),
    }})))
}

/// Deletes an active key at once: this API knows of no revoking. One that has
/// ended already, or was made through another API, is not there.
///
/// A session that deletes the very key it began with goes on (ours: nothing is
/// told of that). With one key per user, who regenerates it has nothing else to
/// ask for the next one with; and what the key may do is all that this API has
/// to be done.
pub(super) async fn delete(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
    Path(path): Path<KeyPath>,
) -> Result<StatusCode, Problem> {
    person.may(Need::Write)?;
    person.must_be(&path.user_id)?;

    let session = cookie::read(&headers, app.config());
    let id = own_id(&path.key_id);
    let deleted = foreign::delete(&app, &person, KeyKind::Modelon, &id, |_| true, session.as_ref());
    if deleted.await? { Ok(StatusCode::OK) } else { Err(Problem::no_such_key()) }
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
    let found = app.store().key_by_hash(&HashedKey::of(&request.secret.0)).await?;
    let works = found.filter(|found| !found.is_disabled && found.key.status(app.now()) == KeyStatus::Active);
    let works = works.ok_or_else(|| {
        Problem::new(ProblemCode::InvalidCredentials, "The API key is unknown, or it has ended.")
    })?;
    Ok(Json(json!({"data": {"id": impact_id(&works.owner)}})))
}

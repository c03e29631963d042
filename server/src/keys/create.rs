//! Creating a key.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::idempotency::IdempotencyKey;
use super::issue::{Issued, NewKey, Order, new_id};
use super::key::Key;
use super::{name, scopes};
use crate::auth::{Caller, Need};
use crate::body::JsonBody;
use crate::kind::KeyKind;
use crate::lifetime::{self, Lifetime};
use crate::problem::Problem;
use crate::state::App;

/// What the new key is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateKey)]
pub(super) struct CreateKey {
    /// 1 to 100 characters after trimming, of which something can be seen, and none a control character.
    #[schema(example = "deploy robot")]
    name: String,
    /// ISO 8601 duration of at most ten years, or `never`.
    #[schema(default = "P3M", nullable = false)]
    expires_in: Option<String>,
    /// The moment it ends, instead of `expires_in`.
    #[schema(format = DateTime, nullable = false)]
    expires_at: Option<String>,
    /// At most 32, each 1 to 64 characters of `a-z 0-9 : . _ -`. Empty: everything that the user may.
    #[schema(nullable = false)]
    scopes: Option<Vec<String>>,
    /// Which try it is under the same Idempotency-Key. One that comes after a
    /// later one was answered changes nothing.
    #[serde(default = "first_try")]
    #[schema(default = 1, minimum = 1)]
    attempt: u32,
}

pub(super) fn first_try() -> u32 {
    1
}

/// Creates a key and tells it, this once.
#[utoipa::path(
    post, path = "/v1/keys", tag = "keys", operation_id = "createKey",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours: a repeat gets the same key with a fresh secret, and the first, unseen secret dies")),
    request_body = CreateKey,
    responses(
        (status = 201, description = "Created", body = NewKey),
        (status = 401, description = "No good credential"),
        (status = 403, description = "The key lacks the scope keys:write, or asks for more than it may do itself"),
        (status = 409, description = "The Idempotency-Key stands for another request, or its key is in use already"),
        (status = 422, description = "A value cannot be used; `field` names it"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    idempotency_key: IdempotencyKey,
    JsonBody(request): JsonBody<CreateKey>,
) -> Result<(StatusCode, Json<NewKey>), Problem> {
    caller.may(Need::Write)?;
    let name = name::read("name", &request.name)?;
    let scopes = scopes::read(request.scopes)?;
    caller.may_grant(&scopes)?;
    let (expires_in, expires_at) = (request.expires_in.as_deref(), request.expires_at.as_deref());
    let lifetime = Lifetime::read(expires_in, expires_at)?;
    let now = app.now();
    let end = lifetime.end(now)?;

    let user_id = caller.user.id.as_str();
    let id = new_id()?;
    let issued = Issued::new(KeyKind::Keylatch, app.config().key_environment)?;
    let expires_in = expires_in.or(expires_at.is_none().then_some(lifetime::DEFAULT));
    let asked = serde_json::json!(["create", name, expires_in, expires_at, scopes]).to_string();

    let mut db = app.store().write().await?;
    let key = match idempotency_key.earlier(&mut db, user_id, &asked, request.attempt, &id, now).await? {
        Some(mut key) => {
            issued.replace(&mut db, &mut key).await?;
            key
        }
        None => {
            let order = Order { id, user_id, name, scopes: &scopes, expires_at: end, now };
            issued.store(&mut db, order).await?
        }
    };
    db.commit().await?;

    tracing::info!(user_id, key_id = key.id, "key created");
    Ok((
        StatusCode::CREATED,
        Json(NewKey { key: Key::told(key, now), secret: issued.into_secret(), replaced: None }),
    ))
}

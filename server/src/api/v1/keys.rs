//! Changing keys.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::idempotency_key::{IdempotencyKey, first_try, whole};
use super::key::{Key, NewKey};
use crate::auth::Caller;
use crate::http::body::{JsonBody, OptionalJsonBody};
use crate::http::problem::{Problem, ProblemCode};
use crate::keys::create::{self, CreateOrder};
use crate::keys::idempotency::{self, Repeat, faulty, is_idempotency_key};
use crate::keys::rotate::{self, RotateOrder};
use crate::keys::{end, issue};
use crate::state::App;

/// What the new key is to be. `expires_in` and `expires_at` exclude each other.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateKey)]
pub(super) struct CreateKey {
    /// 1 to 100 characters after trimming, of which something can be seen, and none a control character.
    #[schema(example = "deploy robot")]
    name: String,
    /// ISO 8601 duration of at most ten years, or `never`. A key that is made
    /// with a key ends no later: without `expires_in` and `expires_at`, three
    /// months are cut to that end; what is asked for beyond it is refused with
    /// 403, whose `detail` has the latest end that is possible.
    #[schema(default = "P3M")]
    expires_in: Option<String>,
    /// The moment it ends, instead of `expires_in`.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// What it may do besides telling whose it is: `keys:read` to look at keys, `keys:write` to change
    /// them, and words of your own. At most 32.
    #[schema(max_items = 32)]
    scopes: Option<Vec<String>>,
    /// Which try it is under the same Idempotency-Key. One that comes after a
    /// later one was answered changes nothing.
    #[serde(default = "first_try", deserialize_with = "whole")]
    #[schema(value_type = i64, default = 1, minimum = 1, maximum = 4294967295_i64)]
    attempt: u32,
}

/// Creates a key and tells it, this once.
#[utoipa::path(
    post, path = "/v1/keys", tag = "keys", operation_id = "createKey",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours: a repeat gets the same key with a fresh secret, and the first, unseen secret dies", min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$")),
    request_body = CreateKey,
    responses(
        (status = 201, description = "Created", body = NewKey),
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
    let CreateKey { name, expires_in, expires_at, scopes, attempt } = request;
    let repeat = Repeat { idempotency_key: idempotency_key.0, attempt };
    let order = CreateOrder { name, expires_in, expires_at, scopes };
    told(&app, create::create(&app, &caller, order, &repeat).await?)
}

/// How the change goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RotateKey)]
pub(super) struct RotateKey {
    /// How long the old key lives on, but never past its own end: an ISO 8601
    /// duration, or `until_revoked`.
    #[schema(default = "PT0S")]
    overlap: Option<String>,
    /// The old key keeps its own end until it is revoked with the same overlap:
    /// for whoever has to put the successor into safety first.
    #[serde(default)]
    hold: bool,
    /// As for creating a key.
    #[serde(default = "first_try", deserialize_with = "whole")]
    #[schema(value_type = i64, default = 1, minimum = 1, maximum = 4294967295_i64)]
    attempt: u32,
}

impl Default for RotateKey {
    fn default() -> Self {
        RotateKey { overlap: None, hold: false, attempt: first_try() }
    }
}

/// Makes a successor with the same name, scopes and end, and tells it, this
/// once. Neither key's life is extended.
#[utoipa::path(
    post, path = "/v1/keys/{id}/rotate", tag = "keys", operation_id = "rotateKey",
    params(
        ("id" = String, Path, description = "Id of an active key", pattern = "^key_[0-9A-Za-z]{16,64}$"),
        ("Idempotency-Key" = Option<String>, Header, description = "As for creating a key", min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$"),
    ),
    request_body = Option<RotateKey>,
    responses(
        (status = 201, description = "The successor; `replaced` is the old key", body = NewKey),
        (status = 403, description = "The key lacks the scope keys:write, or the successor could do more than it, or longer"),
        (status = 404, description = "No such key"),
        (status = 409, description = "The key is not active, or it has an active successor already"),
        (status = 422, description = "A value cannot be used; `field` names it"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn rotate(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    idempotency_key: IdempotencyKey,
    OptionalJsonBody(request): OptionalJsonBody<RotateKey>,
) -> Result<(StatusCode, Json<NewKey>), Problem> {
    let RotateKey { overlap, hold, attempt } = request;
    let repeat = Repeat { idempotency_key: idempotency_key.0, attempt };
    told(&app, rotate::rotate(&app, &caller, &id, RotateOrder { overlap, hold }, &repeat).await?)
}

fn told(app: &App, made: issue::Made) -> Result<(StatusCode, Json<NewKey>), Problem> {
    Ok((StatusCode::CREATED, Json(NewKey::told(made, app.now()))))
}

/// When it ends.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RevokeKey {
    /// How long it lives on, but never past its own end: an ISO 8601 duration.
    #[param(default = "PT0S", nullable = false)]
    overlap: Option<String>,
}

/// Ends a key for good, at once or in a while. One that has ended already stays
/// as it is.
#[utoipa::path(
    post, path = "/v1/keys/{id}/revoke", tag = "keys", operation_id = "revokeKey",
    params(("id" = String, Path, description = "Id of the key", pattern = "^key_[0-9A-Za-z]{16,64}$"), RevokeKey),
    responses(
        (status = 200, description = "The key with its end", body = Key),
        (status = 403, description = "The key lacks the scope keys:write"),
        (status = 404, description = "No such key"),
        (status = 422, description = "`overlap` cannot be used"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Key>, Problem> {
    let asked = RevokeKey::read(query.as_deref().unwrap_or_default())?;
    let key = end::revoke(&app, &caller, &id, asked.overlap.as_deref()).await?;
    Ok(Json(Key::told(key, app.now())))
}

impl RevokeKey {
    /// By hand, so that a misspelt parameter does not end a key at once.
    fn read(query: &str) -> Result<Self, Problem> {
        let mut overlap = None;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if name != "overlap" || overlap.replace(value.into_owned()).is_some() {
                return Err(Problem::new(
                    ProblemCode::InvalidRequest,
                    "The query of this request has one `overlap` and nothing else.",
                ));
            }
        }
        Ok(RevokeKey { overlap })
    }
}

/// Deletes a key that is not active any more. Its id is unknown from then on,
/// and no later key gets it.
#[utoipa::path(
    delete, path = "/v1/keys/{id}", tag = "keys", operation_id = "deleteKey",
    params(("id" = String, Path, description = "Id of a key that is not active", pattern = "^key_[0-9A-Za-z]{16,64}$")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "The key lacks the scope keys:write"),
        (status = 404, description = "No such key"),
        (status = 409, description = "The key is active"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    end::delete(&app, &caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes the key that was made under an Idempotency-Key, active or not, and
/// refuses that Idempotency-Key for 24 hours. A key that was used stays.
#[utoipa::path(
    delete, path = "/v1/keys", tag = "keys", operation_id = "takeBackKey",
    params(("idempotency_key" = String, Query, description = "The Idempotency-Key of the request", min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$")),
    responses(
        (status = 204, description = "No key is there, and none will be"),
        (status = 403, description = "The key lacks the scope keys:write"),
        (status = 409, description = "The key is in use already"),
        (status = 422, description = "`idempotency_key` cannot be used"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn take_back(
    State(app): State<App>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<StatusCode, Problem> {
    let mut given = form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes());
    let idempotency_key = match (given.next(), given.next()) {
        (Some((name, value)), None) if name == "idempotency_key" && is_idempotency_key(&value) => value,
        _ => return Err(faulty("idempotency_key")),
    };
    idempotency::take_back(&app, &caller, &idempotency_key).await?;
    Ok(StatusCode::NO_CONTENT)
}

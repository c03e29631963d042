//! Whether a key works.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::key::Key;
use crate::auth::{Caller, Need};
use crate::body::JsonBody;
use crate::problem::Problem;
use crate::secret_text::SecretText;
use crate::state::App;
use crate::store::keys::{self, KeyStatus};
use crate::token::HashedKey;

/// The key to look at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ValidateKey {
    #[schema(value_type = String, format = Password)]
    secret: SecretText,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub(super) struct Validation {
    valid: bool,
    /// Why it does not work.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<Reason>,
    /// The key, if it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    key: Option<Key>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = InvalidReason)]
enum Reason {
    Unknown,
    Expired,
    Revoked,
}

/// Tells whether one of one's own keys works now. Other people's are unknown,
/// and looking does not count as use.
#[utoipa::path(
    post, path = "/v1/keys/validate", tag = "keys", operation_id = "validateKey",
    request_body = ValidateKey,
    responses(
        (status = 200, description = "What came of it", body = Validation),
        (status = 401, description = "No good credential"),
        (status = 403, description = "The key lacks the scope keys:read"),
        (status = 422, description = "The member is missing or of the wrong type"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn validate(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<ValidateKey>,
) -> Result<Json<Validation>, Problem> {
    caller.may(Need::Read)?;
    let hash = HashedKey::of(&request.secret.0);
    let found = keys::by_hash(app.store().pool(), &hash).await?;
    let now = app.now();
    let invalid = |reason| Validation { valid: false, reason: Some(reason), key: None };
    Ok(Json(match found.filter(|key| key.user_id == caller.user.id) {
        None => invalid(Reason::Unknown),
        Some(key) => match key.status(now) {
            KeyStatus::Active => Validation { valid: true, reason: None, key: Some(Key::told(key, now)) },
            KeyStatus::Expired => invalid(Reason::Expired),
            KeyStatus::Revoked => invalid(Reason::Revoked),
        },
    }))
}

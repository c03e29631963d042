//! Whether a key works.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::key::Key;
use crate::auth::Caller;
use crate::http::body::JsonBody;
use crate::http::problem::Problem;
use crate::http::secret_text::SecretText;
use crate::keys::look::{self, Validity};
use crate::state::App;

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
    let invalid = |reason| Validation { valid: false, reason: Some(reason), key: None };
    Ok(Json(match look::validate(&app, &caller, &request.secret.0).await? {
        Validity::Valid(key) => {
            Validation { valid: true, reason: None, key: Some(Key::told(*key, app.now())) }
        }
        Validity::Unknown => invalid(Reason::Unknown),
        Validity::Expired => invalid(Reason::Expired),
        Validity::Revoked => invalid(Reason::Revoked),
    }))
}

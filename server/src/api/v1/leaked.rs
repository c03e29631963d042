//! Ending a key that somebody has found where it should not be.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use keylatch_format::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::applications::leaked;
use crate::http::body::JsonBody;
use crate::http::problem::Problem;
use crate::http::secret_text::SecretText;
use crate::http::source::Source;
use crate::state::App;

/// Keys that were found.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LeakedKeys {
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 100)]
    keys: Vec<SecretText>,
}

/// That they arrived.
#[derive(Serialize, ToSchema)]
pub(super) struct ReceivedKeys {
    /// How many, known here or not.
    received: usize,
}

/// Revokes keys that got out, whoever's they are: needs no credential but the keys
/// themselves. The answer is the same whatever is known here; the account of each
/// has it in its audit log. 60 requests an hour from one address.
#[utoipa::path(
    post, path = "/v1/leaked", tag = "keys", operation_id = "reportLeaked",
    request_body = LeakedKeys,
    responses(
        (status = 202, description = "Those that are keys of this server work no more", body = ReceivedKeys),
        (status = 422, description = "A value cannot be used; `field` names it"),
        (status = 429, description = "Too many requests from this address"),
    ),
)]
pub(super) async fn report(
    State(app): State<App>,
    source: Source,
    JsonBody(request): JsonBody<LeakedKeys>,
) -> Result<(StatusCode, Json<ReceivedKeys>), Problem> {
    let keys: Vec<Secret> = request.keys.into_iter().map(|key| key.0).collect();
    leaked::report(&app, &source, &keys).await?;
    Ok((StatusCode::ACCEPTED, Json(ReceivedKeys { received: keys.len() })))
}

//! Taking over keys that were issued elsewhere.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::key::ApplicationKey;
use crate::applications::create::Particulars;
use crate::applications::import::{self as service, Encoding, ImportOrder, ImportedKey, RuleOrder};
use crate::applications::rule::Input;
use crate::auth::Caller;
use crate::config::KeyEnvironment;
use crate::http::body::JsonBody;
use crate::http::object::objects;
use crate::http::problem::Problem;
use crate::limits::declare::Declaration;
use crate::state::App;

/// A thousand keys with metadata.
const LIMIT: usize = 8 * 1024 * 1024;

/// What is to be taken over: all of it, or nothing if there is anything wrong.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportKeys {
    rule: HashRule,
    #[schema(min_items = 1, max_items = 1000)]
    keys: Vec<KeyToImport>,
    /// Whether keys that the application has already are passed over, and stay as they
    /// are. Then an import may be repeated as often as you like.
    #[serde(default)]
    skip_existing: bool,
}

/// How the keys were hashed. An application has at most ten such rules, and each
/// key that is verified is tried by all of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
pub(super) struct HashRule {
    /// `sha256` or `sha512`. No key can be found by a slow or salted hash.
    #[schema(example = "sha256")]
    algorithm: String,
    /// What of a key was hashed. `hex_bytes` is the bytes that its hexadecimal digits stand for.
    input: Input,
    /// Where the key is split.
    #[schema(default = "_", min_length = 1, max_length = 8)]
    separator: Option<String>,
    /// How the hashes are written here.
    encoding: Encoding,
    /// The key of HMAC, if the hash is one. It is kept as it is, and never told.
    #[schema(format = Password)]
    pepper: Option<String>,
    /// Where a part of the key was hashed: the other part, which each key then has in
    /// its own `id_part`. Without it, any text there would pass.
    id_part: Option<Input>,
}

/// One key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
pub(super) struct KeyToImport {
    hash: String,
    /// The part of the key that its hash does not cover.
    id_part: Option<String>,
    #[schema(example = "cust_7", min_length = 1, max_length = 128)]
    owner: String,
    name: Option<String>,
    environment: Option<KeyEnvironment>,
    #[schema(max_items = 32)]
    scopes: Option<Vec<String>>,
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    #[schema(max_items = 8)]
    limits: Option<Vec<Declaration>>,
    #[schema(max_items = 32)]
    allowed_addresses: Option<Vec<String>>,
    /// Absent: now.
    #[schema(format = DateTime)]
    created_at: Option<String>,
    /// Absent: it does not expire, as before.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

objects!(HashRule, KeyToImport);

/// What was taken over.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportedKeys {
    imported: usize,
    /// In the order in which they were sent, without those that were passed over.
    keys: Vec<ApplicationKey>,
}

/// Takes keys over by their hashes, up to 1,000 at once, so that nobody needs a new
/// key. The body may have 8 MiB. A repeat takes nothing over: it is refused, as the
/// application has those keys already, or with `skip_existing` passes over them.
#[utoipa::path(
    post, path = "/v1/applications/{application}/keys/import", tag = "applications", operation_id = "importKeys",
    params(("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$")),
    request_body = ImportKeys,
    responses(
        (status = 201, description = "All were taken over", body = ImportedKeys),
        (status = 413, description = "The body is larger than 8 MiB"),
        (status = 422, description = "Nothing was taken over; `field` names the rule's member or the key that cannot be used"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn import(
    State(app): State<App>,
    caller: Caller,
    Path(application): Path<String>,
    JsonBody(request): JsonBody<ImportKeys, LIMIT>,
) -> Result<(StatusCode, Json<ImportedKeys>), Problem> {
    let HashRule { algorithm, input, separator, encoding, pepper, id_part } = request.rule;
    let rule = RuleOrder { algorithm, input, separator, encoding, pepper, id_part };
    let keys = request.keys.into_iter().map(KeyToImport::order).collect();
    let order = ImportOrder { rule, keys, skips_existing: request.skip_existing };
    let imported = service::import(&app, &caller, &application, order).await?;
    let now = app.now();
    let keys: Vec<_> = imported.into_iter().map(|key| ApplicationKey::told(key, now)).collect();
    Ok((StatusCode::CREATED, Json(ImportedKeys { imported: keys.len(), keys })))
}

impl KeyToImport {
    fn order(self) -> ImportedKey {
        let KeyToImport { hash, id_part, owner, created_at, expires_at, .. } = self;
        let KeyToImport { name, environment, scopes, metadata, limits, allowed_addresses, .. } = self;
        let more = Particulars { name, environment, scopes, metadata, limits, allowed_addresses };
        ImportedKey { hash, id_part, owner, created_at, expires_at, more }
    }
}

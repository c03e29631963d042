//! Whose key is this, and what may they do: the question of an application's API.

use std::mem;

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::limits::CheckedLimit;
use crate::applications::verify::{self as service, CheckOrder, Code, Verdict};
use crate::auth::Caller;
use crate::config::KeyEnvironment;
use crate::http::body::{JsonBody, json};
use crate::http::object::objects;
use crate::http::problem::Problem;
use crate::http::secret_text::SecretText;
use crate::state::App;

/// A key that somebody has shown, and what they ask.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
pub(super) struct VerifyKey {
    #[schema(value_type = String, format = Password)]
    key: SecretText,
    /// What it has to have for what is asked.
    #[schema(nullable = false, max_items = 32, example = json!(["mesh:read"]))]
    scopes: Option<Vec<String>>,
    /// What that takes from the limits of the key and its owner. 0 only looks.
    #[schema(nullable = false, default = 1, minimum = 0, maximum = 1_000_000)]
    cost: Option<u64>,
    /// The client's address, as your server knows it. A key that is bound to
    /// networks is refused without.
    #[schema(nullable = false, example = "203.0.113.7")]
    ip: Option<String>,
    /// The id that a guard has made for itself when it started: `grd_` and 16 to 64
    /// random letters and digits. Then nothing is spent here whatever `cost` says; the guard
    /// counts by itself, and reports it with POST /v1/guards/{guard}/reports.
    #[schema(nullable = false, pattern = "^grd_[0-9A-Za-z]{16,64}$")]
    guard: Option<String>,
    /// The application that is to be asked about. A management key of another one gets 403, so
    /// that two credentials in each other's place let nobody in.
    #[schema(nullable = false, pattern = "^app_[0-9A-Za-z]{16,64}$")]
    application: Option<String>,
}

objects!(VerifyKey);

/// What came of it. Whatever is said of a key is said with 200; other statuses are
/// about who asks.
#[derive(Serialize, ToSchema)]
pub(super) struct Verification<'a> {
    valid: bool,
    /// The first that holds, in this order: `not_found` (also a key of another
    /// application), `expired`, `revoked`, `disabled`, `ip_refused`,
    /// `insufficient_scope`, `rate_limited`, `quota_exceeded`, `valid`.
    #[schema(example = "valid")]
    code: &'static str,
    /// Absent for `not_found`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    key: Option<VerifiedKey<'a>>,
    /// Absent for `not_found`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    owner: Option<VerifiedOwner<'a>>,
    /// With `insufficient_scope`: what the key lacks of what was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    missing_scopes: Vec<String>,
    /// What is left of the limits of the key and of its owner. Empty, if the key is
    /// refused for anything else.
    limits: Vec<CheckedLimit>,
    /// For so many seconds the answer may be kept: a key that was revoked may then
    /// be taken for good as long.
    fresh_seconds: u64,
}

/// The key that was shown.
#[derive(Serialize, ToSchema)]
struct VerifiedKey<'a> {
    id: &'a str,
    name: &'a str,
    scopes: &'a [String],
    #[schema(value_type = Object)]
    metadata: &'a Map<String, Value>,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    expires_at: Option<Timestamp>,
    environment: KeyEnvironment,
    /// For a guard, which keeps the answer for requests from other addresses and
    /// decides about each: the networks that the key may be used from, none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(["10.0.0.0/8"]))]
    allowed_addresses: Option<Vec<String>>,
}

/// Whose it is.
#[derive(Serialize, ToSchema)]
struct VerifiedOwner<'a> {
    id: &'a str,
    #[schema(value_type = Object)]
    metadata: &'a Map<String, Value>,
}

impl VerifyKey {
    fn order(self) -> CheckOrder {
        let VerifyKey { key, scopes, cost, ip, guard, application } = self;
        CheckOrder { key: key.0, scopes, cost, ip, guard, application }
    }
}

impl<'a> Verification<'a> {
    /// What is known of the key is shared with other checks, so it is told as it stands there.
    fn told(verdict: &'a mut Verdict) -> Self {
        let missing_scopes = mem::take(&mut verdict.missing_scopes);
        let limits = mem::take(&mut verdict.limits);
        let Verdict { code, ref issued, fresh_seconds, is_for_guard, .. } = *verdict;
        let key = issued.as_ref().map(|issued| VerifiedKey {
            id: &issued.key.id,
            name: &issued.key.name,
            scopes: &issued.key.scopes,
            metadata: &issued.key.metadata,
            expires_at: issued.key.expires_at,
            environment: issued.key.environment,
            allowed_addresses: is_for_guard
                .then(|| issued.key.allowed_addresses.iter().map(ToString::to_string).collect()),
        });
        let owner = issued
            .as_ref()
            .map(|issued| VerifiedOwner { id: &issued.owner.id, metadata: &issued.owner.metadata });
        Verification {
            valid: code == Code::Valid,
            code: code.as_str(),
            key,
            owner,
            missing_scopes,
            limits: limits.into_iter().map(CheckedLimit::from).collect(),
            fresh_seconds,
        }
    }
}

/// Tells whether a key of the management key's application is good, for what is
/// asked, from where. What is refused spends nothing of its limits.
#[utoipa::path(
    post, path = "/v1/verify", tag = "verify", operation_id = "verifyKey",
    request_body = VerifyKey,
    responses(
        (status = 200, description = "What came of it", body = Verification),
        (status = 403, description = "Not a management key, or one without the scope verify, or one of another application"),
        (status = 422, description = "A value cannot be used; `field` names it"),
    ),
    security(("key" = [])),
)]
pub(super) async fn verify(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<VerifyKey>,
) -> Result<Response, Problem> {
    let mut verdict = service::verify(&app, &caller, request.order()).await?;
    Ok(json(&Verification::told(&mut verdict)))
}

/// Keys that were shown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VerifyKeys {
    #[schema(min_items = 1, max_items = 100)]
    checks: Vec<VerifyKey>,
}

/// What came of them.
#[derive(Serialize, ToSchema)]
pub(super) struct Verifications<'a> {
    /// In the order in which they were asked.
    results: Vec<Verification<'a>>,
}

/// The same for up to 100 keys, one after the other: of a limit, an earlier one
/// takes before a later one.
#[utoipa::path(
    post, path = "/v1/verify/batch", tag = "verify", operation_id = "verifyKeys",
    request_body = VerifyKeys,
    responses(
        (status = 200, description = "What came of each", body = Verifications),
        (status = 403, description = "Not a management key, or one without the scope verify, or one of another application"),
        (status = 422, description = "A value cannot be used; `field` names it, and nothing was spent"),
    ),
    security(("key" = [])),
)]
pub(super) async fn verify_many(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<VerifyKeys>,
) -> Result<Response, Problem> {
    let orders = request.checks.into_iter().map(VerifyKey::order).collect();
    let mut verdicts = service::verify_many(&app, &caller, orders).await?;
    let results = verdicts.iter_mut().map(Verification::told).collect();
    Ok(json(&Verifications { results }))
}

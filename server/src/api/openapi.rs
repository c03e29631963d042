//! The routes, and their description as OpenAPI, which is generated from them.

use std::sync::LazyLock;

use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi as _};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::problem::ProblemBody;
use crate::state::App;

use super::{about, v1};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "keylatch",
        description = "API keys: created, shown once, listed, rotated, revoked, deleted. Times are RFC 3339 in UTC. \
                       Refusals are `application/problem+json` (RFC 9457); their `type` explains itself when \
                       fetched. A body is JSON of at most 64 KiB, unless it says more. Every answer carries `x-request-id`. The \
                       APIs of other clouds that a server may speak as well (`--facade`) are theirs to \
                       describe, and not in here.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "keys", description = "One's own API keys"),
        (name = "applications", description = "APIs that one protects, their customers, and the keys of those. A management key may do here what its scopes say"),
        (name = "verify", description = "Whose key is this, and what may they do"),
        (name = "session", description = "Signing in and out"),
        (name = "about", description = "The service itself"),
    ),
    components(schemas(ProblemBody)),
    modifiers(&Credentials),
)]
struct Description;

/// The API, each route with its description.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .merge(v1::routes())
        .routes(routes!(about::health))
        .routes(routes!(about::ready))
        .routes(routes!(about::explain))
}

/// `/openapi.json`
pub(crate) fn document(description: OpenApi) -> Router<App> {
    // Numbers and text: there is nothing in it that JSON does not take.
    let mut json = serde_json::to_value(description).unwrap_or_default();
    complete(&mut json);
    Router::new().route("/openapi.json", get(async move || Json(json)))
}

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, openapi: &mut OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API key: `Authorization: Bearer kl_...`. Wins over a session cookie."));
        components.add_security_scheme("key", SecurityScheme::Http(key.build()));
        let session = ApiKeyValue::with_description(
            "keylatch_session",
            "The cookie of signing in, behind https `__Host-keylatch_session`. Requests that change something must \
             come from the server's own origin.",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    }
}

/// What holds for many operations, said here instead of at each handler: the
/// form of a refusal, and those refusals that any request may meet.
fn complete(api: &mut Value) {
    api["servers"] = json!([{"url": "/", "description": "The server that this was read from"}]);
    // utoipa has no word for members that exclude each other.
    for schema in ["CreateKey", "CreateManagementKey", "IssueKey"] {
        if let Some(schema) = api.pointer_mut(&format!("/components/schemas/{schema}")) {
            schema["not"] = json!({"required": ["expires_in", "expires_at"]});
        }
    }
    let Some(paths) = api["paths"].as_object_mut() else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(|item| item.values_mut()) {
        let has_body = operation.get("requestBody").is_some();
        let Some(responses) = operation["responses"].as_object_mut() else { continue };
        let mut refusals = vec![
            ("400", "The request is malformed"),
            ("500", "The server failed; its log says why"),
            ("503", "The server or its database is busy, or did not finish in time"),
        ];
        if has_body {
            refusals.push(("413", "The body is larger than 64 KiB"));
            refusals.push(("415", "The body is not JSON"));
        }
        for (status, description) in refusals {
            responses.entry(status).or_insert_with(|| json!({"description": description}));
        }
        for (status, response) in responses {
            let Some(response) = response.as_object_mut() else { continue };
            if !status.starts_with(['4', '5']) {
                continue;
            }
            response.entry("content").or_insert_with(
                || json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}),
            );
            if matches!(status.as_str(), "429" | "503") {
                response.insert("headers".into(), json!({"retry-after": RETRY_AFTER.clone()}));
            }
            if status == "401" {
                response.insert("headers".into(), json!({"www-authenticate": CHALLENGE.clone()}));
            }
        }
    }
}

static RETRY_AFTER: LazyLock<Value> =
    LazyLock::new(|| json!({"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 1}}));

static CHALLENGE: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "description": "`Bearer`; with `error=\"invalid_token\"` when a key was sent. Not for a wrong password.",
        "schema": {"type": "string"},
    })
});

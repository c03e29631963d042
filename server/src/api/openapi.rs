//! The routes, and their description as OpenAPI, which is generated from them.

use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi as _};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::problem::ProblemBody;
use crate::state::App;

use super::complete::complete;
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

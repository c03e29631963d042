//! The routes, and their description as OpenAPI, which is generated from them.

use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr};
use utoipa::{Modify, OpenApi as _};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::ProblemBody;
use crate::state::App;
use crate::{account, keys, problem, session};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "keylatch",
        description = "API keys: created, shown once, listed, rotated, revoked, deleted. Times are RFC 3339 in UTC. \
                       Refusals are `application/problem+json` (RFC 9457); their `type` explains itself when \
                       fetched. A body is JSON of at most 64 KiB. Every answer carries `x-request-id`. The \
                       APIs of other clouds that a server may speak as well (`--facade`) are theirs to \
                       describe, and not in here.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "keys", description = "One's own API keys"),
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
        .routes(routes!(session::sign_in, session::sign_out))
        .routes(routes!(account::whoami))
        .merge(keys::routes())
        .routes(routes!(account::health))
        .routes(routes!(problem::explain))
}

/// `/openapi.json`
pub(crate) fn document(mut description: OpenApi) -> Router<App> {
    complete(&mut description);
    Router::new().route("/openapi.json", get(async move || Json(description)))
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
            "The cookie of signing in. Requests that change something must come from the server's own origin.",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    }
}

/// Every refusal has the same form; said here once instead of at each handler.
fn complete(description: &mut OpenApi) {
    for operation in description.paths.paths.values_mut().flat_map(operations) {
        for (status, response) in &mut operation.responses.responses {
            let RefOr::T(response) = response else { continue };
            if status.starts_with(['4', '5']) && response.content.is_empty() {
                let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
                response.content.insert("application/problem+json".into(), RefOr::T(content));
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten()
}

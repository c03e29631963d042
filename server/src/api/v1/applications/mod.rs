//! APIs that one protects, their customers, and the keys of those.

mod application;
mod change;
mod import;
mod issue;
mod key;
mod keys;
mod management_keys;
mod owners;
mod remaining;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::App;

/// The routes under `/v1/applications`.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(application::create, application::list))
        .routes(routes!(application::get, application::change, application::delete))
        .routes(routes!(management_keys::create, management_keys::list))
        .routes(routes!(management_keys::revoke))
        .routes(routes!(issue::create, keys::list))
        .routes(routes!(keys::get, change::change, keys::delete))
        .routes(routes!(keys::revoke))
        .routes(routes!(issue::rotate))
        .routes(routes!(import::import))
        .routes(routes!(owners::list))
        .routes(routes!(owners::get, owners::put, owners::delete))
        .routes(routes!(owners::revoke))
        .routes(routes!(remaining::of_key))
        .routes(routes!(remaining::of_owner))
}

/// A member that may be absent, which changes nothing, or `null`, which means something.
fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    serde::Deserialize::deserialize(deserializer).map(Some)
}

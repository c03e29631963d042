//! API keys of keylatch's own API: their routes, one file per story.

mod create;
mod delete;
mod idempotency;
mod issue;
mod key;
mod list;
mod name;
mod revoke;
mod rotate;
mod scopes;
mod take_back;
mod validate;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::App;

pub use issue::{Issued, Order, new_id};
pub(crate) use name::read as read_name;

/// The routes under `/v1/keys`.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::create, list::list, take_back::take_back))
        .routes(routes!(validate::validate))
        .routes(routes!(list::get, delete::delete))
        .routes(routes!(rotate::rotate))
        .routes(routes!(revoke::revoke))
}

//! Version 1 of keylatch's own API.

pub(crate) mod account;
mod applications;
mod audit;
mod guards;
mod idempotency_key;
mod key;
mod keys;
mod leaked;
mod limits;
mod list;
mod logins;
mod query;
mod session;
mod validate;
mod verify;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::App;

/// The routes under `/v1`.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(session::sign_in, session::sign_out))
        .routes(routes!(account::whoami))
        .routes(routes!(account::change_password))
        .routes(routes!(keys::create, list::list, keys::take_back))
        .routes(routes!(validate::validate))
        .routes(routes!(list::get, keys::delete))
        .routes(routes!(keys::rotate))
        .routes(routes!(keys::revoke))
        .routes(routes!(logins::list))
        .routes(routes!(logins::end))
        .routes(routes!(audit::list))
        .merge(applications::routes())
        .routes(routes!(verify::verify))
        .routes(routes!(verify::verify_many))
        .routes(routes!(guards::report))
        .routes(routes!(leaked::report))
}

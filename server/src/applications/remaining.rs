//! How much is left of the limits of a key and of an owner, without the key: for whoever
//! looks after them.

use super::access::{Power, reach};
use super::look::no_such_key;
use super::owner::no_such_owner;
use super::verify::holders;
use crate::auth::Caller;
use crate::http::problem::Problem;
use crate::keys::key_id;
use crate::limits::Of;
use crate::limits::check::{Holder, Told};
use crate::limits::look::look;
use crate::state::App;

/// What is left for a key: of its own limits, or those of its application, and of its owner's.
///
/// # Errors
/// 404.
pub(crate) async fn of_key(
    app: &App,
    caller: &Caller,
    application_id: &str,
    id: &str,
) -> Result<Vec<Told>, Problem> {
    let application = reach(app, caller, application_id, Power::Read).await?;
    let id = key_id(id).map_err(|_| no_such_key())?;
    let key = app.store().issued_key(&application.id, id).await?.ok_or_else(no_such_key)?;
    let counted = app.store().owner(&application.id, &key.owner).await?.ok_or_else(no_such_key)?;
    Ok(look(app, &application.id, &holders(&application, &key, &counted.owner)).await?)
}

/// What is left of an owner's limits, which its keys share.
///
/// # Errors
/// 404.
pub(crate) async fn of_owner(
    app: &App,
    caller: &Caller,
    application_id: &str,
    id: &str,
) -> Result<Vec<Told>, Problem> {
    let application = reach(app, caller, application_id, Power::Read).await?;
    let owner = app.store().owner(&application.id, id).await?.ok_or_else(no_such_owner)?.owner;
    let holder = Holder { of: Of::Owner, id: &owner.id, limits: &owner.limits };
    Ok(look(app, &application.id, &[holder]).await?)
}

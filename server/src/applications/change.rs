//! Changing what a key may do, and for how long.

use super::access::{Power, done, reach};
use super::look::no_such_key;
use super::metadata::{self, Metadata};
use super::{addresses, scopes};
use crate::auth::Caller;
use crate::http::problem::Problem;
use crate::keys::key_id;
use crate::keys::lifetime::Lifetime;
use crate::keys::name;
use crate::limits::declare::{self, Declaration};
use crate::state::App;
use crate::store::issued::IssuedKey;

/// What is to be another; what is absent stays.
#[derive(Default)]
pub(crate) struct IssuedChange {
    pub(crate) name: Option<String>,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) metadata: Option<Metadata>,
    /// None inside: those of the application.
    pub(crate) limits: Option<Option<Vec<Declaration>>>,
    pub(crate) allowed_addresses: Option<Vec<String>>,
    pub(crate) disabled: Option<bool>,
    /// Only earlier than it is.
    pub(crate) expires_at: Option<String>,
}

impl IssuedChange {
    /// To disable a key is to end it for a while; everything else, enabling it
    /// included, makes it what it was not.
    fn powers(&self) -> Vec<Power> {
        let IssuedChange { name, scopes, metadata, limits, allowed_addresses, disabled, expires_at } = self;
        let is_more = name.is_some()
            || scopes.is_some()
            || metadata.is_some()
            || limits.is_some()
            || allowed_addresses.is_some()
            || expires_at.is_some()
            || *disabled != Some(true);
        let disables = (*disabled == Some(true)).then_some(Power::Revoke);
        disables.into_iter().chain(is_more.then_some(Power::Create)).collect()
    }
}

/// Changes a key.
///
/// # Errors
/// 404, and 422, naming what cannot be used.
pub(crate) async fn change(
    app: &App,
    caller: &Caller,
    application_id: &str,
    id: &str,
    change: IssuedChange,
) -> Result<IssuedKey, Problem> {
    let mut application = None;
    for power in change.powers() {
        application = Some(reach(app, caller, application_id, power).await?);
    }
    let application = application.ok_or_else(Problem::internal)?;
    let now = app.now();
    let mut tx = app.store().begin().await?;
    let id = key_id(id).map_err(|_| no_such_key())?;
    let mut key = tx.lock_issued(&application.id, id).await?.ok_or_else(no_such_key)?;
    if let Some(name) = &change.name {
        key.name = name::read("name", name)?.to_owned();
    }
    if change.scopes.is_some() {
        key.scopes = scopes::read_for("scopes", &application.scopes, change.scopes)?;
    }
    if let Some(metadata) = change.metadata {
        key.metadata = metadata::read("metadata", metadata)?;
    }
    if let Some(limits) = change.limits {
        key.limits = limits.map(|limits| declare::read("limits", limits)).transpose()?;
    }
    if let Some(networks) = &change.allowed_addresses {
        key.allowed_addresses = addresses::read("allowed_addresses", networks)?;
    }
    match change.disabled {
        Some(true) => key.disabled_at = key.disabled_at.or(Some(now)),
        Some(false) => key.disabled_at = None,
        None => {}
    }
    if let Some(text) = &change.expires_at {
        let end = Lifetime::read(None, Some(text))?.end(now)?;
        if key.expires_at.is_some_and(|own| end.is_none_or(|end| end > own)) {
            return Err(Problem::field(
                "expires_at",
                "`expires_at` is later than the end of this key, and no key's life is extended. Choose an earlier end, \
                 or rotate it into a new key.",
            ));
        }
        key.expires_at = end;
    }
    tx.update_issued(&key).await?;
    tx.commit().await?;

    done(app, caller, "key.changed", application_id, Some(&key.id));
    app.noted().tell_issued(&mut key);
    Ok(key)
}

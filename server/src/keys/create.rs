//! Creating a key.

use super::idempotency::Repeat;
use super::issue::{Issued, Made, Order, new_id};
use super::kind::KeyKind;
use super::lifetime::{self, Lifetime};
use super::{name, scopes};
use crate::auth::bounds::Plan;
use crate::auth::{Caller, Need};
use crate::http::problem::Problem;
use crate::state::App;

/// What the new key is to be.
pub(crate) struct CreateOrder {
    pub(crate) name: String,
    pub(crate) expires_in: Option<String>,
    pub(crate) expires_at: Option<String>,
    pub(crate) scopes: Option<Vec<String>>,
}

/// Creates a key of keylatch's own.
///
/// # Errors
/// What is wrong with the order, or too much for who asks.
pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    order: CreateOrder,
    repeat: &Repeat,
) -> Result<Made, Problem> {
    caller.may(Need::Write)?;
    let name = name::read("name", &order.name)?;
    let scopes = scopes::read("scopes", order.scopes)?;
    let (expires_in, expires_at) = (order.expires_in.as_deref(), order.expires_at.as_deref());
    let now = app.now();
    let mut end = Lifetime::read(expires_in, expires_at)?.end(now)?;
    if expires_in.is_none() && expires_at.is_none() {
        end = caller.bounded(end);
    }
    let plan = Plan { kind: KeyKind::Keylatch, scopes: &scopes, full_access: false, expires_at: end };
    caller.may_make(plan, Some(if expires_at.is_some() { "expires_at" } else { "expires_in" }))?;

    let user_id = caller.user.id.as_str();
    let id = new_id()?;
    let issued = Issued::new(KeyKind::Keylatch, app.config().key_environment)?;
    let expires_in = expires_in.or(expires_at.is_none().then_some(lifetime::DEFAULT));
    let asked = serde_json::json!(["create", name, expires_in, expires_at, scopes]).to_string();

    let mut tx = app.store().begin().await?;
    let key = match repeat.earlier(app, &mut tx, caller, &asked, &id, now).await? {
        Some(mut key) => {
            issued.replace(&mut tx, &mut key).await?;
            key
        }
        None => issued.store(&mut tx, Order { id, user_id, name, plan, now }).await?,
    };
    tx.commit().await?;

    tracing::info!(user_id, key_id = key.id, "key created");
    app.audit(&caller.source, user_id, "key.created", &caller.name(), Some(&key.id));
    app.metrics().keys_created.inc();
    Ok(Made { key, secret: issued.into_secret(), replaced: None })
}

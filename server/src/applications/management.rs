//! Management keys: what an application's own programs act by. Each has narrow
//! scopes, reaches one application, and is seen once as any key.

use keylatch_format::Secret;
use serde_json::json;

use super::access::{CREATE, Power, READ, REVOKE, SCOPES, done, is_id, reach};
use super::format::Format;
use super::look::{Page, page};
use crate::auth::{Caller, Need};
use crate::http::problem::{Problem, ProblemCode};
use crate::keys::idempotency::{Repeat, refuse_if_used, refuse_unless_active, was_deleted};
use crate::keys::lifetime::Lifetime;
use crate::keys::name;
use crate::state::App;
use crate::store::Tx;
use crate::store::attempts::Asker;
use crate::store::keys::KeyStatus;
use crate::store::management::ManagementKey;
use crate::store::uses::Kind;
use crate::token::{PlainKey, random_base62};

/// What management keys begin with.
pub(crate) const PREFIX: &str = "kl_mgmt_";
/// What their ids begin with.
pub(crate) const ID_PREFIX: &str = "mgmt_";

/// What the new key is to be.
pub(crate) struct ManagementOrder {
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_in: Option<String>,
    pub(crate) expires_at: Option<String>,
}

/// Makes a management key. A repeat tells the same one, with another secret.
///
/// # Errors
/// What is wrong with the order, or too much for who asks; 409 when the idempotency key
/// stands for something else, or its key was used or has ended.
pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    application_id: &str,
    order: ManagementOrder,
    repeat: &Repeat,
) -> Result<(ManagementKey, Secret), Problem> {
    let application = reach(app, caller, application_id, Power::Administer).await?;
    let name = name::read("name", &order.name)?;
    let scopes = read_scopes(order.scopes)?;
    let (expires_in, expires_at) = (order.expires_in.as_deref(), order.expires_at.as_deref());
    let now = app.now();
    let mut end = Lifetime::read(expires_in, expires_at)?.end(now)?;
    if expires_in.is_none() && expires_at.is_none() {
        end = caller.bounded(end);
    }
    // It goes on acting for the user, so it is bounded by what made it.
    caller.may_last(end, Some(if expires_at.is_some() { "expires_at" } else { "expires_in" }))?;
    if scopes.iter().any(|scope| scope == READ) {
        caller.may(Need::Read)?;
    }

    let plain = PlainKey::generate(&Format::of(PREFIX), PREFIX)?;
    let key = ManagementKey {
        id: format!("{ID_PREFIX}{}", random_base62(20)?),
        application_id: application.id.clone(),
        name: name.to_owned(),
        last_four: plain.last_four().to_owned(),
        scopes,
        created_at: now,
        expires_at: end,
        last_used_at: None,
        revoked_at: None,
    };
    let asked = json!(["management", key.name, key.scopes, expires_in, expires_at]).to_string();
    let asker = Asker::Application(&application.id);
    let mut tx = app.store().begin().await?;
    let key = match repeat.claim(&mut tx, asker, &asked, &key.id, now).await? {
        Some(earlier) => again(app, caller, &mut tx, (&application.id, &earlier), &plain).await?,
        None => {
            tx.insert_management_key(&key, &plain.hashed()).await?;
            key
        }
    };
    tx.commit().await?;
    done(app, caller, "management_key.created", application_id, Some(&key.id));
    app.metrics().keys_created.inc();
    Ok((key, plain.into_secret()))
}

/// Puts a new key into the row of the one that a request made the first time.
async fn again(
    app: &App,
    caller: &Caller,
    tx: &mut Tx,
    (application_id, id): (&str, &str),
    plain: &PlainKey,
) -> Result<ManagementKey, Problem> {
    let locked = tx.lock_management_key(application_id, id).await?;
    let (earlier, hash) = locked.ok_or_else(|| was_deleted("key"))?;
    refuse_unless_active(earlier.status(app.now()) == KeyStatus::Active)?;
    // Another credential of the same person may have asked first, for longer.
    caller.may_last(earlier.expires_at, None)?;
    let (store, last) = (app.store(), earlier.last_used_at);
    refuse_if_used(app.noted().was_used(store, Kind::Management, &earlier.id, last).await)?;
    let key = ManagementKey { last_four: plain.last_four().to_owned(), ..earlier };
    tx.reissue_management_key(&key, hash, &plain.hashed()).await?;
    Ok(key)
}

/// An application's management keys, newest first.
///
/// # Errors
/// 404, and 422 for a cursor that is not one of this list.
pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    application_id: &str,
    asked: &Page,
) -> Result<(Vec<ManagementKey>, Option<String>), Problem> {
    let application = reach(app, caller, application_id, Power::Inspect).await?;
    let after = asked.after(|id| is_id(id, ID_PREFIX))?;
    let found = app.store().management_keys_before(&application.id, after, asked.limit + 1).await?;
    let (mut keys, next) = page(found, asked.limit, |key| &key.id);
    keys.iter_mut().for_each(|key| app.noted().tell_manager(key));
    Ok((keys, next))
}

/// Ends a management key for good. One that has ended already stays as it is.
///
/// # Errors
/// 404.
pub(crate) async fn revoke(
    app: &App,
    caller: &Caller,
    application_id: &str,
    id: &str,
) -> Result<(), Problem> {
    let application = reach(app, caller, application_id, Power::Administer).await?;
    let mut tx = app.store().begin().await?;
    if !tx.revoke_management_key(&application.id, id, app.now()).await? {
        return Err(Problem::new(
            ProblemCode::NotFound,
            "This application has no management key with this id. Look at the list of its management keys.",
        ));
    }
    tx.commit().await?;
    done(app, caller, "management_key.revoked", application_id, Some(id));
    app.metrics().keys_revoked.inc();
    Ok(())
}

/// Each once and in order; there is no default, so that nobody gets more than they
/// asked for.
fn read_scopes(mut scopes: Vec<String>) -> Result<Vec<String>, Problem> {
    if scopes.is_empty() {
        let detail = format!("`scopes` is empty, and a key without any could do nothing. {}", one_of());
        return Err(Problem::field("scopes", detail));
    }
    if let Some(index) = scopes.iter().position(|scope| !SCOPES.contains(&scope.as_str())) {
        let field = format!("scopes[{index}]");
        let detail = format!("`{field}` is no scope of a management key. {}", one_of());
        return Err(Problem::field(field, detail));
    }
    scopes.sort_unstable();
    scopes.dedup();
    Ok(scopes)
}

fn one_of() -> String {
    format!(
        "There are verify (asks about keys and reports their use), {CREATE} (makes, rotates, imports and changes \
         them), {READ} (lists and looks) and {REVOKE} (revokes, disables and deletes)."
    )
}

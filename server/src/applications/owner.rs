//! Owners: the customers of an application, by the ids that it has for them.

use super::access::{Power, done, reach};
use super::look::{Page, page};
use super::metadata::{self, Metadata};
use crate::auth::Caller;
use crate::http::problem::{Problem, ProblemCode};
use crate::limits::declare::{self, Declaration};
use crate::state::App;
use crate::store::owners::CountedOwner;

const LONGEST: usize = 128;

/// What is to be kept beside an owner; what is absent stays.
pub(crate) struct OwnerChange {
    pub(crate) metadata: Option<Metadata>,
    pub(crate) limits: Option<Vec<Declaration>>,
}

/// The id of an owner; `field` is the member or parameter that it stands in.
///
/// # Errors
/// 422.
pub(crate) fn read_id<'t>(field: &str, text: &'t str) -> Result<&'t str, Problem> {
    if is_id(text) {
        return Ok(text);
    }
    let detail = format!(
        "`{field}` must be your own id of the customer: 1 to {LONGEST} visible ASCII characters, none of them / ? # or %, \
         and not . or .. alone."
    );
    Err(Problem::field(field, detail))
}

/// It stands in addresses: whatever would end a path or change it is no part of one.
pub(crate) fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_graphic() && !b"/?#%\\".contains(&byte);
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(allowed) && !matches!(text, "." | "..")
}

/// The owners of an application in the order of their ids.
///
/// # Errors
/// 404.
pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    application_id: &str,
    asked: &Page,
) -> Result<(Vec<CountedOwner>, Option<String>), Problem> {
    let application = reach(app, caller, application_id, Power::Read).await?;
    let _turn = app.quota().listing(&caller.user.id).await?;
    let after = asked.after(is_id)?;
    let found = app.store().owners_after(&application.id, after, asked.limit + 1).await?;
    Ok(page(found, asked.limit, |counted| &counted.owner.id))
}

/// One owner.
///
/// # Errors
/// 404.
pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    application_id: &str,
    id: &str,
) -> Result<CountedOwner, Problem> {
    let application = reach(app, caller, application_id, Power::Read).await?;
    app.store().owner(&application.id, id).await?.ok_or_else(no_such_owner)
}

/// Makes an owner, or changes what is kept beside it.
///
/// # Errors
/// 404, and 422, naming what cannot be used.
pub(crate) async fn put(
    app: &App,
    caller: &Caller,
    application_id: &str,
    id: &str,
    change: OwnerChange,
) -> Result<CountedOwner, Problem> {
    let application = reach(app, caller, application_id, Power::Create).await?;
    let id = read_id("owner", id)?;
    let metadata = change.metadata.map(|metadata| metadata::read("metadata", metadata)).transpose()?;
    let limits = change.limits.map(|limits| declare::read("limits", limits)).transpose()?;
    let mut tx = app.store().begin().await?;
    tx.add_owner(&application.id, id, app.now()).await?;
    if let Some(metadata) = &metadata {
        tx.set_owner_metadata(&application.id, id, metadata).await?;
    }
    if let Some(limits) = &limits {
        tx.set_owner_limits(&application.id, id, limits).await?;
    }
    tx.commit().await?;
    done(app, caller, "owner.changed", application_id, None);
    app.store().owner(&application.id, id).await?.ok_or_else(no_such_owner)
}

/// Ends all keys of an owner for good, and tells how many of the newest there were.
///
/// # Errors
/// 404.
pub(crate) async fn revoke_keys(
    app: &App,
    caller: &Caller,
    application_id: &str,
    id: &str,
) -> Result<i64, Problem> {
    let application = reach(app, caller, application_id, Power::Revoke).await?;
    let mut tx = app.store().begin().await?;
    let revoked = tx.revoke_issued_of(&application.id, id, app.now()).await?.ok_or_else(no_such_owner)?;
    tx.commit().await?;
    done(app, caller, "owner.revoked", application_id, None);
    app.metrics().keys_revoked.inc_by(u64::try_from(revoked).unwrap_or(0));
    Ok(revoked)
}

/// Deletes an owner with all its keys, active or not.
///
/// # Errors
/// 404.
pub(crate) async fn delete(
    app: &App,
    caller: &Caller,
    application_id: &str,
    id: &str,
) -> Result<(), Problem> {
    let application = reach(app, caller, application_id, Power::Revoke).await?;
    let mut tx = app.store().begin().await?;
    if !tx.delete_owner(&application.id, id, app.now()).await? {
        return Err(no_such_owner());
    }
    tx.commit().await?;
    done(app, caller, "owner.deleted", application_id, None);
    Ok(())
}

/// 404 for an owner.
pub(super) fn no_such_owner() -> Problem {
    Problem::new(
        ProblemCode::NotFound,
        "This application has no owner with this id. An owner is made by its first key, or by PUT.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stands_in_an_address_as_it_is() {
        let longest = "x".repeat(128);
        for id in ["7", "cust_7", "kim@example.com", "a:b|c", "...", &longest] {
            assert_eq!(read_id("owner", id).ok(), Some(id));
        }
        for wrong in
            ["", ".", "..", "a/b", "a?b", "a#b", "a%20b", "a\\b", "a b", "ä", "a\n", &format!("{longest}x")]
        {
            assert_eq!(read_id("owner", wrong).unwrap_err().field.as_deref(), Some("owner"), "{wrong:?}");
        }
    }
}

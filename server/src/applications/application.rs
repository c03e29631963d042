//! Applications themselves: made, looked at, changed, deleted.

use jiff::Timestamp;
use serde_json::json;

use super::ID_PREFIX;
use super::access::{Power, done, is_id, no_such_application, reach};
use super::format::{self, Format};
use super::look::{Page, page};
use super::scopes::{self, Scope};
use crate::auth::{Caller, Need};
use crate::http::problem::Problem;
use crate::keys::idempotency::{Repeat, was_deleted};
use crate::keys::lifetime::{self, Lifetime};
use crate::keys::name;
use crate::limits::declare::{self, Declaration, OnLimiterFailure};
use crate::state::App;
use crate::store::applications::Application;
use crate::store::attempts::Asker;
use crate::token::random_base62;

/// What the new application is to be.
pub(crate) struct ApplicationOrder {
    pub(crate) name: String,
    pub(crate) formats: Vec<Format>,
    pub(crate) default_lifetime: Option<String>,
    pub(crate) longest_lifetime: Option<String>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) limits: Vec<Declaration>,
    pub(crate) on_limiter_failure: OnLimiterFailure,
}

/// What is to be another; what is absent stays.
pub(crate) struct ApplicationChange {
    pub(crate) name: Option<String>,
    pub(crate) formats: Option<Vec<Format>>,
    pub(crate) default_lifetime: Option<String>,
    /// None inside: as long as any key may live.
    pub(crate) longest_lifetime: Option<Option<String>>,
    pub(crate) scopes: Option<Vec<Scope>>,
    pub(crate) limits: Option<Vec<Declaration>>,
    pub(crate) on_limiter_failure: Option<OnLimiterFailure>,
}

/// Makes an application. A repeat tells the one that was made first, as it is now.
///
/// # Errors
/// 422, naming what cannot be used; 409 when the idempotency key stands for something else.
pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    order: ApplicationOrder,
    repeat: &Repeat,
) -> Result<Application, Problem> {
    caller.may(Need::Write)?;
    let now = app.now();
    let default_lifetime = order.default_lifetime.unwrap_or_else(|| lifetime::DEFAULT.to_owned());
    check_lifetimes(&default_lifetime, order.longest_lifetime.as_deref(), now)?;
    let application = Application {
        id: format!("{ID_PREFIX}{}", random_base62(20)?),
        user_id: caller.user.id.clone(),
        name: name::read("name", &order.name)?.to_owned(),
        formats: format::read(order.formats)?,
        default_lifetime,
        longest_lifetime: order.longest_lifetime,
        scopes: scopes::read_list(order.scopes)?,
        limits: declare::read("limits", order.limits)?,
        on_limiter_failure: order.on_limiter_failure,
        rules: Vec::new(),
        created_at: now,
        updated_at: now,
    };
    let Application { name, formats, default_lifetime, longest_lifetime, .. } = &application;
    let Application { id, user_id, scopes, limits, on_limiter_failure, .. } = &application;
    let asked = json!([
        "application",
        name,
        formats,
        default_lifetime,
        longest_lifetime,
        scopes,
        limits,
        on_limiter_failure
    ]);
    let mut tx = app.store().begin().await?;
    let asker = Asker::UserForApplication(user_id);
    if let Some(earlier) = repeat.claim(&mut tx, asker, &asked.to_string(), id, now).await? {
        let earlier = tx.lock_application(user_id, &earlier).await?;
        tx.commit().await?;
        return earlier.ok_or_else(|| was_deleted("application"));
    }
    tx.insert_application(&application).await?;
    tx.commit().await?;
    done(app, caller, "application.created", &application.id, None);
    Ok(application)
}

/// One's own applications, newest first.
///
/// # Errors
/// 422 for a cursor that is not one of this list.
pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    asked: &Page,
) -> Result<(Vec<Application>, Option<String>), Problem> {
    caller.may(Need::Read)?;
    let after = asked.after(|id| is_id(id, ID_PREFIX))?;
    let found = app.store().applications_before(&caller.user.id, after, asked.limit + 1).await?;
    Ok(page(found, asked.limit, |application| &application.id))
}

/// One of one's own applications.
///
/// # Errors
/// 404.
pub(crate) async fn get(app: &App, caller: &Caller, id: &str) -> Result<Application, Problem> {
    reach(app, caller, id, Power::Inspect).await
}

/// Changes an application. Keys that are there stay as they are.
///
/// # Errors
/// 404, and 422, naming what cannot be used.
pub(crate) async fn change(
    app: &App,
    caller: &Caller,
    id: &str,
    change: ApplicationChange,
) -> Result<Application, Problem> {
    reach(app, caller, id, Power::Administer).await?;
    let now = app.now();
    let mut tx = app.store().begin().await?;
    let mut application = tx.lock_application(&caller.user.id, id).await?.ok_or_else(no_such_application)?;
    if let Some(name) = &change.name {
        application.name = name::read("name", name)?.to_owned();
    }
    if let Some(formats) = change.formats {
        application.formats = format::read(formats)?;
    }
    if let Some(lifetime) = change.default_lifetime {
        application.default_lifetime = lifetime;
    }
    if let Some(lifetime) = change.longest_lifetime {
        application.longest_lifetime = lifetime;
    }
    check_lifetimes(&application.default_lifetime, application.longest_lifetime.as_deref(), now)?;
    if let Some(scopes) = change.scopes {
        application.scopes = scopes::read_list(scopes)?;
    }
    if let Some(limits) = change.limits {
        application.limits = declare::read("limits", limits)?;
    }
    if let Some(on_limiter_failure) = change.on_limiter_failure {
        application.on_limiter_failure = on_limiter_failure;
    }
    application.updated_at = now;
    tx.update_application(&application).await?;
    tx.commit().await?;
    done(app, caller, "application.changed", id, None);
    Ok(application)
}

/// Deletes an application with all its keys, owners and management keys.
///
/// # Errors
/// 404.
pub(crate) async fn delete(app: &App, caller: &Caller, id: &str) -> Result<(), Problem> {
    reach(app, caller, id, Power::Administer).await?;
    let mut tx = app.store().begin().await?;
    tx.lock_application(&caller.user.id, id).await?.ok_or_else(no_such_application)?;
    tx.bury_application(id, app.now()).await?;
    tx.commit().await?;
    done(app, caller, "application.deleted", id, None);
    Ok(())
}

/// Both must be lifetimes, and the default no longer than the longest.
fn check_lifetimes(default: &str, longest: Option<&str>, now: Timestamp) -> Result<(), Problem> {
    let end = |field: &'static str, text: &str| {
        let end = Lifetime::read(Some(text), None).and_then(|lifetime| lifetime.end(now));
        end.map_err(|_| {
            Problem::field(
                field,
                format!(
                    "`{field}` must be an ISO 8601 duration of at most ten years, such as \"P3M\" or \"PT12H\", or the word \"never\"."
                ),
            )
        })
    };
    let default = end("default_lifetime", default)?;
    let longest = longest.map(|text| end("longest_lifetime", text)).transpose()?.flatten();
    if longest.is_some_and(|longest| default.is_none_or(|default| default > longest)) {
        return Err(Problem::field(
            "default_lifetime",
            "`default_lifetime` is longer than `longest_lifetime`. Shorten it, or allow longer lives.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_is_no_longer_than_the_longest() {
        let now = "2026-11-20T10:00:00Z".parse().unwrap();
        for (default, longest, field) in [
            ("P3M", None, None),
            ("never", None, None),
            ("P3M", Some("P3M"), None),
            ("P1D", Some("P1Y"), None),
            ("P3M", Some("P1M"), Some("default_lifetime")),
            ("never", Some("P1Y"), Some("default_lifetime")),
            ("P1Y", Some("never"), None),
            ("three months", None, Some("default_lifetime")),
            ("-P1D", None, Some("default_lifetime")),
            ("P3M", Some(""), Some("longest_lifetime")),
            ("P11Y", None, Some("default_lifetime")),
        ] {
            let refused = check_lifetimes(default, longest, now).err().and_then(|problem| problem.field);
            assert_eq!(refused.as_deref(), field, "{default} {longest:?}");
        }
    }
}

//! Who may do what to an application: the person, or a key of theirs with
//! `keys:read` or `keys:write`, everything to their own; a management key what its
//! scopes say, and to its own application only.

use std::sync::Arc;

use super::ID_PREFIX;
use crate::auth::{Caller, Need};
use crate::http::problem::{Problem, ProblemCode};
use crate::state::App;
use crate::store::applications::Application;
use crate::store::audit::Subject;
use crate::store::checks::Known;
use crate::store::management::Manager;

/// What a request does to an application, and so what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Power {
    /// Looks at the application itself or its management keys.
    Inspect,
    /// Changes them, or deletes the application.
    Administer,
    /// Looks at keys and owners.
    Read,
    /// Makes keys, and changes what they are.
    Create,
    /// Ends keys: for a while, for good, or without a trace.
    Revoke,
}

/// Scopes of a management key.
pub(crate) const VERIFY: &str = "verify";
pub(crate) const CREATE: &str = "keys:create";
pub(crate) const READ: &str = "keys:read";
pub(crate) const REVOKE: &str = "keys:revoke";
pub(crate) const SCOPES: [&str; 4] = [VERIFY, CREATE, READ, REVOKE];

impl Power {
    /// What a user's key needs for it.
    const fn need(self) -> Need {
        match self {
            Power::Inspect | Power::Read => Need::Read,
            Power::Administer | Power::Create | Power::Revoke => Need::Write,
        }
    }

    /// The scope that a management key needs for it; none: no management key may.
    const fn scope(self) -> Option<&'static str> {
        match self {
            Power::Inspect | Power::Administer => None,
            Power::Read => Some(READ),
            Power::Create => Some(CREATE),
            Power::Revoke => Some(REVOKE),
        }
    }

    /// Whom it is refused to, for the description of the API.
    pub(crate) fn refusal(self) -> String {
        let own = self.need().scope().unwrap_or_default();
        match self.scope() {
            None => format!("The key lacks the scope {own}, or is a management key"),
            Some(scope) if scope == own => format!("The key or management key lacks the scope {own}"),
            Some(scope) => format!("The key lacks the scope {own}, the management key {scope}"),
        }
    }
}

/// The application with this id, if the caller may do that to it.
///
/// # Errors
/// 404 for an application that is unknown or somebody else's, 403 for what the
/// caller may not.
pub(crate) async fn reach(
    app: &App,
    caller: &Caller,
    id: &str,
    power: Power,
) -> Result<Application, Problem> {
    if let Some(manager) = caller.manager() {
        if manager.application.id != id {
            return Err(no_such_application());
        }
        let scope = power.scope().ok_or_else(|| {
            forbidden("No management key may do this. Sign in, or use a key of your own.".to_owned())
        })?;
        refuse_without(manager, scope)?;
        return Ok(manager.application.clone());
    }
    caller.may(power.need())?;
    app.store().application(&caller.user.id, application_id(id)?).await?.ok_or_else(no_such_application)
}

/// Logs what was done to an application, or to one of its keys.
pub(super) fn done(
    app: &App,
    caller: &Caller,
    action: &'static str,
    application_id: &str,
    key_id: Option<&str>,
) {
    tracing::info!(user_id = caller.user.id, application_id, key_id, action, "an application was changed");
    let subject =
        Subject { key_id: key_id.map(str::to_owned), application_id: Some(application_id.to_owned()) };
    app.audit_of(&caller.source, &caller.user.id, action, &caller.name(), subject);
}

/// The management key that asks about keys that were shown to its application.
///
/// # Errors
/// 403 for any other credential, and for a management key without the scope.
pub(crate) fn asker(caller: &Caller) -> Result<&Arc<Known<Manager>>, Problem> {
    let manager = caller.manager().ok_or_else(|| {
        forbidden(
            "This needs a management key of the application whose keys are verified, with the scope verify. Make \
             one with POST /v1/applications/{application}/management-keys."
                .to_owned(),
        )
    })?;
    refuse_without(manager, VERIFY)?;
    Ok(manager)
}

/// The id as somebody sent it. What cannot be an id is not looked up at all.
pub(super) fn application_id(text: &str) -> Result<&str, Problem> {
    if is_id(text, ID_PREFIX) { Ok(text) } else { Err(no_such_application()) }
}

/// Whether it can be an id of ours.
pub(super) fn is_id(text: &str, prefix: &str) -> bool {
    let random = text.strip_prefix(prefix);
    random.is_some_and(|random| {
        (16..=64).contains(&random.len()) && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

pub(super) fn no_such_application() -> Problem {
    Problem::new(
        ProblemCode::NotFound,
        "You have no application with this id. It may have been deleted; look at the list of applications.",
    )
}

fn refuse_without(manager: &Manager, scope: &str) -> Result<(), Problem> {
    if manager.key.scopes.iter().any(|own| own == scope) {
        return Ok(());
    }
    Err(forbidden(format!(
        "This management key lacks the scope {scope}, which this needs. Use one that was made with {scope}."
    )))
}

fn forbidden(detail: String) -> Problem {
    Problem::new(ProblemCode::Forbidden, detail)
}

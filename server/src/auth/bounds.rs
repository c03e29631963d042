//! What a credential may do. What a key or a login makes is bounded by it: no
//! more scopes, no later end, no other kind. Otherwise a key of two hours could
//! make one that lives for ever, and a narrow one a wide one.

use jiff::Timestamp;

use super::{Authority, Caller};
use crate::http::problem::{Problem, ProblemCode};
use crate::keys::kind::KeyKind;
use crate::store::keys::StoredKey;

/// What a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Whose the credential is. Every key may tell that; one without scopes does nothing else.
    Account,
    /// To look at keys: the scope `keys:read`.
    Read,
    /// To make, rotate, revoke and delete keys: the scope `keys:write`.
    Write,
}

impl Need {
    /// The scope that it takes; none: no scope gives or takes it.
    pub(crate) const fn scope(self) -> Option<&'static str> {
        match self {
            Need::Account => None,
            Need::Read => Some("keys:read"),
            Need::Write => Some("keys:write"),
        }
    }
}

/// A key that is about to be made.
#[derive(Clone, Copy)]
pub(crate) struct Plan<'a> {
    pub(crate) kind: KeyKind,
    pub(crate) scopes: &'a [String],
    pub(crate) full_access: bool,
    pub(crate) expires_at: Option<Timestamp>,
}

impl<'a> Plan<'a> {
    /// What whoever learns this key's secret gets.
    pub(crate) fn of(key: &'a StoredKey) -> Self {
        let StoredKey { kind, scopes, full_access, expires_at, .. } = key;
        Plan { kind: *kind, scopes, full_access: *full_access, expires_at: *expires_at }
    }
}

/// What a credential is limited to.
enum Granted<'a> {
    Everything,
    /// Nothing of the user's but an application.
    Nothing,
    /// Whose it is, and these scopes.
    AccountAnd(Vec<&'a str>),
}

impl<'a> Granted<'a> {
    fn of(scopes: &'a [String], full_access: bool) -> Self {
        match scopes {
            [] if full_access => Granted::Everything,
            scopes => Granted::AccountAnd(scopes.iter().map(String::as_str).collect()),
        }
    }

    fn includes(&self, need: Need) -> bool {
        match self {
            Granted::Everything => true,
            Granted::Nothing => false,
            Granted::AccountAnd(scopes) => need.scope().is_none_or(|scope| scopes.contains(&scope)),
        }
    }
}

impl Caller {
    /// Lets the caller through if the credential may do this.
    ///
    /// # Errors
    /// 403, naming the scope that is missing.
    pub fn may(&self, need: Need) -> Result<(), Problem> {
        if self.granted().includes(need) {
            return Ok(());
        }
        if let Some(manager) = self.manager() {
            let detail = format!(
                "This is a management key of the application {}, and reaches nothing else. Use a key of your own, or sign in.",
                manager.application.id
            );
            return Err(Problem::new(ProblemCode::Forbidden, detail));
        }
        let scope = need.scope().unwrap_or_default();
        Err(Problem::new(
            ProblemCode::Forbidden,
            format!(
                "This {} lacks the scope {scope}, which this needs. Use a key that was made with {scope}, or sign in.",
                self.word()
            ),
        ))
    }

    /// Lets the caller make this key, or learn its secret: never more than its own.
    /// `member` is the member of the request that says when the key ends; without
    /// one, the end is that of a key that is there already.
    ///
    /// # Errors
    /// 403, naming what is too much, and the latest end that is not.
    pub(crate) fn may_make(&self, plan: Plan<'_>, member: Option<&str>) -> Result<(), Problem> {
        self.may_grant(plan)?;
        self.may_last(plan.expires_at, member)?;
        let own = match &self.authority {
            Authority::Key(key) => Some(key.kind),
            Authority::Released(bounds) => Some(bounds.kind),
            Authority::Session | Authority::Login(_) | Authority::Manager(_) => None,
        };
        match own {
            Some(own) if own != KeyKind::Keylatch && own != plan.kind => Err(forbidden(
                "kind",
                "This key was made through another API, and makes keys of that API only. Sign in instead."
                    .into(),
            )),
            _ => Ok(()),
        }
    }

    /// Lets the caller make something that ends then: never after its own end.
    ///
    /// # Errors
    /// 403, naming the latest end.
    pub(crate) fn may_last(&self, end: Option<Timestamp>, member: Option<&str>) -> Result<(), Problem> {
        if let Some(latest) = self.end().filter(|own| end.is_none_or(|wished| wished > *own)) {
            let remedy = match member {
                Some(_) => "Ask for an end up to then, or leave the end out, or sign in",
                None => "Use a key that ends no earlier than the one that you ask about, or sign in",
            };
            let detail = format!(
                "This {} ends at {latest}, and no key that is made with it may end later. {remedy}.",
                self.word()
            );
            let problem = Problem::new(ProblemCode::Forbidden, detail);
            return Err(Problem { field: member.map(Into::into), ..problem });
        }
        Ok(())
    }

    /// The end of a key whose end was not asked for: not after the credential's own.
    pub(crate) fn bounded(&self, end: Option<Timestamp>) -> Option<Timestamp> {
        match (self.end(), end) {
            (Some(own), Some(end)) => Some(own.min(end)),
            (own, end) => own.or(end),
        }
    }

    fn may_grant(&self, plan: Plan<'_>) -> Result<(), Problem> {
        let own = match self.granted() {
            Granted::Everything => return Ok(()),
            Granted::Nothing => Vec::new(),
            Granted::AccountAnd(scopes) => scopes,
        };
        let word = self.word();
        let detail = if plan.scopes.is_empty() {
            // Whoever reads scopes elsewhere may take none for no limit.
            format!(
                "This {word} is limited to its scopes, so it cannot make a key without scopes. Name scopes that this \
                 {word} has, or sign in."
            )
        } else if let Some(wider) = plan.scopes.iter().find(|scope| !own.contains(&scope.as_str())) {
            format!(
                "This {word} cannot make a key with the scope {wider}, which it does not have itself. Leave it out, \
                 or sign in."
            )
        } else {
            return Ok(());
        };
        Err(forbidden("scopes", detail))
    }

    fn granted(&self) -> Granted<'_> {
        match &self.authority {
            Authority::Session => Granted::Everything,
            Authority::Key(key) => Granted::of(&key.scopes, key.full_access),
            Authority::Released(bounds) => Granted::of(&bounds.scopes, bounds.full_access),
            Authority::Login(login) => Granted::AccountAnd(login.scope.split_whitespace().collect()),
            Authority::Manager(_) => Granted::Nothing,
        }
    }

    /// When the credential ends by itself.
    fn end(&self) -> Option<Timestamp> {
        match &self.authority {
            // It ends too, but the person can sign in again.
            Authority::Session => None,
            Authority::Key(key) => key.expires_at,
            Authority::Released(bounds) => bounds.expires_at,
            Authority::Login(login) => Some(login.end()),
            Authority::Manager(manager) => manager.key.expires_at,
        }
    }

    fn word(&self) -> &'static str {
        match &self.authority {
            Authority::Session | Authority::Released(_) => "session",
            Authority::Key(_) | Authority::Manager(_) => "key",
            Authority::Login(_) => "login",
        }
    }
}

fn forbidden(field: &str, detail: String) -> Problem {
    Problem { field: Some(field.into()), ..Problem::new(ProblemCode::Forbidden, detail) }
}

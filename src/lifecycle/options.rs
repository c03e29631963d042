//! What a client is set up with, and what its calls take.

use std::cell::RefCell;
use std::rc::Rc;

use zeroize::Zeroize;

use crate::error::Error;
use crate::provider::{Operation, Provider, Service, Vars};
use crate::secret::Secret;
use crate::text::{concat, integer};
use crate::value::Value;

/// What a client authenticates with.
#[derive(Clone)]
pub enum Credential {
    /// Nothing of its own: in a page, the cookie that the browser holds.
    None,
    /// A key.
    Key(Secret),
    /// A session that this client began.
    Session(Rc<Session>),
}

/// A session that came of user and password.
pub struct Session {
    /// Its cookie, where no browser keeps it.
    pub(super) cookie: RefCell<Option<Secret>>,
    /// User and password, kept only for a service whose sessions are renewed by
    /// signing in again.
    pub(super) again: RefCell<Option<(String, Secret)>>,
}

/// How a client is set up.
pub struct Options {
    /// The service.
    pub provider: Service,
    /// Its address; the provider's own when there is none.
    pub base_url: Option<String>,
    /// The credential.
    pub credential: Credential,
    /// Name of the scheme; the provider's first when there is none.
    pub scheme: Option<String>,
    /// Further tries after a lost answer, 429 or 5xx.
    pub retries: u8,
    /// Plain http to other computers is wanted.
    pub allow_insecure: bool,
}

/// How long a new key lives.
#[derive(Clone, Zeroize)]
pub enum Lifetime {
    /// An ISO 8601 duration, or `never`.
    For(String),
    /// Until a moment, in RFC 3339.
    Until(String),
}

/// What a new key is to be.
#[derive(Zeroize)]
pub struct NewKey {
    /// 1 to 100 characters after trimming.
    pub name: String,
    /// How long it lives. Where nothing is said, the service's own default, or
    /// [`NewKey::DEFAULT_LIFETIME`] if it lets one choose and has none.
    pub lifetime: Option<Lifetime>,
    /// What it may do; empty for everything.
    pub scopes: Vec<String>,
}

impl NewKey {
    /// What a key lives unless told otherwise: three calendar months.
    pub const DEFAULT_LIFETIME: &'static str = "P3M";
}

/// How long a rotated key lives on.
#[derive(Clone, Zeroize)]
pub enum Overlap {
    /// Not at all: it is revoked once the successor is safe.
    None,
    /// An ISO 8601 duration.
    For(String),
}

/// Which keys to list.
#[derive(Default, Zeroize)]
pub struct Filter {
    /// `active`, `inactive`, `expired`, `revoked` or `all`.
    pub status: Option<String>,
    /// Part of the name.
    pub search: Option<String>,
}

impl NewKey {
    /// The variables of a create, after checking what can be checked here.
    pub(super) fn vars(&self, provider: &Provider) -> Result<Vars, Error> {
        let name = self.name.trim();
        let length = name.chars().count();
        if length == 0 || length > 100 {
            let why = concat(&["use 1 to 100 characters; it has ", &integer(length as i64), "."]);
            return Err(Error::argument("name", why));
        }
        let capabilities = provider.capabilities();
        let takes = |variable| provider.uses(Operation::Create, variable);
        let mut vars = Vars::new().with("name", name);
        let refused = |why| Err(Error::argument("expiresIn", concat(&[&provider.title, why])));
        match &self.lifetime {
            // Not repeated: it may be shorter, for what makes the key bounds the key.
            None if provider.ends_by_default => {}
            None if takes("expires_in") => vars.set("expires_in", NewKey::DEFAULT_LIFETIME.into()),
            // Nobody gets a key for ever who has not asked for one.
            None if takes("expires_at") => return refused(" takes a date: say one, or \"never\"."),
            None => {}
            Some(Lifetime::For(duration)) if takes("expires_in") => {
                vars.set("expires_in", duration.as_str().into());
            }
            Some(Lifetime::Until(moment)) if takes("expires_at") => {
                vars.set("expires_at", moment.as_str().into());
            }
            // True of every key that no end is said of.
            Some(Lifetime::For(never)) if never == "never" && !provider.ends_by_default => {}
            Some(_) if !capabilities.expiry => return refused(" has no expiry for keys."),
            Some(Lifetime::For(_)) => return refused(" takes a date and no duration."),
            Some(Lifetime::Until(_)) => return refused(" takes a duration and no date."),
        }
        if !self.scopes.is_empty() {
            if !capabilities.scopes {
                return Err(Error::argument("scopes", concat(&[&provider.title, " has no scopes."])));
            }
            vars.set("scopes", Value::List(self.scopes.iter().map(|scope| scope.as_str().into()).collect()));
        }
        Ok(vars)
    }
}

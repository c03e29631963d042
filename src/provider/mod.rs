//! Who a key is for. One file holds all that is known of a service; a declared
//! service ([`declare`]) is the same data from the user's own JSON.
//!
//! Nothing here does anything: [`crate::lifecycle`] reads the data and acts.
//! So a capability is never claimed apart from the endpoint that has it.
//!
//! ```
//! use keylatch::provider;
//!
//! let service = provider::builtin("keylatch")?;
//! assert!(service.capabilities().overlap);
//! # Ok::<(), keylatch::Error>(())
//! ```

mod answer;
mod conduce;
mod declare;
mod describe;
mod endpoint;
mod fields;
mod format;
mod keylatch;
mod lambda;
mod luminary;
mod modelon;
mod sources;

use std::borrow::Cow;
use std::ops::Deref;
use std::rc::Rc;

use crate::error::{Code, Error};
use crate::format::{Certainty, KeyFormat, diagnose};
use crate::scheme::Scheme;
use crate::secret::Secret;
use crate::text::{concat, join};

pub use answer::{Answer, States, Statuses};
pub use declare::{declare, declare_api};
pub use endpoint::{Endpoint, Endpoints, Operation, Template, Vars};
pub use fields::{ErrorShape, Field, Fields, TimeUnit};
pub use sources::{FileKind, KeyFile, Login, Sources};

/// Text of a service: fixed for a built-in one, owned for a declared one.
pub type Text = Cow<'static, str>;

/// A service as clients share it: a built-in one stays where it is.
#[derive(Clone)]
pub enum Service {
    /// A built-in one.
    BuiltIn(&'static Provider),
    /// A declared one.
    Declared(Rc<Provider>),
}

impl Deref for Service {
    type Target = Provider;

    fn deref(&self) -> &Provider {
        match self {
            Service::BuiltIn(provider) => provider,
            Service::Declared(provider) => provider,
        }
    }
}

impl From<&'static Provider> for Service {
    fn from(provider: &'static Provider) -> Self {
        Service::BuiltIn(provider)
    }
}

impl From<Provider> for Service {
    fn from(provider: Provider) -> Self {
        Service::Declared(Rc::new(provider))
    }
}

/// All that is known of a service.
pub struct Provider {
    /// Lower-case letters, digits and `-`.
    pub id: Text,
    /// Its name, for people.
    pub title: Text,
    /// Where its API is, unless a client is told otherwise.
    pub base_url: Option<Text>,
    /// The page where a person manages keys.
    pub keys_page: Option<Text>,
    /// The steps that a person takes there.
    pub keys_help: Option<Text>,
    /// Where its own clients look for a key.
    pub sources: Sources,
    /// What its keys look like, where that is known.
    pub format: Option<KeyFormat>,
    /// How a key is sent; the first is the default. Never empty.
    pub schemes: Cow<'static, [Scheme]>,
    /// Its key API.
    pub endpoints: Endpoints,
    /// A user has one key at a time: to rotate is to delete it and make another.
    pub one_key: bool,
    /// It gives a key an end by itself when none is asked for. Elsewhere keylatch asks for
    /// one, so that nobody gets a key without an end who has not asked for it.
    pub ends_by_default: bool,
    /// Its documents say that its list has working keys only, so a key without a status is
    /// active. Elsewhere such a key has the status `unknown`.
    pub lists_working_keys_only: bool,
    /// How the API is found when something else may stand in front of it.
    pub discovery: Option<Discovery>,
    /// Where its answers say what.
    pub fields: Fields,
    /// Unit of numeric times in its answers.
    pub time_unit: TimeUnit,
    /// Where its refusals say why.
    pub errors: ErrorShape,
}

/// A request whose answer says where the API is.
#[derive(Clone)]
pub struct Discovery {
    /// The request, which is sent with the key.
    pub endpoint: Endpoint,
    /// The member of the answer that holds a path.
    pub member: Text,
    /// What follows that path.
    pub suffix: Text,
}

/// What a service can do through its API.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "each is the operation of that name")]
pub struct Capabilities {
    pub sign_in: bool,
    pub whoami: bool,
    pub create: bool,
    pub list: bool,
    pub get: bool,
    pub rotate: bool,
    pub revoke: bool,
    pub delete: bool,
    pub validate: bool,
    /// A lifetime can be chosen.
    pub expiry: bool,
    /// Scopes can be chosen.
    pub scopes: bool,
    /// The old key can live on for a while after a rotate.
    pub overlap: bool,
    /// A user has one key at a time: a rotate ends the old one at once.
    pub one_key: bool,
}

impl Capabilities {
    /// Names, as they stand in JavaScript, and whether.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, bool)> {
        [
            ("signIn", self.sign_in),
            ("whoami", self.whoami),
            ("create", self.create),
            ("list", self.list),
            ("get", self.get),
            ("rotate", self.rotate),
            ("revoke", self.revoke),
            ("delete", self.delete),
            ("validate", self.validate),
            ("expiry", self.expiry),
            ("scopes", self.scopes),
            ("overlap", self.overlap),
            ("oneKey", self.one_key),
        ]
        .into_iter()
    }
}

const BUILTIN: &[&Provider] =
    &[&keylatch::KEYLATCH, &luminary::LUMINARY, &lambda::LAMBDA, &conduce::CONDUCE, &modelon::MODELON];

/// The built-in services.
pub fn builtins() -> &'static [&'static Provider] {
    BUILTIN
}

/// The built-in service of this id.
///
/// # Errors
/// [`Code::UnknownProvider`], naming those that there are.
pub fn builtin(id: &str) -> Result<&'static Provider, Error> {
    BUILTIN.iter().copied().find(|provider| provider.id == id).ok_or_else(|| {
        let ids = join(&mut BUILTIN.iter().map(|provider| provider.id.as_ref()), ", ");
        // The id is the caller's text: someone who mixed up the arguments has
        // passed a key here.
        Error::new(Code::UnknownProvider).with(presentable_id(id)).with(ids)
    })
}

/// The built-in services that a text could be a key of: first those whose
/// format is documented, then observed, then those of which no format is known
/// and nothing speaks against it.
pub fn identify(text: &str) -> Vec<&'static Provider> {
    let mut found = Vec::new();
    // One pass for each, as they are in order: a sort is a kilobyte of code.
    for certainty in Certainty::ALL {
        for provider in BUILTIN.iter().filter(|provider| provider.certainty() == certainty) {
            if diagnose(provider.format.as_ref(), text).is_empty() {
                found.push(*provider);
            }
        }
    }
    found
}

/// An id as it may stand in a message: what cannot be an id is not repeated.
fn presentable_id(id: &str) -> String {
    if is_id(id) && id.len() <= 24 && !id.bytes().any(|b| b.is_ascii_digit()) {
        id.into()
    } else {
        "…".into()
    }
}

/// Whether a text may be the id of a service.
fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl Provider {
    /// A service that speaks keylatch's own API, but has no endpoint yet.
    fn like_keylatch(id: Text, title: Text) -> Self {
        Provider {
            id,
            title,
            base_url: None,
            keys_page: None,
            keys_help: None,
            sources: Sources::env(&[]),
            format: None,
            schemes: Cow::Borrowed(&[Scheme::Bearer]),
            endpoints: Endpoints(Cow::Borrowed(&[])),
            one_key: false,
            ends_by_default: false,
            lists_working_keys_only: false,
            discovery: None,
            fields: Fields::KEYLATCH,
            time_unit: TimeUnit::Seconds,
            errors: ErrorShape::PROBLEM,
        }
    }

    /// What it can do through its API, read off its endpoints.
    pub fn capabilities(&self) -> Capabilities {
        let can = |operation| self.endpoints.get(operation).is_some();
        let takes = |operation, variable| self.uses(operation, variable);
        Capabilities {
            sign_in: can(Operation::SignIn),
            whoami: can(Operation::Whoami),
            create: can(Operation::Create),
            list: can(Operation::List),
            get: can(Operation::Get),
            rotate: can(Operation::Rotate)
                || (self.one_key
                    && [Operation::List, Operation::Create, Operation::Delete, Operation::SignIn]
                        .into_iter()
                        .all(can)),
            revoke: can(Operation::Revoke),
            delete: can(Operation::Delete),
            validate: can(Operation::Validate),
            expiry: takes(Operation::Create, "expires_in") || takes(Operation::Create, "expires_at"),
            scopes: takes(Operation::Create, "scopes"),
            overlap: takes(Operation::Rotate, "overlap"),
            one_key: self.one_key,
        }
    }

    /// Whether the service has the operation and its endpoint the variable.
    pub fn uses(&self, operation: Operation, variable: &str) -> bool {
        self.endpoints.get(operation).is_some_and(|endpoint| endpoint.uses(variable))
    }

    /// Whether a key is all that it takes to begin a session.
    pub fn signs_in_with_a_key(&self) -> bool {
        self.endpoints.get(Operation::SignIn).is_some_and(|endpoint| !endpoint.uses("user"))
    }

    /// How sure we are of its key format.
    pub fn certainty(&self) -> Certainty {
        self.format.as_ref().map_or(Certainty::Unknown, |format| format.certainty)
    }

    /// Refuses what is certainly no key of the service, before anything is sent.
    /// A format that is only observed does not count as certain.
    ///
    /// # Errors
    /// [`Code::InvalidKey`] with what is wrong with it.
    pub fn check_key(&self, key: &Secret) -> Result<(), Error> {
        let format = self.format.as_ref().filter(|format| format.certainty == Certainty::Documented);
        match diagnose(format, key.expose()).into_iter().next() {
            None => Ok(()),
            Some(problem) => Err(Error::new(Code::InvalidKey).with(self.title.clone()).with_problem(problem)),
        }
    }

    /// The scheme of this name, or the default one.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`] when the service has no scheme of this name.
    pub fn scheme(&self, name: Option<&str>) -> Result<&Scheme, Error> {
        let found = match name {
            Some(name) => self.schemes.iter().find(|scheme| scheme.name() == name),
            None => self.schemes.first(),
        };
        found.ok_or_else(|| {
            let names = join(&mut self.schemes.iter().map(Scheme::name), " or ");
            Error::argument("scheme", concat(&["the service takes ", &names, "."]))
        })
    }

    /// The error for an operation that its API does not have.
    pub fn unsupported(&self, operation: Operation) -> Error {
        let help = self.keys_help.as_deref().unwrap_or_default();
        let hint = match &self.keys_page {
            Some(page) => {
                let sign = if help.is_empty() { "." } else { ": " };
                concat(&["A person can do it at ", page, sign, help])
            }
            None => help.into(),
        };
        Error::new(Code::Unsupported).with(self.title.clone()).with(operation.verb()).with(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_id_is_named_but_a_key_in_its_place_is_not() {
        let message = |id| builtin(id).err().unwrap().to_string();
        assert!(message("acme").contains("\"acme\"") && message("acme").contains("keylatch"));
        assert!(!message("kl_live_abc").contains("kl_live"));
        assert!(!message("6f1d2c1e-0000-4000-8000-000000000001").contains("6f1d"));
    }

    #[test]
    fn built_in_services_are_well_formed() {
        for provider in builtins() {
            assert!(is_id(&provider.id), "{}", provider.id);
            assert!(!provider.schemes.is_empty(), "{}", provider.id);
            if let Some(format) = &provider.format {
                assert!(format.validate().is_ok(), "{}", provider.id);
            }
        }
    }
}

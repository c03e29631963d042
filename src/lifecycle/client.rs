//! The client of a key API.

use std::cell::RefCell;

use super::found::is_page;
use super::info::{Account, KeyInfo, Page, Validation};
use super::options::{Credential, Filter, Options, Overlap};
use super::pages::Place;
use crate::error::{Code, Error};
use crate::format;
use crate::http::{Origin, Transport};
use crate::provider::{Operation, Provider, Service, Vars};
use crate::scheme::Scheme;
use crate::secret::Secret;
use crate::text::concat;
use crate::value::Value;

/// A client of one service, for one credential.
pub struct Client {
    pub(super) provider: Service,
    pub(super) origin: Origin,
    pub(super) credential: Credential,
    pub(super) scheme: Scheme,
    pub(super) retries: u8,
    /// Found out once: what stands before the API's paths, and the account's id.
    pub(super) prefix: RefCell<Option<String>>,
    pub(super) account: RefCell<Option<String>>,
}

impl Client {
    /// Sets a client up. Nothing is sent.
    ///
    /// # Errors
    /// [`Code::InsecureUrl`] and [`Code::InvalidArgument`] for the address,
    /// [`Code::InvalidKey`] for a key that is certainly none of this service,
    /// [`Code::InvalidHeader`] for one that cannot be sent.
    pub fn new(transport: &impl Transport, options: Options) -> Result<Self, Error> {
        let provider = options.provider;
        let base_url = options.base_url.as_deref().or(provider.base_url.as_deref());
        let Some(base_url) = base_url else {
            let why = concat(&[&provider.title, " has no address of its own; say where it is."]);
            return Err(Error::argument("baseUrl", why));
        };
        let origin = Origin::new(transport, base_url, options.allow_insecure)?;
        let scheme = provider.scheme(options.scheme.as_deref())?.clone();
        if let Credential::Key(key) = &options.credential {
            provider.check_key(key)?;
            scheme.header(key)?;
        }
        Ok(Client::open(provider, origin, options.credential, scheme, options.retries))
    }

    /// The same of what was checked elsewhere: in JavaScript by the offline module
    /// (`src/wasm/offline/`), so that this one need not carry the checks.
    pub fn open(
        provider: Service,
        origin: Origin,
        credential: Credential,
        scheme: Scheme,
        retries: u8,
    ) -> Client {
        Client {
            provider,
            origin,
            credential,
            scheme,
            retries,
            prefix: RefCell::default(),
            account: RefCell::default(),
        }
    }

    /// The service.
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// Its address, without a slash at the end.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Keys, a page at a time, newest first where the service says when.
    ///
    /// A filter that the service does not know is applied here, and that of the
    /// status in any case: a key that is not known to be active is none of the
    /// active ones.
    ///
    /// # Errors
    /// [`Code::BadResponse`] when the list leads in a circle or has no end, and
    /// those of every call: [`Code::Unsupported`], [`Code::Unauthorized`],
    /// [`Code::NetworkError`] …
    pub async fn list(
        &self,
        t: &impl Transport,
        filter: &Filter,
        cursor: Option<&str>,
    ) -> Result<Page, Error> {
        let place = Place::read(cursor);
        if place.is_back() {
            return Err(self.bad_response("its list leads back to a page that was read before."));
        }
        let mut vars = Vars::new();
        let given = [
            ("status", filter.status.as_deref()),
            ("search", filter.search.as_deref()),
            ("cursor", place.cursor),
        ];
        for (name, value) in given {
            if let Some(value) = value {
                vars.set(name, value.into());
            }
        }
        let mut page = self.page(t, vars).await?;
        if let Some(cursor) = &page.cursor {
            page.cursor = place.next(cursor, page.items.is_empty());
            if page.cursor.is_none() {
                return Err(self.bad_response("its list goes on and on without a key."));
            }
        }
        page.items.retain(|key| key.status.is(filter.status.as_deref()));
        if !self.provider.uses(Operation::List, "search") {
            page.items.retain(|key| key.is_named_like(filter.search.as_deref()));
        }
        Ok(page)
    }

    pub(super) async fn page(&self, t: &impl Transport, vars: Vars) -> Result<Page, Error> {
        let (answer, secrets) = self.call(t, Operation::List, &vars, None).await?;
        let mut page = self.reader(Operation::List, &secrets).page(&answer)?;
        // A cursor that cannot be sent, or leads back here, leads nowhere.
        if !self.provider.uses(Operation::List, "cursor")
            || vars.get("cursor").and_then(Value::text) == page.cursor.as_deref()
        {
            page.cursor = None;
        }
        Ok(page)
    }

    /// One key. Where the service cannot look one up, its list is searched.
    ///
    /// # Errors
    /// [`Code::NotFound`], and those of every call.
    pub async fn get(&self, t: &impl Transport, id: &str) -> Result<KeyInfo, Error> {
        if self.provider.endpoints.get(Operation::Get).is_some() {
            let vars = Vars::new().with("id", id);
            let (answer, secrets) = self.call(t, Operation::Get, &vars, None).await?;
            return self.reader(Operation::Get, &secrets).key(&answer);
        }
        self.refuse_key("id", id)?;
        let mut cursor = None;
        loop {
            let page = self.list(t, &Filter::default(), cursor.as_deref()).await?;
            if let Some(key) = page.items.into_iter().find(|key| key.id == id) {
                return Ok(key);
            }
            cursor = page.cursor;
            if cursor.is_none() {
                return Err(self.no_such_key(id));
            }
        }
    }

    /// Ends a key's working life. Revoking a revoked key changes nothing.
    ///
    /// # Errors
    /// [`Code::NotFound`], and those of every call.
    pub async fn revoke(&self, t: &impl Transport, id: &str) -> Result<KeyInfo, Error> {
        let (answer, secrets) = self.end(t, id, &Overlap::None).await?;
        self.reader(Operation::Revoke, &secrets).revoked(&answer, id)
    }

    /// Revokes a key, or lets it live on for the overlap; what the service tells, as [`Client::call`] has it.
    pub(super) async fn end(
        &self,
        t: &impl Transport,
        id: &str,
        overlap: &Overlap,
    ) -> Result<(Value, Vec<Secret>), Error> {
        let mut vars = Vars::new().with("id", id);
        if let Overlap::For(duration) = overlap {
            vars.set("overlap", duration.as_str().into());
        }
        self.call(t, Operation::Revoke, &vars, None).await
    }

    /// Deletes a key; its id is never used again. Where a service knows a key by the key itself,
    /// `id` is its fingerprint or the key.
    ///
    /// # Errors
    /// [`Code::KeyActive`] while it is active, [`Code::NotFound`], and those of
    /// every call.
    pub async fn delete(&self, t: &impl Transport, id: &str) -> Result<(), Error> {
        let mut vars = Vars::new().with("id", id);
        if self.provider.uses(Operation::Delete, "secret") {
            vars.set("secret", self.whole_key(t, id).await?.into());
        }
        match self.call(t, Operation::Delete, &vars, None).await {
            // An earlier try may have deleted it before its answer was lost.
            Err(error) if error.code() == Code::NotFound && error.is_answer_lost() => Ok(()),
            done => done.map(drop),
        }
    }

    /// The key of a fingerprint, from the service's list; or the text itself when
    /// it is a key.
    async fn whole_key(&self, t: &impl Transport, id: &str) -> Result<Secret, Error> {
        if self.is_key(id) {
            return Ok(Secret::from(id));
        }
        let (answer, secrets) = self.call(t, Operation::List, Vars::none(), None).await?;
        let reader = self.reader(Operation::List, &secrets);
        reader.whole_key(&answer, id).ok_or_else(|| self.no_such_key(id))
    }

    /// Whether a text that stands for an id is a whole key.
    fn is_key(&self, id: &str) -> bool {
        self.provider.format.as_ref().is_some_and(|format| format::is_key_of(format, id.as_bytes()))
    }

    fn no_such_key(&self, id: &str) -> Error {
        let shown = if self.is_key(id) { format::mask(id) } else { id.into() };
        let what = concat(&["no key has the id \"", &shown, "\"."]);
        Error::new(Code::NotFound).with(self.provider.title.clone()).with(what)
    }

    /// Whether a key works, now. A service without such an endpoint is asked
    /// something cheap with that key.
    ///
    /// # Errors
    /// Those of every call, but not that the key is refused. That the client's own
    /// credential is refused says nothing of another key: [`Code::Unauthorized`].
    pub async fn validate(&self, t: &impl Transport, candidate: &Secret) -> Result<Validation, Error> {
        let Some(endpoint) = self.provider.endpoints.get(Operation::Validate) else {
            return Err(self.provider.unsupported(Operation::Validate));
        };
        let mut vars = Vars::new();
        let (answer, is_credential) = if endpoint.uses("secret") {
            vars.set("secret", candidate.clone().into());
            let is_own =
                matches!(&self.credential, Credential::Key(key) if key.expose() == candidate.expose());
            (self.call(t, Operation::Validate, &vars, None).await, is_own)
        } else {
            let probe = self.with_credential(Credential::Key(candidate.clone()));
            (probe.call(t, Operation::Validate, &vars, None).await, true)
        };
        match answer {
            Ok((answer, mut secrets)) => {
                // A probe has that key alone.
                secrets.extend(self.secrets(Vars::none()));
                let reader = self.reader(Operation::Validate, &secrets);
                reader.validation(&answer, endpoint.answer.states)
            }
            Err(error) => {
                // 401 speaks of the credential, which need not be the key in question.
                let is_refused = is_credential && error.code() == Code::Unauthorized
                    || (error.status().is_some_and(|status| endpoint.refusals.contains(&status))
                        && !is_said_by_a_page(&error));
                if is_refused { Ok(Validation::unknown()) } else { Err(error) }
            }
        }
    }

    /// Whose credential this is.
    ///
    /// # Errors
    /// [`Code::Unauthorized`] when the service does not accept it, and those of every call.
    pub async fn whoami(&self, t: &impl Transport) -> Result<Account, Error> {
        let (answer, secrets) = self.call(t, Operation::Whoami, Vars::none(), None).await?;
        self.reader(Operation::Whoami, &secrets).account(&answer)
    }

    pub(super) fn with_credential(&self, credential: Credential) -> Client {
        let (provider, origin, scheme) = (self.provider.clone(), self.origin.clone(), self.scheme.clone());
        Client {
            prefix: self.prefix.clone(),
            ..Client::open(provider, origin, credential, scheme, self.retries)
        }
    }
}

/// Whether a refusal is a web page: it speaks of no key.
fn is_said_by_a_page(error: &Error) -> bool {
    error.service().and_then(|said| said.message.as_deref()).is_some_and(is_page)
}

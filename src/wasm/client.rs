//! `KeyClient`, as the facade drives it: every call takes the [`Call`] that has
//! its time and its signal, and answers a promise.

use std::future::Future;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::error::{Thrown, plain_error};
use super::fetch::{self, Call, Fetch};
use super::secret::{RevealHandle, SecretHandle};
use super::{ProviderHandle, plain, read, set};
use crate::error::{Code, Error};
use crate::http::{Address, Request, Response, Transport};
use crate::lifecycle::{Client, Credential, Filter, KeyInfo, Lifetime, NewKey, Options, Overlap};
use crate::secret::{RevealOnce, Secret};
use crate::value::Value;

/// A client of one service.
#[wasm_bindgen(js_name = Client)]
pub struct ClientHandle(Rc<Client>);

/// Parses addresses, sends nothing: for setting a client up.
struct Offline;

impl Transport for Offline {
    async fn send(&self, _: Request) -> Result<Response, Error> {
        Err(Error::new(Code::Internal).with("nothing is sent here."))
    }

    async fn pause(&self, _: u32) -> Result<(), Error> {
        Ok(())
    }

    fn renew(&self, _: u32) -> Self {
        Offline
    }

    fn resolve(&self, address: &str, base: Option<&str>) -> Option<Address> {
        fetch::resolve(address, base)
    }
}

#[wasm_bindgen(js_class = Client)]
impl ClientHandle {
    /// Sets a client up; nothing is sent.
    #[wasm_bindgen(constructor)]
    pub fn new(
        provider: &ProviderHandle,
        options: &JsValue,
        credential: Option<SecretHandle>,
    ) -> Result<ClientHandle, Thrown> {
        let options = read::data(options, "options")?;
        let credential = match credential {
            Some(secret) => Credential::Key(secret.get()?),
            None => Credential::None,
        };
        Ok(ClientHandle(Rc::new(Client::new(&Offline, client_options(provider, &options, credential)?)?)))
    }

    /// The service's address.
    #[wasm_bindgen(getter, js_name = baseUrl)]
    pub fn base_url(&self) -> String {
        self.0.origin().base_url().into()
    }

    /// A client that stands for a session.
    #[wasm_bindgen(js_name = signIn)]
    pub fn sign_in(
        provider: &ProviderHandle,
        call: Call,
        options: &JsValue,
        password: &SecretHandle,
    ) -> Result<Promise, Thrown> {
        let options = read::data(options, "options")?;
        let user = read::member_text(&options, "user")?.unwrap_or_default();
        let password = password.get()?;
        let client = Client::new(&Offline, client_options(provider, &options, Credential::None)?)?;
        let fetch = Fetch::new(call, client.origin().as_str());
        Ok(promise(async move {
            let client = client.sign_in(&fetch, &user, password).await?;
            Ok(ClientHandle(Rc::new(client)).into())
        }))
    }

    /// Ends the session.
    #[wasm_bindgen(js_name = signOut)]
    pub fn sign_out(&self, call: Call) -> Promise {
        self.run(call, async |client, fetch| client.sign_out(&fetch).await.map(|()| JsValue::UNDEFINED))
    }

    /// `{ key, secret }`
    pub fn create(&self, call: Call, options: &JsValue) -> Result<Promise, Thrown> {
        let options = read::data(options, "options")?;
        let new = NewKey {
            name: match options.find("name") {
                Some(Value::Text(name)) => name.expose().into(),
                _ => return Err(Error::argument("name", "expected a string.").into()),
            },
            lifetime: lifetime(&options)?,
            scopes: scopes(&options)?,
        };
        Ok(self.run(call, async move |client, fetch| {
            let created = client.create(&fetch, &new).await?;
            issued(&created.key, created.secret)
        }))
    }

    /// `{ items, cursor }`
    pub fn list(&self, call: Call, options: &JsValue) -> Result<Promise, Thrown> {
        let options = read::data(options, "options")?;
        let status = read::member_text(&options, "status")?;
        if status
            .as_deref()
            .is_some_and(|s| !["all", "active", "inactive", "expired", "revoked"].contains(&s))
        {
            return Err(Error::argument("status", "use all, active, inactive, expired or revoked.").into());
        }
        let filter = Filter { status, search: read::member_text(&options, "search")? };
        let cursor = read::member_text(&options, "cursor")?;
        Ok(self.run(call, async move |client, fetch| {
            let page = client.list(&fetch, &filter, cursor.as_deref()).await?;
            let out = Object::new();
            set(&out, "items", &plain(&page.items)?);
            set(&out, "cursor", &page.cursor.into());
            Ok(out.into())
        }))
    }

    /// A key.
    pub fn get(&self, call: Call, id: &JsValue) -> Result<Promise, Thrown> {
        let id = read::text(id, "id")?;
        Ok(self.run(call, async move |client, fetch| Ok(plain(&client.get(&fetch, &id).await?)?)))
    }

    /// `{ key, secret, oldAlive }`; `store` gets a secret and a key and may
    /// answer a promise.
    pub fn rotate(
        &self,
        call: Call,
        id: &JsValue,
        options: &JsValue,
        store: Option<Function>,
    ) -> Result<Promise, Thrown> {
        let id = read::text(id, "id")?;
        let options = read::data(options, "options")?;
        let overlap = match read::member_text(&options, "overlap")? {
            Some(duration) => Overlap::For(duration),
            None => Overlap::None,
        };
        Ok(self.run(call, async move |client, fetch| {
            let store = async |secret: Secret, key: KeyInfo| match &store {
                Some(store) => hand_over(store, secret, &key).await,
                None => Ok(()),
            };
            let rotated = client.rotate(&fetch, &id, &overlap, store).await?;
            let out = issued(&rotated.key, rotated.secret)?;
            if let Some(error) = &rotated.old_alive {
                set(&out, "oldAlive", &plain_error(error));
            }
            Ok(out)
        }))
    }

    /// The revoked key.
    pub fn revoke(&self, call: Call, id: &JsValue) -> Result<Promise, Thrown> {
        let id = read::text(id, "id")?;
        Ok(self.run(call, async move |client, fetch| Ok(plain(&client.revoke(&fetch, &id).await?)?)))
    }

    /// Nothing.
    pub fn delete(&self, call: Call, id: &JsValue) -> Result<Promise, Thrown> {
        let id = read::text(id, "id")?;
        Ok(self.run(call, async move |client, fetch| {
            client.delete(&fetch, &id).await.map(|()| JsValue::UNDEFINED)
        }))
    }

    /// `{ valid, … }`
    pub fn validate(&self, call: Call, secret: &SecretHandle) -> Result<Promise, Thrown> {
        let secret = secret.get()?;
        Ok(self.run(call, async move |client, fetch| Ok(plain(&client.validate(&fetch, &secret).await?)?)))
    }

    /// `{ id, user }`
    pub fn whoami(&self, call: Call) -> Promise {
        self.run(call, async |client, fetch| Ok(plain(&client.whoami(&fetch).await?)?))
    }

    /// What a rejection of the user's own `fetch` call means, as plain data.
    pub fn failure(&self, call: Call, thrown: &JsValue) -> JsValue {
        plain_error(&Fetch::new(call, self.0.origin().as_str()).failure(thrown))
    }

    /// `[address, header name, header value]`, the latter two absent without a
    /// credential of our own.
    pub fn authorize(&self, address: &JsValue) -> Result<Array, Thrown> {
        let (address, header) = self.0.authorize(&Offline, &read::text(address, "input")?)?;
        let out = Array::of1(&address.into());
        if let Some(header) = header {
            out.push(&JsValue::from_str(&header.name));
            out.push(&JsValue::from_str(header.value.expose()));
        }
        Ok(out)
    }
}

impl ClientHandle {
    fn run(
        &self,
        call: Call,
        work: impl AsyncFnOnce(Rc<Client>, Fetch) -> Result<JsValue, Error> + 'static,
    ) -> Promise {
        let client = Rc::clone(&self.0);
        let fetch = Fetch::new(call, client.origin().as_str());
        promise(async move { work(client, fetch).await })
    }
}

fn promise(work: impl Future<Output = Result<JsValue, Error>> + 'static) -> Promise {
    future_to_promise(async move { work.await.map_err(|error| plain_error(&error)) })
}

fn client_options(
    provider: &ProviderHandle,
    options: &Value,
    credential: Credential,
) -> Result<Options, Error> {
    let retries = match options.find("retries") {
        None => 2,
        Some(value) => match value.number() {
            Some(n) if (0.0..=10.0).contains(&n) => n as u8,
            _ => return Err(Error::argument("retries", "use a whole number from 0 to 10.")),
        },
    };
    Ok(Options {
        provider: provider.share(),
        base_url: read::member_text(options, "baseUrl")?,
        credential,
        scheme: read::member_text(options, "scheme")?,
        retries,
        allow_insecure: options.find("allowInsecure").and_then(Value::bool).unwrap_or(false),
    })
}

/// The facade has made a number of seconds into a duration and a `Date` into
/// text; a moment is told from a duration by its first character.
fn lifetime(options: &Value) -> Result<Lifetime, Error> {
    let text = read::member_text(options, "expiresIn")?;
    Ok(match text {
        None => Lifetime::For(NewKey::DEFAULT_LIFETIME.into()),
        Some(text) if text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('T') => {
            Lifetime::Until(text)
        }
        Some(text) => Lifetime::For(text),
    })
}

fn scopes(options: &Value) -> Result<Vec<String>, Error> {
    let wrong = || Error::argument("scopes", "expected an array of strings.");
    match options.find("scopes") {
        None => Ok(Vec::new()),
        Some(Value::List(items)) => {
            items.iter().map(|item| item.text().map(Into::into).ok_or_else(wrong)).collect()
        }
        Some(_) => Err(wrong()),
    }
}

fn issued(key: &KeyInfo, secret: RevealOnce) -> Result<JsValue, Error> {
    let out = Object::new();
    set(&out, "key", &plain(key)?);
    set(&out, "secret", &RevealHandle(secret).into());
    Ok(out.into())
}

/// Gives the new key to the user's `store` and waits for it.
async fn hand_over(store: &Function, secret: Secret, key: &KeyInfo) -> Result<(), Error> {
    let secret = JsValue::from(SecretHandle::new(secret));
    let answer = match store.call2(&JsValue::UNDEFINED, &secret, &plain(key)?) {
        Ok(answer) => JsFuture::from(Promise::resolve(&answer)).await,
        Err(thrown) => Err(thrown),
    };
    answer.map(drop).map_err(|thrown| {
        let text = |name: &str| Reflect::get(&thrown, &name.into()).ok().and_then(|value| value.as_string());
        Error::new(Code::StoreFailed)
            .with_cause(text("name").unwrap_or_default(), text("message").unwrap_or_default())
    })
}

//! The module that talks to a service: [`lifecycle`](crate::lifecycle) over `fetch`.
//!
//! One export runs every operation, so that the wasm holds one state machine and not
//! ten; JavaScript drives it ([`task`]). Three rules hold throughout:
//!
//! - The facade has read what the user passed, and hands over text and bytes.
//! - Nothing borrows across an `await`: calls overlap.
//! - An error crosses as plain data; see [`error`].

pub(crate) mod error;
pub(crate) mod fetch;
pub(crate) mod task;

use std::rc::Rc;

use js_sys::{Function, Promise, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use zeroize::{Zeroize, Zeroizing};

use crate::error::{Code, Error};
use crate::http::{Address, Origin};
use crate::json;
use crate::lifecycle::{Client, Credential, Filter, KeyInfo, Lifetime, NewKey, Overlap};
use crate::provider::{self, Service};
use crate::secret::{RevealOnce, Secret};
use crate::value::{Object, Value};
use error::Thrown;
use fetch::{Answer, Call, Fetch};
use task::{Task, Turn};

/// A client of one service.
#[wasm_bindgen(js_name = Client)]
pub struct ClientHandle(Rc<Client>);

#[wasm_bindgen(js_class = Client)]
impl ClientHandle {
    /// A client of a service, whose description is JSON; the facade has checked
    /// address, scheme and key by the offline module.
    #[wasm_bindgen(constructor)]
    pub fn new(
        provider: String,
        base_url: String,
        origin: String,
        scheme: &str,
        retries: u8,
        key: Option<Vec<u8>>,
    ) -> Result<ClientHandle, Thrown> {
        let provider = service(&provider)?;
        let scheme = provider.scheme(Some(scheme))?.clone();
        let credential = key.map_or(Ok(Credential::None), |key| secret(key).map(Credential::Key))?;
        let base = Address {
            href: base_url,
            origin,
            protocol: String::new(),
            hostname: String::new(),
            has_userinfo: false,
        };
        Ok(ClientHandle(Rc::new(Client::open(provider, Origin::admitted(base), credential, scheme, retries))))
    }

    /// The session's cookie, where no browser keeps it.
    pub fn cookie(&self) -> Option<JsValue> {
        let header = self.0.authentication().ok().flatten()?;
        Some(header.value.expose().into())
    }

    /// Begins an operation. `options` are JSON; `secret` is the password to sign in
    /// with or the key to validate; `store` takes a new key as bytes, which it wipes,
    /// and what is known of it; its promise resolves to nothing, or to name and
    /// message of what was thrown.
    pub fn run(
        &self,
        call: Call,
        operation: String,
        options: String,
        secret: Option<Vec<u8>>,
        store: Option<Function>,
    ) -> Task {
        let options = Zeroizing::new(options);
        let data = json::parse(options.as_bytes()).unwrap_or(Value::Null);
        let client = Rc::clone(&self.0);
        Task::new(|turn| async move {
            let fetch = Fetch::new(turn.clone(), call, client.origin().as_str(), operation == "list");
            let given = Given { data, secret, store };
            Ok(perform(&client, &fetch, &turn, &operation, given).await?)
        })
    }
}

/// What a client needs to know of a service, by its description. A built-in one is
/// described like any other, so that no module carries what JavaScript has already.
fn service(description: &str) -> Result<Service, Error> {
    let data = json::parse(description.as_bytes()).unwrap_or(Value::Null);
    Ok(provider::declare_api(&data)?.into())
}

/// A secret of bytes from another memory.
pub(super) fn secret(bytes: Vec<u8>) -> Result<Secret, Error> {
    String::from_utf8(bytes).map(Secret::new).map_err(|error| {
        error.into_bytes().zeroize();
        Error::argument("secret", "it is not UTF-8.")
    })
}

/// A secret as bytes for another memory, which the facade wipes once they are there.
pub(super) fn bytes(secret: &Secret) -> Uint8Array {
    Uint8Array::from(secret.expose().as_bytes())
}

/// Data of ours as plain JavaScript objects.
pub(super) fn plain(data: &Value) -> Result<JsValue, Error> {
    data.serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|_| Error::new(Code::Internal).with("an answer did not become an object."))
}

/// Sets a member of an object of ours to what is not plain data.
pub(super) fn set(object: &JsValue, name: &str, value: &JsValue) -> Result<(), Error> {
    match js_sys::Reflect::set(object, &name.into(), value) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::new(Code::Internal).with("an object took no member.")),
    }
}

/// A member of options, as text.
pub(super) fn member_text(options: &Value, name: &'static str) -> Result<Option<String>, Error> {
    match options.find(name) {
        None => Ok(None),
        Some(value) => match value.text() {
            Some(text) => Ok(Some(text.into())),
            None => Err(Error::argument(name, "expected a string.")),
        },
    }
}

/// A member of options that must be there, as text.
pub(super) fn needed_text(options: &Value, name: &'static str) -> Result<String, Error> {
    member_text(options, name)?.ok_or_else(|| Error::argument(name, "expected a string."))
}

/// What an operation is given.
struct Given {
    data: Value,
    secret: Option<Vec<u8>>,
    store: Option<Function>,
}

impl Given {
    /// Like whatever else is given, it may be a key in the wrong place.
    fn id(&self) -> Result<Zeroizing<String>, Error> {
        needed_text(&self.data, "id").map(Zeroizing::new)
    }

    fn secret(&mut self, name: &'static str) -> Result<Secret, Error> {
        match self.secret.take() {
            Some(bytes) => secret(bytes),
            None => Err(Error::argument(name, "expected a string or a Secret.")),
        }
    }
}

async fn perform(
    client: &Client,
    t: &Fetch,
    turn: &Turn,
    operation: &str,
    mut given: Given,
) -> Result<JsValue, Error> {
    let data: Value = match operation {
        "signIn" => {
            let user = Zeroizing::new(member_text(&given.data, "user")?.unwrap_or_default());
            let client = client.sign_in(t, &user, given.secret("password")?).await?;
            return Ok(ClientHandle(Rc::new(client)).into());
        }
        "signOut" => {
            client.sign_out(t).await?;
            Value::Null
        }
        "whoami" => (&client.whoami(t).await?).into(),
        "create" => {
            let new = new_key(&given.data)?;
            let created = client.create(t, &new).await?;
            return issued(&created.key, None, created.secret);
        }
        "list" => {
            let filter = filter(&given.data)?;
            let cursor = member_text(&given.data, "cursor")?.map(Zeroizing::new);
            let page = client.list(t, &filter, cursor.as_ref().map(|cursor| cursor.as_str())).await?;
            let items: Value = page.items.iter().map(Value::from).collect();
            Object::new().with("items", items).with_some("cursor", page.cursor).into()
        }
        "get" => (&client.get(t, &given.id()?).await?).into(),
        "rotate" => {
            let (id, overlap) = (given.id()?, overlap(&given.data)?);
            let hand_over = async |secret, key| hand_over(turn, given.store, secret, &key).await;
            let rotated = client.rotate(t, &id, &overlap, hand_over).await?;
            return issued(&rotated.key, rotated.warning.as_ref(), rotated.secret);
        }
        "revoke" => (&client.revoke(t, &given.id()?).await?).into(),
        "delete" => {
            client.delete(t, &given.id()?).await?;
            Value::Null
        }
        "validate" => (&client.validate(t, &given.secret("secret")?).await?).into(),
        _ => return Err(Error::new(Code::Internal).with("there is no such operation.")),
    };
    plain(&data)
}

/// `{ key, warning, secret }`
fn issued(key: &KeyInfo, warning: Option<&Error>, secret: RevealOnce) -> Result<JsValue, Error> {
    let out = plain(&Object::new().with("key", key).with_some("warning", warning.map(error::value)).into())?;
    set(&out, "secret", &bytes(&secret.reveal()?))?;
    Ok(out)
}

fn new_key(options: &Value) -> Result<Zeroizing<NewKey>, Error> {
    let name = needed_text(options, "name")?;
    let mut new = Zeroizing::new(NewKey { name, lifetime: None, scopes: Vec::new() });
    new.lifetime = lifetime(options)?;
    new.scopes = scopes(options)?;
    Ok(new)
}

fn filter(options: &Value) -> Result<Zeroizing<Filter>, Error> {
    let status = member_text(options, "status")?;
    let known = ["all", "active", "inactive", "expired", "revoked"];
    if status.as_deref().is_some_and(|status| !known.contains(&status)) {
        return Err(Error::argument("status", "use all, active, inactive, expired or revoked."));
    }
    Ok(Zeroizing::new(Filter { status, search: member_text(options, "search")? }))
}

fn overlap(options: &Value) -> Result<Zeroizing<Overlap>, Error> {
    let given = member_text(options, "overlap")?;
    Ok(Zeroizing::new(given.filter(|duration| !is_nothing(duration)).map_or(Overlap::None, Overlap::For)))
}

/// `PT0S`, `P0D`, `PT0H0M` …
fn is_nothing(duration: &str) -> bool {
    let mut digits = duration.bytes().filter(u8::is_ascii_digit).peekable();
    duration.starts_with('P') && digits.peek().is_some() && digits.all(|digit| digit == b'0')
}

/// The facade has made a number of seconds into a duration and a `Date` into
/// text; a moment is told from a duration by its first character.
fn lifetime(options: &Value) -> Result<Option<Lifetime>, Error> {
    let given = member_text(options, "expiresIn")?;
    Ok(given.map(|text| match text {
        text if text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().any(|b| b == b'T') => {
            Lifetime::Until(text)
        }
        text => Lifetime::For(text),
    }))
}

fn scopes(options: &Value) -> Result<Vec<String>, Error> {
    let wrong = || Error::argument("scopes", "expected an array of strings.");
    let mut out = Vec::new();
    match options.find("scopes") {
        None => {}
        Some(Value::List(items)) => {
            for item in items {
                out.push(item.text().ok_or_else(wrong)?.into());
            }
        }
        Some(_) => return Err(wrong()),
    }
    Ok(out)
}

/// Gives the new key to the user's `store` and waits for it.
async fn hand_over(turn: &Turn, store: Option<Function>, secret: Secret, key: &KeyInfo) -> Result<(), Error> {
    let Some(store) = store else {
        return Ok(());
    };
    let promise = store.call2(&JsValue::UNDEFINED, &bytes(&secret), &plain(&key.into())?);
    let Ok(promise) = promise.map(Promise::unchecked_from_js) else {
        return Err(Error::new(Code::Internal).with("a function of its own threw."));
    };
    let thrown: Answer = turn.settled(promise).await.unchecked_into();
    if thrown.is_undefined() {
        return Ok(());
    }
    let thrown = thrown.data();
    let text = |name| thrown.member(name).and_then(Value::text).unwrap_or_default().into();
    Err(Error::new(Code::StoreFailed).with_cause(text("name"), text("message")))
}

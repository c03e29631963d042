//! `KeyClient`, as the facade drives it: one export for every operation, so that
//! the wasm holds one promise and one state machine and not ten.

use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::error::{self, Thrown, plain_error};
use super::fetch::{Call, Fetch, Offline};
use super::secret::{RevealHandle, SecretHandle};
use super::{ProviderHandle, plain, read, set};
use crate::error::{Code, Error};
use crate::lifecycle::{Client, Credential, Filter, KeyInfo, Lifetime, NewKey, Options, Overlap};
use crate::secret::{RevealOnce, Secret};
use crate::value::{Object, Value};

/// A client of one service.
#[wasm_bindgen(js_name = Client)]
pub struct ClientHandle(Rc<Client>);

/// What a call asks for, read before anything is awaited.
enum Command {
    SignIn(String, Secret),
    SignOut,
    Whoami,
    Create(NewKey),
    List(Filter, Option<String>),
    Get(String),
    Rotate(String, Overlap, Option<Function>),
    Revoke(String),
    Delete(String),
    Validate(Secret),
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
        let credential = match credential {
            Some(secret) => Credential::Key(secret.get()?),
            None => Credential::None,
        };
        Ok(ClientHandle(Rc::new(client(provider, &read::data(options, "options")?, credential)?)))
    }

    /// The service's address.
    #[wasm_bindgen(getter, js_name = baseUrl, unchecked_return_type = "string")]
    pub fn base_url(&self) -> JsValue {
        self.0.origin().base_url().into()
    }

    /// Runs an operation. Which of `options`, `secret` and `store` it takes, and
    /// what it answers, is the facade's to know: `client.js`.
    pub fn run(
        &self,
        call: Call,
        operation: &str,
        options: &JsValue,
        secret: Option<SecretHandle>,
        store: Option<Function>,
    ) -> Result<Promise, Thrown> {
        let command = command(operation, &read::data(options, "options")?, secret, store)?;
        let client = Rc::clone(&self.0);
        let fetch = Fetch::new(call, client.origin().as_str());
        Ok(future_to_promise(async move {
            match perform(&client, &fetch, command).await {
                Ok(answer) => Ok(answer),
                Err(error) => Err(plain_error(&error)),
            }
        }))
    }

    /// What a rejection of the user's own `fetch` call means, as plain data.
    pub fn failure(&self, call: Call, thrown: &JsValue) -> JsValue {
        plain_error(&self.0.scrub(Fetch::new(call, self.0.origin().as_str()).failure(thrown)))
    }

    /// `[address, header name, header value]`, the latter two absent without a
    /// credential of our own.
    #[wasm_bindgen(unchecked_return_type = "any[]")]
    pub fn authorize(&self, address: &JsValue) -> Result<JsValue, Thrown> {
        let (address, header) = self.0.authorize(&Offline, &read::text(address, "input")?)?;
        let mut out = vec![address.into()];
        if let Some(header) = header {
            out.push((&*header.name).into());
            out.push(header.value.into());
        }
        Ok(plain(&Value::List(out))?)
    }
}

async fn perform(client: &Client, t: &Fetch, command: Command) -> Result<JsValue, Error> {
    let data: Value = match command {
        Command::SignIn(user, password) => {
            let client = client.sign_in(t, &user, password).await?;
            return Ok(ClientHandle(Rc::new(client)).into());
        }
        Command::SignOut => {
            client.sign_out(t).await?;
            Value::Null
        }
        Command::Whoami => (&client.whoami(t).await?).into(),
        Command::Create(new) => {
            let created = client.create(t, &new).await?;
            return issued(&created.key, None, created.secret);
        }
        Command::List(filter, cursor) => {
            let page = client.list(t, &filter, cursor.as_deref()).await?;
            let items: Value = page.items.iter().map(Value::from).collect();
            Object::new().with("items", items).with_some("cursor", page.cursor).into()
        }
        Command::Get(id) => (&client.get(t, &id).await?).into(),
        Command::Rotate(id, overlap, store) => {
            let hand_over = async |secret, key| hand_over(store, secret, &key).await;
            let rotated = client.rotate(t, &id, &overlap, hand_over).await?;
            return issued(&rotated.key, rotated.warning.as_ref(), rotated.secret);
        }
        Command::Revoke(id) => (&client.revoke(t, &id).await?).into(),
        Command::Delete(id) => {
            client.delete(t, &id).await?;
            Value::Null
        }
        Command::Validate(secret) => (&client.validate(t, &secret).await?).into(),
    };
    plain(&data)
}

/// `{ key, warning, secret }`
fn issued(key: &KeyInfo, warning: Option<&Error>, secret: RevealOnce) -> Result<JsValue, Error> {
    let out = plain(&Object::new().with("key", key).with_some("warning", warning.map(error::value)).into())?;
    set(&out, "secret", &RevealHandle(secret).into())?;
    Ok(out)
}

fn command(
    operation: &str,
    options: &Value,
    secret: Option<SecretHandle>,
    store: Option<Function>,
) -> Result<Command, Error> {
    let id = || read::needed_text(options, "id");
    Ok(match operation {
        "signIn" => Command::SignIn(
            read::member_text(options, "user")?.unwrap_or_default(),
            needed(secret, "password")?,
        ),
        "signOut" => Command::SignOut,
        "whoami" => Command::Whoami,
        "create" => Command::Create(NewKey {
            name: read::needed_text(options, "name")?,
            lifetime: lifetime(options)?,
            scopes: scopes(options)?,
        }),
        "list" => {
            let status = read::member_text(options, "status")?;
            if status
                .as_deref()
                .is_some_and(|s| !["all", "active", "inactive", "expired", "revoked"].contains(&s))
            {
                return Err(Error::argument("status", "use all, active, inactive, expired or revoked."));
            }
            let filter = Filter { status, search: read::member_text(options, "search")? };
            Command::List(filter, read::member_text(options, "cursor")?)
        }
        "get" => Command::Get(id()?),
        "rotate" => {
            let overlap = match read::member_text(options, "overlap")?.as_deref() {
                None => Overlap::None,
                Some(duration) if is_nothing(duration) => Overlap::None,
                Some(duration) => Overlap::For(duration.into()),
            };
            Command::Rotate(id()?, overlap, store)
        }
        "revoke" => Command::Revoke(id()?),
        "delete" => Command::Delete(id()?),
        "validate" => Command::Validate(needed(secret, "secret")?),
        _ => return Err(Error::new(Code::Internal).with("there is no such operation.")),
    })
}

/// `PT0S`, `P0D`, `PT0H0M` …
fn is_nothing(duration: &str) -> bool {
    let mut digits = duration.bytes().filter(u8::is_ascii_digit).peekable();
    duration.starts_with('P') && digits.peek().is_some() && digits.all(|digit| digit == b'0')
}

fn needed(secret: Option<SecretHandle>, name: &'static str) -> Result<Secret, Error> {
    match secret {
        Some(secret) => secret.get(),
        None => Err(Error::argument(name, "expected a string or a Secret.")),
    }
}

fn client(provider: &ProviderHandle, options: &Value, credential: Credential) -> Result<Client, Error> {
    let retries = match options.find("retries") {
        None => 2,
        Some(value) => match value.number() {
            Some(n) if (0.0..=10.0).contains(&n) => n as u8,
            _ => return Err(Error::argument("retries", "use a whole number from 0 to 10.")),
        },
    };
    let options = Options {
        provider: provider.share(),
        base_url: read::member_text(options, "baseUrl")?,
        credential,
        scheme: read::member_text(options, "scheme")?,
        retries,
        allow_insecure: options.find("allowInsecure").and_then(Value::bool).unwrap_or(false),
    };
    Client::new(&Offline, options)
}

/// The facade has made a number of seconds into a duration and a `Date` into
/// text; a moment is told from a duration by its first character.
fn lifetime(options: &Value) -> Result<Option<Lifetime>, Error> {
    let given = read::member_text(options, "expiresIn")?;
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
async fn hand_over(store: Option<Function>, secret: Secret, key: &KeyInfo) -> Result<(), Error> {
    let Some(store) = store else {
        return Ok(());
    };
    let secret = JsValue::from(SecretHandle::new(secret));
    let answer = match store.call2(&JsValue::UNDEFINED, &secret, &plain(&key.into())?) {
        Ok(answer) => JsFuture::from(Promise::resolve(&answer)).await,
        Err(thrown) => Err(thrown),
    };
    answer.map(drop).map_err(|thrown| {
        let text = |name| read::text_in(&thrown, name).unwrap_or_default();
        Error::new(Code::StoreFailed).with_cause(text("name"), text("message"))
    })
}

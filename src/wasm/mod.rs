//! The boundary to JavaScript: the only module that has heard of `JsValue`.
//!
//! What is exported here is for the facade in `pkg/`, not for users. The facade
//! adds what wasm-bindgen cannot: real `Error` subclasses, async iterators,
//! `util.inspect`. Three rules hold throughout:
//!
//! - A value from JavaScript is hostile until it has been read: it may be of
//!   another type, another realm, or throw when looked at. What can throw is
//!   read before the first `await`; an exception inside a poll would leave the
//!   promise pending for ever.
//! - Nothing borrows across an `await`: calls overlap.
//! - An error crosses as plain data; see [`error`].

mod client;
mod error;
mod fetch;
mod read;
mod secret;

use js_sys::Array;
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::error::{Code, Error};
use crate::format;
use crate::provider::{self, Provider};
use crate::value::Value;
use error::Thrown;
use secret::SecretHandle;

/// A service, as other calls take it.
#[wasm_bindgen(js_name = Provider)]
pub struct ProviderHandle(Rc<Provider>);

impl ProviderHandle {
    pub(crate) fn share(&self) -> Rc<Provider> {
        Rc::clone(&self.0)
    }
}

#[wasm_bindgen(js_class = Provider)]
impl ProviderHandle {
    /// A built-in service.
    pub fn builtin(id: &JsValue) -> Result<ProviderHandle, Thrown> {
        let id = read::text(id, "provider")?;
        Ok(ProviderHandle(Rc::new(provider::builtin(&id)?.clone())))
    }

    /// The ids of the built-in services.
    pub fn ids() -> Array {
        provider::builtins().iter().map(|provider| JsValue::from_str(&provider.id)).collect()
    }

    /// A declared service.
    pub fn declare(spec: &JsValue) -> Result<ProviderHandle, Thrown> {
        Ok(ProviderHandle(Rc::new(provider::declare(&read::data(spec, "provider")?)?)))
    }

    /// The service as plain data.
    pub fn describe(&self) -> Result<JsValue, Thrown> {
        Ok(plain(&(&*self.0).into())?)
    }

    /// Its id.
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> String {
        self.0.id.as_ref().into()
    }

    /// How sure we are of its key format.
    #[wasm_bindgen(getter)]
    pub fn certainty(&self) -> String {
        self.0.certainty().as_str().into()
    }

    /// What is wrong with a text as a key of the service: an array of
    /// `{ code, index, details }`, empty when nothing is.
    pub fn check(&self, text: &JsValue) -> Result<JsValue, Thrown> {
        let text = Zeroizing::new(read::text(text, "text")?);
        let problems = format::check(self.0.format.as_ref(), &text);
        Ok(plain(&problems.iter().map(error::problem).collect())?)
    }

    /// The known prefix that a text has.
    pub fn prefix(&self, text: &JsValue) -> Result<Option<String>, Thrown> {
        let text = read::text(text, "text")?;
        Ok(self.0.format.as_ref().and_then(|format| format::prefix_of(format, &text)).map(Into::into))
    }

    /// The header that carries a key, as `[name, value]`.
    pub fn header(&self, secret: &SecretHandle, scheme: &JsValue) -> Result<Array, Thrown> {
        let scheme = read::optional_text(scheme, "scheme")?;
        let header = self.0.scheme(scheme.as_deref())?.header(&secret.get()?)?;
        Ok(Array::of2(&JsValue::from_str(&header.name), &JsValue::from_str(header.value.expose())))
    }
}

/// The ids of the services that a text could be a key of, the surest first.
#[wasm_bindgen]
pub fn identify(text: &JsValue) -> Result<Array, Thrown> {
    Ok(ids(provider::identify(&read::text(text, "text")?)))
}

/// The ids of the services whose known format a text has.
#[wasm_bindgen(js_name = looksLike)]
pub fn looks_like(text: &JsValue) -> Result<Array, Thrown> {
    let mut found = provider::identify(&read::text(text, "text")?);
    found.retain(|provider| provider.format.is_some());
    Ok(ids(found))
}

fn ids(providers: Vec<&Provider>) -> Array {
    providers.iter().map(|provider| JsValue::from_str(&provider.id)).collect()
}

/// Enough of a text to recognise it by.
#[wasm_bindgen]
pub fn mask(text: &JsValue) -> Result<String, Thrown> {
    Ok(format::mask(&read::text(text, "text")?))
}

/// A new key: of keylatch's format with a prefix, or of a declared format.
#[wasm_bindgen]
pub fn generate(format: &JsValue) -> Result<SecretHandle, Thrown> {
    if format.is_object() {
        let format = provider::declare_format(&read::data(format, "format")?)?;
        return Ok(SecretHandle::new(format::generate(&format, "")?));
    }
    let prefix = match read::optional_text(format, "format")?.as_deref() {
        None | Some("live") => "kl_live_",
        Some("test") => "kl_test_",
        Some(_) => return Err(Error::argument("format", "use \"live\", \"test\" or a key format.").into()),
    };
    Ok(SecretHandle::new(format::generate(format::keylatch(), prefix)?))
}

/// SHA-256 in hexadecimal digits.
#[wasm_bindgen]
pub fn hash(secret: &SecretHandle) -> Result<String, Thrown> {
    Ok(format::hash(&secret.get()?))
}

/// Compares in constant time.
#[wasm_bindgen]
pub fn verify(secret: &SecretHandle, hash: &JsValue) -> Result<bool, Thrown> {
    Ok(format::verify(&secret.get()?, &read::text(hash, "hash")?)?)
}

/// Data of ours as plain JavaScript objects.
pub(crate) fn plain(data: &Value) -> Result<JsValue, Error> {
    data.serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|_| Error::new(Code::Internal).with("an answer did not become an object."))
}

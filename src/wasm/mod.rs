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

#[cfg(not(feature = "node"))]
mod client;
#[cfg(feature = "node")]
mod credential;
mod error;
mod fetch;
#[cfg(not(feature = "node"))]
mod keys;
mod read;
mod secret;

use serde::Serialize;
use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};
use wasm_bindgen::prelude::*;

use crate::error::{Code, Error};
use crate::provider::{self, Provider, Service};
use crate::value::Value;
use error::Thrown;

/// See the reason in Cargo.toml.
#[global_allocator]
static ALLOCATOR: WasmDynamicTalc = new_wasm_dynamic_allocator();

/// A service, as other calls take it.
#[wasm_bindgen(js_name = Provider)]
pub struct ProviderHandle(Service);

impl ProviderHandle {
    pub(crate) fn share(&self) -> Service {
        self.0.clone()
    }
}

#[wasm_bindgen(js_class = Provider)]
impl ProviderHandle {
    /// A built-in service.
    pub fn builtin(id: &JsValue) -> Result<ProviderHandle, Thrown> {
        let id = read::text(id, "provider")?;
        Ok(ProviderHandle(provider::builtin(&id)?.into()))
    }

    /// The ids of the built-in services.
    #[wasm_bindgen(unchecked_return_type = "string[]")]
    pub fn ids() -> Result<JsValue, Thrown> {
        ids(provider::builtins())
    }

    /// A declared service.
    pub fn declare(spec: &JsValue) -> Result<ProviderHandle, Thrown> {
        Ok(ProviderHandle(provider::declare(&read::data(spec, "provider")?)?.into()))
    }

    /// The service as plain data.
    pub fn describe(&self) -> Result<JsValue, Thrown> {
        Ok(plain(&(&*self.0).into())?)
    }
}

/// The ids of services.
pub(crate) fn ids(providers: &[&Provider]) -> Result<JsValue, Thrown> {
    Ok(plain(&providers.iter().map(|provider| Value::from(&*provider.id)).collect())?)
}

/// Sets a member of an object of ours to what is not plain data.
pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) -> Result<(), Error> {
    match js_sys::Reflect::set(object, &name.into(), value) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::new(Code::Internal).with("an object took no member.")),
    }
}

/// Data of ours as plain JavaScript objects.
pub(crate) fn plain(data: &Value) -> Result<JsValue, Error> {
    data.serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|_| Error::new(Code::Internal).with("an answer did not become an object."))
}

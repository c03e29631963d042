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

use js_sys::Array;
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

use crate::error::{Code, Error};
use crate::provider::{self, Provider};
use crate::value::Value;
use error::Thrown;

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
}

/// Data of ours as plain JavaScript objects.
pub(crate) fn plain(data: &Value) -> Result<JsValue, Error> {
    data.serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|_| Error::new(Code::Internal).with("an answer did not become an object."))
}

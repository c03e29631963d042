//! Secrets that JavaScript holds by a handle: the text stays in wasm memory.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use super::error::Thrown;
use crate::error::{Code, Error};
use crate::format;
use crate::secret::{RevealOnce, Secret};

/// A secret that can be wiped before it is collected.
#[wasm_bindgen(js_name = Secret)]
pub struct SecretHandle(RefCell<Option<Secret>>);

impl SecretHandle {
    pub(crate) fn new(secret: Secret) -> Self {
        SecretHandle(RefCell::new(Some(secret)))
    }

    pub(crate) fn get(&self) -> Result<Secret, Error> {
        self.0.borrow().clone().ok_or_else(|| Error::new(Code::AlreadyRevealed))
    }
}

#[wasm_bindgen(js_class = Secret)]
impl SecretHandle {
    /// Takes a text over.
    #[wasm_bindgen(constructor)]
    pub fn from_js(text: &JsValue, name: &JsValue) -> Result<SecretHandle, Thrown> {
        let text = text.as_string().map(Secret::new).ok_or_else(|| {
            let name = name.as_string().unwrap_or_default();
            Error::argument(name, "expected a string or a Secret.")
        })?;
        Ok(SecretHandle::new(text))
    }

    /// The text. Decoded where it stands: a `String` would leave a copy behind.
    #[wasm_bindgen(unchecked_return_type = "string")]
    pub fn expose(&self) -> Result<JsValue, Thrown> {
        Ok(JsValue::from_str(self.get()?.expose()))
    }

    /// Enough to recognise it by.
    #[wasm_bindgen(unchecked_return_type = "string")]
    pub fn mask(&self) -> Result<JsValue, Thrown> {
        Ok(format::mask(self.get()?.expose()).into())
    }

    /// Another handle to the same text.
    pub fn copy(&self) -> Result<SecretHandle, Thrown> {
        Ok(SecretHandle::new(self.get()?))
    }

    /// Wipes it.
    pub fn wipe(&self) {
        self.0.take();
    }
}

/// A new key, to be seen once.
#[wasm_bindgen(js_name = RevealOnce)]
pub struct RevealHandle(pub(crate) RevealOnce);

#[wasm_bindgen(js_class = RevealOnce)]
impl RevealHandle {
    /// Hands it out, once, as `expose` does.
    #[wasm_bindgen(unchecked_return_type = "string")]
    pub fn reveal(&self) -> Result<JsValue, Thrown> {
        Ok(JsValue::from_str(self.0.reveal()?.expose()))
    }

    /// Whether it was.
    #[wasm_bindgen(getter)]
    pub fn revealed(&self) -> bool {
        self.0.is_revealed()
    }

    /// A copy to authenticate with, which does not count as showing it.
    pub fn peek(&self) -> Result<SecretHandle, Thrown> {
        let secret = self.0.peek().ok_or_else(|| Error::new(Code::AlreadyRevealed))?;
        Ok(SecretHandle::new(secret))
    }

    /// Wipes it unseen.
    pub fn wipe(&self) {
        drop(self.0.reveal());
    }
}

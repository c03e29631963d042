//! Reading what JavaScript hands over.

use wasm_bindgen::prelude::*;

use crate::error::Error;
use crate::value::Value;

/// A string, and nothing that merely turns into one: `undefined` as a key has
/// been sent to servers often enough.
pub fn text(value: &JsValue, name: &'static str) -> Result<String, Error> {
    value.as_string().ok_or_else(|| Error::argument(name, "expected a string."))
}

/// A string, or nothing.
pub fn optional_text(value: &JsValue, name: &'static str) -> Result<Option<String>, Error> {
    if value.is_undefined() || value.is_null() { Ok(None) } else { text(value, name).map(Some) }
}

/// Plain data of any shape.
pub fn data(value: &JsValue, name: &'static str) -> Result<Value, Error> {
    serde_wasm_bindgen::from_value(value.clone())
        .map_err(|_| Error::argument(name, "expected plain data, as JSON has it, and not nested too deeply."))
}

/// A member of options, as text.
pub fn member_text(options: &Value, name: &'static str) -> Result<Option<String>, Error> {
    match options.find(name) {
        None => Ok(None),
        Some(value) => match value.text() {
            Some(text) => Ok(Some(text.into())),
            None => Err(Error::argument(name, "expected a string.")),
        },
    }
}

//! Reading what JavaScript hands over.

use std::borrow::Cow;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::error::Error;
use crate::value::{MAX_DEPTH, Value};

/// A string, and nothing that merely turns into one: `undefined` as a key has
/// been sent to servers often enough.
pub fn text(value: &JsValue, name: &'static str) -> Result<String, Error> {
    value.as_string().ok_or_else(|| Error::argument(name, "expected a string."))
}

/// A string, or nothing.
#[cfg(not(feature = "node"))]
pub fn optional_text(value: &JsValue, name: &'static str) -> Result<Option<String>, Error> {
    if value.is_undefined() || value.is_null() { Ok(None) } else { text(value, name).map(Some) }
}

/// A member of any object; reading it may run code of the user's.
pub fn member(of: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(of, &name.into()).ok()
}

/// The text in a member of any object.
pub fn text_in(of: &JsValue, name: &str) -> Option<String> {
    member(of, name)?.as_string()
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Array, js_name = isArray, catch)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(js_namespace = Object, catch)]
    fn entries(value: &JsValue) -> Result<Array, JsValue>;
}

/// More values than this are no declaration and no answer, but an array that
/// lies about its length; walking it would end in a trap.
const MOST: u32 = 250_000;

/// Plain data of any shape. Not by serde: its deserializer carries the messages
/// for every wrong type, and with them the formatting of floats, which is more
/// than a tenth of the whole wasm.
///
/// Whatever may run code of the user's (a getter, a proxy) is called so that an
/// exception comes back as a value: one that passes through Rust leaves its
/// frames on the stack, and a few hundred of those are the end of it.
pub fn data(value: &JsValue, name: &'static str) -> Result<Value, Error> {
    tree(value, MAX_DEPTH, &mut { MOST }).ok_or_else(|| {
        Error::argument(
            name,
            "expected plain data, as JSON has it, that can be read and is not nested too deeply.",
        )
    })
}

fn tree(value: &JsValue, depth: u8, left: &mut u32) -> Option<Value> {
    *left = left.checked_sub(1)?;
    if value.is_undefined() || value.is_null() {
        return Some(Value::Null);
    }
    if let Some(text) = value.as_string() {
        return Some(text.into());
    }
    if let Some(number) = value.as_f64() {
        return Some(Value::Number(number));
    }
    if let Some(bool) = value.as_bool() {
        return Some(Value::Bool(bool));
    }
    let below = depth.checked_sub(1)?;
    if is_array(value).ok()? {
        let mut items = Vec::new();
        let length = member(value, "length")?.as_f64().filter(|length| *length <= MOST.into())?;
        for at in 0..length as u32 {
            items.push(tree(&js_sys::Reflect::get_u32(value, at).ok()?, below, left)?);
        }
        return Some(Value::List(items));
    }
    if !value.is_object() {
        return None;
    }
    let mut members = Vec::new();
    // What comes back is an array of the language's own making.
    let entries = entries(value).ok()?;
    for at in 0..entries.length() {
        let entry: Array = entries.get(at).unchecked_into();
        members.push((Cow::Owned(entry.get(0).as_string()?), tree(&entry.get(1), below, left)?));
    }
    Some(Value::Map(members))
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

/// A member of options that must be there, as text.
pub fn needed_text(options: &Value, name: &'static str) -> Result<String, Error> {
    member_text(options, name)?.ok_or_else(|| Error::argument(name, "expected a string."))
}

//! How an error crosses: as plain data, which the facade makes an `Error` of.

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use super::{problem, set};
use crate::error::Error;

/// An error on its way out; `?` makes one of an [`Error`].
pub struct Thrown(JsValue);

impl From<Error> for Thrown {
    fn from(error: Error) -> Self {
        Thrown(plain_error(&error))
    }
}

impl From<Thrown> for JsValue {
    fn from(thrown: Thrown) -> Self {
        thrown.0
    }
}

/// The members of `KeylatchError`, and the details that fill its sentence.
pub(super) fn plain_error(error: &Error) -> JsValue {
    let out = Object::new();
    set(&out, "code", &error.code().as_str().into());
    let details: Array = error.details().iter().map(|detail| JsValue::from_str(detail)).collect();
    set(&out, "details", &details);
    if let Some(found) = error.problem() {
        set(&out, "problem", &problem(found));
    }
    if let Some(status) = error.status() {
        set(&out, "status", &JsValue::from(status));
    }
    if let Some(id) = error.request_id() {
        set(&out, "requestId", &id.into());
    }
    if let Some(seconds) = error.retry_after() {
        set(&out, "retryAfter", &JsValue::from(seconds));
    }
    if let Some(said) = error.service() {
        let service = Object::new();
        for (name, text) in
            [("code", &said.code), ("message", &said.message), ("suggestion", &said.suggestion)]
        {
            if let Some(text) = text {
                set(&service, name, &text.into());
            }
        }
        set(&out, "service", &service);
    }
    if let Some((name, message)) = error.cause() {
        let cause = Object::new();
        set(&cause, "name", &name.into());
        set(&cause, "message", &message.into());
        set(&out, "cause", &cause);
    }
    out.into()
}

//! How an error crosses: as plain data, which the facade makes an `Error` of.

use wasm_bindgen::prelude::*;

use super::plain;
use crate::error::{Error, ServiceMessage};
#[cfg(feature = "node")]
use crate::notice::Notice;
use crate::value::{Object, Value};

/// An error on its way out; `?` makes one of an [`Error`].
pub struct Thrown(JsValue);

impl From<Error> for Thrown {
    fn from(error: Error) -> Self {
        Thrown(plain(&value(&error)).unwrap_or_default())
    }
}

impl From<Thrown> for JsValue {
    fn from(thrown: Thrown) -> Self {
        thrown.0
    }
}

/// The members of `KeylatchError`, and the details that fill its sentence.
pub(super) fn value(error: &Error) -> Value {
    let out = Object::new().with("code", error.code().as_str()).with("details", details(error.details()));
    // A client looks for no key.
    #[cfg(feature = "node")]
    let out = out.with_some("tried", (!error.tried().is_empty()).then(|| notices(error.tried())));
    out.with_some("status", error.status().map(u32::from))
        .with_some("requestId", error.request_id())
        .with_some("retryAfter", error.retry_after())
        .with_some("service", error.service().map(service))
        .with_some(
            "cause",
            error.cause().map(|(name, message)| Object::new().with("name", name).with("message", message)),
        )
        .into()
}

fn service(said: &ServiceMessage) -> Object {
    Object::new()
        .with_some("code", said.code.as_deref())
        .with_some("message", said.message.as_deref())
        .with_some("suggestion", said.suggestion.as_deref())
}

/// Why a source gave nothing, without its sentence.
#[cfg(feature = "node")]
pub(crate) fn notice(notice: &Notice) -> Value {
    Object::new().with("reason", notice.reason.as_str()).with("details", details(&notice.details)).into()
}

#[cfg(feature = "node")]
pub(crate) fn notices(notices: &[Notice]) -> Value {
    notices.iter().map(notice).collect()
}

fn details(details: &[impl AsRef<str>]) -> Value {
    details.iter().map(|detail| Value::from(detail.as_ref())).collect()
}

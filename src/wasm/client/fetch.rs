//! The transport over `fetch`.
//!
//! gloo-net holds the headers. It does not build the request: its builder parses
//! the address a second time, in 2 KB of code. Nor does it send it: its `send`
//! aborts, and so leaves the promise pending for ever, on an abort reason that is
//! no `Error`, on a `fetch` that throws at once, and on a `Response` of another
//! realm. Requests leave through [`Call`], where every failure is a value.

use std::borrow::Cow;

use gloo_net::http::Headers;
use js_sys::{Date, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use zeroize::Zeroize;

use super::read::{data, member, text_in};
use super::{plain, set};
use crate::error::{Code, Error};
use crate::http::{Address, Body, Request, Response, Transport};
use crate::text::integer;
use crate::value::Object;
use crate::value::Value;

#[wasm_bindgen]
extern "C" {
    /// The time and the `fetch` of one call: `pkg/call.js`. It has besides the
    /// members `state` (`running`, `aborted` or `timeout`), `timeout`, `signal` and
    /// `keepsCookies`: whether cookies are this platform's affair.
    pub type Call;

    /// Sends a request with the user's `fetch` or the platform's.
    #[wasm_bindgen(method, catch)]
    fn dispatch(this: &Call, request: &JsValue) -> Result<Promise, JsValue>;

    /// The promise, or a rejection as soon as the call's time is up.
    #[wasm_bindgen(method, catch)]
    fn within(this: &Call, promise: &JsValue) -> Result<Promise, JsValue>;

    /// Resolves after some milliseconds.
    #[wasm_bindgen(method, catch)]
    fn pause(this: &Call, milliseconds: u32) -> Result<Promise, JsValue>;

    /// A call with a time of its own and without the user's signal.
    #[wasm_bindgen(method)]
    fn renew(this: &Call, milliseconds: u32) -> Call;
}

/// The transport of one call.
pub struct Fetch {
    call: Call,
    origin: String,
}

impl Fetch {
    /// The origin is for messages only.
    pub fn new(call: Call, origin: &str) -> Self {
        Fetch { call, origin: origin.into() }
    }

    #[inline(never)]
    fn build(&self, request: &Request) -> Result<JsValue, Error> {
        let mut init = Object::new()
            .with("method", request.method.as_str())
            .with("redirect", "manual")
            .with("referrerPolicy", "no-referrer")
            .with("cache", "no-store");
        if member(&self.call, "keepsCookies").is_some_and(|keeps| keeps.is_truthy()) {
            init = init.with("credentials", if request.cookies { "include" } else { "omit" });
        }
        let init = plain(&init.into())?;
        let headers = Headers::new();
        for header in &request.headers {
            headers.set(&header.name, header.value.expose());
        }
        set(&init, "headers", &headers.into_raw())?;
        set(&init, "signal", &member(&self.call, "signal").unwrap_or_default())?;
        if let Some(body) = &request.body {
            let Ok(text) = js_sys::JSON::stringify(&plain(body)?) else {
                return Err(Error::new(Code::Internal).with("a request body did not become JSON."));
            };
            set(&init, "body", &text)?;
        }
        match web_sys::Request::new_with_str_and_init(&request.url, init.unchecked_ref()) {
            Ok(request) => Ok(request.into()),
            Err(_) => Err(Error::new(Code::Internal).with("the platform refused to build the request.")),
        }
    }

    async fn wait(&self, promise: Result<Promise, JsValue>) -> Result<JsValue, Error> {
        match promise {
            Ok(promise) => JsFuture::from(promise).await.map_err(|thrown| self.failure(&thrown)),
            Err(thrown) => Err(self.failure(&thrown)),
        }
    }

    /// What a rejection means. Only its name and message are looked at, and only
    /// if they are strings: it may be anything.
    pub(super) fn failure(&self, thrown: &JsValue) -> Error {
        match text_in(&self.call, "state").as_deref() {
            Some("aborted") => return Error::new(Code::Aborted),
            Some("timeout") => {
                let limit =
                    member(&self.call, "timeout").and_then(|limit| limit.as_f64()).unwrap_or_default();
                return Error::new(Code::Timeout).with(self.origin.clone()).with(integer(limit as i64));
            }
            _ => {}
        }
        let mut message = text_in(thrown, "message").unwrap_or_default();
        let error = Error::new(Code::NetworkError).with(self.origin.clone());
        // Node's fetch says only "fetch failed"; the reason is one cause below.
        let below = member(thrown, "cause").and_then(|cause| text_in(&cause, "code"));
        let never_left =
            matches!(below.as_deref(), Some("ECONNREFUSED" | "ENOTFOUND" | "EAI_AGAIN" | "EHOSTUNREACH"));
        if let Some(code) = below {
            message.push_str(" (");
            message.push_str(&code);
            message.push(')');
        }
        let error = error.with_cause(text_in(thrown, "name").unwrap_or_else(|| "Error".into()), message);
        if never_left { error.never_left() } else { error }
    }

    /// Status and headers, if it is a response that may be read.
    #[inline(never)]
    fn head(&self, response: &JsValue) -> Result<Response, Error> {
        let status = member(response, "status").and_then(|status| status.as_f64()).unwrap_or_default() as u16;
        // Browsers hide a redirect's status behind this type.
        if text_in(response, "type").as_deref() == Some("opaqueredirect") || (300..400).contains(&status) {
            return Err(Error::new(Code::RedirectRefused).with(self.origin.clone()).with_status(status));
        }
        if !(200..600).contains(&status) {
            let what = "fetch did not resolve to a Response.";
            return Err(Error::new(Code::BadResponse).with(self.origin.clone()).with(what));
        }
        let headers = headers(&member(response, "headers").unwrap_or_default());
        Ok(Response { status, headers, body: Body::Empty })
    }
}

#[inline(never)]
fn body(text: &JsValue) -> Body {
    match text.as_string() {
        None => Body::Empty,
        Some(text) if text.trim().is_empty() => Body::Empty,
        Some(mut text) => match js_sys::JSON::parse(&text).ok().and_then(|json| data(&json, "body").ok()) {
            Some(value) => {
                // A new key may stand in it.
                text.zeroize();
                Body::Json(value)
            }
            None => Body::Other(text),
        },
    }
}

impl Transport for Fetch {
    async fn send(&self, request: Request) -> Result<Response, Error> {
        let built = self.build(&request)?;
        drop(request);
        if text_in(&self.call, "state").as_deref() != Some("running") {
            return Err(self.failure(&JsValue::UNDEFINED).never_left());
        }
        let response = self.wait(self.call.dispatch(&built)).await?;
        let head = self.head(&response)?;
        let text = call_method(&response, "text", "").and_then(|promise| self.call.within(&promise));
        Ok(Response { body: body(&self.wait(text).await?), ..head })
    }

    async fn pause(&self, milliseconds: u32) -> Result<(), Error> {
        self.wait(self.call.pause(milliseconds)).await.map(drop)
    }

    fn renew(&self, milliseconds: u32) -> Self {
        Fetch { call: self.call.renew(milliseconds), origin: self.origin.clone() }
    }

    fn resolve(&self, address: &str, base: Option<&str>) -> Option<Address> {
        resolve(address, base)
    }
}

/// Parses addresses, sends nothing: for setting a client up.
pub struct Offline;

impl Transport for Offline {
    async fn send(&self, _: Request) -> Result<Response, Error> {
        Err(Error::new(Code::Internal).with("nothing is sent here."))
    }

    async fn pause(&self, _: u32) -> Result<(), Error> {
        Ok(())
    }

    fn renew(&self, _: u32) -> Self {
        Offline
    }

    fn resolve(&self, address: &str, base: Option<&str>) -> Option<Address> {
        resolve(address, base)
    }
}

/// The platform's URL parser.
pub fn resolve(address: &str, base: Option<&str>) -> Option<Address> {
    // Without a base it may be its own: a relative address is none either way.
    let url = web_sys::Url::new_with_base(address, base.unwrap_or(address)).ok()?;
    let text = |name| text_in(&url, name).unwrap_or_default();
    Some(Address {
        href: text("href"),
        origin: text("origin"),
        protocol: text("protocol"),
        hostname: text("hostname"),
        has_userinfo: !(text("username").is_empty() && text("password").is_empty()),
    })
}

/// The headers that anyone reads. `getSetCookie` exists where no browser keeps
/// cookies.
fn headers(from: &JsValue) -> Vec<(Cow<'static, str>, String)> {
    let mut out = Vec::new();
    for name in ["retry-after", "x-request-id"] {
        if let Some(value) = call_method(from, "get", name).ok().and_then(|value| value.as_string()) {
            out.push((Cow::Borrowed(name), seconds_until(&value).unwrap_or(value)));
        }
    }
    // Read as data of the user's: their `fetch` may answer anything.
    if let Ok(cookies) = call_method(from, "getSetCookie", "")
        && let Ok(cookies) = super::read::data(&cookies, "headers")
    {
        let texts = cookies.items().iter().filter_map(Value::text);
        out.extend(texts.map(|cookie| (Cow::Borrowed("set-cookie"), String::from(cookie))));
    }
    out
}

/// What `Retry-After` has as a date (RFC 9110, section 10.2.3), as seconds from
/// now. The platform takes much for a date, `-1` among it, so it must look like one.
fn seconds_until(value: &str) -> Option<String> {
    let seconds = ((Date::parse(value) - Date::now()) / 1000.0).ceil();
    (value.ends_with(" GMT") && !seconds.is_nan()).then(|| integer(seconds.max(0.0) as i64))
}

fn call_method(object: &JsValue, name: &str, argument: &str) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &name.into())?.dyn_into()?;
    method.call1(object, &argument.into())
}

//! The transport over `fetch`.
//!
//! gloo-net holds the headers, which is all that it is used for. Its builder would
//! make a `Request` that parses the address a second time. Its `send` aborts, and
//! so leaves the promise pending for ever, on an abort reason that is no `Error`,
//! on a `fetch` that throws at once, and on a `Response` of another realm (gloo-net
//! 0.7). Requests leave through [`Call`], in which every failure is a value.

use std::borrow::Cow;

use gloo_net::http::Headers;
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use super::task::Turn;
use crate::error::{Code, Error};
use crate::http::{Address, Body, Request, Response, Transport};
use crate::json;
use crate::text::{integer, parts};

/// An answer may have so many bytes, …
const LIMIT: u32 = 8 << 20;
/// … and a page of a list so many.
const LIST_LIMIT: u32 = 16 << 20;

#[wasm_bindgen]
extern "C" {
    /// The time and the `fetch` of one call: `pkg/client/call.js`.
    pub type Call;

    /// The milliseconds that the call may take.
    #[wasm_bindgen(method, getter)]
    fn timeout(this: &Call) -> f64;

    /// Sends a request with the user's `fetch` or the platform's; resolves to an
    /// [`Answer`].
    #[wasm_bindgen(method)]
    fn send(
        this: &Call,
        method: &str,
        url: &str,
        headers: &JsValue,
        body: Option<Uint8Array>,
        cookies: bool,
        limit: u32,
    ) -> Promise;

    /// Resolves after some milliseconds, to nothing or an [`Answer`] that failed.
    #[wasm_bindgen(method)]
    fn pause(this: &Call, milliseconds: u32) -> Promise;

    /// A call with a time of its own and without the user's signal.
    #[wasm_bindgen(method)]
    fn renew(this: &Call, milliseconds: u32) -> Call;

    /// What came of a request: `Answer` or `Failed` of `pkg/client/call.js`.
    pub type Answer;

    #[wasm_bindgen(method, getter)]
    fn failed(this: &Answer) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = neverLeft)]
    fn never_left(this: &Answer) -> bool;
    #[wasm_bindgen(method, getter)]
    pub fn name(this: &Answer) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn message(this: &Answer) -> String;
    #[wasm_bindgen(method, getter)]
    fn status(this: &Answer) -> f64;
    #[wasm_bindgen(method, getter, js_name = isRedirect)]
    fn is_redirect(this: &Answer) -> bool;
    #[wasm_bindgen(method, getter, js_name = retryAfter)]
    fn retry_after(this: &Answer) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = requestId)]
    fn request_id(this: &Answer) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn cookies(this: &Answer) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = keepsCookies)]
    fn keeps_cookies(this: &Answer) -> bool;
    #[wasm_bindgen(method, getter)]
    fn bytes(this: &Answer) -> Option<Uint8Array>;
}

/// The transport of one call.
pub struct Fetch {
    turn: Turn,
    call: Call,
    origin: String,
    limit: u32,
}

impl Fetch {
    /// The origin is for messages only.
    pub fn new(turn: Turn, call: Call, origin: &str, is_list: bool) -> Self {
        Fetch { turn, call, origin: origin.into(), limit: if is_list { LIST_LIMIT } else { LIMIT } }
    }

    #[inline(never)]
    fn failure(&self, answer: &Answer, kind: &str) -> Error {
        let error = match kind {
            "aborted" => Error::new(Code::Aborted),
            "timeout" => {
                Error::new(Code::Timeout).with(self.origin.clone()).with(integer(self.call.timeout() as i64))
            }
            "too_large" => self.bad_response("the answer is larger than any of its API."),
            _ => Error::new(Code::NetworkError)
                .with(self.origin.clone())
                .with_cause(answer.name(), answer.message()),
        };
        if answer.never_left() { error.never_left() } else { error }
    }

    fn bad_response(&self, what: &'static str) -> Error {
        Error::new(Code::BadResponse).with(self.origin.clone()).with(what)
    }

    /// Status, headers and body, if it is a response that may be read.
    #[inline(never)]
    fn response(&self, answer: &Answer) -> Result<Response, Error> {
        let status = answer.status() as u16;
        // Browsers hide a redirect's status.
        if answer.is_redirect() || (300..400).contains(&status) {
            return Err(Error::new(Code::RedirectRefused).with(self.origin.clone()).with_status(status));
        }
        if !(200..600).contains(&status) {
            return Err(self.bad_response("fetch did not resolve to a Response."));
        }
        let mut headers = Vec::new();
        for (name, value) in [("retry-after", answer.retry_after()), ("x-request-id", answer.request_id())] {
            headers.extend(value.map(|value| (Cow::Borrowed(name), value)));
        }
        // What `Response::keeps_cookies` looks for.
        if answer.keeps_cookies() {
            headers.push((Cow::Borrowed("set-cookie"), String::new()));
        }
        for cookie in parts(&answer.cookies().unwrap_or_default(), "\n").filter(|cookie| !cookie.is_empty()) {
            headers.push((Cow::Borrowed("set-cookie"), cookie.into()));
        }
        Ok(Response { status, headers, body: answer.bytes().map_or(Body::Empty, |bytes| body(&bytes)) })
    }
}

/// The body, which may hold a new key: the copy on the other side is wiped.
#[inline(never)]
fn body(bytes: &Uint8Array) -> Body {
    let text = Zeroizing::new(bytes.to_vec());
    bytes.fill(0, 0, bytes.length());
    if text.iter().all(u8::is_ascii_whitespace) {
        return Body::Empty;
    }
    match json::parse(&text) {
        Some(value) => Body::Json(value),
        None => Body::Other(String::from_utf8_lossy(&text).into_owned()),
    }
}

impl Transport for Fetch {
    async fn send(&self, request: Request) -> Result<Response, Error> {
        let promise = {
            let headers = Headers::new();
            for header in &request.headers {
                headers.set(&header.name, header.value.expose());
            }
            let body = request.body.as_ref().map(|body| {
                let mut text = Zeroizing::new(String::with_capacity(json::room(body)));
                json::write(body, &mut text);
                Uint8Array::from(text.as_bytes())
            });
            let headers = headers.into_raw();
            let method = request.method.as_str();
            self.call.send(method, &request.url, &headers, body, request.cookies, self.limit)
        };
        drop(request);
        let answer: Answer = self.turn.settled(promise).await.unchecked_into();
        match answer.failed() {
            Some(kind) => Err(self.failure(&answer, &kind)),
            None => self.response(&answer),
        }
    }

    async fn pause(&self, milliseconds: u32) -> Result<(), Error> {
        let answer: Answer = self.turn.settled(self.call.pause(milliseconds)).await.unchecked_into();
        if answer.is_undefined() {
            return Ok(());
        }
        let kind = answer.failed().unwrap_or_default();
        Err(self.failure(&answer, &kind))
    }

    fn renew(&self, milliseconds: u32) -> Self {
        let (turn, call) = (self.turn.clone(), self.call.renew(milliseconds));
        Fetch { turn, call, origin: self.origin.clone(), limit: self.limit }
    }

    fn resolve(&self, address: &str, base: Option<&str>) -> Option<Address> {
        resolve(address, base)
    }
}

/// The facade parses the address of a service, and no other is needed.
#[cfg(not(feature = "node"))]
fn resolve(_: &str, _: Option<&str>) -> Option<Address> {
    None
}

/// The platform's URL parser, for the issuer of a login.
#[cfg(feature = "node")]
fn resolve(address: &str, base: Option<&str>) -> Option<Address> {
    // Without a base it may be its own: a relative address is none either way.
    let url = web_sys::Url::new_with_base(address, base.unwrap_or(address)).ok()?;
    Some(Address {
        href: url.href(),
        origin: url.origin(),
        protocol: url.protocol(),
        hostname: url.hostname(),
        has_userinfo: !(url.username().is_empty() && url.password().is_empty()),
    })
}

/// Parses addresses and sends nothing.
#[cfg(feature = "node")]
pub struct Parser;

#[cfg(feature = "node")]
impl Transport for Parser {
    async fn send(&self, _: Request) -> Result<Response, Error> {
        Err(Error::new(Code::Internal).with("nothing is sent here."))
    }

    async fn pause(&self, _: u32) -> Result<(), Error> {
        Ok(())
    }

    fn renew(&self, _: u32) -> Self {
        Parser
    }

    fn resolve(&self, address: &str, base: Option<&str>) -> Option<Address> {
        resolve(address, base)
    }
}

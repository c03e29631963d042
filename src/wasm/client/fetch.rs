//! The transport over `fetch`.
//!
//! gloo-net holds the headers, which is all that it is used for. Its builder would
//! make a `Request` that parses the address a second time. Its `send` aborts, and
//! so leaves the promise pending for ever, on an abort reason that is no `Error`,
//! on a `fetch` that throws at once, and on a `Response` of another realm (gloo-net
//! 0.7). Requests leave through [`Call`], in which every failure is a value.

use gloo_net::http::Headers;
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use super::task::Turn;
use crate::error::{Code, Error};
use crate::http::{Address, Body, Request, Response, Transport};
use crate::json;
use crate::text::{integer, parts};
use crate::value::Value;

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

    /// What came of a promise: `Told` of `pkg/client/call.js`.
    pub type Answer;

    /// The facts, as JSON.
    #[wasm_bindgen(method, getter)]
    fn facts(this: &Answer) -> String;

    /// The body, if there is one. The driver wipes the copy on its side.
    #[wasm_bindgen(method, getter)]
    pub fn bytes(this: &Answer) -> Option<Vec<u8>>;
}

impl Answer {
    /// Status and headers, or what failed; cookies may be among them.
    pub fn data(&self) -> Value {
        json::parse(Zeroizing::new(self.facts()).as_bytes()).unwrap_or(Value::Null)
    }
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
    fn failure(&self, facts: &Value) -> Error {
        let text = |name| facts.member(name).and_then(Value::text).unwrap_or_default();
        let error = match text("failed") {
            "aborted" => Error::new(Code::Aborted),
            "timeout" => {
                Error::new(Code::Timeout).with(self.origin.clone()).with(integer(self.call.timeout() as i64))
            }
            "too_large" => self.bad_response("the answer is larger than any of its API."),
            _ => Error::new(Code::NetworkError)
                .with(self.origin.clone())
                .with_cause(text("name").into(), text("message").into()),
        };
        if is_so(facts, "neverLeft") { error.never_left() } else { error }
    }

    fn bad_response(&self, what: &'static str) -> Error {
        Error::new(Code::BadResponse).with(self.origin.clone()).with(what)
    }

    /// Status, headers and body, if it is a response that may be read.
    #[inline(never)]
    fn response(&self, facts: &Value, bytes: Option<Vec<u8>>) -> Result<Response, Error> {
        let status = facts.member("status").and_then(Value::number).unwrap_or_default() as u16;
        // Browsers hide a redirect's status.
        if is_so(facts, "isRedirect") || (300..400).contains(&status) {
            return Err(Error::new(Code::RedirectRefused).with(self.origin.clone()).with_status(status));
        }
        if !(200..600).contains(&status) {
            return Err(self.bad_response("fetch did not resolve to a Response."));
        }
        let mut headers = Vec::new();
        for (name, lines) in facts.member("headers").map(Value::members).unwrap_or_default() {
            for value in parts(lines.text().unwrap_or_default(), "\n") {
                headers.push((name.clone(), value.into()));
            }
        }
        Ok(Response { status, headers, body: bytes.map_or(Body::Empty, body) })
    }
}

fn is_so(facts: &Value, name: &str) -> bool {
    facts.member(name).and_then(Value::bool) == Some(true)
}

/// The body, which may hold a new key.
#[inline(never)]
fn body(bytes: Vec<u8>) -> Body {
    let bytes = Zeroizing::new(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Body::Empty;
    }
    match json::parse(&bytes) {
        Some(value) => Body::Json(value),
        None => Body::Other(readable(&bytes).into()),
    }
}

/// As much as is UTF-8: an error quotes the beginning.
fn readable(bytes: &[u8]) -> &str {
    let length = str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    bytes.get(..length).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
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
        let facts = answer.data();
        match facts.member("failed") {
            Some(_) => Err(self.failure(&facts)),
            None => self.response(&facts, answer.bytes()),
        }
    }

    async fn pause(&self, milliseconds: u32) -> Result<(), Error> {
        let answer: Answer = self.turn.settled(self.call.pause(milliseconds)).await.unchecked_into();
        if answer.is_undefined() {
            return Ok(());
        }
        Err(self.failure(&answer.data()))
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

//! The transport over `fetch`.
//!
//! gloo-net builds the request. It does not send it: its `send` aborts, and so
//! leaves the promise pending for ever, on an abort reason that is no `Error`, on
//! a `fetch` that throws at once, and on a `Response` of another realm. Requests
//! leave through [`Call`], where every failure is a value.

use std::borrow::Cow;

use gloo_net::http::RequestBuilder;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::plain;
use crate::error::{Code, Error};
use crate::http::{Address, Body, Method, Request, Response, Transport};
use crate::text::integer;

#[wasm_bindgen]
extern "C" {
    /// The time and the `fetch` of one call: `pkg/call.js`.
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

    /// `running`, `aborted` or `timeout`.
    #[wasm_bindgen(method, getter)]
    fn state(this: &Call) -> String;

    #[wasm_bindgen(method, getter)]
    fn signal(this: &Call) -> web_sys::AbortSignal;

    #[wasm_bindgen(method, getter)]
    fn timeout(this: &Call) -> u32;

    /// Whether cookies are this platform's affair.
    #[wasm_bindgen(method, getter, js_name = keepsCookies)]
    fn keeps_cookies(this: &Call) -> bool;
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

    fn build(&self, request: &Request) -> Result<JsValue, Error> {
        let method = match request.method {
            Method::Get => gloo_net::http::Method::GET,
            Method::Post => gloo_net::http::Method::POST,
            Method::Put => gloo_net::http::Method::PUT,
            Method::Patch => gloo_net::http::Method::PATCH,
            Method::Delete => gloo_net::http::Method::DELETE,
        };
        let signal = self.call.signal();
        let mut builder = RequestBuilder::new(&request.url)
            .method(method)
            .abort_signal(Some(&signal))
            .redirect(web_sys::RequestRedirect::Manual)
            .referrer_policy(web_sys::ReferrerPolicy::NoReferrer)
            .cache(web_sys::RequestCache::NoStore);
        if self.call.keeps_cookies() {
            builder = builder.credentials(match request.cookies {
                true => web_sys::RequestCredentials::Include,
                false => web_sys::RequestCredentials::Omit,
            });
        }
        for header in &request.headers {
            builder = builder.header(&header.name, header.value.expose());
        }
        let built = match &request.body {
            None => builder.build(),
            Some(body) => match js_sys::JSON::stringify(&plain(body)?) {
                Ok(text) => builder.body(text),
                Err(_) => return Err(Error::new(Code::Internal).with("a request body did not become JSON.")),
            },
        };
        match built {
            Ok(request) => Ok(web_sys::Request::from(request).into()),
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
        match self.call.state().as_str() {
            "aborted" => return Error::new(Code::Aborted),
            "timeout" => {
                let limit = integer(self.call.timeout().into());
                return Error::new(Code::Timeout).with(self.origin.clone()).with(limit);
            }
            _ => {}
        }
        let member = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
        let text = |of: &JsValue, name: &str| member(of, name).and_then(|value| value.as_string());
        let mut message = text(thrown, "message").unwrap_or_default();
        let error = Error::new(Code::NetworkError).with(self.origin.clone());
        // Node's fetch says only "fetch failed"; the reason is one cause below.
        let below = member(thrown, "cause").and_then(|cause| text(&cause, "code"));
        let never_left =
            matches!(below.as_deref(), Some("ECONNREFUSED" | "ENOTFOUND" | "EAI_AGAIN" | "EHOSTUNREACH"));
        if let Some(code) = below {
            message.push_str(" (");
            message.push_str(&code);
            message.push(')');
        }
        let error = error.with_cause(text(thrown, "name").unwrap_or_else(|| "Error".into()), message);
        if never_left { error.never_left() } else { error }
    }

    async fn read(&self, response: JsValue) -> Result<Response, Error> {
        let get = |name: &str| Reflect::get(&response, &name.into()).unwrap_or_default();
        let status = get("status").as_f64().unwrap_or_default() as u16;
        // Browsers hide a redirect's status behind this type.
        if get("type").as_string().as_deref() == Some("opaqueredirect") || (300..400).contains(&status) {
            return Err(Error::new(Code::RedirectRefused).with(self.origin.clone()).with_status(status));
        }
        if !(200..600).contains(&status) {
            let what = "fetch did not resolve to a Response.";
            return Err(Error::new(Code::BadResponse).with(self.origin.clone()).with(what));
        }
        let headers = headers(&get("headers"));
        let text = self
            .wait(call_method(&response, "text", &[]).and_then(|promise| self.call.within(&promise)))
            .await?;
        let body = match text.as_string() {
            None => Body::Empty,
            Some(text) if text.trim().is_empty() => Body::Empty,
            Some(text) => {
                match js_sys::JSON::parse(&text).ok().and_then(|json| super::read::data(&json, "body").ok()) {
                    Some(value) => Body::Json(value),
                    None => Body::Other(text),
                }
            }
        };
        Ok(Response { status, headers, body })
    }
}

impl Transport for Fetch {
    async fn send(&self, request: Request) -> Result<Response, Error> {
        let built = self.build(&request)?;
        drop(request);
        let response = self.wait(self.call.dispatch(&built)).await?;
        self.read(response).await
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
    let url = match base {
        Some(base) => web_sys::Url::new_with_base(address, base),
        None => web_sys::Url::new(address),
    }
    .ok()?;
    Some(Address {
        href: url.href(),
        origin: url.origin(),
        protocol: url.protocol(),
        hostname: url.hostname(),
        has_userinfo: !url.username().is_empty() || !url.password().is_empty(),
    })
}

/// The headers that anyone reads. `getSetCookie` exists where no browser keeps
/// cookies.
fn headers(from: &JsValue) -> Vec<(Cow<'static, str>, String)> {
    let mut out = Vec::new();
    for name in ["retry-after", "x-request-id"] {
        if let Some(value) = call_method(from, "get", &[name.into()]).ok().and_then(|value| value.as_string())
        {
            out.push((Cow::Borrowed(name), value));
        }
    }
    if let Ok(cookies) = call_method(from, "getSetCookie", &[])
        && Array::is_array(&cookies)
    {
        let cookies: Array = cookies.unchecked_into();
        out.extend(cookies.iter().filter_map(|c| c.as_string()).map(|c| (Cow::Borrowed("set-cookie"), c)));
    }
    out
}

fn call_method(object: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method = Reflect::get(object, &name.into())?;
    let method: Function = method.dyn_into()?;
    Reflect::apply(&method, object, &arguments.iter().collect())
}

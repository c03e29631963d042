//! How requests travel: built and read here, carried by a [`Transport`].
//!
//! The core does no I/O of its own. In JavaScript the transport is `fetch`;
//! native tests hand requests to a server in the same process, or lose answers
//! on purpose.

mod origin;
mod retry;
#[cfg(test)]
pub(crate) mod testing;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::future::Future;

use crate::error::Error;
use crate::scheme::Header;
use crate::value::Value;

#[cfg(not(feature = "offline"))]
pub(crate) use origin::is_loopback;
pub use origin::{Fault, Origin, admits, fault};
pub use retry::{Retry, retry_after};

/// A request method.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 5] = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];

    /// As it stands in a request.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// A request that is ready to go: its address has passed the origin rule, its
/// headers may stand in a header.
pub struct Request {
    /// The method.
    pub method: Method,
    /// The whole address.
    pub url: String,
    /// The headers, the one with the key among them.
    pub headers: Vec<Header>,
    /// The body, sent as JSON.
    pub body: Option<Value>,
    /// Whether a browser may add and keep its cookies for the service.
    pub cookies: bool,
}

/// What came back.
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The answer's headers that matter: names in lower case. A platform that keeps
    /// cookies itself and shows none, as a browser does, says so by a `set-cookie`
    /// without a value.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body.
    pub body: Body,
}

/// The body of an answer.
pub enum Body {
    /// Nothing.
    Empty,
    /// JSON.
    Json(Value),
    /// Something else; the first words of it are kept for the error.
    Other(String),
}

impl Response {
    /// The value of a header; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Whether the platform keeps the cookies of this answer, and shows none.
    pub fn keeps_cookies(&self) -> bool {
        self.header("set-cookie") == Some("")
    }

    /// Whether the status says success.
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// What carries requests and keeps time, for one call of the user's.
///
/// A transport answers every `send` and every `pause` sooner or later: it has
/// the call's timeout and its `AbortSignal`, and when either ends the call it
/// answers [`Code::Timeout`](crate::Code::Timeout) or
/// [`Code::Aborted`](crate::Code::Aborted).
pub trait Transport: Sized {
    /// Sends one request. Redirects are not followed: they are answered with
    /// [`Code::RedirectRefused`](crate::Code::RedirectRefused).
    fn send(&self, request: Request) -> impl Future<Output = Result<Response, Error>>;

    /// Waits before another try.
    fn pause(&self, milliseconds: u32) -> impl Future<Output = Result<(), Error>>;

    /// A transport with a time of its own that outlives the call: for putting
    /// things right after an answer was lost.
    fn renew(&self, milliseconds: u32) -> Self;

    /// Resolves an address against a base by the platform's own URL parser, the
    /// one that will also send it: two parsers that disagree are how a key gets
    /// to the wrong host.
    fn resolve(&self, address: &str, base: Option<&str>) -> Option<Address>;
}

/// An address as the platform's URL parser read it.
#[derive(Clone)]
pub struct Address {
    /// The whole, normalised.
    pub href: String,
    /// Scheme, host and port; `null` for schemes without one.
    pub origin: String,
    /// With its colon: `https:`.
    pub protocol: String,
    /// Without port; an IPv6 address in brackets.
    pub hostname: String,
    /// User or password in the address itself.
    pub has_userinfo: bool,
}

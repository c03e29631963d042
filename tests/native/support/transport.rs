//! Requests into a router of the same process.

use std::borrow::Cow;

use axum::Router;
use axum::body::{Body as HttpBody, to_bytes};
use axum::http;
use keylatch::http::{Address, Body, Request, Response, Transport};
use keylatch::{Code, Error, json};
use tower::ServiceExt;
use url::Url;

/// Where the service of a test seems to be.
pub const BASE_URL: &str = "http://keys.localhost:8787";

/// Carries requests as a platform's `fetch` would, without a network.
#[derive(Clone)]
pub struct InProcess {
    router: Router,
}

impl InProcess {
    /// Into this router.
    pub fn new(router: Router) -> Self {
        InProcess { router }
    }
}

impl Transport for InProcess {
    async fn send(&self, request: Request) -> Result<Response, Error> {
        let url = Url::parse(&request.url).unwrap();
        let target = &url[url::Position::BeforePath..];
        let mut sent = http::Request::builder().method(request.method.as_str()).uri(target);
        sent = sent.header("host", &url[url::Position::BeforeHost..url::Position::AfterPort]);
        for header in &request.headers {
            sent = sent.header(header.name.as_ref(), header.value.expose());
        }
        let body = match &request.body {
            Some(body) => HttpBody::from(serde_json::to_vec(body).unwrap()),
            None => HttpBody::empty(),
        };
        let answer = self.router.clone().oneshot(sent.body(body).unwrap()).await.unwrap();
        read(answer).await
    }

    async fn pause(&self, _: u32) -> Result<(), Error> {
        Ok(())
    }

    fn renew(&self, _: u32) -> Self {
        self.clone()
    }

    fn resolve(&self, address: &str, base: Option<&str>) -> Option<Address> {
        let url = match base {
            Some(base) => Url::parse(base).ok()?.join(address),
            None => Url::parse(address),
        }
        .ok()?;
        Some(Address {
            href: url.as_str().into(),
            origin: url.origin().ascii_serialization(),
            protocol: format!("{}:", url.scheme()),
            hostname: url.host_str().unwrap_or_default().into(),
            has_userinfo: !url.username().is_empty() || url.password().is_some(),
        })
    }
}

async fn read(answer: http::Response<HttpBody>) -> Result<Response, Error> {
    let (parts, body) = answer.into_parts();
    if parts.status.is_redirection() {
        return Err(Error::new(Code::RedirectRefused).with(BASE_URL).with_status(parts.status.as_u16()));
    }
    let headers = parts.headers.iter();
    let headers = headers
        .map(|(name, value)| (Cow::Owned(name.as_str().to_owned()), value.to_str().unwrap().to_owned()))
        .collect();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    Ok(Response { status: parts.status.as_u16(), headers, body: body_of(text) })
}

/// A body as the transport of the wasm reads it.
pub fn body_of(text: String) -> Body {
    match json::parse(text.as_bytes()) {
        _ if text.trim().is_empty() => Body::Empty,
        Some(value) => Body::Json(value),
        None => Body::Other(text),
    }
}

//! A transport that holds the client to a script: the next request must be the
//! expected one, to the letter, and gets the scripted answer.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use keylatch::http::{Address, Body, Request, Response, Transport};
use keylatch::lifecycle::{Client, Credential, Options};
use keylatch::{Code, Error, Secret, json, provider};

/// One exchange: `METHOD address`, the headers that authenticate, the body; and
/// status and body of the answer.
pub struct Exchange {
    request: String,
    answer: Answer,
}

enum Answer {
    Status(u16, String, Vec<(&'static str, &'static str)>),
    Lost,
}

pub fn expect(request: &str, status: u16, body: &str) -> Exchange {
    Exchange { request: request.into(), answer: Answer::Status(status, body.into(), Vec::new()) }
}

pub fn lost(request: &str) -> Exchange {
    Exchange { request: request.into(), answer: Answer::Lost }
}

impl Exchange {
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        if let Answer::Status(_, _, headers) = &mut self.answer {
            headers.push((name, value));
        }
        self
    }
}

#[derive(Clone)]
pub struct Script {
    exchanges: Rc<RefCell<VecDeque<Exchange>>>,
    /// The status of the answer, without a body, to what is not in the script.
    otherwise: Option<u16>,
}

impl Script {
    pub fn new(exchanges: impl IntoIterator<Item = Exchange>) -> Self {
        Script { exchanges: Rc::new(RefCell::new(exchanges.into_iter().collect())), otherwise: None }
    }

    /// A script that ends, and after which every request is answered with a status.
    pub fn any(exchanges: impl IntoIterator<Item = Exchange>, status: u16) -> Self {
        Script { otherwise: Some(status), ..Script::new(exchanges) }
    }

    /// Fails unless everything was asked for.
    pub fn done(&self) {
        let rest: Vec<String> =
            self.exchanges.borrow().iter().map(|exchange| exchange.request.clone()).collect();
        assert!(rest.is_empty(), "never asked for: {rest:#?}");
    }
}

/// The service under test at a host of its own.
pub fn client(script: &Script, service: &str, credential: Credential, scheme: Option<&str>) -> Client {
    client_of(script, provider::builtin(service).unwrap().into(), credential, scheme)
}

pub fn client_of(
    script: &Script,
    provider: provider::Service,
    credential: Credential,
    scheme: Option<&str>,
) -> Client {
    let options = Options {
        provider,
        base_url: Some("https://h".into()),
        credential,
        scheme: scheme.map(Into::into),
        retries: 0,
        allow_insecure: false,
    };
    Client::new(script, options).unwrap()
}

pub fn with_key(script: &Script, service: &str, key: &str) -> Client {
    client(script, service, Credential::Key(Secret::from(key)), None)
}

/// A client with a key of a declared service, whose declaration goes on with this.
pub fn declared(script: &Script, rest: &str, credential: Credential) -> Client {
    let spec =
        format!(r#"{{"id":"acme","title":"Acme","schemes":[{{"type":"header","name":"x-key"}}],{rest}}}"#);
    let provider = provider::declare(&serde_json::from_str(&spec).unwrap()).unwrap();
    client_of(script, provider.into(), credential, None)
}

pub fn run<T>(future: impl Future<Output = T>) -> T {
    pollster::block_on(future)
}

/// The error's code and sentence.
pub fn told<T>(result: Result<T, Error>) -> (Code, String) {
    let error = result.err().expect("the call should have failed");
    (error.code(), error.to_string())
}

fn written(request: &Request) -> String {
    let mut out = format!("{} {}", request.method.as_str(), request.url);
    for header in &request.headers {
        let usual = header.name == "Accept" || header.name == "Content-Type";
        if usual {
            assert_eq!(header.value.expose(), "application/json");
        } else if header.name == "Idempotency-Key" {
            // Another one each time.
            out.push_str(" | Idempotency-Key");
        } else {
            out.push_str(&format!(" | {}: {}", header.name, header.value.expose()));
        }
    }
    if let Some(body) = &request.body {
        out.push_str(&format!(" | {}", serde_json::to_string(body).unwrap()));
    }
    out
}

impl Transport for Script {
    async fn send(&self, request: Request) -> Result<Response, Error> {
        let written = written(&request);
        let next = self.exchanges.borrow_mut().pop_front();
        let next = match (next, self.otherwise) {
            (Some(next), _) => next,
            (None, Some(status)) => return Ok(Response { status, headers: Vec::new(), body: Body::Empty }),
            (None, None) => panic!("not in the script: {written}"),
        };
        assert_eq!(written, next.request);
        let Answer::Status(status, text, headers) = next.answer else {
            return Err(Error::new(Code::NetworkError).with("https://h"));
        };
        let body = match json::parse(text.as_bytes()) {
            Some(value) => Body::Json(value),
            None if text.is_empty() => Body::Empty,
            None => Body::Other(text),
        };
        let headers = headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Ok(Response { status, headers, body })
    }

    async fn pause(&self, _: u32) -> Result<(), Error> {
        Ok(())
    }

    fn renew(&self, _: u32) -> Self {
        self.clone()
    }

    fn resolve(&self, address: &str, base: Option<&str>) -> Option<Address> {
        let url = match base {
            Some(base) => url::Url::parse(base).ok()?.join(address),
            None => url::Url::parse(address),
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

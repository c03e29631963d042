//! A service whose every answer is made by a function.

use std::borrow::Cow;
use std::rc::Rc;

use keylatch::http::{Address, Body, Request, Response, Transport};
use keylatch::lifecycle::{Client, Credential, Options};
use keylatch::provider::Service;
use keylatch::{Error, Secret, json};

use crate::targets::KEY;

/// Where the service is.
const HOST: &str = "https://h.example";

/// Makes an answer: a status and a body.
type Answer = dyn Fn(&Request) -> (u16, String);

/// The transport to it.
#[derive(Clone)]
pub struct Line {
    answer: Rc<Answer>,
}

impl Line {
    /// A service that answers with these statuses and bodies.
    pub fn new(answer: impl Fn(&Request) -> (u16, String) + 'static) -> Self {
        Line { answer: Rc::new(answer) }
    }

    /// A client of it with [`KEY`].
    pub fn client(&self, provider: impl Into<Service>) -> Result<Client, Error> {
        let options = Options {
            provider: provider.into(),
            base_url: Some(HOST.into()),
            credential: Credential::Key(Secret::from(KEY)),
            scheme: None,
            retries: 1,
            allow_insecure: false,
        };
        Client::new(self, options)
    }
}

impl Transport for Line {
    async fn send(&self, request: Request) -> Result<Response, Error> {
        let (status, text) = (self.answer)(&request);
        let body = match json::parse(text.as_bytes()) {
            _ if text.trim().is_empty() => Body::Empty,
            Some(value) => Body::Json(value),
            None => Body::Other(text),
        };
        let headers = vec![(Cow::Borrowed("content-type"), String::from("application/json"))];
        Ok(Response { status, headers, body })
    }

    async fn pause(&self, _: u32) -> Result<(), Error> {
        Ok(())
    }

    fn renew(&self, _: u32) -> Self {
        self.clone()
    }

    fn resolve(&self, address: &str, _: Option<&str>) -> Option<Address> {
        let (protocol, hostname) = address.split_once("//")?;
        Some(Address {
            href: address.into(),
            origin: address.into(),
            protocol: protocol.into(),
            hostname: hostname.into(),
            has_userinfo: false,
        })
    }
}

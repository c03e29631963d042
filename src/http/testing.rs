//! A transport for unit tests that need addresses and nothing else.

use super::{Address, Request, Response, Transport};
use crate::error::{Code, Error};

pub(crate) struct Offline;

impl Transport for Offline {
    async fn send(&self, _: Request) -> Result<Response, Error> {
        Err(Error::new(Code::NetworkError))
    }

    async fn pause(&self, _: u32) -> Result<(), Error> {
        Ok(())
    }

    fn renew(&self, _: u32) -> Self {
        Offline
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

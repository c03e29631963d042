//! From where a request came, for limits, log and audit.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::Extensions;
use axum::http::request::Parts;

use super::address::ClientAddress;
use super::request_id::RequestId;

/// The client's address and the request's name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    pub(crate) address: Option<IpAddr>,
    pub(crate) request_id: RequestId,
}

impl Source {
    pub(crate) fn of(extensions: &Extensions) -> Self {
        Source {
            address: extensions.get::<ClientAddress>().and_then(|address| address.0),
            request_id: extensions.get::<RequestId>().cloned().unwrap_or_default(),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Source {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Source::of(&parts.extensions))
    }
}

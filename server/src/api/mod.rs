//! keylatch's own API: handlers that read what was sent, call a service, and
//! tell what came of it. Their description as OpenAPI stands on them.

mod about;
mod complete;
pub(crate) mod openapi;
pub(crate) mod v1;

pub(crate) use about::ready;

//! HTTP: what stands around every request, and how connections are held.

pub(crate) mod address;
mod around;
pub(crate) mod body;
pub(crate) mod carrier;
pub(crate) mod connections;
pub(crate) mod cookie;
pub(crate) mod cors;
pub(crate) mod csrf;
pub(crate) mod host;
pub(crate) mod key_end;
pub(crate) mod layer;
pub(crate) mod metrics;
pub(crate) mod object;
mod path;
pub mod problem;
pub(crate) mod request_id;
pub(crate) mod router;
pub(crate) mod secret_text;
mod security_headers;
pub(crate) mod serve;
pub(crate) mod source;
pub(crate) mod static_files;
mod trace;

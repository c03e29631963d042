//! The life of a key: create, reveal once, list, rotate, revoke, delete, validate, at any
//! service that a [`Provider`](crate::provider::Provider) describes.
//!
//! Every operation goes through one path, [`Client::call`](client::Client): the
//! origin rule, the header, the retries and the reading of refusals stand there
//! once. So does the reading of successes: what an answer must state is data of
//! the provider ([`Answer`](crate::provider::Answer)).
//!
//! ```
//! use keylatch::http::{Address, Body, Request, Response, Transport};
//! use keylatch::lifecycle::{Client, Credential, Options};
//! use keylatch::{Error, Secret, provider};
//!
//! /// A service in memory.
//! struct Memory;
//!
//! impl Transport for Memory {
//!     async fn send(&self, request: Request) -> Result<Response, Error> {
//!         assert_eq!(request.url, "https://keys.example.com/v1/account");
//!         let account = serde_json::from_str(r#"{"id":"usr_1","user":"kim@example.com"}"#).unwrap();
//!         Ok(Response { status: 200, headers: Vec::new(), body: Body::Json(account) })
//!     }
//!
//!     async fn pause(&self, _: u32) -> Result<(), Error> {
//!         Ok(())
//!     }
//!
//!     fn renew(&self, _: u32) -> Self {
//!         Memory
//!     }
//!
//!     fn resolve(&self, address: &str, base: Option<&str>) -> Option<Address> {
//!         let base = base.map(url::Url::parse).transpose().ok()?;
//!         let url = url::Url::options().base_url(base.as_ref()).parse(address).ok()?;
//!         Some(Address {
//!             href: url.as_str().into(),
//!             origin: url.origin().ascii_serialization(),
//!             protocol: format!("{}:", url.scheme()),
//!             hostname: url.host_str()?.into(),
//!             has_userinfo: !url.username().is_empty() || url.password().is_some(),
//!         })
//!     }
//! }
//!
//! let client = Client::new(&Memory, Options {
//!     provider: provider::builtin("keylatch")?.clone().into(),
//!     base_url: Some("https://keys.example.com".into()),
//!     credential: Credential::Key(Secret::from("kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms")),
//!     scheme: None,
//!     retries: 2,
//!     allow_insecure: false,
//! })?;
//! let account = pollster::block_on(client.whoami(&Memory))?;
//! assert_eq!(account.user.as_deref(), Some("kim@example.com"));
//! # Ok::<(), keylatch::Error>(())
//! ```

mod answer;
mod call;
mod client;
mod discover;
mod found;
mod info;
mod mask;
mod misplaced;
mod options;
mod pages;
mod recover;
mod replace;
mod scrub;
mod session;
mod stated;
mod time;

pub use client::Client;
pub use info::{Account, KeyInfo, Page, Status, Validation};
pub use options::{Credential, Filter, Lifetime, NewKey, Options, Overlap, Session};
pub use recover::{Created, Rotated};
pub use time::Time;

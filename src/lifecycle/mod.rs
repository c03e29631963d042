//! What becomes of a key: create, reveal once, list, rotate, revoke, delete,
//! validate, over whatever a [`Provider`](crate::provider::Provider) declares.
//!
//! Every operation goes through one path, [`Client::call`](client::Client): the
//! origin rule, the header, the retries and the reading of refusals stand there
//! once.

mod answer;
mod call;
mod client;
mod discover;
mod recover;
mod replace;
mod session;

pub use answer::{Account, KeyInfo, Page, Status, Time, Validation};
pub use client::{Client, Credential, Filter, Lifetime, NewKey, Options, Overlap, Session};
pub use recover::{Created, Rotated};

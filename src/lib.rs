//! API keys: is a text a key, how is a key sent, and how is it created, rotated and ended.
//!
//! ```
//! use keylatch::{format, provider};
//!
//! let luminary = provider::builtin("luminary")?;
//! let key = format::generate(format::keylatch(), "kl_test_")?;
//! let header = luminary.scheme(None)?.header(&key)?;
//! assert_eq!((header.name.as_ref(), header.value.expose()), ("x-api-key", key.expose()));
//! # Ok::<(), keylatch::Error>(())
//! ```
//!
//! The modules, from the bottom up; each imports only from those above it:
//!
//! | module | answers |
//! |---|---|
//! | [`notice`] | why a source gave no key |
//! | [`error`] | what went wrong |
//! | [`secret`] | how a key is held in memory |
//! | [`value`] | what an answer or a declaration says, as plain data |
//! | [`format`](mod@format) | what a key looks like |
//! | [`scheme`] | how a key is sent |
//! | [`http`] | how requests travel |
//! | [`provider`] | who a key is for |
//! | [`credential`] | where a key comes from |
//! | [`lifecycle`] | how a key is created, listed, rotated and ended |
//!
//! On WebAssembly a last module, `wasm`, is the boundary to JavaScript.

// The modules `offline` and `find` of wasm are built without the standard library.
#![cfg_attr(any(feature = "offline", feature = "find"), no_std)]
#![cfg_attr(
    any(feature = "offline", feature = "find"),
    allow(dead_code, unused_imports, reason = "it uses a part of the ground")
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;

#[cfg(not(any(feature = "offline", feature = "find")))]
pub mod credential;
pub mod error;
#[cfg(not(any(feature = "offline", feature = "find")))]
pub mod format;
pub mod http;
pub mod json;
#[cfg(not(any(feature = "offline", feature = "find")))]
pub mod lifecycle;
pub mod notice;
#[cfg(not(any(feature = "offline", feature = "find")))]
pub mod provider;
pub mod scheme;
pub mod secret;
mod text;
pub mod value;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use error::{Code, Error};
pub use secret::{RevealOnce, Secret};

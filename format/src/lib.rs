//! What an API key looks like: declared once, then checked, diagnosed,
//! generated, masked and hashed from the declaration.
//!
//! ```
//! use keylatch_format::{self as format, Check, ProblemCode};
//!
//! let ours = format::keylatch();
//! let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).is_ok();
//! let key = format::generate(ours, "kl_live_", &mut random)?;
//! assert_eq!(format::check(Some(ours), key.expose()), Check::Good { prefix: Some(0) });
//! assert!(format::verify(&key, &format::hash(&key))?);
//!
//! // A pasted header and a missing end: both are named, each at its place.
//! let problems = format::diagnose(Some(ours), "Bearer kl_live_0123");
//! let found: Vec<_> = problems.iter().map(|problem| (problem.code, problem.index)).collect();
//! assert_eq!(found, [(ProblemCode::SchemePrefix, 0), (ProblemCode::WrongLength, 19)]);
//! # Ok::<(), format::Error>(())
//! ```
//!
//! There are two checks. [`check`] is one pass without allocation, and answers
//! with a number; what it cannot tell it leaves to [`diagnose`], which finds
//! every problem with its place. A property test (`tests/agree.rs`) holds the
//! two together.
//!
//! | file | holds |
//! |---|---|
//! | `declare`, `validate` | the declaration ([`KeyFormat`], [`Part`], [`Alphabet`]), and whether it can be used |
//! | `catalogue` | the formats of known services |
//! | `services`, `shape`, `sums` | the kinds of keys that are known by their look, what they look like, their checksums |
//! | `class` | the table of characters and alphabets |
//! | `check` | the quick check |
//! | `diagnose`, `found` | the diagnosis from end to end, and what it collects |
//! | `peel`, `placeholder`, `scan`, `fit` | its steps: what surrounds a key, what stands for one, each character, the parts of the format |
//! | `unicode` | characters that look like others, or like nothing |
//! | `checksum`, `generate`, `hash`, `mask` | one operation each |
//! | `forms` | how a text is written in other texts |
//! | `secret`, `problem`, `error`, `sentence`, `text` | the ground |
//!
//! What only the diagnosis needs is `#[inline]`, so that it is compiled with the crate
//! that calls it: the wasm wants it small, and what checks keys fast.
//!
//! The crate has no I/O, no clock and no random source of its own, and does not
//! need `std`.

#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod alphabet;
mod catalogue;
mod check;
mod checksum;
mod class;
mod declare;
mod diagnose;
mod error;
mod fit;
mod forms;
mod found;
mod generate;
mod hash;
mod mask;
mod peel;
mod placeholder;
mod problem;
mod scan;
mod secret;
#[doc(hidden)]
pub mod sentence;
pub mod services;
pub mod shape;
pub mod sums;
#[cfg(test)]
mod tests;
mod text;
mod unicode;
mod validate;

pub use catalogue::{CATALOGUE, CONDUCE, KEYLATCH, LAMBDA, keylatch};
pub use check::{Check, check, check_bytes, is_key_of};
pub use declare::{Alphabet, Certainty, Coverage, KeyFormat, Part, prefix_of};
pub use diagnose::{MAX_LENGTH, diagnose, resembles};
pub use error::Error;
pub use forms::forms;
pub use generate::{generate, generate_valid};
pub use hash::{digest, hash, hash_bytes, verify};
pub use mask::mask;
pub use problem::{Problem, ProblemCode};
pub use secret::Secret;
pub use text::{hex, integer};
pub use unicode::lookalike;

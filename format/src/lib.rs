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
//! | `class` | the table of characters and alphabets |
//! | `check` | the quick check |
//! | `diagnose`, `found` | the diagnosis from end to end, and what it collects |
//! | `peel`, `placeholder`, `scan`, `fit` | its steps: what surrounds a key, what stands for one, each character, the parts of the format |
//! | `unicode` | characters that look like others, or like nothing |
//! | `checksum`, `generate`, `hash`, `mask` | one operation each |
//! | `secret`, `problem`, `error`, `sentence`, `text` | the ground |
//!
//! The crate has no I/O, no clock and no random source of its own, and does not
//! need `std`.

#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod check;
mod checksum;
mod class;
mod declare;
mod diagnose;
mod error;
mod fit;
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
#[cfg(test)]
mod tests;
mod text;
mod unicode;
mod validate;

use alloc::borrow::Cow;

pub use check::{Check, check};
pub use declare::{Alphabet, Certainty, Coverage, KeyFormat, Part, prefix_of};
pub use diagnose::{MAX_LENGTH, diagnose, resembles};
pub use error::Error;
pub use generate::generate;
pub use hash::{digest, hash, verify, verify_bytes};
pub use mask::mask;
pub use problem::{Problem, ProblemCode};
pub use secret::Secret;
pub use text::{hex, integer};

/// The format of keylatch's own keys: `kl_live_` or `kl_test_`, 30 random
/// characters of base62 (178 bits), and a CRC-32 over all of that in another six.
pub const KEYLATCH: KeyFormat = KeyFormat {
    parts: Cow::Borrowed(&[
        Part::Literal(Cow::Borrowed(&[Cow::Borrowed("kl_live_"), Cow::Borrowed("kl_test_")])),
        Part::Run { alphabet: Alphabet::Base62, min: 30, max: 30 },
        Part::Checksum { covers: Coverage::All, length: 6 },
    ]),
    certainty: Certainty::Documented,
};

/// [`KEYLATCH`], to borrow from.
pub fn keylatch() -> &'static KeyFormat {
    static FORMAT: KeyFormat = KEYLATCH;
    &FORMAT
}

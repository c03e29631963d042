//! What a key looks like: declared once, then checked, diagnosed, generated,
//! masked and hashed from the declaration.
//!
//! ```
//! use keylatch::format::{self, ProblemCode};
//!
//! let ours = format::keylatch();
//! let key = format::generate(ours, "kl_live_")?;
//! assert!(format::check(Some(ours), key.expose()).is_empty());
//! assert!(format::verify(&key, &format::hash(&key))?);
//!
//! // A pasted header and a missing end: both are named, each at its place.
//! let problems = format::check(Some(ours), "Bearer kl_live_0123");
//! let found: Vec<_> = problems.iter().map(|problem| (problem.code, problem.index)).collect();
//! assert_eq!(found, [(ProblemCode::SchemePrefix, 0), (ProblemCode::WrongLength, 19)]);
//! # Ok::<(), keylatch::Error>(())
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `declare` | the declaration: [`KeyFormat`], [`Part`], [`Alphabet`] |
//! | `validate` | whether a declaration can be used |
//! | `serialize` | a declaration as JavaScript sees it |
//! | `chars` | walking along a decoded text |
//! | `found` | what is collected on the way |
//! | `check` | the check from end to end |
//! | `peel` | what people paste around a key |
//! | `placeholder` | what stands where a key should |
//! | `scan` | each character of the key by itself |
//! | `unicode` | characters that look like others, or like nothing |
//! | `fit` | the text laid over the parts of a format |
//! | `checksum`, `generate`, `hash`, `mask` | one operation each |

mod chars;
mod check;
mod checksum;
mod declare;
mod fit;
mod found;
mod generate;
mod hash;
mod mask;
mod peel;
mod placeholder;
mod scan;
mod serialize;
#[cfg(test)]
mod tests;
mod unicode;
mod validate;

use std::borrow::Cow;

pub use crate::problem::{Problem, ProblemCode};
pub use check::{check, resembles};
pub use declare::{Alphabet, Certainty, Coverage, KeyFormat, Part, prefix_of};
pub use generate::generate;
pub use hash::{hash, verify};
pub use mask::mask;

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

//! Finds API keys in a text: those of given shapes, and given texts by value.
//!
//! ```
//! use keylatch_find::{Engine, Match};
//!
//! let mut engine = Engine::new();
//! engine.add("ghp_<b62:30><crc32-b62:6@4>", true).map_err(str::to_owned)?;
//! engine.compile();
//! let text = b"token=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";
//! let mut found = Vec::new();
//! engine.scan(text, 0, true, &mut found);
//! assert_eq!(found, [Match { start: 6, end: 46, kind: 0, is_doubtful: false, is_escaped: false, encoded: None }]);
//! # Ok::<(), String>(())
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `engine` | the shapes and values, and the walk along a text |
//! | `anchor` | the four bytes of a shape by which it is looked for |
//! | `finder` | where four such bytes stand in a text |
//! | `places` | those places, one after the other |
//! | `words`, `groups`, `simd` | the same by vector instructions |
//! | `escape`, `meant` | keys in words with escaped characters, as an address has them |
//! | `value` | the forms of a text that is looked for by value |
//! | `edge` | whether a key can begin at a place |
//! | `basic` | keys in the header of Basic authentication |

#![no_std]
#![deny(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod anchor;
mod basic;
mod edge;
mod engine;
mod escape;
mod finder;
#[cfg(all(target_arch = "wasm32", feature = "simd"))]
mod groups;
mod meant;
mod merge;
mod places;
#[cfg(all(target_arch = "wasm32", feature = "simd"))]
mod simd;
#[cfg(test)]
mod tests;
mod value;
#[cfg(any(test, all(target_arch = "wasm32", feature = "simd")))]
mod words;

pub use engine::{Engine, LOOKBACK, Match, Nearest};
pub use value::forms;

//! Codes and their sentences, in tables.
//!
//! A sentence is reached through `Display` and `sentence` alone, and the wasm
//! calls neither: there only codes and details cross, and the JavaScript face
//! fills them into its own copy of the tables, which `cargo xtask build` writes.

use alloc::borrow::Cow;
use core::fmt;

/// Declares codes with their sentences; for keylatch's own crates.
#[doc(hidden)]
#[macro_export]
macro_rules! codes {
    ($(#[$enum_doc:meta])* $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal : $sentence:literal,)+ }) => {
        $(#[$enum_doc])*
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        $vis enum $name { $($(#[$doc])* #[doc = concat!("\n\nSentence: ", $sentence)] $variant,)+ }

        impl $name {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The code as it stands in JavaScript and on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $code,)+ }
            }

            /// The sentence of the code; `{0}`, `{1}` … stand for details.
            pub const fn sentence(self) -> &'static str {
                match self { $($name::$variant => $sentence,)+ }
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// A sentence with its details in place; a detail that is missing leaves nothing.
pub fn fill(f: &mut dyn fmt::Write, sentence: &str, details: &[Cow<'static, str>]) -> fmt::Result {
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        f.write_str(before)?;
        let (number, after) = after.split_once('}').unwrap_or((after, ""));
        let detail = number.parse::<usize>().ok().and_then(|n| details.get(n));
        f.write_str(detail.map_or("", |detail| detail))?;
        rest = after;
    }
    f.write_str(rest)
}

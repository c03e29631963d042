//! The declaration of a key format: plain data, for built-in services a
//! constant, for declared ones owned.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// What a key looks like, as a row of parts.
///
/// At most one part varies in length, so the place of every part follows from
/// the length of the text, without trying and going back.
///
/// ```
/// use keylatch_format::{Alphabet, Certainty, Check, Coverage, KeyFormat, Part, check};
///
/// // What GitHub documents of its personal access tokens.
/// let github = KeyFormat::new(
///     vec![
///         Part::literal(vec!["ghp_".into()]),
///         Part::Run { alphabet: Alphabet::Base62, min: 30, max: 30 },
///         Part::Checksum { covers: Coverage::Body, length: 6 },
///     ],
///     Certainty::Documented,
/// );
/// assert!(github.validate().is_ok());
/// let key = "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";
/// assert_eq!(check(Some(&github), key), Check::Good { prefix: Some(0) });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFormat {
    /// The parts, from the left.
    pub parts: Cow<'static, [Part]>,
    /// How sure we are of them.
    pub certainty: Certainty,
}

/// One part of a [`KeyFormat`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// One of these texts. Where several match, the longest does. Behind a run
    /// of variable length they are all of one length.
    Literal(Cow<'static, [Cow<'static, str>]>),
    /// `min` to `max` characters of an alphabet.
    Run {
        /// The characters that may stand here.
        alphabet: Alphabet,
        /// The least number of characters.
        min: usize,
        /// The greatest number of characters.
        max: usize,
    },
    /// A CRC-32 in base62, left-padded with `0`. Always the last part.
    Checksum {
        /// Which characters it is computed over.
        covers: Coverage,
        /// The number of its characters.
        length: usize,
    },
}

/// The characters of a [`Part::Run`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// `0-9A-Za-z`, read as digits of a number.
    Base62,
    /// Hexadecimal digits in either case; generated in lower case.
    Hex,
    /// Hexadecimal digits in lower case.
    HexLower,
    /// `0-9A-Za-z`, without meaning.
    Alphanumeric,
    /// `0-9A-Za-z`, `-` and `_` (RFC 4648, section 5).
    Base64Url,
    /// `0-9`.
    Digits,
    /// These characters.
    Custom(Cow<'static, str>),
}

/// What a checksum covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// The runs alone, without the fixed texts around them (GitHub).
    Body,
    /// Everything that precedes (keylatch).
    All,
}

/// How sure we are of a fact about a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// The service documents it.
    Documented,
    /// It was seen in the service's keys, but is not promised.
    Observed,
    /// Nobody told; only what is certain of every key can be checked.
    Unknown,
}

/// The base62 digits in the order of their value.
pub(crate) const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE64_URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const HEX: &str = "0123456789abcdef";
const DIGITS: &str = "0123456789";

impl KeyFormat {
    /// A format of its own data, as a declaration of a service gives it. Ask
    /// [`KeyFormat::validate`] before using it.
    pub fn new(parts: Vec<Part>, certainty: Certainty) -> Self {
        KeyFormat { parts: Cow::Owned(parts), certainty }
    }

    /// Length of the longest key, in characters.
    pub(crate) fn longest(&self) -> usize {
        self.parts.iter().fold(0, |sum, part| sum.saturating_add(part.longest()))
    }

    /// The fixed text that a key can begin with and this one does, and its number
    /// among those.
    pub(crate) fn prefix(&self, text: &[u8]) -> Option<(usize, &str)> {
        match self.parts.first() {
            Some(Part::Literal(choices)) => longest_match(choices, text),
            _ => None,
        }
    }

    /// Whether a character can stand anywhere in a key.
    pub(crate) fn allows(&self, byte: u8) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Literal(choices) => choices.iter().any(|choice| choice.bytes().any(|own| own == byte)),
            part => part.alphabet().is_some_and(|alphabet| alphabet.contains(byte)),
        })
    }
}

impl Part {
    /// One of these texts.
    pub fn literal(choices: Vec<String>) -> Self {
        Part::Literal(choices.into_iter().map(Cow::Owned).collect())
    }

    /// The characters that can stand here, unless it is a fixed text.
    pub(crate) fn alphabet(&self) -> Option<&Alphabet> {
        match self {
            Part::Literal(_) => None,
            Part::Run { alphabet, .. } => Some(alphabet),
            Part::Checksum { .. } => Some(&Alphabet::Base62),
        }
    }

    fn longest(&self) -> usize {
        match self {
            Part::Literal(choices) => choices.iter().map(|choice| choice.len()).max().unwrap_or(0),
            Part::Run { max, .. } => *max,
            Part::Checksum { length, .. } => *length,
        }
    }
}

impl Alphabet {
    /// The alphabet of this name, or else of these very characters.
    pub fn parse(text: &str) -> Self {
        match text {
            "base62" => Alphabet::Base62,
            "hex" => Alphabet::Hex,
            "hex_lower" => Alphabet::HexLower,
            "alphanumeric" => Alphabet::Alphanumeric,
            "base64url" => Alphabet::Base64Url,
            "digits" => Alphabet::Digits,
            characters => Alphabet::Custom(Cow::Owned(characters.into())),
        }
    }

    /// The name, or else the characters: what [`Alphabet::parse`] reads.
    pub fn as_str(&self) -> &str {
        match self {
            Alphabet::Base62 => "base62",
            Alphabet::Hex => "hex",
            Alphabet::HexLower => "hex_lower",
            Alphabet::Alphanumeric => "alphanumeric",
            Alphabet::Base64Url => "base64url",
            Alphabet::Digits => "digits",
            Alphabet::Custom(characters) => characters,
        }
    }

    /// The characters that are generated.
    pub(crate) fn characters(&self) -> &str {
        match self {
            Alphabet::Base62 | Alphabet::Alphanumeric => BASE62,
            Alphabet::Hex | Alphabet::HexLower => HEX,
            Alphabet::Base64Url => BASE64_URL,
            Alphabet::Digits => DIGITS,
            Alphabet::Custom(characters) => characters,
        }
    }
}

impl Coverage {
    /// Both of them.
    pub const ALL: [Coverage; 2] = [Coverage::Body, Coverage::All];

    /// `body` or `all`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Coverage::Body => "body",
            Coverage::All => "all",
        }
    }
}

impl Certainty {
    /// All of them.
    pub const ALL: [Certainty; 3] = [Certainty::Documented, Certainty::Observed, Certainty::Unknown];

    /// `documented`, `observed` or `unknown`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Certainty::Documented => "documented",
            Certainty::Observed => "observed",
            Certainty::Unknown => "unknown",
        }
    }
}

/// The fixed text that a text begins with, if the format begins with one.
///
/// ```
/// use keylatch_format::{keylatch, prefix_of};
///
/// assert_eq!(prefix_of(keylatch(), "kl_test_0123"), Some("kl_test_"));
/// assert_eq!(prefix_of(keylatch(), "sk_test_0123"), None);
/// ```
pub fn prefix_of<'f>(format: &'f KeyFormat, text: &str) -> Option<&'f str> {
    format.prefix(text.as_bytes()).map(|(_, prefix)| prefix)
}

/// The longest choice that a text begins with, and its number.
#[inline]
pub(crate) fn longest_match<'f>(choices: &'f [Cow<'static, str>], text: &[u8]) -> Option<(usize, &'f str)> {
    let (number, choice, agreed) = closest(choices, text);
    (agreed == choice.len()).then_some((number, choice))
}

/// The choice that a text begins with, the longest where there are several, or
/// else the one that it agrees with the furthest: its number, and how many of its
/// characters are those of the text.
pub(crate) fn closest<'f>(choices: &'f [Cow<'static, str>], text: &[u8]) -> (usize, &'f str, usize) {
    let (mut best, mut score) = ((0, "", 0), 0);
    for (number, choice) in choices.iter().enumerate() {
        let agreed = choice.bytes().zip(text).take_while(|(own, other)| own == *other).count();
        let is_whole = agreed == choice.len();
        // The first is better than none.
        let own = usize::from(is_whole) << 16 | (agreed + 1);
        if own > score {
            (best, score) = ((number, &**choice, agreed), own);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_texts_that_agree_as_far_the_first_is_taken() {
        let choices = ["ab", "abcd", "abce", "ab"].map(Cow::Borrowed);
        for (text, longest, nearest) in [
            ("abx", Some((0, "ab")), (0, "ab", 2)),
            ("abcex", Some((2, "abce")), (2, "abce", 4)),
            ("ax", None, (0, "ab", 1)),
            ("x", None, (0, "ab", 0)),
        ] {
            assert_eq!(longest_match(&choices, text.as_bytes()), longest, "{text}");
            assert_eq!(closest(&choices, text.as_bytes()), nearest, "{text}");
        }
        assert_eq!(closest(&choices[1..3], b"abcx"), (0, "abcd", 3));
    }
}

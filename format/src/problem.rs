//! What can be wrong with a text that should be a key, and where.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use crate::codes;
use crate::sentence::fill;

codes! {
    /// What is wrong with a text that should be a key, as a word that does not
    /// change between versions.
    pub enum ProblemCode {
        /// Nothing is left, or nothing was there.
        Empty = "empty": "There is no key here. Paste the whole key.",
        /// White space at the edges, line breaks included.
        SurroundingSpace = "surrounding_space": "The key begins or ends with white space. Remove it.",
        /// White space between the characters of the key.
        InnerSpace = "inner_space": "There is white space inside the key. Remove it, or copy the key again without the text around it.",
        /// A line break between the characters of the key.
        LineBreak = "line_break": "The key is broken over several lines. Join them into one.",
        /// Quotation marks around the key, straight, typographic or backticks.
        Quotes = "quotes": "There are quotation marks around the key. Remove them.",
        /// The scheme or the name of a header before the key; detail: which.
        SchemePrefix = "scheme_prefix": "\"{0}\" is how a key is sent and not a part of it. Remove it.",
        /// A name and `=` or `:` before the key; detail: the sign.
        AssignmentPrefix = "assignment_prefix": "The name of a variable or setting stands before the key. Remove the name and the \"{0}\" after it.",
        /// Something that stands for a key: an example, a reference, a shortened key, an escape.
        Placeholder = "placeholder": "This is a placeholder and not a key: an example, an unresolved reference or escape, or a shortened key. Put the whole key in its place.",
        /// A good key with other text around it, such as a line of a program; detail: its length.
        SurroundingText = "surrounding_text": "There is other text around the key: a good one begins here. Take its {0} characters, and nothing else.",
        /// A character that a key cannot have at this place; details: which, and what can stand there.
        BadCharacter = "bad_character": "The key has {0} here, where only {1} can stand. Copy the key again.",
        /// A character that looks like another one; details: which, and the one that was probably meant.
        Lookalike = "lookalike": "{0} is not {1}, though it looks like it. Replace it with {1}, or copy the key again.",
        /// A character that cannot be seen; details: what it is, and its number.
        Invisible = "invisible": "An invisible {0} ({1}) stands here. Delete it, or copy the key again.",
        /// The key does not begin as it should; detail: how it should.
        WrongPrefix = "wrong_prefix": "The key does not begin with {0}. Check that it is a key of this service and was copied from its beginning.",
        /// The key is too short or too long; details: expected and found.
        WrongLength = "wrong_length": "The key has a length of {1} instead of {0}. Copy all of it, and nothing else.",
        /// The checksum does not fit; detail: its length.
        WrongChecksum = "wrong_checksum": "The last {0} characters do not fit the rest, so there is probably a typing error in the key. Copy it again.",
        /// A character that may not stand in an HTTP header; detail: which.
        UnsafeInHeader = "unsafe_in_header": "The character {0} cannot be sent in an HTTP header. Remove it, or copy the key again.",
        /// A good key that is no secret, where one may have been meant.
        PublishableKey = "publishable_key": "This is a publishable key, which is meant to be seen. Where a secret key is asked for, use the secret key.",
        /// A good identifier, where a key may have been meant.
        Identifier = "identifier": "This is an identifier: it names a key or an account and opens nothing. Where a key is asked for, use the secret that belongs to it.",
        /// A good key of test mode, where a live one may have been meant.
        TestKey = "test_key": "This is a key of test mode. Where real data is meant, use a live key.",
    }
}

/// One thing that is wrong with a text that should be a key. Neither the
/// details nor the sentence hold the key or a part of it, beyond the one
/// character that is complained of.
#[derive(Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub code: ProblemCode,
    /// Where, in UTF-16 code units as JavaScript counts them.
    pub index: usize,
    /// What the sentence is filled with.
    pub details: Vec<Cow<'static, str>>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fill(f, self.code.sentence(), &self.details)
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {self}", self.code.as_str(), self.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn sentences_take_their_details() {
        let problem = |code, details: &[&'static str]| Problem {
            code,
            index: 0,
            details: details.iter().map(|detail| Cow::Borrowed(*detail)).collect(),
        };
        let cases = [
            (
                problem(ProblemCode::BadCharacter, &["\"!\"", "letters and digits"]),
                "The key has \"!\" here, where only letters and digits can stand. Copy the key again.",
            ),
            (
                problem(ProblemCode::Lookalike, &["\"а\" (U+0430)", "\"a\""]),
                "\"а\" (U+0430) is not \"a\", though it looks like it. Replace it with \"a\", or copy the key again.",
            ),
            (
                problem(ProblemCode::WrongLength, &["44", "43"]),
                "The key has a length of 43 instead of 44. Copy all of it, and nothing else.",
            ),
            (
                problem(ProblemCode::SchemePrefix, &["Bearer"]),
                "\"Bearer\" is how a key is sent and not a part of it. Remove it.",
            ),
        ];
        for (problem, sentence) in cases {
            assert_eq!(problem.to_string(), sentence);
            let shown = [problem.code.as_str(), " at 0: ", sentence].concat();
            assert_eq!(std::format!("{problem:?}"), shown);
        }
    }
}

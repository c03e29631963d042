//! What stands where a key should: `<API-KEY>`, `your-api-key`, `xxxx`,
//! `${KEY}`, and keys that were shortened for showing.

use super::class::Set;
use super::declare::{KeyFormat, Part};
use super::peel::{after, between, starts_with};
use super::unicode::kind;

/// A longer text is not a placeholder, whatever it looks like.
const LONGEST: usize = 512;
/// No placeholder of words is longer.
const LONGEST_WORDS: usize = 48;
/// The brackets that a placeholder stands in.
const BRACKETS: &[(&str, &str)] =
    &[("{{", "}}"), ("${", "}"), ("{", "}"), ("<", ">"), ("[", "]"), ("%", "%")];
/// Placeholders in full, without `_`, `-`, `.` and spaces.
const WORDS: &[&str] = &[
    "apikey",
    "apitoken",
    "accesstoken",
    "accesskey",
    "secretkey",
    "changeme",
    "replaceme",
    "placeholder",
    "undefined",
    "null",
];
/// The first two letters of all these words: most keys begin with others, so most
/// are compared with no word.
const PAIRS: &[[u8; 2]] = &[
    *b"ap", *b"ac", *b"se", *b"ch", *b"re", *b"pl", *b"un", *b"nu", *b"yo", *b"my", *b"in", *b"en", *b"pa",
    *b"pu", *b"pr",
];
const FIRST: Set = Set::of("acreimnpsuyACREIMNPSUY");
/// How a placeholder of words begins …
const STARTS: &[&str] = &["your", "my", "insert", "enter", "paste", "replace", "put", "processenv"];
/// … and ends.
const ENDS: &[&str] = &["key", "token", "secret", "here"];

/// Whether a text is certainly a placeholder. `core` is what is left when all
/// that surrounds a key is taken off, as [`narrow`](super::unicode::narrow)ed
/// characters.
pub(super) fn is_placeholder(core: &[u8], format: Option<&KeyFormat>) -> bool {
    let prefix = format.and_then(|format| format.prefix(core)).map_or(0, |(_, prefix)| prefix.len());
    let body = after(core, prefix);
    core.len() <= LONGEST
        && (is_bracketed(body) || is_filler(body) || is_words(body) || is_shortened(body, format))
}

/// The same of a body of [`SIMPLE`](super::class::SIMPLE) characters.
pub(super) fn is_simple_placeholder(body: &[u8]) -> bool {
    body.len() <= LONGEST && (is_filler(body) || is_words(body))
}

/// `<API-KEY>`, `{MY_API_KEY}`, `${KEY}`, `{{ key }}`
fn is_bracketed(text: &[u8]) -> bool {
    BRACKETS.iter().any(|(open, close)| {
        let inner = between(text, open.len(), close.len());
        starts_with(text, open) && ends_with(text, close) && !inner.is_empty() && inner.iter().all(is_spoken)
    })
}

/// `xxxx`, `XXXX-XXXX`
fn is_filler(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b'x' | b'X' | b'-' | b'_'))
        && text.iter().filter(|byte| byte.eq_ignore_ascii_case(&b'x')).count() >= 3
}

/// `your-api-key`, `YOUR_API_KEY`, `changeme`, `process.env.KEY`
#[inline]
fn is_words(text: &[u8]) -> bool {
    text.len() <= LONGEST_WORDS
        && begins_like_a_word(text)
        && (WORDS.iter().any(|word| says(text, word).is_some_and(<[u8]>::is_empty))
            || STARTS.iter().any(|start| says(text, start).is_some())
                && !text.iter().any(u8::is_ascii_digit)
                && ENDS.iter().any(|end| ends_with(text, end)))
        && text.iter().all(is_spoken)
}

#[inline]
fn begins_like_a_word(text: &[u8]) -> bool {
    let mut letters = text.iter().filter(|byte| byte.is_ascii_alphanumeric());
    letters.next().is_some_and(|first| {
        FIRST.contains(*first)
            && letters.next().is_some_and(|second| {
                PAIRS.contains(&[first.to_ascii_lowercase(), second.to_ascii_lowercase()])
            })
    })
}

/// The text after a word that it begins with, whatever separates its letters.
fn says<'t>(mut text: &'t [u8], word: &str) -> Option<&'t [u8]> {
    for letter in word.bytes() {
        let at = text.iter().take_while(|byte| !byte.is_ascii_alphanumeric()).count();
        text.get(at).filter(|byte| byte.eq_ignore_ascii_case(&letter))?;
        text = after(text, at + 1);
    }
    Some(text)
}

/// `kl_live_…Ab12`, `sk-...4f`, `ghp_****`, `•••••`
fn is_shortened(text: &[u8], format: Option<&KeyFormat>) -> bool {
    let in_run = |byte: u8| {
        format.is_some_and(|format| {
            let accepts = |part: &Part| matches!(part, Part::Run { alphabet, .. } if alphabet.contains(byte));
            format.parts.iter().any(accepts)
        })
    };
    let mut before = [0; 2];
    text.iter().any(|byte| {
        let is_third = before == [*byte; 2];
        before = [before[1], *byte];
        *byte == kind::ELLIPSIS || is_third && matches!(byte, b'.' | b'*') && !in_run(*byte)
    })
}

/// Whether a text ends with a word, in upper or lower case.
fn ends_with(text: &[u8], word: &str) -> bool {
    starts_with(after(text, text.len().saturating_sub(word.len())), word)
}

/// Whether a character can stand in the words of a placeholder.
fn is_spoken(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pairs_are_those_of_the_words() {
        for word in WORDS.iter().chain(STARTS) {
            assert!(
                begins_like_a_word(word.as_bytes()) && begins_like_a_word(word.to_uppercase().as_bytes())
            );
        }
        for pair in PAIRS {
            let is_needed = |word: &&&str| word.as_bytes().starts_with(pair);
            assert!(WORDS.iter().chain(STARTS).any(|word| is_needed(&word)), "{pair:?}");
            assert!(FIRST.contains(pair[0]));
        }
        assert!(!begins_like_a_word(b"aa") && !begins_like_a_word(b"4p") && begins_like_a_word(b"-a-p-"));
    }
}

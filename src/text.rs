//! Small text helpers for the wasm's sake: they keep `core::fmt` out of it, and
//! the standard library's search and joining, which are made for speed and weigh
//! ten times as much. Texts are short here.

use alloc::string::String;

pub use keylatch_format::{hex, integer};

/// Percent-encodes everything but the unreserved characters of RFC 3986, so
/// that a text stays one path segment or one query value.
pub fn percent_encode(text: &str, to: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            to.push(char::from(byte));
        } else {
            to.push('%');
            to.push_str(&hex(&[byte]).to_ascii_uppercase());
        }
    }
}

/// The texts, one after another.
#[inline(never)]
pub fn concat(texts: &[&str]) -> String {
    join(&mut texts.iter().copied(), "")
}

/// The texts with a separator between them.
#[inline(never)]
pub fn join(texts: &mut dyn Iterator<Item = &str>, separator: &str) -> String {
    let mut out = String::new();
    for (number, text) in texts.enumerate() {
        if number > 0 {
            out.push_str(separator);
        }
        out.push_str(text);
    }
    out
}

/// What stands before and after the first occurrence of `what`; nothing when
/// there is none. Nothing never occurs.
#[inline(never)]
pub fn cut<'t>(text: &'t str, what: &str) -> Option<(&'t str, &'t str)> {
    let first = what.as_bytes().first()?;
    // Most places are excluded by one byte, without a call that compares texts.
    let is_it = |window: &[u8]| window.first() == Some(first) && window == what.as_bytes();
    let at = text.as_bytes().windows(what.len()).position(is_it)?;
    Some((text.get(..at)?, text.get(at + what.len()..)?))
}

/// The same of the last occurrence.
#[inline(never)]
pub fn cut_last<'t>(text: &'t str, what: &str) -> Option<(&'t str, &'t str)> {
    if what.is_empty() {
        return None;
    }
    let at = text.as_bytes().windows(what.len()).rposition(|window| window == what.as_bytes())?;
    Some((text.get(..at)?, text.get(at + what.len()..)?))
}

/// What stands before the first occurrence of `what`: all of the text when there is
/// none.
pub fn before<'t>(text: &'t str, what: &str) -> &'t str {
    cut(text, what).map_or(text, |(before, _)| before)
}

/// Whether `what` occurs in the text.
pub fn contains(text: &str, what: &str) -> bool {
    what.is_empty() || cut(text, what).is_some()
}

/// The text with each occurrence of `what` replaced.
pub fn replace(text: &str, what: &str, by: &str) -> String {
    join(&mut parts(text, what), by)
}

/// What stands before, between and after the occurrences of `separator`.
pub fn parts<'t>(text: &'t str, separator: &'t str) -> Parts<'t> {
    Parts { rest: Some(text), separator }
}

/// See [`parts`].
pub struct Parts<'t> {
    rest: Option<&'t str>,
    separator: &'t str,
}

impl<'t> Iterator for Parts<'t> {
    type Item = &'t str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'t str> {
        let text = self.rest?;
        let (part, rest) = match cut(text, self.separator) {
            Some((part, rest)) => (part, Some(rest)),
            None => (text, None),
        };
        self.rest = rest;
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_keeps_a_text_in_its_segment() {
        let mut out = String::new();
        percent_encode("a/b?c=ü ~", &mut out);
        assert_eq!(out, "a%2Fb%3Fc%3D%C3%BC%20~");
    }

    #[test]
    fn search_agrees_with_the_standard_library() {
        for text in ["", "a", "{", "a{b", "ää{b}{", "{{", "a--b---", "aab"] {
            for what in ["{", "--", "aab", "ä", "b---x"] {
                assert_eq!(cut(text, what), text.split_once(what), "{text} {what}");
                assert_eq!(cut_last(text, what), text.rsplit_once(what), "{text} {what}");
                assert_eq!(Some(before(text, what)), text.split(what).next(), "{text} {what}");
                assert_eq!(contains(text, what), text.contains(what), "{text} {what}");
                assert!(parts(text, what).eq(text.split(what)), "{text} {what}");
                assert_eq!(replace(text, what, "é"), text.replace(what, "é"), "{text} {what}");
            }
            assert!(contains(text, "") && cut(text, "").is_none());
        }
        assert_eq!(concat(&["a", "", "bc"]), "abc");
        assert_eq!(join(&mut ["a", "b", ""].into_iter(), ", "), "a, b, ");
    }
}

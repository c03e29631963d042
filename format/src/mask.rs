//! Enough of a key to recognise it by.

use alloc::string::String;

use super::declare::prefix_of;
use super::unicode::length;

/// Stands for what is not shown.
const HIDDEN: &str = "…";
/// No prefix is longer than this, separator included.
const PREFIX: usize = 12;
/// How many characters of the end are shown.
const TAIL: usize = 4;
/// How many characters must stay hidden when the end is shown.
const MIN_HIDDEN: usize = 16;

/// Enough of the key to recognise it by, never enough to use it: the beginning
/// up to its last `_` or `-`, `…`, and the last four characters.
///
/// At most a quarter of the text is shown, and the end only when 16 characters
/// stay hidden; a short text is hidden whole. The beginning is shown when it is
/// words (ASCII letters, `_`, `-`) of at most 12 characters, as those are no
/// secret; `kl_live_` and `kl_test_` are public and do not count towards the
/// quarter.
///
/// ```
/// use keylatch_format::mask;
///
/// assert_eq!(mask("kl_live_4fzLqTn0XoVq4fzLqTn0XoVq0123453OAb12"), "kl_live_…Ab12");
/// assert_eq!(mask("hunter2"), "…");
/// ```
#[inline]
pub fn mask(text: &str) -> String {
    let length = length(text);
    let public = prefix_of(super::keylatch(), text).unwrap_or_default();
    let mut allowed = (length - public.len()) / 4;
    let mut prefix = if public.is_empty() { words(text) } else { public };
    let words = prefix.len() - public.len();
    if words > allowed || length - public.len() < MIN_HIDDEN {
        prefix = "";
    } else {
        allowed -= words;
    }

    let mut masked = String::with_capacity(PREFIX + HIDDEN.len() + 4 * TAIL);
    masked.push_str(prefix);
    masked.push_str(HIDDEN);
    if length >= prefix.len() + MIN_HIDDEN + TAIL && allowed >= TAIL {
        masked.push_str(tail(text));
    }
    masked
}

/// The last characters of a text.
#[inline]
fn tail(text: &str) -> &str {
    let starts = text.bytes().enumerate().rev().filter(|(_, byte)| byte & 0xC0 != 0x80);
    starts.take(TAIL).last().and_then(|(at, _)| text.get(at..)).unwrap_or_default()
}

/// The words that a text begins with, up to their last separator.
#[inline]
fn words(text: &str) -> &str {
    let mut end = 0;
    for (at, byte) in text.bytes().enumerate().take(PREFIX) {
        match byte {
            b'_' | b'-' => end = at + 1,
            byte if byte.is_ascii_alphabetic() => {}
            _ => break,
        }
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_shows_more_than_a_quarter_of_what_is_secret() {
        for length in 0..200 {
            for start in ["", "a_", "abc-", "a-b_c-", "abcdefghijk_"] {
                let text = [start, &"0".repeat(length)].concat();
                let shown = mask(&text).chars().filter(|ch| *ch != '…').count();
                assert!(shown * 4 <= text.len(), "{text} shows {shown}");
            }
        }
    }
}

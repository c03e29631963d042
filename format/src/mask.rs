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
fn tail(text: &str) -> &str {
    let starts = text.bytes().enumerate().rev().filter(|(_, byte)| byte & 0xC0 != 0x80);
    starts.take(TAIL).last().and_then(|(at, _)| text.get(at..)).unwrap_or_default()
}

/// The words that a text begins with, up to their last separator.
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
    use alloc::string::ToString;

    #[test]
    fn shows_the_prefix_and_the_end_of_a_long_text_and_nothing_of_a_short_one() {
        let body = "0123456789abcdefghijklmnopqrstuvABCD";
        let cases = [
            (["kl_live_", body].concat(), "kl_live_…ABCD"),
            (["kl_test_", body].concat(), "kl_test_…ABCD"),
            (["ghp_", body].concat(), "ghp_…ABCD"),
            (["github_pat_", body, body].concat(), "github_pat_…ABCD"),
            (body.to_string(), "…ABCD"),
            // No room for both within a quarter: the prefix says whose key it is.
            ("sk_live_4eC39HqLyjWDarjtT1zdp7dc".into(), "sk_live_…"),
            // The digits of a UUID are no words.
            ("123e4567-e89b-12d3-a456-426614174000".into(), "…4000"),
            // A separator late in the text is not a prefix.
            (["abcdefghijklm_", body].concat(), "…ABCD"),
            ("kl_live_".into(), "…"),
            ("kl_live_0123456789abcde".into(), "…"),
            ("kl_live_0123456789abcdef".into(), "kl_live_…"),
            ("kl_live_0123456789abcdefABCD".into(), "kl_live_…ABCD"),
            ("0123456789abcdeABCD".into(), "…"),
            ("0123456789abcdefABCD".into(), "…ABCD"),
            ("".into(), "…"),
            ("short".into(), "…"),
        ];
        for (text, masked) in cases {
            assert_eq!(mask(&text), masked, "{text}");
        }
    }

    #[test]
    fn counts_characters_and_splits_none() {
        assert_eq!(mask(&"é".repeat(24)), "…éééé");
        assert_eq!(mask(&"😀".repeat(19)), "…");
        assert_eq!(mask("kl_é"), "…");
    }

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

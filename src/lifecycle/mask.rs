//! Whether the masked form of a key, as a service gives it, is the whole key.

use crate::format::{self, KeyFormat};

/// A run of this many characters may be a whole key: services are known to show parts of up to
/// sixteen.
const RUN: usize = 20;
/// A longer text without a sign of something left out (`…`, `***`) is not shortened.
const HINT: usize = 12;

/// Whether a masked key looks whole: it is a key of the format, or nothing was
/// left out of it, or what was left in is enough for one.
pub(super) fn is_whole(format: Option<&KeyFormat>, masked: &str) -> bool {
    if format.is_some_and(|format| format::is_key_of(format, masked.as_bytes())) {
        return true;
    }
    let mut length = 0;
    let (mut run, mut longest) = (0, 0);
    let mut is_shortened = false;
    let mut dots = 0;
    for ch in masked.chars() {
        length += 1;
        dots = if ch == '.' { dots + 1 } else { 0 };
        // One dot may stand in a key, a row of them does not.
        let is_sign = is_sign(ch) || dots >= 3;
        is_shortened |= is_sign;
        run = if is_sign { 0 } else { run + 1 };
        longest = longest.max(run);
    }
    longest >= RUN || (!is_shortened && length > HINT)
}

/// Whether a text stands where a key should: stars, `<API_KEY>`, `[redacted]`.
pub(super) fn is_stand_in(text: &str) -> bool {
    let between = |open, close| text.starts_with(open) && text.ends_with(close);
    text.chars().filter(|ch| is_sign(*ch)).count() >= 3
        || text.chars().any(|ch| ch == '…')
        || between('<', '>')
        || between('[', ']')
        || between('{', '}')
        || ["null", "undefined", "none"].iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// A character that stands for what is left out.
fn is_sign(ch: char) -> bool {
    matches!(ch, '…' | '*' | '•' | '●' | '·' | '█')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shortened_stays_as_it_is() {
        for masked in [
            "kl_live_…Ab12",
            "sk-...abcd",
            "****************abcd",
            "••••••••",
            "Ab12",
            "kl_live_",
            "abcdefghijkl",
            "sk-ant-api03-R2D...igAA",
            "nb_…0f3c",
            "…",
            "",
        ] {
            assert!(!is_whole(Some(format::keylatch()), masked), "{masked}");
        }
    }

    #[test]
    fn what_stands_for_a_key_is_none() {
        for text in [
            "********",
            "kl_live_***",
            "sk_…abcd",
            "<API_KEY>",
            "[redacted]",
            "{{ key }}",
            "null",
            "None",
            "•••",
        ] {
            assert!(is_stand_in(text), "{text}");
        }
        for text in
            ["new-key", "a*b", "x<y>z", "<abc", "abc>", "[abc", "abc}", "nullable", "ключ", "abc.def.ghi"]
        {
            assert!(!is_stand_in(text), "{text}");
        }
    }

    #[test]
    fn what_may_be_the_key_is_whole() {
        let key = format::generate(format::keylatch(), "kl_live_").unwrap();
        for masked in [
            key.expose(),
            "abcdefghijklm",
            "6f1d2c1e-0000-4000-8000-000000000001",
            "0123456789abcdef0123456789abcdef",
            "…0123456789abcdef0123",
            "0123456789abcdef0123****",
            "secret_ci_0123456789abcdef.ABC",
            "schlüssel-ohne-kürzung",
        ] {
            assert!(is_whole(Some(format::keylatch()), masked), "{masked}");
            assert!(is_whole(None, masked), "{masked}");
        }
    }
}

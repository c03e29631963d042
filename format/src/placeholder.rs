//! What stands where a key should: `<API-KEY>`, `your-api-key`, `xxxx`, `None`;
//! what a program should have put the key in the place of, as `${KEY}` and
//! `op://vault/item/key`; and keys that were shortened or redacted for showing.

use super::class::{BASE62, Classes, Set};
use super::declare::{KeyFormat, Part};
use super::peel::{after, between, starts_with};
use super::unicode::{is_space, kind};

/// A longer text is not a placeholder, whatever it looks like.
const LONGEST: usize = 512;
/// No placeholder of words is longer.
const LONGEST_WORDS: usize = 48;
/// The brackets that a placeholder stands in.
const BRACKETS: &[(&str, &str)] = &[("{", "}"), ("<", ">"), ("[", "]"), ("(", ")"), ("%", "%")];
/// What they begin with.
const OPENING: Set = Set::of("{<[(%");
/// The brackets of a reference, with anything in them: of shells, templates, GitHub,
/// SOPS, Jasypt and Azure.
const WRAPPED: &[(&str, &str)] = &[
    ("${", "}"),
    ("$(", ")"),
    ("{{", "}}"),
    ("#{", "}"),
    ("%{", "}"),
    ("<%", "%>"),
    ("ENC[", "]"),
    ("ENC(", ")"),
    ("@Microsoft.KeyVault(", ")"),
];
/// How other references begin: of secret managers, keylatch itself, dotenvx, Spring, and of code
/// that reads a variable. `user:key` is a key of some services, so each has its name.
const REFERENCES: &[&str] = &[
    "vault:",
    "keychain:",
    "command:",
    "arn:aws:",
    "ssm:",
    "env:",
    "file:",
    "encrypted:",
    "projects/",
    "{cipher}",
    "!secret ",
    "!vault",
    "$ANSIBLE_VAULT",
    "os.environ",
    "os.getenv",
    "ENV[",
];
/// What those in brackets and the other references begin with.
const REFERENCE: Set = Set::of("$#%@{<!vaesfpokcVAESFPOKC");
/// No scheme of an address is longer.
const LONGEST_SCHEME: usize = 24;
/// What a key that was left out is shown as, here and elsewhere.
const REDACTED: &str = "[redacted]";
/// A line break or tab that was written instead of being sent.
const ESCAPES: &[&str] = &["\\n", "\\r", "\\t", "%0A", "%0D"];
/// What they end with.
const ESCAPED: Set = Set::of("nrtadNRTAD");
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
    "none",
    "nil",
    "nan",
    "redacted",
    "unset",
    "notset",
];
/// The first two letters of all these words, and of `xxx`: most keys begin with
/// others, so most are compared with no word.
const PAIRS: &[[u8; 2]] = &[
    *b"xx", *b"ap", *b"ac", *b"se", *b"ch", *b"re", *b"pl", *b"un", *b"nu", *b"no", *b"ni", *b"na", *b"yo",
    *b"my", *b"in", *b"en", *b"pa", *b"pu", *b"pr", *b"im",
];
/// By the first letter, a bit for each second one.
#[expect(clippy::indexing_slicing, reason = "runs at compile time, where it would be an error")]
static SECOND: [u32; 26] = {
    let mut bits = [0; 26];
    let mut rest = PAIRS;
    while let [[first, second], others @ ..] = rest {
        bits[(*first - b'a') as usize] |= 1 << (*second - b'a');
        rest = others;
    }
    bits
};
/// How a placeholder of words begins …
const STARTS: &[&str] =
    &["your", "my", "insert", "enter", "paste", "replace", "put", "processenv", "importmetaenv"];
/// … and ends.
const ENDS: &[&str] = &["key", "token", "secret", "here"];

/// Whether a text is certainly a placeholder. `core` is what is left when all
/// that surrounds a key is taken off, as [`narrow`](super::unicode::narrow)ed
/// characters.
pub(super) fn is_placeholder(core: &[u8], format: Option<&KeyFormat>) -> bool {
    let prefix = format.and_then(|format| format.prefix(core)).map_or(0, |(_, prefix)| prefix.len());
    let body = after(core, prefix);
    core.len() <= LONGEST
        && (is_bracketed(body)
            || is_filler(body)
            || is_words(body)
            || is_shortened(body, format)
            || is_reference(body, format)
            || escape(core, format).is_some())
}

/// Where the escape stands that a text ends with: the key before it may be a good one.
#[inline(never)]
pub(super) fn escape(core: &[u8], format: Option<&KeyFormat>) -> Option<usize> {
    // Mostly the last character tells.
    core.last().filter(|last| ESCAPED.contains(**last))?;
    let found = ESCAPES.iter().find(|escape| ends_with(core, escape))?;
    // One of several, as in `\r\n`.
    let at = core.len() - found.len();
    let before = between(core, 0, found.len());
    is_foreign(after(core, at), format).then(|| escape(before, format).unwrap_or(at))
}

/// `op://vault/item/key`, `${{ secrets.KEY }}`, `$KEY`, `vault:path#key`, `ENC[…]`
#[inline(never)]
pub(super) fn is_reference(text: &[u8], format: Option<&KeyFormat>) -> bool {
    let is_named = |start: &&str| {
        starts_with(text, start) && after(text, start.len()).first().is_some_and(|next| !is_space(*next))
    };
    let is_wrapped = |(open, close): &(&str, &str)| {
        starts_with(text, open)
            && ends_with(text, close)
            && !between(text, open.len(), close.len()).is_empty()
    };
    // Mostly the first character tells.
    let may_be = text.first().is_some_and(|first| REFERENCE.contains(*first));
    let is = is_address(text)
        || may_be && (is_variable(text) || REFERENCES.iter().any(is_named) || WRAPPED.iter().any(is_wrapped))
        || text.contains(&b'[')
            && text.windows(REDACTED.len()).any(|part| part.eq_ignore_ascii_case(REDACTED.as_bytes()));
    is && is_foreign(text, format)
}

/// Whether keys of the format do not have all of these characters.
fn is_foreign(text: &[u8], format: Option<&KeyFormat>) -> bool {
    !format.is_some_and(|format| text.iter().all(|byte| format.allows(*byte)))
}

/// `op://`, `awssm://`, `ref+vault://`; but a page is no reference.
fn is_address(text: &[u8]) -> bool {
    let is_scheme = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let scheme = text.iter().take_while(is_scheme).count();
    (1..=LONGEST_SCHEME).contains(&scheme)
        && starts_with(after(text, scheme), "://")
        && !starts_with(text, "http")
}

/// `$KEY`, `$env:KEY`
fn is_variable(text: &[u8]) -> bool {
    let Some(name) = text.strip_prefix(b"$") else { return false };
    let name = if starts_with(name, "env:") { after(name, 4) } else { name };
    name.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// The same of a body of [`SIMPLE`](super::class::SIMPLE) characters.
#[inline]
pub(super) fn is_simple_placeholder(body: &[u8]) -> bool {
    begins_like_one(body) && body.len() <= LONGEST && (is_filler(body) || is_words(body))
}

/// Whether a text begins as words or x's of a placeholder do; most keys do not.
#[inline]
fn begins_like_one(text: &[u8]) -> bool {
    match text {
        [first, second, ..] if Classes::of_one(*first).and(Classes::of_one(*second)).are(BASE62) => {
            // In lower case. Of a digit, what is left is more than a letter has.
            let letter = |byte: &u8| (byte | 0x20).wrapping_sub(b'a');
            let bits = SECOND.get(usize::from(letter(first))).copied().unwrap_or_default();
            bits.checked_shr(u32::from(letter(second))).is_some_and(|bits| bits & 1 == 1)
        }
        // What separates letters may stand before them, too.
        _ => true,
    }
}

/// `<API-KEY>`, `{MY_API_KEY}`, `(null)`, `[object Object]`
fn is_bracketed(text: &[u8]) -> bool {
    let stands_in = |(open, close): &(&str, &str)| {
        let inner = between(text, open.len(), close.len());
        starts_with(text, open) && ends_with(text, close) && !inner.is_empty() && inner.iter().all(is_spoken)
    };
    text.first().is_some_and(|first| OPENING.contains(*first)) && BRACKETS.iter().any(stands_in)
}

/// `xxxx`, `XXXX-XXXX`
#[inline(never)]
fn is_filler(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b'x' | b'X' | b'-' | b'_'))
        && text.iter().filter(|byte| byte.eq_ignore_ascii_case(&b'x')).count() >= 3
}

/// `your-api-key`, `YOUR_API_KEY`, `changeme`, `process.env.KEY`
#[inline(never)]
fn is_words(text: &[u8]) -> bool {
    text.len() <= LONGEST_WORDS
        && (WORDS.iter().any(|word| says(text, word).is_some_and(<[u8]>::is_empty))
            || !text.iter().any(u8::is_ascii_digit)
                && STARTS.iter().any(|start| says(text, start).is_some())
                && ENDS.iter().any(|end| ends_with(text, end)))
        && text.iter().all(is_spoken)
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
        let is_third = matches!(byte, b'.' | b'*') && before == [*byte; 2];
        before = [before[1], *byte];
        *byte == kind::ELLIPSIS || is_third && !in_run(*byte)
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
    use super::super::class::{LEADING, SIMPLE};
    use super::*;
    use std::string::String;

    #[test]
    fn every_reference_begins_with_a_character_of_its_set() {
        for start in REFERENCES.iter().chain(WRAPPED.iter().map(|(open, _)| open)).chain(&["$"]) {
            let first = start.as_bytes()[0];
            assert!(
                REFERENCE.contains(first.to_ascii_lowercase())
                    && REFERENCE.contains(first.to_ascii_uppercase()),
                "{start}"
            );
        }
    }

    #[test]
    fn of_a_simple_text_only_its_first_character_can_tell_brackets_or_a_reference() {
        let wrapped = BRACKETS.iter().chain(WRAPPED).map(|(open, close)| [*open, close].concat());
        let others = ["://", "$", "...", "***", REDACTED].iter().chain(REFERENCES).chain(ESCAPES);
        for text in wrapped.chain(others.map(|text| String::from(*text))) {
            let is_led = LEADING.contains_all(&text.as_bytes()[..1]);
            assert!(is_led || !SIMPLE.contains_all(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn the_brackets_of_a_reference_stand_at_both_ends_of_something() {
        for (open, close) in WRAPPED {
            let is = |text: &str| is_reference(text.as_bytes(), None);
            assert!(is(&[open, "a b", close].concat()), "{open}");
            for text in [[open, "a b", ""], ["", "a b", close], [open, "", close]] {
                assert!(!is(&text.concat()), "{text:?}");
            }
        }
    }

    #[test]
    fn brackets_and_escapes_are_told_by_one_character() {
        assert!(BRACKETS.iter().all(|(open, _)| OPENING.contains(open.as_bytes()[0])));
        for last in ESCAPES.iter().map(|escape| escape.as_bytes()[escape.len() - 1]) {
            assert!(
                ESCAPED.contains(last.to_ascii_lowercase()) && ESCAPED.contains(last.to_ascii_uppercase())
            );
        }
    }

    #[test]
    fn the_pairs_are_those_that_placeholders_begin_with() {
        for word in WORDS.iter().chain(STARTS).chain(&["xxx", "-xxx", "_your", "-", ""]) {
            assert!(
                begins_like_one(word.as_bytes()) && begins_like_one(word.to_uppercase().as_bytes()),
                "{word}"
            );
        }
        for pair in PAIRS {
            let is_needed = |word: &&&str| word.as_bytes().starts_with(pair);
            assert!(WORDS.iter().chain(STARTS).chain(&["xxx"]).any(|word| is_needed(&word)), "{pair:?}");
        }
        for text in ["aa", "4p", "a4", "a0xxx"] {
            assert!(!begins_like_one(text.as_bytes()), "{text}");
        }
    }
}

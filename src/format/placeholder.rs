//! What stands where a key should: `<API-KEY>`, `your-api-key`, `xxxx`,
//! `${KEY}`, and keys that were shortened for showing.

use super::chars::{after, between, starts_with};
use super::declare::{KeyFormat, Part};

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
/// How a placeholder of words begins …
const STARTS: &[&str] = &["your", "my", "insert", "enter", "paste", "replace", "put", "processenv"];
/// … and ends.
const ENDS: &[&str] = &["key", "token", "secret", "here"];

/// Whether a text is certainly a placeholder. `core` is without decoration.
pub(super) fn is_placeholder(core: &[char], format: Option<&KeyFormat>) -> bool {
    let prefix = format.and_then(|format| format.prefix(core)).map_or(0, str::len);
    let body = after(core, prefix);
    core.len() <= LONGEST
        && (is_bracketed(body) || is_filler(body) || is_words(body) || is_shortened(body, format))
}

/// `<API-KEY>`, `{MY_API_KEY}`, `${KEY}`, `{{ key }}`
fn is_bracketed(text: &[char]) -> bool {
    BRACKETS.iter().any(|(open, close)| {
        let inner = between(text, open.len(), close.len());
        starts_with(text, open) && ends_with(text, close) && !inner.is_empty() && inner.iter().all(is_spoken)
    })
}

/// `xxxx`, `XXXX-XXXX`
fn is_filler(text: &[char]) -> bool {
    text.iter().all(|ch| matches!(ch, 'x' | 'X' | '-' | '_'))
        && text.iter().filter(|ch| ch.eq_ignore_ascii_case(&'x')).count() >= 3
}

/// `your-api-key`, `YOUR_API_KEY`, `changeme`, `process.env.KEY`
fn is_words(text: &[char]) -> bool {
    text.len() <= LONGEST_WORDS
        && text.iter().all(is_spoken)
        && (WORDS.iter().any(|word| says(text, word).is_some_and(<[char]>::is_empty))
            || !text.iter().any(char::is_ascii_digit)
                && STARTS.iter().any(|start| says(text, start).is_some())
                && ENDS.iter().any(|end| ends_with(text, end)))
}

/// The text after a word that it begins with, whatever separates its letters.
fn says<'t>(mut text: &'t [char], word: &str) -> Option<&'t [char]> {
    for letter in word.chars() {
        let at = text.iter().take_while(|ch| !ch.is_ascii_alphanumeric()).count();
        text.get(at).filter(|ch| ch.eq_ignore_ascii_case(&letter))?;
        text = after(text, at + 1);
    }
    Some(text)
}

/// `kl_live_…Ab12`, `sk-...4f`, `ghp_****`, `•••••`
fn is_shortened(text: &[char], format: Option<&KeyFormat>) -> bool {
    let in_run = |ch: char| {
        format.is_some_and(|format| {
            format
                .parts
                .iter()
                .any(|part| matches!(part, Part::Run { alphabet, .. } if alphabet.contains(ch)))
        })
    };
    text.iter().any(|ch| matches!(ch, '…' | '•' | '●'))
        || text
            .windows(3)
            .any(|three| matches!(three, [a @ ('.' | '*'), b, c] if a == b && b == c && !in_run(*a)))
}

/// Whether a text ends with a word, in upper or lower case.
fn ends_with(text: &[char], word: &str) -> bool {
    starts_with(after(text, text.len().saturating_sub(word.len())), word)
}

/// Whether a character can stand in the words of a placeholder.
fn is_spoken(ch: &char) -> bool {
    ch.is_ascii_alphanumeric() || matches!(ch, '_' | '-' | '.' | ' ')
}

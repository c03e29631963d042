//! What stands where a key should: `<API-KEY>`, `your-api-key`, `xxxx`,
//! `${KEY}`, and keys that were shortened for showing.

use zeroize::Zeroizing;

use super::declare::{KeyFormat, Part, prefix_of};

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
    "processenv",
];
/// How a placeholder of words begins …
const STARTS: &[&str] = &["your", "my", "insert", "enter", "paste", "replace", "put", "processenv"];
/// … and ends.
const ENDS: &[&str] = &["key", "token", "secret", "here"];

/// Whether a text is certainly a placeholder. `core` is without decoration.
pub(super) fn is_placeholder(core: &str, format: Option<&KeyFormat>) -> bool {
    if core.len() > LONGEST {
        return false;
    }
    let prefix = format.and_then(|format| prefix_of(format, core)).unwrap_or_default();
    let body = core.get(prefix.len()..).unwrap_or_default();
    is_bracketed(body) || is_variable(body) || is_filler(body) || is_words(body) || is_shortened(body, format)
}

/// `<API-KEY>`, `{MY_API_KEY}`, `${KEY}`, `{{ key }}`
fn is_bracketed(text: &str) -> bool {
    BRACKETS.iter().any(|(open, close)| {
        text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(|inner| {
            !inner.is_empty() && inner.bytes().all(|byte| is_word(byte) || matches!(byte, b'-' | b'.' | b' '))
        })
    })
}

/// `$KEY`
fn is_variable(text: &str) -> bool {
    text.strip_prefix('$').is_some_and(|name| {
        !name.is_empty()
            && name.bytes().all(|byte| is_word(byte) && !byte.is_ascii_lowercase())
            && name.bytes().any(|byte| byte.is_ascii_uppercase())
    })
}

/// `xxxx`, `XXXX-XXXX`
fn is_filler(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'x' | b'X' | b'-' | b'_'))
        && text.bytes().filter(|byte| byte.eq_ignore_ascii_case(&b'x')).count() >= 3
}

/// `your-api-key`, `YOUR_API_KEY`, `changeme`, `process.env.KEY`
fn is_words(text: &str) -> bool {
    if text.len() > LONGEST_WORDS
        || !text.bytes().all(|byte| is_word(byte) || matches!(byte, b'-' | b'.' | b' '))
    {
        return false;
    }
    // A copy of what may be a key after all, so it is wiped.
    let mut words = Zeroizing::new(String::with_capacity(LONGEST_WORDS));
    words.extend(text.chars().filter(char::is_ascii_alphanumeric).map(|ch| ch.to_ascii_lowercase()));
    WORDS.contains(&words.as_str())
        || words.bytes().all(|byte| byte.is_ascii_lowercase())
            && STARTS.iter().any(|start| words.starts_with(start))
            && ENDS.iter().any(|end| words.ends_with(end))
}

/// `kl_live_…Ab12`, `sk-...4f`, `ghp_****`, `•••••`
fn is_shortened(text: &str, format: Option<&KeyFormat>) -> bool {
    let in_run = |ch: char| {
        format.is_some_and(|format| {
            format
                .parts
                .iter()
                .any(|part| matches!(part, Part::Run { alphabet, .. } if alphabet.contains(ch)))
        })
    };
    text.contains(['…', '•', '●'])
        || text.contains("...") && !in_run('.')
        || text.contains("***") && !in_run('*')
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

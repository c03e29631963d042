//! What people paste around a key: white space, quotes, the header that it
//! stood in, the line of a settings file.

use std::borrow::Cow;

use super::declare::{KeyFormat, prefix_of};
use super::problem::{Found, ProblemCode};
use super::unicode::{invisible, is_quote, is_space, number};

/// The names of the headers that a key is sent in.
const HEADERS: &[&str] = &["Authorization", "Proxy-Authorization", "X-API-Key", "API-Key", "X-Auth-Token"];
/// The schemes that a key is sent by.
const SCHEMES: &[&str] = &["Bearer", "Basic", "Token"];
/// What may stand before the name of a variable.
const KEYWORDS: &[&str] = &["export ", "set ", "env ", "const ", "let ", "var ", "$env:"];
/// Words that tell the name of a setting from a user name or a part of a key.
const HINTS: &[&str] = &["key", "token", "secret", "auth", "password"];
/// Nobody pastes more layers, and a text of ten million quotes must not take
/// ten million walks.
const LAYERS: usize = 16;
/// No name of a variable or setting is longer.
const NAME: usize = 64;

/// A text that is being peeled.
pub(super) struct Peel<'t, 'f> {
    /// What is left.
    pub(super) core: &'t str,
    /// Where that begins, in UTF-16 code units of the whole text.
    pub(super) start: usize,
    format: Option<&'f KeyFormat>,
}

impl<'t, 'f> Peel<'t, 'f> {
    /// Takes off all that surrounds the key, layer by layer, and names it.
    pub(super) fn new(text: &'t str, format: Option<&'f KeyFormat>, found: &mut Found) -> Self {
        let mut peel = Peel { core: text, start: 0, format };
        for _ in 0..LAYERS {
            peel.space(found);
            // Quotes last, so that those in `NAME="…"` are found as a pair.
            if !(peel.header(found) || peel.scheme(found) || peel.assignment(found) || peel.quotes(found)) {
                break;
            }
        }
        peel
    }

    /// Takes everything before `rest` off.
    fn drop_before(&mut self, rest: &'t str) {
        let gone = self.core.len().saturating_sub(rest.len());
        self.start += utf16(self.core.get(..gone).unwrap_or_default());
        self.core = rest;
    }

    fn space(&mut self, found: &mut Found) {
        let rest = self.core.trim_start_matches(is_edge);
        if rest.is_empty() {
            // Not space around a key, but nothing at all.
            self.core = rest;
            return;
        }
        let head = self.core.len() - rest.len();
        name_edge(self.core.get(..head).unwrap_or_default(), self.start, found);
        self.drop_before(rest);

        let whole = self.core;
        self.core = whole.trim_end_matches(is_edge);
        let tail = whole.get(self.core.len()..).unwrap_or_default();
        if !tail.is_empty() {
            name_edge(tail, self.start + utf16(self.core), found);
        }
    }

    fn quotes(&mut self, found: &mut Found) -> bool {
        let format = self.format;
        let is_quote = |ch: char| is_quote(ch) && !format.is_some_and(|format| format.allows(ch));
        let opened = self.core.trim_start_matches(is_quote);
        // `"…",` and `"…";` are lines of code.
        let closed = opened.trim_end_matches([',', ';']);
        let closed = if closed.ends_with(is_quote) { closed.trim_end_matches(is_quote) } else { opened };
        if closed.len() == self.core.len() {
            return false;
        }
        let is_opened = opened.len() < self.core.len();
        found.add(ProblemCode::Quotes, self.start + if is_opened { 0 } else { utf16(closed) }, []);
        self.drop_before(opened);
        self.core = closed;
        true
    }

    /// `Authorization: `
    fn header(&mut self, found: &mut Found) -> bool {
        let header = HEADERS.iter().find_map(|name| {
            let rest = strip_word(self.core, name)?.trim_start_matches(is_quote).trim_start_matches(is_space);
            let rest = rest.strip_prefix(':')?;
            Some((*name, rest.trim_start_matches(is_edge)))
        });
        self.take_scheme(header, found)
    }

    /// `Bearer `
    fn scheme(&mut self, found: &mut Found) -> bool {
        let scheme = SCHEMES.iter().find_map(|name| {
            let rest = strip_word(self.core, name)?;
            let key = rest.trim_start_matches(is_edge);
            // The word alone is a header without a key, but `Bearerabc` is none.
            (key.len() < rest.len() || rest.is_empty() && *name != "Token").then_some((*name, key))
        });
        self.take_scheme(scheme, found)
    }

    fn take_scheme(&mut self, taken: Option<(&'static str, &'t str)>, found: &mut Found) -> bool {
        let Some((name, rest)) = taken else { return false };
        found.add(ProblemCode::SchemePrefix, self.start, [Cow::Borrowed(name)]);
        self.drop_before(rest);
        true
    }

    /// `LC_API_KEY=`, `export FOO=`, `"api_key": `
    fn assignment(&mut self, found: &mut Found) -> bool {
        let Some((sign, rest)) = assignment(self.core, self.format) else { return false };
        found.add(ProblemCode::AssignmentPrefix, self.start, [Cow::Borrowed(sign)]);
        self.drop_before(rest);
        true
    }
}

fn is_edge(ch: char) -> bool {
    is_space(ch) || invisible(ch).is_some()
}

/// Names the white space and the invisible characters at one end. `index` is
/// where they begin.
fn name_edge(edge: &str, mut index: usize, found: &mut Found) {
    let mut is_named = false;
    for ch in edge.chars() {
        if let Some(name) = invisible(ch) {
            if found.wants(ProblemCode::Invisible) {
                found.add(ProblemCode::Invisible, index, [Cow::Borrowed(name), number(ch)]);
            }
        } else if !is_named {
            found.add(ProblemCode::SurroundingSpace, index, []);
            is_named = true;
        }
        index += ch.len_utf16();
    }
}

/// The text after a word that it begins with, in upper or lower case.
fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word).then_some(rest)
}

/// The sign and the value of an assignment. What could as well be a key is none:
/// `=` pads base64, and `user:key` is a key of some services.
fn assignment<'t>(text: &'t str, format: Option<&KeyFormat>) -> Option<(&'static str, &'t str)> {
    if format.is_some_and(|format| prefix_of(format, text).is_some()) {
        return None;
    }
    let declared = KEYWORDS.iter().find_map(|word| strip_word(text, word));
    let start = declared.unwrap_or(text).trim_start_matches(is_space);
    let length = start
        .bytes()
        .take(NAME + 1)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        .count();
    if length == 0 || length > NAME {
        return None;
    }
    let (name, rest) = start.split_at_checked(length)?;
    let rest = rest.trim_start_matches(is_quote).trim_start_matches(is_space);
    let (sign, rest) =
        [":=", "=>", "=", ":"].into_iter().find_map(|sign| Some((sign, rest.strip_prefix(sign)?)))?;
    // Padding, a comparison, an address.
    if rest.starts_with('=') || rest.starts_with("//") {
        return None;
    }
    let value = rest.trim_start_matches(is_edge);

    let shouts = name.contains('_') && !name.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_clear = declared.is_some() || shouts || HINTS.iter().any(|hint| contains_word(name, hint));
    let is_assignment = match format {
        _ if value.is_empty() => declared.is_some() || shouts,
        Some(format) if sign.chars().any(|ch| format.allows(ch)) => {
            prefix_of(format, value.trim_start_matches(is_quote)).is_some()
        }
        Some(_) => true,
        None => is_clear,
    };
    is_assignment.then_some((sign, value))
}

/// Whether a text contains a word, in upper or lower case.
fn contains_word(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// Length in UTF-16 code units.
pub(super) fn utf16(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

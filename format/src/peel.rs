//! What people paste around a key: white space, quotes, the header that it
//! stood in, the line of a settings file.

use alloc::borrow::Cow;
use core::ops::Range;

use super::declare::KeyFormat;
use super::found::Found;
use super::placeholder::is_reference;
use super::problem::ProblemCode;
use super::unicode::{is_quote, is_space, kind};

/// The schemes and the names of the headers that a key is sent by.
const SCHEMES: &[&str] =
    &["Bearer", "Basic", "Token", "Authorization", "X-API-Key", "API-Key", "X-Auth-Token"];
/// What may stand before the name of a variable.
const KEYWORDS: &[&str] = &["export ", "set ", "env ", "const ", "let ", "var ", "$env:"];
/// Words that tell the name of a setting from a user name or a part of a key.
const HINTS: &[&str] = &["key", "token", "secret", "auth", "password"];
/// What stands between a name and its value.
const SIGNS: &[&str] = &[":=", "=>", "=", ":"];
/// Nobody pastes more layers, and a text of nothing but quotes must not take a
/// walk for each.
const LAYERS: usize = 16;
/// No name of a variable or setting is longer.
const NAME: usize = 64;

/// Takes off all that surrounds the key, layer by layer, and names it: the core
/// and where it begins.
#[inline]
pub(super) fn peel<'t>(
    text: &'t [u8],
    format: Option<&KeyFormat>,
    found: &mut Found<'_>,
) -> (&'t [u8], usize) {
    let mut core = text;
    let mut start = 0;
    for _ in 0..LAYERS {
        let head = skip(core, 0, is_edge);
        if head == core.len() {
            // Not space around a key, but nothing at all.
            return (&[], start);
        }
        let tail = core.iter().rev().take_while(|byte| is_edge(**byte)).count();
        name_edge(core, start, 0..head, found);
        name_edge(core, start, core.len() - tail..core.len(), found);
        core = between(core, head, tail);
        start += head;

        // Quotes last, so that those in `NAME="…"` are found as a pair.
        let (head, tail) = if let Some((name, head)) = scheme(core) {
            if let Some(details) = found.add(ProblemCode::SchemePrefix, start) {
                details.push(Cow::Borrowed(name));
            }
            (head, 0)
        } else if let Some((sign, head)) = assignment(core, format) {
            if let Some(details) = found.add(ProblemCode::AssignmentPrefix, start) {
                details.push(Cow::Borrowed(sign));
            }
            (head, 0)
        } else if let Some((head, tail)) = quotes(core, format) {
            found.add(ProblemCode::Quotes, if head > 0 { start } else { start + core.len() - tail });
            (head, tail)
        } else {
            break;
        };
        core = between(core, head, tail);
        start += head;
    }
    (core, start)
}

#[inline]
fn is_edge(byte: u8) -> bool {
    is_space(byte) || byte == kind::INVISIBLE
}

/// Names the white space and the invisible characters at one end of the core,
/// which begins at `start`.
#[inline]
fn name_edge(core: &[u8], start: usize, edge: Range<usize>, found: &mut Found<'_>) {
    let mut is_named = false;
    for (at, byte) in core.iter().enumerate().take(edge.end).skip(edge.start) {
        if *byte == kind::INVISIBLE {
            found.add_invisible(start + at);
        } else if !is_named {
            found.add(ProblemCode::SurroundingSpace, start + at);
            is_named = true;
        }
    }
}

/// How many characters at both ends are quotes. `"…",` and `"…";` are lines of
/// code.
#[inline]
fn quotes(core: &[u8], format: Option<&KeyFormat>) -> Option<(usize, usize)> {
    let is_quote = |byte: &&u8| is_quote(**byte) && !format.is_some_and(|format| format.allows(**byte));
    let head = core.iter().take_while(is_quote).count();
    let rest = after(core, head);
    let stop = usize::from(matches!(rest.last(), Some(b',' | b';')));
    let tail = rest.iter().rev().skip(stop).take_while(is_quote).count();
    let tail = if tail > 0 { tail + stop } else { 0 };
    (head + tail > 0).then_some((head, tail))
}

/// The name and the length of `Bearer `, `Authorization: `, `"x-api-key": `.
#[inline]
fn scheme(core: &[u8]) -> Option<(&'static str, usize)> {
    let name = word(core, SCHEMES)?;
    let colon = skip(core, skip(core, name.len(), is_quote), is_space);
    let end = if core.get(colon) == Some(&b':') { colon + 1 } else { name.len() };
    let value = skip(core, end, is_edge);
    // `Bearer` alone is a header without a key; `Bearerabc` is none, and `token`
    // alone could be anything.
    (value > name.len() || value == core.len() && name.starts_with('B')).then_some((name, value))
}

/// The sign and the length of `LC_API_KEY=`, `export FOO=`, `"api_key": `. What
/// could as well be a key is none: `=` pads base64, and `user:key` is a key of
/// some services.
#[inline]
fn assignment(core: &[u8], format: Option<&KeyFormat>) -> Option<(&'static str, usize)> {
    if format.is_some_and(|format| format.prefix(core).is_some()) || is_reference(core, format) {
        return None;
    }
    let keyword = word(core, KEYWORDS).map_or(0, str::len);
    let start = skip(core, keyword, is_space);
    let end = skip(core, start, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let name = core.get(start..end).filter(|name| !name.is_empty() && name.len() <= NAME)?;
    let at = skip(core, skip(core, end, is_quote), is_space);
    let sign = word(after(core, at), SIGNS)?;
    let value = after(core, at + sign.len());
    // Padding, a comparison, an address.
    if starts_with(value, "=") || starts_with(value, "//") {
        return None;
    }
    let length = skip(core, at + sign.len(), is_edge);
    let value = after(core, length);

    let is_declared = keyword > 0 || name.contains(&b'_') && !name.iter().any(u8::is_ascii_lowercase);
    let is_assignment = match format {
        _ if value.is_empty() => is_declared,
        Some(format) if sign.bytes().any(|byte| format.allows(byte)) => {
            format.prefix(after(value, skip(value, 0, is_quote))).is_some()
        }
        Some(_) => true,
        None => is_declared || (0..name.len()).any(|at| word(after(name, at), HINTS).is_some()),
    };
    is_assignment.then_some((sign, length))
}

/// The first of these words that a text begins with, in upper or lower case.
#[inline]
fn word(text: &[u8], words: &[&'static str]) -> Option<&'static str> {
    words.iter().copied().find(|word| starts_with(text, word))
}

/// Whether a text begins with a word, in upper or lower case.
pub(super) fn starts_with(text: &[u8], word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}

/// The place after all such characters from `at` on.
#[inline]
fn skip(text: &[u8], at: usize, is: fn(u8) -> bool) -> usize {
    at + after(text, at).iter().take_while(|byte| is(**byte)).count()
}

/// A text without its first characters.
pub(super) fn after(text: &[u8], at: usize) -> &[u8] {
    text.get(at..).unwrap_or_default()
}

/// A text without so many characters at its beginning and at its end.
pub(super) fn between(text: &[u8], head: usize, tail: usize) -> &[u8] {
    text.get(head..text.len().saturating_sub(tail)).unwrap_or_default()
}

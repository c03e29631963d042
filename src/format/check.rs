//! The check from end to end: peel, recognise a placeholder, look at every
//! character, lay the rest over the format.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::declare::KeyFormat;
use super::fit;
use super::peel::peel;
use super::placeholder::is_placeholder;
use super::problem::{Found, Problem, ProblemCode};
use super::unicode::{invisible, is_line_break, is_space, kind, lookalike, number, shown};
use crate::text::integer;

/// Longer texts are not looked at: servers refuse a header of this length, so
/// no service can have such a key.
const MAX_LENGTH: usize = 16_384;

/// Names everything that is wrong with a text that should be a key, in the
/// order of its place; nothing when it is fine. Without a format only what is
/// wrong with every key is named.
///
/// What surrounds a key (white space, quotes, `Bearer `, `NAME=`) is named and
/// then taken off in thought, and so are white space, invisible characters and
/// look-alikes within it, so that one mistake is not reported as three. A
/// placeholder is named as such and not looked at any further.
///
/// Any text of any size will do. Each code is named once, only the two ends
/// (`surrounding_space`) and a scheme within a header (`scheme_prefix`) twice,
/// and single characters (`bad_character`, `lookalike`, `invisible`,
/// `unsafe_in_header`) five times. Characters beyond the longest possible key
/// count for its length only, and of a text of more than 16384 characters only
/// the length is named.
///
/// ```
/// use keylatch::format::{ProblemCode, check, keylatch};
///
/// let problems = check(Some(keylatch()), " \"Bearer kl_live_x");
/// let found: Vec<_> = problems.iter().map(|problem| (problem.code.as_str(), problem.index)).collect();
/// assert_eq!(
///     found,
///     [("surrounding_space", 0), ("quotes", 1), ("scheme_prefix", 2), ("wrong_length", 18)],
/// );
/// // Of an unknown format only what is wrong with every key is named.
/// assert!(check(None, "kl_live_x").is_empty());
/// ```
pub fn check(format: Option<&KeyFormat>, text: &str) -> Vec<Problem> {
    // Decoded once, as every step below walks to and fro; wiped, as it is a copy
    // of the key; with room for all, so that no copy is left behind by growing.
    let mut chars = Zeroizing::new(Vec::with_capacity(text.len().min(MAX_LENGTH)));
    chars.extend(text.chars().take(MAX_LENGTH));
    let mut found = Found::new(&chars);

    let length = text.bytes().filter(|byte| !is_continuation(*byte)).count();
    if length > MAX_LENGTH {
        let most = format.map_or(MAX_LENGTH, KeyFormat::longest);
        let mut expected = String::from("at most ");
        expected.push_str(&integer(most as i64));
        fit::wrong_length(expected, length, most, &mut found);
        return found.into_problems();
    }
    let (core, start) = peel(&chars, format, &mut found);
    if core.is_empty() {
        found.add(ProblemCode::Empty, start);
    } else if is_placeholder(core, format) {
        found.add(ProblemCode::Placeholder, start);
    } else {
        let core = scan(core, start, format, &mut found);
        if let Some(format) = format {
            fit::fit(format, &core, &mut found);
        }
    }
    found.into_problems()
}

/// Whether a byte of UTF-8 belongs to the character before it.
pub(super) fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// A character of the key and where it stands.
pub(super) type Unit = (usize, char);

/// The key as it was probably meant.
pub(super) struct Core {
    /// Its characters, as many as the longest key has. A copy of the key, so it
    /// is wiped.
    pub(super) units: Zeroizing<Vec<Unit>>,
    /// How many there are in all.
    pub(super) length: usize,
    /// Where the character after the last of `units` stands, or the end.
    pub(super) end: usize,
}

/// Looks at every character by itself.
fn scan(core: &[char], start: usize, format: Option<&KeyFormat>, found: &mut Found<'_>) -> Core {
    let room = format.map_or(0, KeyFormat::longest).min(core.len());
    let mut units = Zeroizing::new(Vec::with_capacity(room));
    let mut length = 0;
    let mut end = start + core.len();
    let mut gap = None;
    for (at, ch) in (start..).zip(core) {
        if is_space(*ch) {
            // White space with a line break in it is one line break.
            if is_line_break(*ch) && !matches!(gap, Some((ProblemCode::LineBreak, _))) {
                gap = Some((ProblemCode::LineBreak, at));
            } else if gap.is_none() {
                gap = Some((ProblemCode::InnerSpace, at));
            }
            continue;
        }
        if let Some((code, at)) = gap.take() {
            found.add(code, at);
        }
        let Some(meant) = meant(*ch, at, format, found) else { continue };
        if length < room {
            units.push((at, meant));
        } else if length == room {
            end = at;
        }
        length += 1;
    }
    Core { units, length, end }
}

/// The character that was probably meant, if any was.
fn meant(ch: char, at: usize, format: Option<&KeyFormat>, found: &mut Found<'_>) -> Option<char> {
    if ch.is_ascii_graphic() {
        return Some(ch);
    }
    if let Some(name) = invisible(ch) {
        if let Some(details) = found.add(ProblemCode::Invisible, at) {
            details.push(Cow::Borrowed(name));
            details.push(number(ch));
        }
        return None;
    }
    if let Some(ascii) = lookalike(ch).filter(|ascii| format.is_none_or(|format| format.allows(*ascii))) {
        if let Some(details) = found.add(ProblemCode::Lookalike, at) {
            details.push(shown(ch));
            details.push(Cow::Borrowed(kind(ch)));
            details.push(shown(ascii));
        }
        return Some(ascii);
    }
    // With a format, `fit` says what should stand here.
    let is_control = ch.is_control();
    if (is_control || format.is_none())
        && let Some(details) = found.add(ProblemCode::UnsafeInHeader, at)
    {
        details.push(shown(ch));
    }
    (!is_control).then_some(ch)
}

//! The check from end to end: peel, recognise a placeholder, look at every
//! character, lay the rest over the format.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::declare::KeyFormat;
use super::fit;
use super::found::Found;
use super::peel::peel;
use super::placeholder::is_placeholder;
use super::unicode::{invisible, is_line_break, is_space, length, lookalike, number, shown};
use crate::problem::{Problem, ProblemCode};
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
    for ch in text.chars().take(MAX_LENGTH) {
        chars.push(ch);
    }
    let mut found = Found::new(&chars);

    let length = length(text);
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

/// Names a character that cannot be seen, if it is one.
pub(super) fn name_invisible(ch: char, at: usize, found: &mut Found<'_>) -> bool {
    let Some(name) = invisible(ch) else { return false };
    if let Some(details) = found.add(ProblemCode::Invisible, at) {
        details.push(Cow::Borrowed(name));
        details.push(number(ch));
    }
    true
}

/// The key as it was probably meant.
pub(super) struct Core {
    /// Its characters, as many as the longest key has. A copy of the key, so it
    /// is wiped.
    pub(super) chars: Zeroizing<Vec<char>>,
    /// Where they stand in the text, and where the one after them does or the
    /// text ends.
    places: Vec<usize>,
    /// How many characters there are in all.
    pub(super) length: usize,
}

impl Core {
    /// Where a character stands in the text. One beyond the end stands at it.
    pub(super) fn place(&self, at: usize) -> usize {
        self.places.get(at).or(self.places.last()).copied().unwrap_or_default()
    }
}

/// Looks at every character by itself.
fn scan(text: &[char], start: usize, format: Option<&KeyFormat>, found: &mut Found<'_>) -> Core {
    let room = format.map_or(0, KeyFormat::longest).min(text.len());
    let mut core = Core { chars: Zeroizing::new(Vec::with_capacity(room)), places: Vec::new(), length: 0 };
    let mut gap = None;
    for (at, ch) in (start..).zip(text) {
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
        if core.length < room {
            core.chars.push(meant);
        }
        if core.length <= room {
            core.places.push(at);
        }
        core.length += 1;
    }
    core.places.push(start + text.len());
    core
}

/// The character that was probably meant, if any was.
fn meant(ch: char, at: usize, format: Option<&KeyFormat>, found: &mut Found<'_>) -> Option<char> {
    if ch.is_ascii_graphic() {
        return Some(ch);
    }
    if name_invisible(ch, at, found) {
        return None;
    }
    if let Some(ascii) = lookalike(ch).filter(|ascii| format.is_none_or(|format| format.allows(*ascii))) {
        if let Some(details) = found.add(ProblemCode::Lookalike, at) {
            details.push(shown(ch));
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

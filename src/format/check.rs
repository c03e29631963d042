//! The check from end to end: peel, recognise a placeholder, look at every
//! character, lay the rest over the format.

use zeroize::Zeroizing;

use super::declare::KeyFormat;
use super::fit;
use super::peel::{Peel, utf16};
use super::placeholder::is_placeholder;
use super::problem::{Found, Problem, ProblemCode};
use super::unicode::{invisible, is_line_break, is_space, kind, lookalike, number, shown};

/// A character of the key and where it stands, in UTF-16 code units.
pub(super) type Unit = (usize, char);

/// Names everything that is wrong with a text that should be a key, in the
/// order of its place; nothing when it is fine. Without a format only what is
/// wrong with every key is named.
///
/// What surrounds a key (white space, quotes, `Bearer `, `NAME=`) is named and
/// then taken off in thought, and so are white space, invisible characters and
/// look-alikes within it, so that one mistake is not reported as three. A
/// placeholder is named as such and not looked at any further.
///
/// Any text of any size will do: it is walked through a fixed number of times,
/// and each code is named once, only the edges and a scheme within a header
/// twice, and single characters (`bad_character`, `lookalike`, `invisible`,
/// `unsafe_in_header`) five times. Characters beyond the longest possible key
/// count for its length only.
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
    let mut found = Found::default();
    let peel = Peel::new(text, format, &mut found);
    if peel.core.is_empty() {
        found.add(ProblemCode::Empty, peel.start, []);
    } else if is_placeholder(peel.core, format) {
        found.add(ProblemCode::Placeholder, peel.start, []);
    } else {
        let core = scan(&peel, format, &mut found);
        if let Some(format) = format {
            fit::fit(format, &core, &mut found);
        }
    }
    found.into_problems()
}

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
fn scan(peel: &Peel<'_, '_>, format: Option<&KeyFormat>, found: &mut Found) -> Core {
    let room = format.map_or(0, KeyFormat::longest);
    // Allocated once, so that no copy is left behind by growing.
    let mut units = Zeroizing::new(Vec::with_capacity(room.min(peel.core.len())));
    let mut length = 0;
    let mut end = None;
    let mut index = peel.start;
    let mut gap = None;
    for ch in peel.core.chars() {
        let at = index;
        index += ch.len_utf16();
        if is_space(ch) {
            // White space with a line break in it is one line break.
            gap = match gap {
                Some((ProblemCode::InnerSpace, _)) | None if is_line_break(ch) => {
                    Some((ProblemCode::LineBreak, at))
                }
                None => Some((ProblemCode::InnerSpace, at)),
                gap => gap,
            };
            continue;
        }
        if let Some((code, at)) = gap.take() {
            found.add(code, at, []);
        }
        let Some(meant) = meant(ch, at, format, found) else { continue };
        length += 1;
        if units.len() < room {
            units.push((at, meant));
        } else if end.is_none() {
            end = Some(at);
        }
    }
    Core { units, length, end: end.unwrap_or(peel.start + utf16(peel.core)) }
}

/// The character that was probably meant, if any was.
fn meant(ch: char, at: usize, format: Option<&KeyFormat>, found: &mut Found) -> Option<char> {
    if ch.is_ascii_graphic() {
        return Some(ch);
    }
    if let Some(name) = invisible(ch) {
        if found.wants(ProblemCode::Invisible) {
            found.add(ProblemCode::Invisible, at, [name.into(), number(ch)]);
        }
        return None;
    }
    if ch.is_control() {
        if found.wants(ProblemCode::UnsafeInHeader) {
            found.add(ProblemCode::UnsafeInHeader, at, [shown(ch)]);
        }
        return None;
    }
    match lookalike(ch).filter(|ascii| format.is_none_or(|format| format.allows(*ascii))) {
        Some(ascii) => {
            if found.wants(ProblemCode::Lookalike) {
                found.add(ProblemCode::Lookalike, at, [shown(ch), kind(ch).into(), shown(ascii)]);
            }
            Some(ascii)
        }
        None => {
            // With a format, `fit` says what should stand here.
            if format.is_none() && found.wants(ProblemCode::UnsafeInHeader) {
                found.add(ProblemCode::UnsafeInHeader, at, [shown(ch)]);
            }
            Some(ch)
        }
    }
}

//! Every character of a key by itself: white space and invisible characters
//! are taken out, look-alikes put right.

use zeroize::Zeroizing;

use super::declare::KeyFormat;
use super::found::Found;
use super::unicode::{is_line_break, is_space, lookalike, shown};
use crate::problem::ProblemCode;

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
pub(super) fn scan(text: &[char], start: usize, format: Option<&KeyFormat>, found: &mut Found<'_>) -> Core {
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
    if found.add_invisible(ch, at) {
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

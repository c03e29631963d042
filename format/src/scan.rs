//! Every character of a key by itself: white space and invisible characters
//! are left out, look-alikes replaced by what was meant.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::declare::KeyFormat;
use super::found::Found;
use super::problem::ProblemCode;
use super::unicode::{is_line_break, is_space, kind, lookalike, shown};

/// The key as it was probably meant.
pub(super) struct Core {
    /// Its characters, as many as the longest key has; what is not ASCII as its
    /// [`kind`]. A copy of the key, so it is wiped.
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// Where they stand in the text, and where the one after them does or the
    /// text ends.
    places: Vec<usize>,
    /// How many characters there are in all.
    pub(super) length: usize,
}

impl Core {
    /// Where a character stands in the text. One beyond the end stands at it.
    #[inline]
    pub(super) fn place(&self, at: usize) -> usize {
        self.places.get(at).or(self.places.last()).copied().unwrap_or_default()
    }
}

/// Looks at every character by itself.
#[inline]
pub(super) fn scan(text: &[u8], start: usize, format: Option<&KeyFormat>, found: &mut Found<'_>) -> Core {
    let room = format.map_or(0, KeyFormat::longest).min(text.len());
    let mut core = Core { bytes: Zeroizing::new(Vec::with_capacity(room)), places: Vec::new(), length: 0 };
    let mut gap = None;
    for (at, byte) in (start..).zip(text) {
        if is_space(*byte) {
            // White space with a line break in it is one line break.
            if is_line_break(*byte) && !matches!(gap, Some((ProblemCode::LineBreak, _))) {
                gap = Some((ProblemCode::LineBreak, at));
            } else if gap.is_none() {
                gap = Some((ProblemCode::InnerSpace, at));
            }
            continue;
        }
        if let Some((code, at)) = gap.take() {
            found.add(code, at);
        }
        let Some(meant) = meant(*byte, at, format, found) else { continue };
        if core.length < room {
            core.bytes.push(meant);
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
#[inline]
fn meant(byte: u8, at: usize, format: Option<&KeyFormat>, found: &mut Found<'_>) -> Option<u8> {
    if byte.is_ascii_graphic() {
        return Some(byte);
    }
    if byte == kind::INVISIBLE {
        found.add_invisible(at);
        return None;
    }
    let ch = found.character(at);
    let ascii = lookalike(ch).and_then(|ascii| u8::try_from(ascii).ok());
    if let Some(ascii) = ascii.filter(|ascii| format.is_none_or(|format| format.allows(*ascii))) {
        if let Some(details) = found.add(ProblemCode::Lookalike, at) {
            details.push(shown(ch));
            details.push(shown(char::from(ascii)));
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
    (!is_control).then_some(kind::OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_copied_than_the_longest_key_has() {
        let format = crate::keylatch();
        for length in [43, 44, 45, 100] {
            let text = std::vec!['a'; length];
            let narrow = std::vec![b'a'; length];
            let core = scan(&narrow, 0, Some(format), &mut Found::new(&text));
            assert_eq!((core.bytes.len(), core.length), (length.min(format.longest()), length));
            // One that grew would have left a copy behind.
            assert_eq!(core.bytes.capacity(), length.min(format.longest()));
        }
    }
}

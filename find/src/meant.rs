//! The words of a text in which characters are escaped, as they are meant, one behind the
//! other: a key that has none of them is found where it stands, and another one here.

use alloc::vec::Vec;

use keylatch_format::alphabet::Bytes;
use zeroize::Zeroizing;

use crate::engine::Match;
use crate::escape::{Escape, next, read};

/// Stands between two words, as no key has it.
const BETWEEN: u8 = b'\n';
/// Room for the first words.
const LEAST: usize = 32;

pub(crate) struct Meant {
    /// The words. They may be keys, so they are wiped.
    pub(crate) text: Zeroizing<Vec<u8>>,
    /// Places in it, and in the text that it is from: where a word begins, and where one goes on
    /// behind what is escaped.
    steps: Vec<(usize, usize)>,
}

impl Meant {
    /// Those of a text from a place on that are of these characters, and of so many at least;
    /// none if none has anything escaped.
    pub(crate) fn of(text: &[u8], from: usize, is_whole: bool, of: &Bytes, least: usize) -> Option<Self> {
        let mut sign = next(text, from)?;
        let mut meant = Meant { text: Zeroizing::new(Vec::new()), steps: Vec::new() };
        let mut free = from;
        loop {
            let at = match read(text, sign) {
                Escape::More if is_whole => break,
                Escape::Of { byte, .. } if !of.has(byte) => sign + 1,
                Escape::No => sign + 1,
                _ => {
                    let before = text.get(free..sign).unwrap_or_default();
                    let begin = sign - before.iter().rev().take_while(|byte| of.has(**byte)).count();
                    free = meant.add(text, begin, is_whole, of, least);
                    free
                }
            };
            match next(text, at) {
                Some(next) => sign = next,
                None => break,
            }
        }
        Some(meant).filter(|meant| !meant.text.is_empty())
    }

    /// Adds the word that begins at a place: where it ends.
    fn add(&mut self, text: &[u8], begin: usize, is_whole: bool, of: &Bytes, least: usize) -> usize {
        let (before, steps) = (self.text.len(), self.steps.len());
        self.steps.push((before, begin));
        let mut at = begin;
        let is_open = loop {
            let rest = text.get(at..).unwrap_or_default();
            let plain = rest.iter().take_while(|byte| **byte != b'=' && of.has(**byte)).count();
            self.push(rest.get(..plain).unwrap_or_default());
            at += plain;
            match read(text, at) {
                Escape::Of { byte, length } if of.has(byte) => {
                    at += length;
                    self.push(&[byte]);
                    self.steps.push((self.text.len(), at));
                }
                Escape::More if !is_whole => break true,
                _ => match rest.get(plain) {
                    Some(byte) if of.has(*byte) => {
                        at += 1;
                        self.push(&[*byte]);
                    }
                    next => break next.is_none() && !is_whole,
                },
            }
        };
        if is_open {
            // What follows may belong to it.
            at = text.len();
        } else if self.text.len() - before < least {
            self.text.truncate(before);
            self.steps.truncate(steps);
        } else {
            self.push(&[BETWEEN]);
        }
        at
    }

    /// Adds characters, and leaves no copy of those before where there is no room for more.
    fn push(&mut self, bytes: &[u8]) {
        let length = self.text.len() + bytes.len();
        if length > self.text.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * length.max(LEAST)));
            larger.extend_from_slice(&self.text);
            self.text = larger;
        }
        self.text.extend_from_slice(bytes);
    }

    /// Where a character stands in the text that this is from.
    pub(crate) fn place(&self, at: usize) -> usize {
        let next = self.steps.partition_point(|(own, _)| *own <= at);
        let step = next.checked_sub(1).and_then(|last| self.steps.get(last));
        step.map_or(0, |(own, place)| place + (at - own))
    }

    /// Puts what was found here at its places. What has nothing escaped was found there too.
    pub(crate) fn put_back(&self, found: &mut Vec<Match>) {
        found.retain_mut(|found| {
            let length = found.end - found.start;
            (found.start, found.end) = (self.place(found.start), self.place(found.end));
            found.is_escaped = found.end - found.start != length;
            found.is_escaped
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    fn letters() -> Bytes {
        let mut set = Bytes::NONE;
        (b'a'..=b'z').chain(*b"+/_=").for_each(|byte| set.insert(byte));
        set
    }

    fn meant(text: &str, is_whole: bool) -> Option<(String, Vec<usize>)> {
        let meant = Meant::of(text.as_bytes(), 0, is_whole, &letters(), 3)?;
        let places = (0..=meant.text.len()).map(|at| meant.place(at)).collect();
        Some((String::from_utf8_lossy(&meant.text).into_owned(), places))
    }

    #[test]
    fn words_with_something_escaped_are_put_together_with_their_places() {
        let (text, places) = meant("no ab%2Bcd, e\\/f &#43;x g\\/h", true).unwrap();
        assert_eq!(text, "ab+cd\ne/f\ng/h\n");
        assert_eq!(places, [3, 4, 5, 8, 9, 10, 12, 13, 15, 16, 24, 25, 27, 28, 29]);
        for text in ["nothing at all", "a%20b", "say \\\"abc\\\"", "x%2B", "end%2"] {
            assert!(meant(text, true).is_none(), "{text}");
        }
    }

    #[test]
    fn the_last_word_of_a_text_that_goes_on_is_open() {
        for (text, expected) in
            [("ab%2Bcd", "ab+cd"), ("ab%2", "ab"), ("x ab\\", "ab"), ("c%2Fd ab=", "c/d\nab")]
        {
            assert_eq!(meant(text, false).unwrap().0, expected, "{text}");
        }
        assert_eq!(meant("ab%2Bcd ", false).unwrap().0, "ab+cd\n");
    }
}

//! The places of a text where an anchor could stand, one after the other.

use crate::finder::Finder;
#[cfg(all(target_arch = "wasm32", feature = "simd"))]
use crate::{groups::Groups, simd, words::LONG};

pub(crate) struct Places<'a> {
    finder: &'a Finder,
    text: &'a [u8],
    /// The first place that was not looked at.
    at: usize,
    /// Where the part of the text ends that is looked at now.
    end: usize,
    #[cfg(all(target_arch = "wasm32", feature = "simd"))]
    part: Part<'a>,
}

/// A text is looked at in parts: long words, and what stands between them.
#[cfg(all(target_arch = "wasm32", feature = "simd"))]
struct Part<'a> {
    /// Which anchors can stand in it.
    groups: &'a Groups,
    /// The next long word, if it was looked for.
    next: Option<(usize, usize)>,
    /// Where a word is looked for after that.
    seen: usize,
    /// Whether nothing follows the text.
    is_whole: bool,
}

impl<'a> Places<'a> {
    /// Those from a place on of a text that is whole, or goes on.
    pub(crate) fn new(
        finder: &'a Finder,
        text: &'a [u8],
        from: usize,
        #[cfg_attr(
            not(all(target_arch = "wasm32", feature = "simd")),
            expect(unused_variables, reason = "it says how the last word is looked at, and none is")
        )]
        is_whole: bool,
    ) -> Self {
        let from = from.min(text.len());
        Places {
            finder,
            text,
            at: from,
            #[cfg(all(target_arch = "wasm32", feature = "simd"))]
            end: if finder.reach.is_some() { from } else { text.len() },
            #[cfg(all(target_arch = "wasm32", feature = "simd"))]
            part: Part { groups: &finder.groups, next: None, seen: from, is_whole },
            #[cfg(not(all(target_arch = "wasm32", feature = "simd")))]
            end: text.len(),
        }
    }

    /// The next of them.
    pub(crate) fn next(&mut self) -> Option<usize> {
        loop {
            if self.at < self.end {
                #[cfg(all(target_arch = "wasm32", feature = "simd"))]
                let found = simd::next(self.finder, self.part.groups, self.text, self.at, self.end);
                #[cfg(not(all(target_arch = "wasm32", feature = "simd")))]
                let found = self.finder.next(self.text, self.at, self.end);
                // Behind the end other anchors can stand too.
                if let Some(found) = found.filter(|found| *found < self.end) {
                    self.at = found + 1;
                    return Some(found);
                }
                self.at = self.end;
            }
            if !self.go_on() {
                return None;
            }
        }
    }

    /// Leaves out those before a place, where a key ends.
    pub(crate) fn skip_to(&mut self, place: usize) {
        self.at = self.at.max(place);
    }

    /// To the next part, if there is one.
    #[cfg(all(target_arch = "wasm32", feature = "simd"))]
    fn go_on(&mut self) -> bool {
        let (Some(reach), part) = (&self.finder.reach, &mut self.part) else { return false };
        if let Some((begin, end)) = part.next.take() {
            (self.at, self.end) = (self.at.max(begin), end);
            part.groups = &self.finder.groups;
            return true;
        }
        if part.seen >= self.text.len() {
            return false;
        }
        match simd::word(self.text, part.seen, part.is_whole) {
            Some((begin, end)) => {
                // A word that ends there may go on; one that does is seen again.
                part.seen = if end == self.text.len() { end } else { end - (LONG - 1) };
                self.end = begin.saturating_sub(reach.before);
                part.next = Some((self.end, (end + reach.behind).min(self.text.len())));
            }
            None => (part.seen, self.end) = (self.text.len(), self.text.len()),
        }
        match &self.finder.short {
            Some(short) => part.groups = short,
            None => self.at = self.at.max(self.end),
        }
        true
    }

    /// All of the text was one part.
    #[cfg(not(all(target_arch = "wasm32", feature = "simd")))]
    fn go_on(&self) -> bool {
        false
    }
}

//! Where one of many anchors stands in a text.
//!
//! A place is looked at in steps, each for what is left by those before it. With vector
//! instructions the first two are done for many places at once: whether they are near a word that
//! is long enough (`words`, `places`), and whether an anchor of a group has such half bytes
//! (`groups`). Then the hash of the four bytes is looked up, and at last the first two of them in a
//! table of anchors.

use alloc::vec::Vec;

use keylatch_format::alphabet::Bytes;

use crate::anchor::{Anchor, WIDTH};
#[cfg(all(target_arch = "wasm32", feature = "simd"))]
use crate::groups::{self, Groups};
#[cfg(all(target_arch = "wasm32", feature = "simd"))]
use crate::words::Reach;

/// Places of the table of pairs.
const PLACES: usize = 4_096;
const NONE: u16 = u16::MAX;

/// What is looked for in a text.
pub(crate) struct Finder {
    /// See [`crate::groups`].
    #[cfg(all(target_arch = "wasm32", feature = "simd"))]
    pub(crate) groups: Groups,
    /// Those of keys that may have no long word.
    #[cfg(all(target_arch = "wasm32", feature = "simd"))]
    pub(crate) short: Option<Groups>,
    /// See [`crate::words`].
    #[cfg(all(target_arch = "wasm32", feature = "simd"))]
    pub(crate) reach: Option<Reach>,
    /// The first entry of each place of the table.
    heads: Vec<u16>,
    entries: Vec<Entry>,
    anchors: Vec<Anchor>,
    /// A bit for each hash of four bytes that an anchor has.
    hashes: Vec<u64>,
}

/// An anchor in the table, and the next entry of its place.
struct Entry {
    first: u8,
    second: u8,
    anchor: u16,
    next: u16,
}

impl Finder {
    /// For these anchors.
    pub(crate) fn new(anchors: Vec<Anchor>) -> Self {
        let mut finder = Finder {
            #[cfg(all(target_arch = "wasm32", feature = "simd"))]
            groups: groups::of(&anchors, |_| true),
            #[cfg(all(target_arch = "wasm32", feature = "simd"))]
            short: anchors.iter().any(is_short).then(|| groups::of(&anchors, is_short)),
            #[cfg(all(target_arch = "wasm32", feature = "simd"))]
            reach: Reach::of(&anchors),
            heads: core::iter::repeat_n(NONE, PLACES).collect(),
            entries: Vec::new(),
            anchors,
            hashes: core::iter::repeat_n(0, BITS / 64).collect(),
        };
        finder.enter();
        finder
    }

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// Enters each anchor under each pair of bytes that it can begin with, and the hash of all
    /// that it can be.
    fn enter(&mut self) {
        for (number, anchor) in self.anchors.iter().enumerate() {
            let [first, second, third, fourth] = &anchor.bytes;
            for (first, second) in pairs(first, second) {
                for (third, fourth) in pairs(third, fourth) {
                    let hash = hash([first, second, third, fourth]);
                    if let Some(bits) = self.hashes.get_mut(hash / 64) {
                        *bits |= 1 << (hash % 64);
                    }
                }
                if let Some(head) = self.heads.get_mut(place(first, second)) {
                    let entry = Entry { first, second, anchor: number as u16, next: *head };
                    *head = self.entries.len() as u16;
                    self.entries.push(entry);
                }
            }
        }
    }

    /// Gives the number and the [`Anchor`] of each anchor that stands at a place.
    #[inline]
    pub(crate) fn at(&self, text: &[u8], at: usize, mut give: impl FnMut(usize, &Anchor)) {
        let Some([first, second, third, fourth]) = text.get(at..at + WIDTH) else { return };
        let mut next = self.heads.get(place(*first, *second)).copied().unwrap_or(NONE);
        while let Some(entry) = self.entries.get(usize::from(next)) {
            next = entry.next;
            if (entry.first, entry.second) == (*first, *second)
                && let Some(anchor) = self.anchors.get(usize::from(entry.anchor))
                && let [_, _, has_third, has_fourth] = &anchor.bytes
                && has_third.has(*third)
                && has_fourth.has(*fourth)
            {
                give(usize::from(entry.anchor), anchor);
            }
        }
    }

    /// Whether an anchor could stand where these four bytes do, by their hash.
    #[inline]
    pub(crate) fn could_be(&self, window: &[u8]) -> bool {
        let Some(window) = window.first_chunk::<WIDTH>() else { return false };
        let hash = hash(*window);
        self.hashes.get(hash / 64).is_some_and(|bits| bits >> (hash % 64) & 1 == 1)
    }

    /// The first place from one to another where an anchor could stand.
    #[inline]
    pub(crate) fn next(&self, text: &[u8], from: usize, end: usize) -> Option<usize> {
        let rest = text.get(from..text.len().min(end + WIDTH - 1))?;
        rest.array_windows::<WIDTH>().position(|window| self.could_be(window)).map(|at| from + at)
    }
}

/// The bits of the table of hashes: 16 KB, which stay in the nearest cache.
const BITS: usize = 131_072;

#[inline]
fn hash(bytes: [u8; WIDTH]) -> usize {
    (u32::from_le_bytes(bytes).wrapping_mul(0x9E37_79B1) >> 15) as usize
}

/// Whether an anchor is of a key that may have no long word.
#[cfg(all(target_arch = "wasm32", feature = "simd"))]
fn is_short(anchor: &Anchor) -> bool {
    anchor.word.is_none()
}

fn pairs<'a>(a: &'a Bytes, b: &'a Bytes) -> impl Iterator<Item = (u8, u8)> + 'a {
    a.iter().flat_map(|first| b.iter().map(move |second| (first, second)))
}

fn place(first: u8, second: u8) -> usize {
    (usize::from(first) << 5 ^ usize::from(second)) & (PLACES - 1)
}

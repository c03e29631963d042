//! Where one of many anchors stands in a text.
//!
//! A place is looked at in two steps. The first asks whether its four bytes could be an
//! anchor, from tables of half bytes: each anchor is in one of eight groups, a bit each, and
//! a group has a byte if it has its lower and its upper half ("Teddy", from Hyperscan). With
//! vector instructions that is done for sixteen places at once (`simd`). The second looks the
//! first two bytes up in a table of anchors.

use alloc::vec::Vec;

use keylatch_format::shape::Bytes;

use crate::anchor::{Anchor, WIDTH};

/// How many groups of anchors there are: a bit of a byte each.
const GROUPS: usize = 8;
/// Places of the table of pairs.
const PLACES: usize = 4_096;
const NONE: u16 = u16::MAX;

/// The groups that have a lower half and an upper half, for one byte of an anchor.
#[derive(Clone, Copy, Default)]
pub(crate) struct Halves {
    pub(crate) low: [u8; 16],
    pub(crate) high: [u8; 16],
}

/// What is looked for in a text.
pub(crate) struct Finder {
    pub(crate) halves: [Halves; WIDTH],
    /// The first entry of each place of the table.
    heads: Vec<u16>,
    entries: Vec<Entry>,
    anchors: Vec<Anchor>,
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
            halves: [Halves::default(); WIDTH],
            heads: core::iter::repeat_n(NONE, PLACES).collect(),
            entries: Vec::new(),
            anchors,
        };
        finder.group();
        finder.enter();
        finder
    }

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// Puts each anchor into the group that it makes the least larger.
    fn group(&mut self) {
        // By their bytes, so that those of one group have much in common.
        let mut order: Vec<(usize, [Half; WIDTH])> =
            self.anchors.iter().map(|anchor| anchor.bytes.map(|set| Half::of(&set))).enumerate().collect();
        order.sort_by_key(|(_, halves)| halves.map(|half| half.order()));
        let mut groups: [Option<[Half; WIDTH]>; GROUPS] = [None; GROUPS];
        for (_, halves) in &order {
            let grown = groups.iter().enumerate().map(|(number, group)| {
                let after = group.map_or(*halves, |group| merged(&group, halves));
                (size(&after) - group.as_ref().map_or(0.0, size), number, after)
            });
            if let Some((_, number, after)) = grown.min_by(|a, b| a.0.total_cmp(&b.0))
                && let Some(group) = groups.get_mut(number)
            {
                *group = Some(after);
            }
        }
        for (number, group) in groups.iter().enumerate() {
            let Some(group) = group else { continue };
            for (halves, half) in self.halves.iter_mut().zip(group) {
                for value in 0..16 {
                    let bit = |has: u16| (has >> value & 1) as u8 * (1 << number);
                    if let (Some(low), Some(high)) = (halves.low.get_mut(value), halves.high.get_mut(value)) {
                        *low |= bit(half.low);
                        *high |= bit(half.high);
                    }
                }
            }
        }
    }

    /// Enters each anchor under each pair of bytes that it can begin with.
    fn enter(&mut self) {
        for (number, anchor) in self.anchors.iter().enumerate() {
            let [first, second, ..] = &anchor.bytes;
            for first in first.iter() {
                for second in second.iter() {
                    if let Some(head) = self.heads.get_mut(place(first, second)) {
                        let entry = Entry { first, second, anchor: number as u16, next: *head };
                        *head = self.entries.len() as u16;
                        self.entries.push(entry);
                    }
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

    /// Whether an anchor could stand at a place, by the halves of its bytes.
    #[inline]
    pub(crate) fn could_be(&self, window: &[u8; WIDTH]) -> bool {
        let mut groups = u8::MAX;
        for (halves, byte) in self.halves.iter().zip(window) {
            let low = halves.low.get(usize::from(byte & 15)).copied().unwrap_or_default();
            let high = halves.high.get(usize::from(byte >> 4)).copied().unwrap_or_default();
            groups &= low & high;
        }
        groups != 0
    }

    /// The first place from `from` on where an anchor could stand.
    #[inline]
    pub(crate) fn next(&self, text: &[u8], from: usize) -> Option<usize> {
        #[cfg(all(target_arch = "wasm32", feature = "simd"))]
        return crate::simd::next(self, text, from);
        #[cfg(not(all(target_arch = "wasm32", feature = "simd")))]
        self.next_by_one(text, from)
    }

    /// The same, byte by byte.
    pub(crate) fn next_by_one(&self, text: &[u8], from: usize) -> Option<usize> {
        let rest = text.get(from..)?;
        let [first, second, ..] = &self.halves;
        let groups = |halves: &Halves, byte: u8| {
            halves.low.get(usize::from(byte & 15)).copied().unwrap_or_default()
                & halves.high.get(usize::from(byte >> 4)).copied().unwrap_or_default()
        };
        // Most places fall at their first two bytes.
        rest.array_windows::<WIDTH>()
            .position(|window| {
                let [a, b, ..] = window;
                groups(first, *a) & groups(second, *b) != 0 && self.could_be(window)
            })
            .map(|at| from + at)
    }
}

fn place(first: u8, second: u8) -> usize {
    (usize::from(first) << 5 ^ usize::from(second)) & (PLACES - 1)
}

/// The halves of a set of bytes, a bit for each value.
#[derive(Clone, Copy)]
struct Half {
    low: u16,
    high: u16,
}

impl Half {
    fn of(set: &Bytes) -> Self {
        set.iter().fold(Half { low: 0, high: 0 }, |half, byte| Half {
            low: half.low | 1 << (byte & 15),
            high: half.high | 1 << (byte >> 4),
        })
    }

    fn order(self) -> (u16, u16) {
        (self.high, self.low)
    }
}

fn merged(a: &[Half; WIDTH], b: &[Half; WIDTH]) -> [Half; WIDTH] {
    let mut all = *a;
    for (own, other) in all.iter_mut().zip(b) {
        own.low |= other.low;
        own.high |= other.high;
    }
    all
}

/// Which part of all places has such bytes, roughly.
fn size(halves: &[Half; WIDTH]) -> f32 {
    halves.iter().map(|half| (half.low.count_ones() * half.high.count_ones()) as f32 / 96.0).product()
}

//! Anchors in eight groups, by tables of half bytes: a bit for each group, and a group has a
//! byte if it has its lower and its upper half ("Teddy", from Hyperscan). A place of a text
//! whose four bytes have a group in common may be an anchor.

use alloc::vec::Vec;

use keylatch_format::alphabet::Bytes;

use crate::anchor::{Anchor, WIDTH, weight};

/// How many groups of anchors there are: a bit of a byte each.
const GROUPS: usize = 8;
/// An anchor that so many places have by chance is frequent.
const FREQUENT: f32 = 1e-5;

/// The groups that have a lower half and an upper half, for one byte of an anchor.
#[derive(Clone, Copy, Default)]
pub(crate) struct Halves {
    pub(crate) low: [u8; 16],
    pub(crate) high: [u8; 16],
}

/// The groups of an anchor's bytes, from the left.
pub(crate) type Groups = [Halves; WIDTH];

/// Puts each of these anchors into the group that it makes the least larger.
pub(crate) fn of(anchors: &[Anchor], is_one: fn(&Anchor) -> bool) -> Groups {
    // The frequent ones first, which groups of their own keep from the others; then by their
    // bytes, so that those of one group have much in common.
    let mut order: Vec<(bool, [Half; WIDTH])> = anchors
        .iter()
        .filter(|anchor| is_one(anchor))
        .map(|anchor| {
            let halves = anchor.bytes.map(|set| Half::of(&set));
            (size(&halves) < FREQUENT, halves)
        })
        .collect();
    order.sort_by_key(|(is_rare, halves)| (*is_rare, halves.map(Half::order)));
    let mut groups: [Option<([Half; WIDTH], f32)>; GROUPS] = [None; GROUPS];
    for (_, halves) in &order {
        let grown = groups.iter().enumerate().map(|(number, group)| {
            let after = group.map_or(*halves, |(group, _)| merged(&group, halves));
            let larger = size(&after);
            (larger - group.map_or(0.0, |(_, size)| size), number, after, larger)
        });
        if let Some((_, number, after, size)) = grown.min_by(|a, b| a.0.total_cmp(&b.0))
            && let Some(group) = groups.get_mut(number)
        {
            *group = Some((after, size));
        }
    }
    let mut tables = [Halves::default(); WIDTH];
    for (number, (group, _)) in
        groups.iter().enumerate().filter_map(|(number, group)| Some((number, (*group)?)))
    {
        for (halves, half) in tables.iter_mut().zip(group) {
            for value in 0..16 {
                let bit = |has: u16| (has >> value & 1) as u8 * (1 << number);
                if let (Some(low), Some(high)) = (halves.low.get_mut(value), halves.high.get_mut(value)) {
                    *low |= bit(half.low);
                    *high |= bit(half.high);
                }
            }
        }
    }
    tables
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

/// Which part of the places of a text has such bytes, roughly.
fn size(halves: &[Half; WIDTH]) -> f32 {
    let part = |half: &Half| {
        let has = |byte: &u8| half.low >> (byte & 15) & half.high >> (byte >> 4) & 1 == 1;
        (b' '..=b'~').filter(has).map(weight).sum::<u32>() as f32 / 1_000.0
    };
    halves.iter().map(part).product()
}

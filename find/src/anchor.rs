//! The four bytes of a shape by which it is looked for: those of its places at a known
//! distance from its beginning that are the rarest in texts.

use alloc::vec::Vec;

use keylatch_format::alphabet::{Alphabets, Bytes};
use keylatch_format::shape::{Piece, Shape};

#[cfg(any(test, all(target_arch = "wasm32", feature = "simd")))]
use crate::words;

/// How many bytes an anchor has.
pub(crate) const WIDTH: usize = 4;
/// No anchor stands further from the beginning of its key.
const FURTHEST: usize = 96;
/// The first two bytes of an anchor are looked up together; more pairs than this are no anchor.
const MOST_PAIRS: usize = 256;
/// All that an anchor can be is hashed; what can be more is none.
const MOST: usize = 8_192;

/// Where the key of an anchor begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Begins {
    /// So many bytes before it.
    Before(usize),
    /// Before the run of this alphabet that ends so many bytes before it, and is so long.
    BeforeRun { distance: usize, alphabet: usize, min: usize, max: usize },
}

#[derive(Clone, Debug)]
pub(crate) struct Anchor {
    pub(crate) bytes: [Bytes; WIDTH],
    pub(crate) begins: Begins,
    /// How far behind it a long word of the key begins; below 0, before it. None in a key that may
    /// have no long word.
    #[cfg(any(test, all(target_arch = "wasm32", feature = "simd")))]
    pub(crate) word: Option<isize>,
}

/// The anchors of a shape: one for each text that it can begin with; none when it begins
/// like anything.
pub(crate) fn anchors(shape: &Shape, alphabets: &Alphabets) -> Vec<Anchor> {
    let mut found = Vec::new();
    let mut rows = Vec::from([Vec::new()]);
    let mut pieces = shape.pieces.as_slice();
    let mut run = None;
    if let [Piece::Run { alphabet, min, max }, rest @ ..] = pieces
        && min != max
    {
        run = Some((*alphabet, *min, *max));
        pieces = rest;
        // Its last characters, which are as many as it has at least.
        rows = Vec::from([core::iter::repeat_n(alphabets.get(*alphabet), (*min).min(FURTHEST)).collect()]);
    }
    let first = rows.first().map_or(0, Vec::len);
    spread(pieces, alphabets, &mut rows);
    for row in rows {
        let places = row
            .windows(WIDTH)
            .enumerate()
            .take(first + FURTHEST)
            .skip(first)
            .filter(|(_, window)| count(window, 2) <= MOST_PAIRS && count(window, WIDTH) <= MOST);
        let best = places.map(|(at, window)| (cost(window), at, window)).min_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, at, window)) = best
            && let [a, b, c, d] = window
        {
            let begins = match run {
                None => Begins::Before(at),
                Some((alphabet, min, max)) => Begins::BeforeRun { distance: at - first, alphabet, min, max },
            };
            found.push(Anchor {
                bytes: [*a, *b, *c, *d],
                begins,
                #[cfg(any(test, all(target_arch = "wasm32", feature = "simd")))]
                word: word(&row, at),
            });
        }
    }
    found
}

/// The long word of a row that is nearest to an anchor.
#[cfg(any(test, all(target_arch = "wasm32", feature = "simd")))]
fn word(row: &[Bytes], anchor: usize) -> Option<isize> {
    let is_word = |window: &[Bytes]| window.iter().all(|set| set.iter().all(words::has));
    let starts = row.windows(words::LONG).enumerate().filter(|(_, window)| is_word(window));
    starts.map(|(at, _)| at as isize - anchor as isize).min_by_key(|distance| distance.abs())
}

/// An anchor of a text that is looked for by value.
pub(crate) fn of_value(value: &[u8]) -> Option<Anchor> {
    let one = |byte: &u8| {
        let mut set = Bytes::NONE;
        set.insert(*byte);
        set
    };
    let windows =
        value.windows(WIDTH).take(FURTHEST).map(|window| window.iter().map(one).collect::<Vec<_>>());
    let best = windows.enumerate().min_by(|a, b| cost(&a.1).total_cmp(&cost(&b.1)));
    match best {
        Some((at, window)) => match window.as_slice() {
            [a, b, c, d] => Some(Anchor {
                bytes: [*a, *b, *c, *d],
                begins: Begins::Before(at),
                #[cfg(any(test, all(target_arch = "wasm32", feature = "simd")))]
                word: None,
            }),
            _ => None,
        },
        None => None,
    }
}

/// What can stand at each place of a key, in a row for each choice. Behind a part whose length
/// varies it is all that can follow.
fn spread(pieces: &[Piece], alphabets: &Alphabets, rows: &mut Vec<Vec<Bytes>>) {
    let mut pieces = pieces;
    while let [piece, after @ ..] = pieces {
        match piece {
            Piece::Text(choices) => {
                let before = core::mem::take(rows);
                for row in before {
                    for choice in choices {
                        let mut longer = row.clone();
                        for byte in choice.bytes() {
                            let mut set = Bytes::NONE;
                            set.insert(byte);
                            longer.push(set);
                        }
                        rows.push(longer);
                    }
                }
            }
            piece => {
                let (min, max) = piece.lengths();
                let set = piece.first(alphabets);
                for row in rows.iter_mut() {
                    row.extend(core::iter::repeat_n(set, min.min(FURTHEST)));
                }
                if max != Some(min) {
                    let all = pieces.iter().fold(Bytes::NONE, |all, piece| all.or(&piece.all(alphabets)));
                    let least = after.iter().map(|piece| piece.lengths().0).sum::<usize>();
                    rows.iter_mut()
                        .for_each(|row| row.extend(core::iter::repeat_n(all, least.min(FURTHEST))));
                    return;
                }
            }
        }
        pieces = after;
        if rows.iter().any(|row| row.len() > FURTHEST) {
            return;
        }
    }
}

/// How many texts there are of the first bytes of a window.
fn count(window: &[Bytes], length: usize) -> usize {
    window.iter().take(length).map(|set| set.iter().count()).product()
}

/// How often such bytes stand in texts, roughly: a sum of logarithms.
fn cost(window: &[Bytes]) -> f32 {
    window.iter().map(|set| logarithm(set.iter().map(weight).sum())).sum()
}

/// In logs and sources, by the thousand.
pub(crate) fn weight(byte: u8) -> u32 {
    match byte {
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 50,
        b'a'..=b'z' => 20,
        b'0'..=b'9' => 25,
        b'-' | b'.' | b'/' | b':' | b'=' | b'_' => 12,
        b'A'..=b'Z' => 5,
        _ => 2,
    }
}

/// Half the steps of the logarithm to base 2 are exact enough to compare by.
fn logarithm(number: u32) -> f32 {
    let number = number.max(1);
    let whole = number.ilog2();
    whole as f32 + (number as f32 / (1_u64 << whole) as f32 - 1.0)
}

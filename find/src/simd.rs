//! Sixteen places at a time, by the vector instructions of WebAssembly.

#![expect(unsafe_code, reason = "reading sixteen bytes at once takes a pointer; `load` says why it is sound")]

use core::arch::wasm32::{
    i8x16_gt, i8x16_splat, u8x16_bitmask, u8x16_eq, u8x16_le, u8x16_ne, u8x16_shr, u8x16_splat, u8x16_sub,
    u8x16_swizzle, v128, v128_and, v128_andnot, v128_any_true, v128_load, v128_or,
};

use crate::anchor::WIDTH;
use crate::escape;
use crate::finder::Finder;
use crate::groups::Groups;
use crate::words::LONG;

const LANES: usize = 16;

/// The bytes of the anchors of so many places.
const BLOCK: usize = LANES + WIDTH - 1;

/// Places of which a word is looked for at once.
const MANY: usize = 64;

/// The first place from one to another where an anchor of these groups could stand, or one behind.
pub(crate) fn next(finder: &Finder, of: &Groups, text: &[u8], from: usize, end: usize) -> Option<usize> {
    // The module is loaded where the engine has vector instructions (pkg/find/engine.js).
    let left = match blocks(finder, of, text, from, from, end) {
        Ok(found) => return Some(found),
        Err(left) => left,
    };
    match text.len().checked_sub(BLOCK) {
        // The last places, with some of those before them.
        Some(last) if left < end => blocks(finder, of, text, last, left, end).ok(),
        Some(_) => None,
        None => finder.next(text, left, end),
    }
}

/// The next place that a character is escaped at, perhaps, or where fewer bytes than a block are
/// left of a text that has none.
#[target_feature(enable = "simd128")]
pub(crate) fn sign(text: &[u8], from: usize) -> Result<usize, usize> {
    let mut at = from;
    // Many at once, as long as there is none; the last ones with some of those before them. Each
    // block is looked at with the byte behind it.
    while let Some(last) = text.len().checked_sub(MANY + 1).filter(|last| at < last + MANY) {
        let block = at.min(last);
        // Not in a loop, which takes longer.
        let first = v128_or(signs_at(text, block), signs_at(text, block + LANES));
        let second = v128_or(signs_at(text, block + 2 * LANES), signs_at(text, block + 3 * LANES));
        if v128_any_true(v128_or(first, second)) {
            break;
        }
        at = block + MANY;
    }
    // Each sign stands where its lower half says; no other byte is where its own does.
    let mut signs = [0; LANES];
    (signs[0], signs[5], signs[6], signs[12], signs[13]) = (1, b'%', b'&', b'\\', b'=');
    let signs = load(&signs, 0);
    while let Some(last) = text.len().checked_sub(LANES).filter(|_| at < text.len()) {
        let block = at.min(last);
        let bytes = load(text, block);
        let found = u8x16_eq(u8x16_swizzle(signs, v128_and(bytes, u8x16_splat(15))), bytes);
        // Without those that the block before had.
        let mut places = u8x16_bitmask(found) & u16::MAX << (at - block);
        while places != 0 {
            let place = block + places.trailing_zeros() as usize;
            if escape::could_be(text, place) {
                return Ok(place);
            }
            places &= places - 1;
        }
        at = block + LANES;
    }
    Err(at.min(text.len()))
}

/// Which of the places of a block have a sign.
#[inline]
#[target_feature(enable = "simd128")]
fn signs_at(text: &[u8], at: usize) -> v128 {
    let (bytes, after) = (load(text, at), load(text, at + 1));
    let mail = v128_and(u8x16_eq(bytes, u8x16_splat(b'=')), u8x16_eq(after, u8x16_splat(b'3')));
    let first = v128_or(u8x16_eq(bytes, u8x16_splat(b'%')), u8x16_eq(bytes, u8x16_splat(b'&')));
    v128_or(v128_or(mail, first), u8x16_eq(bytes, u8x16_splat(b'\\')))
}

/// The next places with long words from a place on: where they begin, and where they end at the
/// latest. In a text that goes on the last word may be a long one.
#[target_feature(enable = "simd128")]
pub(crate) fn word(text: &[u8], from: usize, is_whole: bool) -> Option<(usize, usize)> {
    let mut found: Option<(usize, usize)> = None;
    let mut at = from;
    while at + MANY <= text.len() {
        let word = letters(text, at);
        let long = long(word);
        if long != 0 {
            let begin = found.map_or(at + long.trailing_zeros() as usize, |(begin, _)| begin);
            found = Some((begin, at + MANY));
        } else if found.is_some() {
            return found;
        }
        // A word that goes on is looked at again, with what follows.
        at += MANY - word.leading_ones().min(LONG as u32 - 1) as usize;
    }
    let Some(last) = text.len().checked_sub(MANY).filter(|_| is_whole && found.is_none()) else {
        return Some((found.map_or(at, |(begin, _)| begin).min(text.len()), text.len()));
    };
    // The last ones, with some of those before them.
    let left = letters(text, last).checked_shr((at - last) as u32).unwrap_or(0);
    Some(long(left)).filter(|long| *long != 0).map(|long| (at + long.trailing_zeros() as usize, text.len()))
}

/// Of which of the places of a word a long one begins, a bit each.
#[inline]
fn long(word: u64) -> u64 {
    [1, 2, 4, 8].iter().fold(word, |long, step| long & long >> step)
}

/// Which of the places are of a word, a bit each: the bytes of [`words::has`](crate::words::has).
#[inline]
#[target_feature(enable = "simd128")]
fn letters(text: &[u8], at: usize) -> u64 {
    (0..MANY / LANES).fold(0, |bits, block| {
        let bytes = load(text, at + block * LANES);
        // Bytes above ASCII are below 0.
        let high = i8x16_gt(bytes, i8x16_splat(b',' as i8));
        let signs = u8x16_le(u8x16_sub(bytes, u8x16_splat(b':')), u8x16_splat(b'@' - b':'));
        let others = v128_or(signs, u8x16_eq(bytes, u8x16_splat(b'/')));
        bits | u64::from(u8x16_bitmask(v128_andnot(high, others))) << (block * LANES)
    })
}

/// A place from one on, looked for by whole blocks from another on, or where fewer bytes than a
/// block are left.
#[target_feature(enable = "simd128")]
fn blocks(
    finder: &Finder,
    of: &Groups,
    text: &[u8],
    block: usize,
    from: usize,
    end: usize,
) -> Result<usize, usize> {
    let mut tables = [(u8x16_splat(0), u8x16_splat(0)); WIDTH];
    for (table, halves) in tables.iter_mut().zip(of) {
        *table = (load(&halves.low, 0), load(&halves.high, 0));
    }
    let zero = u8x16_splat(0);
    let mut at = block;
    while at < end && at + BLOCK <= text.len() {
        let [a, b, c, d] = &tables;
        // Most blocks fall by their first two bytes.
        let pairs = v128_and(groups(a, load(text, at)), groups(b, load(text, at + 1)));
        if v128_any_true(pairs) {
            let rest = v128_and(groups(c, load(text, at + 2)), groups(d, load(text, at + 3)));
            let mut places = u8x16_bitmask(u8x16_ne(v128_and(pairs, rest), zero));
            while places != 0 {
                let place = at + places.trailing_zeros() as usize;
                if place >= from && finder.could_be(text.get(place..).unwrap_or_default()) {
                    return Ok(place);
                }
                places &= places - 1;
            }
        }
        at += LANES;
    }
    Err(at)
}

/// The groups that have each of these bytes.
#[inline]
#[target_feature(enable = "simd128")]
fn groups((low, high): &(v128, v128), bytes: v128) -> v128 {
    v128_and(u8x16_swizzle(*low, v128_and(bytes, u8x16_splat(15))), u8x16_swizzle(*high, u8x16_shr(bytes, 4)))
}

/// Sixteen bytes of a text.
#[inline]
#[target_feature(enable = "simd128")]
fn load(text: &[u8], at: usize) -> v128 {
    debug_assert!(at + LANES <= text.len());
    // SAFETY: the callers stay within the text, or pass tables of sixteen bytes.
    unsafe { v128_load(text.as_ptr().add(at).cast()) }
}

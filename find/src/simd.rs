//! Sixteen places at a time, by the vector instructions of WebAssembly.

#![expect(unsafe_code, reason = "reading sixteen bytes at once takes a pointer; `load` says why it is sound")]

use core::arch::wasm32::{
    u8x16_bitmask, u8x16_ne, u8x16_shr, u8x16_splat, u8x16_swizzle, v128, v128_and, v128_any_true, v128_load,
    v128_or,
};

use crate::anchor::WIDTH;
use crate::finder::Finder;
use crate::groups::Halves;

const LANES: usize = 16;

/// The tables of four bytes, each of their lower and upper halves.
type Tables = [(v128, v128); WIDTH];

/// The first place from `from` on where an anchor could stand.
pub(crate) fn next(finder: &Finder, text: &[u8], from: usize) -> Option<usize> {
    // The module is loaded where the engine has vector instructions (pkg/find/engine.js).
    let found = match &finder.groups.second {
        None => blocks(finder, text, from, None),
        Some(second) => blocks(finder, text, from, Some(tables(second))),
    };
    match found {
        Ok(found) => Some(found),
        Err(left) => finder.next_by_one(text, left),
    }
}

#[target_feature(enable = "simd128")]
fn tables(halves: &[Halves; WIDTH]) -> Tables {
    let mut tables = [(u8x16_splat(0), u8x16_splat(0)); WIDTH];
    for (table, halves) in tables.iter_mut().zip(halves) {
        *table = (load(&halves.low, 0), load(&halves.high, 0));
    }
    tables
}

/// A place, or where fewer bytes than a block are left.
#[inline]
#[target_feature(enable = "simd128")]
fn blocks(finder: &Finder, text: &[u8], from: usize, second: Option<Tables>) -> Result<usize, usize> {
    let first = tables(&finder.groups.first);
    let zero = u8x16_splat(0);
    let mut at = from;
    while at + LANES + WIDTH <= text.len() {
        let bytes = [load(text, at), load(text, at + 1), load(text, at + 2), load(text, at + 3)];
        let mut found = u8x16_ne(common(&first, &bytes), zero);
        if let Some(second) = &second {
            found = v128_or(found, u8x16_ne(common(second, &bytes), zero));
        }
        if v128_any_true(found) {
            let mut places = u8x16_bitmask(found);
            while places != 0 {
                let place = at + places.trailing_zeros() as usize;
                if finder.could_be(text.get(place..).unwrap_or_default()) {
                    return Ok(place);
                }
                places &= places - 1;
            }
        }
        at += LANES;
    }
    Err(at)
}

/// The groups that have all four bytes.
#[inline]
#[target_feature(enable = "simd128")]
fn common([a, b, c, d]: &Tables, bytes: &[v128; WIDTH]) -> v128 {
    let [first, second, third, fourth] = *bytes;
    v128_and(v128_and(groups(a, first), groups(b, second)), v128_and(groups(c, third), groups(d, fourth)))
}

/// The groups that have a byte at each place.
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

//! Sixteen places at a time, by the vector instructions of WebAssembly.

#![expect(unsafe_code, reason = "reading sixteen bytes at once takes a pointer; `load` says why it is sound")]

use core::arch::wasm32::{
    u8x16_bitmask, u8x16_ne, u8x16_shr, u8x16_splat, u8x16_swizzle, v128, v128_and, v128_any_true, v128_load,
};

use crate::anchor::WIDTH;
use crate::finder::Finder;

const LANES: usize = 16;

/// The first place from `from` on where an anchor could stand.
pub(crate) fn next(finder: &Finder, text: &[u8], from: usize) -> Option<usize> {
    // The module is loaded where the engine has vector instructions (pkg/find/engine.js).
    match blocks(finder, text, from) {
        Ok(found) => Some(found),
        Err(left) => finder.next_by_one(text, left),
    }
}

/// A place, or where fewer bytes than a block are left.
#[target_feature(enable = "simd128")]
fn blocks(finder: &Finder, text: &[u8], from: usize) -> Result<usize, usize> {
    let mut tables = [(u8x16_splat(0), u8x16_splat(0)); WIDTH];
    for (table, halves) in tables.iter_mut().zip(&finder.halves) {
        *table = (load(&halves.low, 0), load(&halves.high, 0));
    }
    let zero = u8x16_splat(0);
    let mut at = from;
    while at + LANES + WIDTH <= text.len() {
        let [a, b, c, d] = &tables;
        // Most blocks fall by their first two bytes.
        let pairs = v128_and(groups(a, load(text, at)), groups(b, load(text, at + 1)));
        if v128_any_true(pairs) {
            let rest = v128_and(groups(c, load(text, at + 2)), groups(d, load(text, at + 3)));
            let mut places = u8x16_bitmask(u8x16_ne(v128_and(pairs, rest), zero));
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

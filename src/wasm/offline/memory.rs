//! What the module holds from call to call: the buffer that texts cross in,
//! secrets and declared formats.
//!
//! The one unsafe room. A `static` that changes needs it, and a `RefCell` would
//! be no way around: it is not `Sync`, and a call that traps would leave it
//! borrowed.

#![expect(unsafe_code, reason = "see the module's documentation")]

use alloc::vec::Vec;
use core::cell::UnsafeCell;

use keylatch_format::{CATALOGUE, KeyFormat, Secret};
use wasm_bindgen::prelude::*;

/// A text of 16,384 UTF-16 code units has at most 49,152 bytes; a batch of keys
/// is cut to fit.
pub(super) const SIZE: usize = 65_536;

struct Single<T>(UnsafeCell<T>);

// SAFETY: this module is built without threads (`atomics` is no target feature).
unsafe impl<T> Sync for Single<T> {}

/// By itself, so that its zeros are no part of the file.
static BUFFER: Single<[u8; SIZE]> = Single(UnsafeCell::new([0; SIZE]));
static STATE: Single<State> = Single(UnsafeCell::new(State { secrets: Slots::new(), formats: Slots::new() }));

/// What is kept from call to call.
pub(super) struct State {
    /// Wiped when they are dropped.
    pub(super) secrets: Slots<Secret>,
    /// Declared formats.
    pub(super) formats: Slots<KeyFormat>,
}

/// Things that JavaScript knows by number.
pub(super) struct Slots<T> {
    places: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Slots<T> {
    const fn new() -> Self {
        Slots { places: Vec::new(), free: Vec::new() }
    }

    /// Keeps a thing: its number.
    pub(super) fn hold(&mut self, thing: T) -> u32 {
        if let Some(number) = self.free.pop()
            && let Some(place) = self.places.get_mut(number as usize)
        {
            *place = Some(thing);
            return number;
        }
        self.places.push(Some(thing));
        self.places.len() as u32 - 1
    }

    /// The thing of a number.
    #[inline]
    pub(super) fn get(&self, number: u32) -> Option<&T> {
        self.places.get(number as usize).and_then(Option::as_ref)
    }

    /// Drops a thing; its number is used again.
    pub(super) fn free(&mut self, number: u32) {
        if self.places.get_mut(number as usize).and_then(Option::take).is_some() {
            self.free.push(number);
        }
    }
}

/// Works on the buffer.
#[inline]
pub(super) fn buffer<T>(work: impl FnOnce(&mut [u8; SIZE]) -> T) -> T {
    // SAFETY: one thread, and no export is entered while another runs, as none
    // calls JavaScript. No `work` in this module calls `buffer`.
    work(unsafe { &mut *BUFFER.0.get() })
}

/// Works on what is kept.
#[inline]
pub(super) fn state<T>(work: impl FnOnce(&mut State) -> T) -> T {
    // SAFETY: as above; no `work` calls `state`.
    work(unsafe { &mut *STATE.0.get() })
}

impl State {
    /// A format by its number: 0 is none, then those of the catalogue, then the
    /// declared ones. `Err` for a number that no format has.
    pub(super) fn format(&self, number: u32) -> Result<Option<&KeyFormat>, ()> {
        let Some(number) = number.checked_sub(1) else { return Ok(None) };
        let known = CATALOGUE.get(number as usize).map(|(_, format)| format);
        let declared = || self.formats.get(number.wrapping_sub(CATALOGUE.len() as u32));
        known.or_else(declared).map(Some).ok_or(())
    }
}

/// Where the buffer begins.
#[wasm_bindgen]
pub fn scratch() -> usize {
    BUFFER.0.get().addr()
}

/// The text of a length in the buffer, which JavaScript has written as UTF-8.
pub(super) fn text(buffer: &[u8], length: u32) -> &str {
    core::str::from_utf8(bytes(buffer, length)).unwrap_or_default()
}

/// The same as bytes.
#[inline]
pub(super) fn bytes(buffer: &[u8], length: u32) -> &[u8] {
    buffer.get(..length as usize).unwrap_or_default()
}

/// Wipes the beginning of the buffer. JavaScript can read it, so the compiler
/// cannot take the writes for useless.
#[inline]
pub(super) fn wipe(buffer: &mut [u8], length: u32) {
    if let Some(used) = buffer.get_mut(..length as usize) {
        used.fill(0);
    }
}

/// Puts an answer into the buffer in place of the `used` bytes and tells its
/// length.
pub(super) fn answer(buffer: &mut [u8], used: u32, text: &[u8]) -> u32 {
    wipe(buffer, used);
    put(buffer, text)
}

/// Writes to the beginning of the buffer: how much.
pub(super) fn put(buffer: &mut [u8], bytes: &[u8]) -> u32 {
    match buffer.get_mut(..bytes.len()) {
        Some(place) => copy(bytes, place),
        // No answer is so long: those that could be, secrets, are read in place.
        None => 0,
    }
}

/// Copies bytes to a place of their length, and tells it. `copy_from_slice` would
/// bring the formatting of its panic's message into the wasm.
pub(super) fn copy(from: &[u8], to: &mut [u8]) -> u32 {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
    from.len() as u32
}

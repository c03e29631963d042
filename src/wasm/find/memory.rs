//! What the module holds from call to call, in its one unsafe room: see
//! [`offline::memory`](super::super::offline).

#![expect(unsafe_code, reason = "see the module's documentation")]

use alloc::vec::Vec;
use core::cell::UnsafeCell;

use keylatch_find::{Engine, Match};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

/// A text is taken in pieces of this size.
const SIZE: usize = 262_144;

struct Single<T>(UnsafeCell<T>);

// SAFETY: this module is built without threads (`atomics` is no target feature).
unsafe impl<T> Sync for Single<T> {}

static BUFFER: Single<[u8; SIZE]> = Single(UnsafeCell::new([0; SIZE]));
static STATE: Single<State> = Single(UnsafeCell::new(State {
    engines: Vec::new(),
    values: Vec::new(),
    found: Vec::new(),
    list: Vec::new(),
}));

/// What is kept from call to call.
pub(super) struct State {
    /// What is looked for, by number.
    pub(super) engines: Vec<Engine>,
    /// Values that no engine has yet; wiped when they are dropped.
    pub(super) values: Vec<Zeroizing<Vec<u8>>>,
    /// Kept for its room.
    pub(super) found: Vec<Match>,
    /// The numbers of the last answer.
    pub(super) list: Vec<u32>,
}

impl State {
    /// An engine by its number.
    pub(super) fn engine(&mut self, number: u32) -> Option<&mut Engine> {
        self.engines.get_mut(number as usize)
    }
}

/// Works on the buffer.
#[inline]
pub(super) fn buffer<T>(work: impl FnOnce(&mut [u8; SIZE]) -> T) -> T {
    // SAFETY: one thread, and no export is entered while another runs, as none calls
    // JavaScript. No `work` in this module calls `buffer`.
    work(unsafe { &mut *BUFFER.0.get() })
}

/// Works on what is kept.
#[inline]
pub(super) fn state<T>(work: impl FnOnce(&mut State) -> T) -> T {
    // SAFETY: as above; no `work` calls `state`.
    work(unsafe { &mut *STATE.0.get() })
}

/// Where the buffer begins.
#[wasm_bindgen]
pub fn scratch() -> usize {
    BUFFER.0.get().addr()
}

/// The text of a length in the buffer.
pub(super) fn text(buffer: &[u8], length: u32) -> &str {
    core::str::from_utf8(buffer.get(..length as usize).unwrap_or_default()).unwrap_or_default()
}

/// Puts an answer into the buffer: its length.
pub(super) fn answer(buffer: &mut [u8], text: &[u8]) -> u32 {
    for (to, from) in buffer.iter_mut().zip(text) {
        *to = *from;
    }
    text.len().min(SIZE) as u32
}

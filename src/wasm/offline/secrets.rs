//! Secrets that JavaScript holds by a slot: the text stays here.

use alloc::string::String;
use alloc::vec::Vec;

use keylatch_format::Secret;
use wasm_bindgen::prelude::*;

use super::memory::{State, buffer, bytes, copy, state, text, wipe};

impl State {
    /// Keeps a secret: its slot.
    pub(super) fn hold(&mut self, secret: Secret) -> u32 {
        match self.free.pop() {
            Some(slot) => {
                if let Some(place) = self.secrets.get_mut(slot as usize) {
                    *place = Some(secret);
                }
                slot
            }
            None => {
                self.secrets.push(Some(secret));
                self.secrets.len() as u32 - 1
            }
        }
    }

    fn secret(&self, slot: u32) -> &str {
        self.secrets.get(slot as usize).and_then(Option::as_ref).map_or("", Secret::expose)
    }
}

/// Takes a text over as a secret: its slot.
#[wasm_bindgen]
pub fn hold(length: u32) -> u32 {
    let secret = buffer(|buffer| {
        let secret = Secret::from(text(buffer, length));
        wipe(buffer, length);
        secret
    });
    state(|state| state.hold(secret))
}

/// Room for a secret of a length, of zeros, for what the buffer is too small
/// for: its slot. JavaScript fills it at [`pointer`] with UTF-8.
#[wasm_bindgen]
pub fn reserve(length: u32) -> u32 {
    let zeros = Vec::from_iter(core::iter::repeat_n(0, length as usize));
    // Zeros are UTF-8.
    let room = Secret::new(String::from_utf8(zeros).unwrap_or_default());
    state(|state| state.hold(room))
}

/// Where a secret stands.
#[wasm_bindgen]
pub fn pointer(slot: u32) -> usize {
    state(|state| state.secret(slot).as_ptr().addr())
}

/// How long it is, in bytes.
#[wasm_bindgen(js_name = lengthOf)]
pub fn length_of(slot: u32) -> u32 {
    state(|state| state.secret(slot).len() as u32)
}

/// Copies a secret into the buffer: its length, or 0 when it does not fit.
#[wasm_bindgen]
pub fn load(slot: u32) -> u32 {
    state(|state| {
        let secret = state.secret(slot).as_bytes();
        buffer(|buffer| match buffer.get_mut(..secret.len()) {
            Some(place) => copy(secret, place),
            None => 0,
        })
    })
}

/// Whether two secrets are the same.
#[wasm_bindgen]
pub fn same(slot: u32, other: u32) -> bool {
    state(|state| state.secret(slot) == state.secret(other))
}

/// Wipes a secret and gives its slot back.
#[wasm_bindgen]
pub fn free(slot: u32) {
    state(|state| {
        if state.secrets.get_mut(slot as usize).and_then(Option::take).is_some() {
            state.free.push(slot);
        }
    });
}

/// Wipes the beginning of the buffer.
#[wasm_bindgen]
pub fn clear(length: u32) {
    buffer(|buffer| {
        let used = bytes(buffer, length).len() as u32;
        wipe(buffer, used);
    });
}

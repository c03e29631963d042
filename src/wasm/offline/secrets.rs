//! Secrets that JavaScript holds by a slot: the text stays here.

use keylatch_format::Secret;
use wasm_bindgen::prelude::*;

use super::memory::{State, buffer, copy, state, text, wipe};

impl State {
    fn secret(&self, slot: u32) -> &str {
        self.secrets.get(slot).map_or("", Secret::expose)
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
    state(|state| state.secrets.hold(secret))
}

/// Room for a secret of a length, of zeros, for what the buffer is too small
/// for: its slot. JavaScript fills it at [`pointer`] with UTF-8.
#[wasm_bindgen]
pub fn reserve(length: u32) -> u32 {
    // Zeros are UTF-8.
    let room = core::iter::repeat_n('\0', length as usize).collect();
    state(|state| state.secrets.hold(Secret::new(room)))
}

/// Where a secret stands.
#[wasm_bindgen]
pub fn pointer(slot: u32) -> usize {
    state(|state| state.secret(slot).as_ptr().addr())
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

/// Wipes a secret and gives its slot back.
#[wasm_bindgen]
pub fn free(slot: u32) {
    state(|state| state.secrets.free(slot));
}

/// Wipes the beginning of the buffer.
#[wasm_bindgen]
pub fn clear(length: u32) {
    buffer(|buffer| wipe(buffer, length));
}

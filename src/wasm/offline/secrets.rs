//! Secrets that JavaScript holds by a slot: the text stays here.

use keylatch_format::Secret;
use wasm_bindgen::prelude::*;

use super::memory::{State, buffer, put, state, text, wipe};

impl State {
    /// Keeps a secret: its slot. The buffer begins with the place of its text and
    /// the length, in four bytes each, the lowest first.
    pub(super) fn keep(&mut self, secret: Secret) -> u32 {
        let text = secret.expose();
        let place = (text.as_ptr().addr() as u64) | (text.len() as u64) << 32;
        buffer(|buffer| put(buffer, &place.to_le_bytes()));
        self.secrets.hold(secret)
    }
}

/// Takes a text over as a secret, as [`State::keep`] tells it.
#[wasm_bindgen]
pub fn hold(length: u32) -> u32 {
    let secret = buffer(|buffer| {
        let secret = Secret::from(text(buffer, length));
        wipe(buffer, length);
        secret
    });
    state(|state| state.keep(secret))
}

/// Room for a secret of a length, of zeros, for what the buffer is too small for,
/// as [`State::keep`] tells it. JavaScript fills it with UTF-8.
#[wasm_bindgen]
pub fn reserve(length: u32) -> u32 {
    // Zeros are UTF-8.
    let room = core::iter::repeat_n('\0', length as usize).collect();
    state(|state| state.keep(Secret::new(room)))
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

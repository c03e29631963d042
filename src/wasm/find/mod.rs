//! The module that finds keys in texts. As in [`offline`](super::offline) only numbers cross
//! its boundary: a text stands in the buffer, and what was found is a list of numbers. What
//! it looks for comes from JavaScript, which has the catalogue.

mod memory;

use keylatch_find::Engine;
use wasm_bindgen::prelude::*;

use self::memory::{answer, buffer, state, text};

/// Without the standard library somebody has to say what a panic does: it traps.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// A number for something new to look for.
#[wasm_bindgen]
pub fn engine() -> u32 {
    state(|state| {
        state.engines.push(Engine::new());
        state.engines.len() as u32 - 1
    })
}

/// Adds the shape in the buffer: 0, or the length of why it cannot be used, in its place.
#[wasm_bindgen]
pub fn add(engine: u32, length: u32, is_searched: bool) -> u32 {
    state(|state| {
        let added =
            state.engine(engine).map(|engine| buffer(|buffer| engine.add(text(buffer, length), is_searched)));
        match added {
            Some(Err(why)) => buffer(|buffer| answer(buffer, why.as_bytes())),
            _ => 0,
        }
    })
}

/// Prepares the search: the number of a shape that cannot be searched for, and one more, or 0.
#[wasm_bindgen]
pub fn compile(engine: u32) -> u32 {
    state(|state| state.engine(engine).and_then(Engine::compile).map_or(0, |number| number as u32 + 1))
}

/// Takes the text in the buffer for one that is looked for by value, in all its forms.
#[wasm_bindgen(js_name = addValue)]
pub fn add_value(length: u32) {
    state(|state| {
        buffer(|buffer| {
            keylatch_find::forms(text(buffer, length), &mut state.values);
            buffer.get_mut(..length as usize).unwrap_or_default().fill(0);
        });
    });
}

/// Looks for the values that were added since the last time, and for no others.
#[wasm_bindgen(js_name = setValues)]
pub fn set_values(engine: u32) {
    state(|state| {
        let values = core::mem::take(&mut state.values);
        if let Some(engine) = state.engine(engine) {
            engine.set_values(values);
        }
    });
}

/// Finds the keys of the text in the buffer from `from` on: how far it is decided. The list
/// has four numbers for each: where it begins and ends, its shape, and whether it is doubtful (bit
/// 0) and has escaped characters (bit 1), with where the key begins (bits 2 to 16) and ends (bits
/// 17 to 31) in what the text is the base64 of.
#[wasm_bindgen]
pub fn scan(engine: u32, from: u32, length: u32, is_whole: bool) -> u32 {
    state(|state| {
        let mut found = core::mem::take(&mut state.found);
        found.clear();
        let held = state.engine(engine).map_or(length as usize, |engine| {
            buffer(|buffer| {
                engine.scan(
                    buffer.get(..length as usize).unwrap_or_default(),
                    from as usize,
                    is_whole,
                    &mut found,
                )
            })
        });
        state.list.clear();
        for one in &found {
            let (start, end) = one.encoded.unwrap_or_default();
            let flags = u32::from(one.is_doubtful) | u32::from(one.is_escaped) << 1;
            let flags = flags | u32::from(start) << 2 | u32::from(end) << 17;
            state.list.extend([one.start as u32, one.end as u32, one.kind, flags]);
        }
        state.found = found;
        held as u32
    })
}

/// The shapes that the whole text in the buffer has: how many, two numbers each in the list.
#[wasm_bindgen]
pub fn is(engine: u32, length: u32) -> u32 {
    state(|state| {
        let mut list = core::mem::take(&mut state.list);
        list.clear();
        if let Some(engine) = state.engine(engine) {
            buffer(|buffer| {
                let text = buffer.get(..length as usize).unwrap_or_default();
                engine.is(text, |kind, is_doubtful| list.extend([kind, u32::from(is_doubtful)]));
            });
        }
        state.list = list;
        state.list.len() as u32 / 2
    })
}

/// Which shape of a range the text in the buffer comes closest to: in the list its number,
/// the first byte that does not fit, the least and the greatest length, or 0 for none.
#[wasm_bindgen]
pub fn nearest(engine: u32, length: u32, first: u32, last: u32) -> bool {
    state(|state| {
        state.list.clear();
        let Some(engine) = state.engine(engine) else { return false };
        let nearest = buffer(|buffer| {
            engine.nearest(buffer.get(..length as usize).unwrap_or_default(), first as usize..last as usize)
        });
        let Some(nearest) = nearest else { return false };
        let (min, max) = engine.shape(nearest.kind).map(|shape| shape.lengths()).unwrap_or_default();
        state.list.extend([nearest.kind, nearest.at as u32, min as u32, max.unwrap_or_default() as u32]);
        true
    })
}

/// An example of a shape, in the buffer: its length.
#[wasm_bindgen]
pub fn example(engine: u32, kind: u32, seed: u32) -> u32 {
    state(|state| {
        let key = state.engine(engine).map(|engine| engine.example(kind, seed)).unwrap_or_default();
        buffer(|buffer| answer(buffer, key.as_bytes()))
    })
}

/// Where the list begins.
#[wasm_bindgen]
pub fn list() -> usize {
    state(|state| state.list.as_ptr().addr())
}

/// How many numbers it has.
#[wasm_bindgen(js_name = listLength)]
pub fn list_length() -> u32 {
    state(|state| state.list.len() as u32)
}

/// How many UTF-16 code units a part of the text in the buffer has.
#[wasm_bindgen]
pub fn units(from: u32, to: u32) -> u32 {
    buffer(|buffer| {
        let part = buffer.get(from as usize..to as usize).unwrap_or_default();
        part.iter().map(|byte| u32::from(byte & 0xC0 != 0x80) + u32::from(*byte >= 0xF0)).sum()
    })
}

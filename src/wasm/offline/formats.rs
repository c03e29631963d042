//! Formats that a user declares.

use alloc::string::String;
use alloc::vec::Vec;

use keylatch_format::{Alphabet, CATALOGUE, Certainty, Coverage, KeyFormat, Part};
use wasm_bindgen::prelude::*;

use super::memory::{answer, buffer, state, text};
use crate::text::parts;

/// Takes a format over: its number. A format that cannot be used is named instead:
/// [`FAULT`] and the length of two lines in the buffer, the member and why.
///
/// The buffer has a line for each part, its members between tabs: `L` and the
/// fixed texts; `R`, the alphabet, the least and the greatest length; `C`, what the
/// checksum covers and its length.
#[wasm_bindgen(js_name = declareFormat)]
pub fn declare_format(length: u32) -> u32 {
    let mut found = Vec::new();
    buffer(|buffer| parts(text(buffer, length), "\n").for_each(|line| found.extend(part(line))));
    let format = KeyFormat::new(found, Certainty::Documented);
    match format.validate() {
        Ok(()) => state(|state| state.formats.hold(format)) + CATALOGUE.len() as u32 + 1,
        Err((path, why)) => {
            let mut lines = path;
            lines.push('\n');
            lines.push_str(&why);
            FAULT | buffer(|buffer| answer(buffer, length, lines.as_bytes()))
        }
    }
}

/// See [`declare_format`].
const FAULT: u32 = 1 << 31;

/// Forgets a declared format.
#[wasm_bindgen(js_name = dropFormat)]
pub fn drop_format(number: u32) {
    state(|state| state.formats.free(number.wrapping_sub(CATALOGUE.len() as u32 + 1)));
}

fn part(line: &str) -> Option<Part> {
    let mut members = parts(line, "\t");
    Some(match members.next()? {
        "L" => Part::literal(members.map(String::from).collect()),
        "R" => {
            let alphabet = Alphabet::parse(members.next()?);
            Part::Run { alphabet, min: number(members.next()?)?, max: number(members.next()?)? }
        }
        _ => {
            let covers = if members.next()? == "all" { Coverage::All } else { Coverage::Body };
            Part::Checksum { covers, length: number(members.next()?)? }
        }
    })
}

fn number(digits: &str) -> Option<usize> {
    digits.bytes().try_fold(0_usize, |number, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(usize::from(digit))
    })
}

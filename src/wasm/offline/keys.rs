//! What can be said of a text that should be a key.

use alloc::string::String;

use keylatch_format::{
    CATALOGUE, Check, Problem, check_bytes, diagnose as find_problems, hash_bytes, integer, mask as masked,
    resembles, verify_bytes,
};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use super::memory::{answer, buffer, bytes, copy, state, text, wipe};

/// The quick check of a text, as [`Check::pack`] has it. A good one is wiped; any
/// other stays for [`resembled`] and [`diagnose`].
#[wasm_bindgen]
pub fn check(format: u32, length: u32) -> u32 {
    state(|state| {
        let Ok(format) = state.format(format) else { return Check::Unclear.pack() };
        buffer(|buffer| {
            let found = check_bytes(format, bytes(buffer, length));
            if let Check::Good { .. } = found {
                wipe(buffer, length);
            }
            found.pack()
        })
    })
}

/// Which formats of the catalogue a text has but for what surrounds the key: a
/// bit for each, without that of the format `own`. The text stays.
#[wasm_bindgen]
pub fn resembled(own: u32, length: u32) -> u32 {
    let mut found = 0;
    buffer(|buffer| {
        let text = text(buffer, length);
        for (number, (_, format)) in (0_u32..32).zip(CATALOGUE) {
            let is_like = own != number + 1 && resembles(format, text);
            found |= u32::from(is_like) << number;
        }
    });
    found
}

/// Everything that is wrong with a text, instead of it: a line for each problem,
/// with the number of its code, its index and its details between tabs.
#[wasm_bindgen]
pub fn diagnose(format: u32, length: u32) -> u32 {
    state(|state| {
        let format = state.format(format).unwrap_or_default();
        buffer(|buffer| {
            let mut lines = String::new();
            for problem in find_problems(format, text(buffer, length)) {
                push(&problem, &mut lines);
            }
            answer(buffer, length, lines.as_bytes())
        })
    })
}

/// No detail holds a tab or a line break: a control character is told by its number.
fn push(problem: &Problem, lines: &mut String) {
    lines.push_str(&integer(problem.code as i64));
    lines.push('\t');
    lines.push_str(&integer(problem.index as i64));
    for detail in &problem.details {
        lines.push('\t');
        lines.push_str(detail);
    }
    lines.push('\n');
}

/// A status for each line of the buffer, instead of them: 0 for a good key, else
/// the number of its first problem's code and one more. Tells how many.
#[wasm_bindgen(js_name = checkLines)]
pub fn check_lines(format: u32, length: u32) -> u32 {
    state(|state| {
        let format = state.format(format).unwrap_or_default();
        buffer(|buffer| {
            let mut count = 0;
            let mut start = 0;
            let length = length as usize;
            while start < length {
                let rest = buffer.get(start..length).unwrap_or_default();
                let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                let line = rest.get(..end).unwrap_or_default();
                let line = if let [line @ .., b'\r'] = line { line } else { line };
                let status = match check_bytes(format, line) {
                    Check::Good { .. } => 0,
                    _ => first_problem(format, line),
                };
                start += end + 1;
                // Behind it: this line has been read, and has one byte at least.
                if let Some(place) = buffer.get_mut(count) {
                    *place = status;
                }
                count += 1;
            }
            if let Some(rest) = buffer.get_mut(count..length) {
                rest.fill(0);
            }
            count as u32
        })
    })
}

#[inline(never)]
fn first_problem(format: Option<&keylatch_format::KeyFormat>, line: &[u8]) -> u8 {
    let line = core::str::from_utf8(line).unwrap_or("\u{FFFD}");
    find_problems(format, line).first().map_or(0, |problem| problem.code as u8 + 1)
}

/// Enough of a text to recognise it by, instead of it.
#[wasm_bindgen]
pub fn mask(length: u32) -> u32 {
    buffer(|buffer| {
        let masked = masked(text(buffer, length));
        answer(buffer, length, masked.as_bytes())
    })
}

/// SHA-256 of a text in 64 hexadecimal digits, instead of it.
#[wasm_bindgen]
pub fn hash(length: u32) -> u32 {
    buffer(|buffer| {
        let digits = hash_bytes(bytes(buffer, length));
        answer(buffer, length, &digits)
    })
}

/// Whether the hash that follows a key is that of the key: 1 or 0, or 2 for
/// what is no hash.
#[wasm_bindgen]
pub fn verify(key: u32, hash: u32) -> u32 {
    buffer(|buffer| {
        let all = bytes(buffer, key.saturating_add(hash));
        let (key, digits) = all.split_at_checked(key as usize).unwrap_or_default();
        let answer = verify_bytes(key, digits);
        let used = all.len() as u32;
        wipe(buffer, used);
        match answer {
            Ok(is_right) => u32::from(is_right),
            Err(_) => 2,
        }
    })
}

/// A new key as a secret: its slot. The buffer holds `random` bytes of the
/// platform's random source. `prefix` is the number of the fixed text to begin
/// with. [`NEEDS_MORE`] asks for more random bytes, [`NO_KEY`] says that there are
/// no keys of the format.
#[wasm_bindgen]
pub fn generate(format: u32, prefix: u32, random: u32) -> u32 {
    state(|state| {
        let Ok(Some(format)) = state.format(format) else { return NO_KEY };
        let begins = match format.parts.first() {
            Some(keylatch_format::Part::Literal(choices)) => choices.get(prefix as usize),
            _ => None,
        };
        let key = buffer(|buffer| {
            let pool = Zeroizing::new(alloc::vec::Vec::from(bytes(buffer, random)));
            wipe(buffer, random);
            let mut blocks = pool.as_chunks::<64>().0.iter();
            keylatch_format::generate(format, begins.map_or("", |text| text), &mut |block: &mut [u8]| {
                blocks.next().map(|next| copy(next, block)).is_some()
            })
        });
        match key {
            Ok(key) => state.secrets.hold(key),
            Err(keylatch_format::Error::NoEntropy) => NEEDS_MORE,
            Err(_) => NO_KEY,
        }
    })
}

/// See [`generate`].
const NEEDS_MORE: u32 = u32::MAX;
/// See [`generate`].
const NO_KEY: u32 = u32::MAX - 1;

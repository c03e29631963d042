//! What can be said of a text that should be a key.

use alloc::vec::Vec;

use keylatch_format::{
    CATALOGUE, Check, KeyFormat, Problem, ProblemCode, check_bytes, diagnose as find_problems, hash_bytes,
    integer, is_key_of, mask as masked, resembles,
};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use super::memory::{answer, buffer, bytes, copy, put, state, text, wipe};

/// The quick check of a text, as [`Check::pack`] has it; the text is wiped.
///
/// Of a text with one fault the buffer begins with the services whose keys it looks
/// like: a bit for each format of the catalogue but this one, in four bytes, the
/// lowest first.
#[wasm_bindgen]
pub fn check(format: u32, length: u32) -> u32 {
    state(|state| {
        let known = state.format(format).unwrap_or_default();
        buffer(|buffer| {
            let found = check_bytes(known, bytes(buffer, length));
            match found {
                Check::Good { .. } | Check::Unclear => wipe(buffer, length),
                // A text with one fault alone has nothing around it.
                _ => {
                    let like = resembling(format, |other| is_key_of(other, bytes(buffer, length)));
                    wipe(buffer, length);
                    put(buffer, &like.to_le_bytes());
                }
            }
            found.pack()
        })
    })
}

/// What the diagnosis says of a text, instead of it: four bytes as of [`check`], then
/// a line for each problem, with the number of its code, its index and its details
/// between tabs. Tells the length of the lines.
#[wasm_bindgen]
pub fn diagnose(format: u32, length: u32) -> u32 {
    state(|state| {
        let known = state.format(format).unwrap_or_default();
        buffer(|buffer| {
            let text = text(buffer, length);
            let like = resembling(format, |other| resembles(other, text));
            let mut lines = Vec::from(like.to_le_bytes());
            for problem in find_problems(known, text) {
                push(&problem, &mut lines);
            }
            answer(buffer, length, &lines).saturating_sub(4)
        })
    })
}

/// A bit for each format of the catalogue that a text is like, but for that of the
/// number `own`.
fn resembling(own: u32, is_like: impl Fn(&KeyFormat) -> bool) -> u32 {
    let mut found = 0;
    for (number, (_, format)) in (0_u32..32).zip(CATALOGUE) {
        found |= u32::from(own != number + 1 && is_like(format)) << number;
    }
    found
}

/// Which formats of the catalogue a text has but for what surrounds the key, as
/// bits. The text is wiped.
#[wasm_bindgen]
pub fn resembled(length: u32) -> u32 {
    buffer(|buffer| {
        let text = text(buffer, length);
        let found = resembling(0, |format| resembles(format, text));
        wipe(buffer, length);
        found
    })
}

/// The character of ASCII that another one looks like, or 0.
#[wasm_bindgen]
pub fn lookalike(character: u32) -> u32 {
    char::from_u32(character).and_then(keylatch_format::lookalike).map_or(0, u32::from)
}

/// No detail holds a tab or a line break: a control character is told by its number.
fn push(problem: &Problem, lines: &mut Vec<u8>) {
    lines.extend(integer(problem.code as i64).bytes());
    lines.push(b'\t');
    lines.extend(integer(problem.index as i64).bytes());
    for detail in &problem.details {
        lines.push(b'\t');
        lines.extend(detail.bytes());
    }
    lines.push(b'\n');
}

/// A status for each line of the buffer, instead of them: 0 for a good key, else
/// the number of its first problem's code and one more. Tells how many.
#[wasm_bindgen(js_name = checkLines)]
pub fn check_lines(format: u32, length: u32) -> u32 {
    state(|state| {
        let format = state.format(format).unwrap_or_default();
        buffer(|buffer| {
            let (mut count, mut start, mut end) = (0, 0, 0);
            let length = length as usize;
            while start < length {
                let rest = buffer.get(start..length).unwrap_or_default();
                // Most lines are as long as the one before. What the quick check is
                // sure of has no line break in it, so there is none to be looked for.
                let alike = rest.split_at_checked(end).filter(|(_, next)| matches!(next, [] | [b'\n', ..]));
                let mut line = alike.map_or(&[][..], |(line, _)| line);
                let mut found = check_bytes(format, line);
                if found == Check::Unclear {
                    end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                    line = rest.get(..end).unwrap_or_default();
                    line = if let [line @ .., b'\r'] = line { line } else { line };
                    found = check_bytes(format, line);
                }
                let status = match found {
                    Check::Good { .. } => 0,
                    Check::WrongLength { .. } => ProblemCode::WrongLength as u8 + 1,
                    Check::WrongPrefix { .. } => ProblemCode::WrongPrefix as u8 + 1,
                    Check::BadCharacter { .. } => ProblemCode::BadCharacter as u8 + 1,
                    Check::WrongChecksum { .. } => ProblemCode::WrongChecksum as u8 + 1,
                    Check::Unclear => first_problem(format, line),
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
fn first_problem(format: Option<&KeyFormat>, line: &[u8]) -> u8 {
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

/// A new key as a secret, as [`State::keep`] tells it. Whoever declares a format has
/// it validated. The buffer holds `random`
/// bytes of the platform's random source. `prefix` is the number of the fixed text
/// to begin with. [`NEEDS_MORE`] asks for more random bytes, [`NO_KEY`] says that
/// there are no keys of the format.
#[wasm_bindgen]
pub fn generate(format: u32, prefix: u32, random: u32) -> u32 {
    state(|state| {
        let Ok(Some(format)) = state.format(format) else { return NO_KEY };
        let begins = match format.parts.first() {
            Some(keylatch_format::Part::Literal(choices)) => choices.get(prefix as usize),
            _ => None,
        };
        let key = buffer(|buffer| {
            let pool = Zeroizing::new(Vec::from(bytes(buffer, random)));
            wipe(buffer, random);
            let mut blocks = pool.as_chunks::<64>().0.iter();
            keylatch_format::generate_valid(
                format,
                begins.map_or("", |text| text),
                &mut |block: &mut [u8]| blocks.next().map(|next| copy(next, block)).is_some(),
            )
        });
        match key {
            Ok(key) => state.keep(key),
            Err(keylatch_format::Error::NoEntropy) => NEEDS_MORE,
            Err(_) => NO_KEY,
        }
    })
}

/// See [`generate`].
const NEEDS_MORE: u32 = u32::MAX;
/// See [`generate`].
const NO_KEY: u32 = u32::MAX - 1;

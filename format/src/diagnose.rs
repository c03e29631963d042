//! The diagnosis from end to end: take off what surrounds the key, recognise a
//! placeholder, look at every character, lay the rest over the format.

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::check::{embedded, is_key_of};
use super::class::PLAIN;
use super::declare::{KeyFormat, Part};
use super::fit::{Fault, fit};
use super::found::Found;
use super::peel::peel;
use super::placeholder::{escape, is_placeholder};
use super::problem::{Problem, ProblemCode};
use super::scan::{Core, scan};
use super::text::integer;
use super::unicode::{narrow, shown, utf16_length};

/// Longer texts, in UTF-16 code units, are not looked at: servers refuse a
/// header of this length, so no service can have such a key.
pub const MAX_LENGTH: usize = 16_384;

/// Names everything that is wrong with a text that should be a key, in the
/// order of its place; nothing when it is fine. Without a format only what is
/// wrong with every key is named.
///
/// What surrounds a key (white space, quotes, `Bearer `, `NAME=`) is named and
/// ignored by the later steps, and so are white space, invisible characters and
/// look-alikes within it, so that one mistake is not reported as three. A
/// placeholder is named as such and not looked at any further, and so is a good key
/// with other text around it.
///
/// Any text of any size will do. Each code is named once, only the two ends
/// (`surrounding_space`) and a scheme within a header (`scheme_prefix`) twice,
/// and single characters (`bad_character`, `lookalike`, `invisible`,
/// `unsafe_in_header`) five times. Characters beyond the longest possible key
/// count for its length only, and of a text of more than [`MAX_LENGTH`] only the
/// length is named.
///
/// ```
/// use keylatch_format::{ProblemCode, diagnose, keylatch};
///
/// let problems = diagnose(Some(keylatch()), " \"Bearer kl_live_x");
/// let found: Vec<_> = problems.iter().map(|problem| (problem.code.as_str(), problem.index)).collect();
/// assert_eq!(
///     found,
///     [("surrounding_space", 0), ("quotes", 1), ("scheme_prefix", 2), ("wrong_length", 18)],
/// );
/// // Of an unknown format only what is wrong with every key is named.
/// assert!(diagnose(None, "kl_live_x").is_empty());
/// ```
#[inline]
pub fn diagnose(format: Option<&KeyFormat>, text: &str) -> Vec<Problem> {
    let length = utf16_length(text);
    if length > MAX_LENGTH {
        return too_long(format, length);
    }
    // Decoded once, as every step below walks to and fro; wiped, as they are
    // copies of the key; with room for all, so that growing leaves no copy behind.
    let mut chars = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    for ch in text.chars() {
        chars.push(ch);
        bytes.push(narrow(ch));
    }
    let mut found = Found::new(&chars);
    let (core, start) = peel(&bytes, format, &mut found);
    if core.is_empty() {
        found.add(ProblemCode::Empty, start);
    } else if let Some(at) = escape(core, format) {
        found.add(ProblemCode::Placeholder, start + at);
    } else if let Some((at, length)) = format.and_then(|format| embedded(format, core)) {
        if let Some(details) = found.add(ProblemCode::SurroundingText, start + at) {
            details.push(integer(length as i64).into());
        }
    } else if is_placeholder(core, format) {
        found.add(ProblemCode::Placeholder, start);
    } else {
        let core = scan(core, start, format, &mut found);
        if let Some(format) = format {
            fit(format, &core.bytes, core.length, |at, fault| name(&core, format, at, fault, &mut found));
        }
    }
    found.into_problems()
}

/// Whether a text would be a key of this format without what [`diagnose`]
/// ignores.
///
/// ```
/// use keylatch_format::{keylatch, resembles};
///
/// let key = "kl_live_0123456789ABCDEFGHIJKLMNOPQRST3zX1CQ";
/// assert!(resembles(keylatch(), &format!("KEYLATCH_API_KEY='{key}'")));
/// assert!(!resembles(keylatch(), "kl_live_x"));
/// ```
#[inline]
pub fn resembles(format: &KeyFormat, text: &str) -> bool {
    if is_key_of(format, text.as_bytes()) {
        return true;
    }
    // Of a plain text there is nothing to ignore.
    if PLAIN.contains_all(text.as_bytes()) {
        return false;
    }
    diagnose(Some(format), text).iter().all(|problem| {
        matches!(
            problem.code,
            ProblemCode::SurroundingSpace
                | ProblemCode::InnerSpace
                | ProblemCode::LineBreak
                | ProblemCode::Quotes
                | ProblemCode::SchemePrefix
                | ProblemCode::AssignmentPrefix
                | ProblemCode::SurroundingText
                | ProblemCode::Lookalike
                | ProblemCode::Invisible
        )
    })
}

#[inline]
fn too_long(format: Option<&KeyFormat>, length: usize) -> Vec<Problem> {
    let most = format.map_or(MAX_LENGTH, KeyFormat::longest);
    let mut expected = String::from("at most ");
    expected.push_str(&integer(most as i64));
    let details = Vec::from([expected.into(), integer(length as i64).into()]);
    Vec::from([Problem { code: ProblemCode::WrongLength, index: most, details }])
}

/// Names a fault of the key, at its place in the text.
#[inline]
fn name(core: &Core, format: &KeyFormat, at: usize, fault: Fault, found: &mut Found<'_>) {
    let expected = |part: usize| format.parts.get(part).map(Part::expected).unwrap_or_default();
    let place = core.place(at);
    match fault {
        Fault::Length { min, max } => {
            let Some(details) = found.add(ProblemCode::WrongLength, place) else { return };
            let mut expected = integer(min as i64);
            if min != max {
                expected.push_str(" to ");
                expected.push_str(&integer(max as i64));
            }
            details.push(expected.into());
            details.push(integer(core.length as i64).into());
        }
        Fault::Prefix => {
            if let Some(details) = found.add(ProblemCode::WrongPrefix, place) {
                details.push(expected(0));
            }
        }
        Fault::Character(part) => {
            // The character that was meant, where it was a look-alike.
            let meant = core.bytes.get(at).copied().filter(u8::is_ascii).map(char::from);
            let ch = meant.unwrap_or_else(|| found.character(place));
            if let Some(details) = found.add(ProblemCode::BadCharacter, place) {
                details.push(shown(ch));
                details.push(expected(part));
            }
        }
        Fault::Checksum(length) => {
            if let Some(details) = found.add(ProblemCode::WrongChecksum, place) {
                details.push(integer(length as i64).into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_text_that_is_too_long_only_that_is_said() {
        let found = |length: usize| {
            let problems = diagnose(None, &" ".repeat(length));
            problems.iter().map(|problem| (problem.code, problem.index)).collect::<Vec<_>>()
        };
        assert_eq!(found(MAX_LENGTH), [(ProblemCode::Empty, 0)]);
        for longer in [MAX_LENGTH + 1, MAX_LENGTH + 2] {
            assert_eq!(found(longer), [(ProblemCode::WrongLength, MAX_LENGTH)]);
        }
    }
}

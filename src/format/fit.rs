//! A text laid over the parts of a format, from the left to the right.
//!
//! The part of variable length takes what the others leave. When the length is
//! wrong, nobody knows what stands where: then a character is only complained of
//! when no part has it.

use std::borrow::Cow;

use super::chars::after;
use super::checksum::Checksum;
use super::declare::{Alphabet, Coverage, KeyFormat, Part, closest};
use super::found::Found;
use super::scan::Core;
use super::unicode::shown;
use crate::problem::ProblemCode;
use crate::text::integer;

/// Names what is wrong with the prefix, the length, the characters at their
/// places and the checksum.
pub(super) fn fit(format: &KeyFormat, core: &Core, found: &mut Found<'_>) {
    let chars = &**core.chars;
    let (min, max) = bounds(format, chars);
    let has_length = (min..=max).contains(&core.length);
    if !has_length {
        let mut expected = integer(min as i64);
        if min != max {
            expected.push_str(" to ");
            expected.push_str(&integer(max as i64));
        }
        wrong_length(expected, core.length, core.place(max), found);
    }

    let covers_all = matches!(format.parts.last(), Some(Part::Checksum { covers: Coverage::All, .. }));
    let mut sum = Checksum::new();
    let mut is_clean = has_length;
    let mut start = 0;
    // What the part of variable length has beyond its least.
    let spare = core.length.saturating_sub(min);
    for (number, part) in format.parts.iter().enumerate() {
        let is_prefix = number == 0 && part.alphabet().is_none();
        let here = after(chars, start);
        let (text, length) = match part {
            Part::Literal(choices) => (closest(choices, here).0, 0),
            Part::Run { min: least, max: most, .. } => ("", least.saturating_add(spare).min(*most)),
            Part::Checksum { length, .. } => ("", *length),
        };
        let length = length.max(text.len());
        let here = here.get(..length).unwrap_or(here);

        let mut expected = text.chars();
        for (at, ch) in (start..).zip(here) {
            let fits = match part.alphabet() {
                Some(alphabet) => alphabet.contains(*ch),
                None => expected.next() == Some(*ch),
            };
            if fits || !has_length && !is_prefix && format.allows(*ch) {
                continue;
            }
            is_clean = false;
            let code = if is_prefix { ProblemCode::WrongPrefix } else { ProblemCode::BadCharacter };
            if let Some(details) = found.add(code, core.place(at)) {
                details.extend((!is_prefix).then(|| shown(*ch)));
                details.push(part.expected());
            }
        }

        if let Part::Checksum { length, .. } = part {
            if is_clean
                && !sum.digits(*length).eq(here.iter().copied())
                && let Some(details) = found.add(ProblemCode::WrongChecksum, core.place(start))
            {
                details.push(integer(*length as i64).into());
            }
            return;
        }
        if covers_all || matches!(part, Part::Run { .. }) {
            here.iter().for_each(|ch| sum.add(&[*ch as u8]));
        }
        start = start.saturating_add(length);
    }
}

/// The least and the greatest length of a key with these fixed texts.
fn bounds(format: &KeyFormat, chars: &[char]) -> (usize, usize) {
    let (mut min, mut max) = (0_usize, 0_usize);
    for part in format.parts.iter() {
        let (least, most) = match part {
            // Behind the part of variable length all choices are of one length,
            // so it does not matter that the place is not known yet.
            Part::Literal(choices) => {
                let length = closest(choices, after(chars, min)).0.len();
                (length, length)
            }
            Part::Run { min, max, .. } => (*min, *max),
            Part::Checksum { length, .. } => (*length, *length),
        };
        min = min.saturating_add(least);
        max = max.saturating_add(most);
    }
    (min, max)
}

/// Names a wrong length; `at` is where the text is too long or ends too early.
pub(super) fn wrong_length(expected: String, length: usize, at: usize, found: &mut Found<'_>) {
    if let Some(details) = found.add(ProblemCode::WrongLength, at) {
        details.push(expected.into());
        details.push(integer(length as i64).into());
    }
}

impl Part {
    /// What can stand here, for a sentence.
    fn expected(&self) -> Cow<'static, str> {
        let mut text = String::new();
        match (self, self.alphabet()) {
            (_, Some(Alphabet::Custom(characters))) => {
                text.push_str("one of ");
                text.push_str(characters);
            }
            (_, Some(alphabet)) => return Cow::Borrowed(alphabet.description()),
            (Part::Literal(choices), None) => {
                for choice in choices.iter() {
                    text.push_str(if text.is_empty() { "\"" } else { " or \"" });
                    text.push_str(choice);
                    text.push('"');
                }
            }
            _ => {}
        }
        text.into()
    }
}

impl Alphabet {
    fn description(&self) -> &'static str {
        match self {
            Alphabet::Hex => "hexadecimal digits",
            Alphabet::HexLower => "lower-case hexadecimal digits",
            Alphabet::Base64Url => "letters, digits, - and _",
            Alphabet::Digits => "digits",
            _ => "letters and digits",
        }
    }
}

//! A text laid over the parts of a format, from the left to the right, for the
//! diagnosis.
//!
//! The part of variable length takes what the others leave. When the length is
//! wrong, nobody knows what stands where: then a character is a fault only when
//! no part has it.

use alloc::borrow::Cow;
use alloc::string::String;

use super::checksum::Checksum;
use super::declare::{Alphabet, Coverage, KeyFormat, Part, closest};
use super::peel::after;

/// One thing that is wrong with a text of visible characters.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    /// It is too short or too long.
    Length {
        /// The least length.
        min: usize,
        /// The greatest.
        max: usize,
    },
    /// A character of the first fixed text is another.
    Prefix,
    /// A character is none of those that the part of this number has.
    Character(usize),
    /// The checksum, of so many characters, is another.
    Checksum(usize),
}

/// Finds what is wrong with the prefix, the length, the characters at their
/// places and the checksum, and tells of each at its place, from the left to the right
/// behind that of the length. `text` is as long as the longest key, `length` what it
/// was before.
#[inline]
pub(super) fn fit(format: &KeyFormat, text: &[u8], length: usize, mut tell: impl FnMut(usize, Fault)) {
    let (min, max) = bounds(format, text);
    let has_length = (min..=max).contains(&length);
    let mut is_good = has_length;
    if !has_length {
        tell(max, Fault::Length { min, max });
    }

    let covers_all = matches!(format.parts.last(), Some(Part::Checksum { covers: Coverage::All, .. }));
    let mut sum = Checksum::new();
    let mut start = 0;
    // What the part of variable length has beyond its least.
    let spare = length.saturating_sub(min);
    for (number, part) in format.parts.iter().enumerate() {
        let is_prefix = number == 0 && part.alphabet().is_none();
        let here = after(text, start);
        let (fixed, length) = match part {
            Part::Literal(choices) => {
                let (_, choice, _) = closest(choices, here);
                (choice, choice.len())
            }
            Part::Run { min: least, max: most, .. } => ("", least.saturating_add(spare).min(*most)),
            Part::Checksum { length, .. } => ("", *length),
        };
        let alphabet = part.alphabet();
        let here = here.get(..length).unwrap_or(here);
        let mut expected = fixed.bytes();
        for (at, byte) in (start..).zip(here) {
            let fits = match alphabet {
                Some(alphabet) => alphabet.contains(*byte),
                None => expected.next() == Some(*byte),
            };
            if fits || !has_length && !is_prefix && format.allows(*byte) {
                continue;
            }
            is_good = false;
            tell(at, if is_prefix { Fault::Prefix } else { Fault::Character(number) });
            // A wrong prefix is one fault, however many characters differ.
            if is_prefix {
                break;
            }
        }

        // Of a key in which something else is wrong, no checksum is asked for.
        if is_good {
            match part {
                Part::Checksum { length, .. } if !sum.is(here) => tell(start, Fault::Checksum(*length)),
                Part::Run { .. } => sum.add(here),
                _ if covers_all => sum.add(here),
                _ => {}
            }
        }
        start = start.saturating_add(length);
    }
}

/// The least and the greatest length of a key with these fixed texts.
pub(super) fn bounds(format: &KeyFormat, text: &[u8]) -> (usize, usize) {
    let (mut min, mut max) = (0_usize, 0_usize);
    for part in format.parts.iter() {
        let (least, most) = match part {
            // Behind the part of variable length all choices are of one length,
            // so it does not matter that the place is not known yet.
            Part::Literal(choices) => {
                let length = closest(choices, after(text, min)).1.len();
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

impl Part {
    /// What can stand here, for a sentence: `letters and digits`, `"kl_live_" or
    /// "kl_test_"`.
    #[inline]
    pub fn expected(&self) -> Cow<'static, str> {
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
    #[inline]
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

//! A text laid over the parts of a format.
//!
//! The parts before the one of variable length are counted from the left, those
//! after it from the right. When the length is wrong, nobody knows what stands
//! where: then a character is only complained of when no part has it.

use std::borrow::Cow;

use super::check::{Core, Unit};
use super::checksum::Checksum;
use super::declare::{Alphabet, Coverage, KeyFormat, Part};
use super::problem::{Found, ProblemCode};
use super::unicode::shown;
use crate::text::integer;

/// Names what is wrong with the prefix, the length, the characters at their
/// places and the checksum.
pub(super) fn fit(format: &KeyFormat, core: &Core, found: &mut Found<'_>) {
    let layout = Layout::new(format, core);
    let has_prefix = layout.prefix(core, found);
    if !layout.length(core, found) {
        layout.strangers(format, core, has_prefix, found);
    } else if layout.characters(core, found) && has_prefix {
        layout.checksum(core, found);
    }
}

/// A part and its place in the text.
struct Piece<'f> {
    part: &'f Part,
    /// The choice of a literal that fits best.
    text: &'f str,
    start: usize,
    length: usize,
}

struct Layout<'f> {
    pieces: Vec<Piece<'f>>,
    /// The least and the greatest length of a key with these literals.
    min: usize,
    max: usize,
}

impl<'f> Layout<'f> {
    fn new(format: &'f KeyFormat, core: &Core) -> Self {
        let parts = &*format.parts;
        let varying = parts.iter().position(|part| matches!(part, Part::Run { min, max, .. } if min != max));
        let (front, rest) = parts.split_at_checked(varying.unwrap_or(parts.len())).unwrap_or((parts, &[]));

        let mut pieces = Vec::with_capacity(parts.len());
        let mut start = 0;
        for part in front {
            let (text, length) = measure(part, &core.units, |_| start);
            pieces.push(Piece { part, text, start, length });
            start = start.saturating_add(length);
        }
        let Some((varying @ Part::Run { min, max, .. }, back)) = rest.split_first() else {
            return Layout { pieces, min: start, max: start };
        };
        let mut stop = core.units.len();
        let mut fixed = start;
        let at = pieces.len();
        for part in back.iter().rev() {
            let (text, length) = measure(part, &core.units, |length| stop.saturating_sub(length));
            stop = stop.saturating_sub(length);
            fixed = fixed.saturating_add(length);
            pieces.push(Piece { part, text, start: stop, length });
        }
        pieces.push(Piece { part: varying, text: "", start, length: stop.saturating_sub(start) });
        // The checksum, which is last, covers the others in their order.
        if let Some(back) = pieces.get_mut(at..) {
            back.reverse();
        }
        Layout { pieces, min: fixed.saturating_add(*min), max: fixed.saturating_add(*max) }
    }

    /// Whether the text begins as the format does. A text that is shorter than
    /// the prefix but agrees with it is only too short.
    fn prefix(&self, core: &Core, found: &mut Found<'_>) -> bool {
        let Some(Piece { part: Part::Literal(choices), text, .. }) = self.pieces.first() else { return true };
        let agreed = agreement(text, &core.units);
        if agreed == text.len().min(core.units.len()) {
            return true;
        }
        if let Some(details) = found.add(ProblemCode::WrongPrefix, place(core, agreed)) {
            details.push(either(choices));
        }
        false
    }

    fn length(&self, core: &Core, found: &mut Found<'_>) -> bool {
        if (self.min..=self.max).contains(&core.length) {
            return true;
        }
        let mut expected = integer(self.min as i64);
        if self.min != self.max {
            expected.push_str(" to ");
            expected.push_str(&integer(self.max as i64));
        }
        wrong_length(expected, core.length, place(core, self.max), found);
        false
    }

    /// Names the characters that no part has, behind a wrong prefix.
    fn strangers(&self, format: &KeyFormat, core: &Core, has_prefix: bool, found: &mut Found<'_>) {
        let skip = match self.pieces.first() {
            Some(piece) if !has_prefix => piece.length,
            _ => 0,
        };
        for (at, ch) in core.units.iter().skip(skip).filter(|unit| !format.allows(unit.1)) {
            let Some(details) = found.add(ProblemCode::BadCharacter, *at) else { return };
            details.push(shown(*ch));
            details.push(self.expectation());
        }
    }

    /// What can stand in the runs.
    fn expectation(&self) -> Cow<'static, str> {
        let mut names: Vec<Cow<'static, str>> = Vec::new();
        for piece in &self.pieces {
            if let Some(alphabet) = piece.part.alphabet() {
                let name = describe(alphabet);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        join(&names, "")
    }

    /// Whether every character fits its place.
    fn characters(&self, core: &Core, found: &mut Found<'_>) -> bool {
        let mut is_clean = true;
        for (number, piece) in self.pieces.iter().enumerate() {
            let units = core.units.iter().skip(piece.start).take(piece.length);
            match piece.part {
                Part::Literal(_) if number == 0 => {}
                Part::Literal(choices) => {
                    let wrong = units.zip(piece.text.chars()).find(|(unit, ch)| unit.1 != *ch);
                    if let Some((unit, ch)) = wrong {
                        is_clean = false;
                        let expected = if choices.len() == 1 { shown(ch) } else { either(choices) };
                        bad(unit, Some(expected), found);
                    }
                }
                part => {
                    for unit in units.filter(|unit| !part.alphabet().is_some_and(|own| own.contains(unit.1)))
                    {
                        is_clean = false;
                        bad(unit, part.alphabet().map(describe), found);
                    }
                }
            }
        }
        is_clean
    }

    /// Compares the checksum. Everything else fits.
    fn checksum(&self, core: &Core, found: &mut Found<'_>) {
        let Some((last, before)) = self.pieces.split_last() else { return };
        let Part::Checksum { covers, length } = last.part else { return };
        let mut sum = Checksum::new();
        for piece in before {
            if *covers == Coverage::All || matches!(piece.part, Part::Run { .. }) {
                for unit in core.units.iter().skip(piece.start).take(piece.length) {
                    sum.add(&[unit.1 as u8]);
                }
            }
        }
        let written = core.units.iter().skip(last.start).map(|unit| unit.1);
        if !sum.digits(*length).eq(written) {
            let details = found.add(ProblemCode::WrongChecksum, place(core, last.start));
            details.into_iter().for_each(|details| details.push(integer(*length as i64).into()));
        }
    }
}

/// The best choice of a literal and the length of a part that is not the
/// varying one. `start` tells where a text of this length begins.
fn measure<'f>(part: &'f Part, units: &[Unit], start: impl Fn(usize) -> usize) -> (&'f str, usize) {
    match part {
        Part::Literal(choices) => {
            let mut best = ("", (false, 0));
            for choice in choices.iter() {
                let agreed = agreement(choice, units.get(start(choice.len())..).unwrap_or_default());
                let score = (agreed == choice.len(), agreed);
                if best.0.is_empty() || score > best.1 {
                    best = (choice, score);
                }
            }
            (best.0, best.0.len())
        }
        Part::Run { min, .. } => ("", *min),
        Part::Checksum { length, .. } => ("", *length),
    }
}

/// How many characters at the beginning of both are the same.
fn agreement(text: &str, units: &[Unit]) -> usize {
    text.chars().zip(units).take_while(|(ch, unit)| *ch == unit.1).count()
}

/// Where a character of the key stands in the whole text.
fn place(core: &Core, at: usize) -> usize {
    core.units.get(at).map_or(core.end, |unit| unit.0)
}

/// Names a wrong length; `at` is where the text is too long or ends too early.
pub(super) fn wrong_length(expected: String, length: usize, at: usize, found: &mut Found<'_>) {
    if let Some(details) = found.add(ProblemCode::WrongLength, at) {
        details.push(expected.into());
        details.push(integer(length as i64).into());
    }
}

fn bad(unit: &Unit, expected: Option<Cow<'static, str>>, found: &mut Found<'_>) {
    if let Some(details) = found.add(ProblemCode::BadCharacter, unit.0) {
        details.push(shown(unit.1));
        details.extend(expected);
    }
}

/// `"kl_live_" or "kl_test_"`
fn either(choices: &[Cow<'static, str>]) -> Cow<'static, str> {
    join(choices, "\"")
}

fn join(texts: &[Cow<'static, str>], quote: &str) -> Cow<'static, str> {
    let mut joined = String::new();
    for text in texts {
        if !joined.is_empty() {
            joined.push_str(" or ");
        }
        joined.push_str(quote);
        joined.push_str(text);
        joined.push_str(quote);
    }
    joined.into()
}

fn describe(alphabet: &Alphabet) -> Cow<'static, str> {
    Cow::Borrowed(match alphabet {
        Alphabet::Base62 | Alphabet::Alphanumeric => "letters and digits",
        Alphabet::Hex => "hexadecimal digits",
        Alphabet::HexLower => "lower-case hexadecimal digits",
        Alphabet::Base64Url => "letters, digits, - and _",
        Alphabet::Digits => "digits",
        Alphabet::Custom(characters) => {
            let mut text = String::from("one of ");
            text.push_str(characters);
            return text.into();
        }
    })
}

//! The quick check: one pass over a text, without allocation, for the keys that
//! are good and for the mistakes that are frequent.

use super::checksum::Checksum;
use super::class::{BASE62, Classes, PLAIN, SIMPLE};
use super::declare::{Coverage, KeyFormat, Part, longest_match};
use super::fit::{Fault, fit};
use super::peel::{after, starts_with};
use super::placeholder::{is_placeholder, is_simple_placeholder};

/// What [`check`] finds. Places and lengths are in characters, which are all of
/// ASCII, so they are bytes and UTF-16 code units as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Nothing is wrong: [`diagnose`](super::diagnose) finds no problem.
    Good {
        /// The number of the fixed text that the key begins with, among those of
        /// the first part.
        prefix: Option<usize>,
    },
    /// Only the length is wrong.
    WrongLength {
        /// The least length.
        min: usize,
        /// The greatest; the problem stands there, or where the text ends earlier.
        max: usize,
    },
    /// Only the prefix is wrong.
    WrongPrefix {
        /// The first character that is another.
        at: usize,
    },
    /// Only one character is wrong.
    BadCharacter {
        /// Which character.
        at: usize,
        /// The number of the part that it stands in.
        part: usize,
    },
    /// Only the checksum is wrong.
    WrongChecksum {
        /// Where the checksum begins.
        at: usize,
    },
    /// Something else: ask [`diagnose`](super::diagnose).
    Unclear,
}

impl Check {
    /// Whether nothing is wrong.
    pub fn is_good(self) -> bool {
        matches!(self, Check::Good { .. })
    }

    /// The answer as a number, for a boundary that numbers cross at no cost: the
    /// kind in the lowest three bits, in the order of the variants; above it two
    /// numbers of 14 bits, the place or the least length first.
    /// A good key has the number of its prefix and one more, or 0.
    pub fn pack(self) -> u32 {
        let (kind, first, second) = match self {
            Check::Good { prefix } => (0, prefix.map_or(0, |number| number + 1), 0),
            Check::WrongLength { min, max } => (1, min, max),
            Check::WrongPrefix { at } => (2, at, 0),
            Check::BadCharacter { at, part } => (3, at, part),
            Check::WrongChecksum { at } => (4, at, 0),
            Check::Unclear => (5, 0, 0),
        };
        // A format has at most 512 characters, so nothing is cut off.
        kind | (first as u32 & 0x3FFF) << 3 | (second as u32 & 0x3FFF) << 17
    }
}

/// Looks at a text that should be a key, in one pass. The format is a valid one;
/// without a format only what is wrong with every key is looked for.
///
/// ```
/// use keylatch_format::{Check, check, keylatch};
///
/// let check = |text| check(Some(keylatch()), text);
/// assert_eq!(check("kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms"), Check::Good { prefix: Some(1) });
/// assert_eq!(check("kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBm"), Check::WrongLength { min: 44, max: 44 });
/// assert_eq!(check(" kl_test_T7mQ2"), Check::Unclear);
/// ```
#[inline]
pub fn check(format: Option<&KeyFormat>, text: &str) -> Check {
    check_bytes(format, text.as_bytes())
}

/// [`check`] of bytes; what is not ASCII is [`Check::Unclear`].
pub fn check_bytes(format: Option<&KeyFormat>, text: &[u8]) -> Check {
    let Some(format) = format else {
        let is_good = !text.is_empty() && is_key(text, Classes::of(text), None, 0);
        return if is_good { Check::Good { prefix: None } } else { Check::Unclear };
    };
    match matches(format, text) {
        Some(found) if found.is_key(format, text) => match found.wrong_checksum {
            None => Check::Good { prefix: found.prefix },
            Some(at) => Check::WrongChecksum { at },
        },
        Some(_) => Check::Unclear,
        None => fault(format, text),
    }
}

/// Whether a text is a key, without a word of what is wrong with one that is none.
///
/// ```
/// use keylatch_format::{is_key_of, keylatch};
///
/// assert!(is_key_of(keylatch(), b"kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms"));
/// assert!(!is_key_of(keylatch(), b"kl_test_"));
/// ```
pub fn is_key_of(format: &KeyFormat, text: &[u8]) -> bool {
    matches(format, text).is_some_and(|found| found.wrong_checksum.is_none() && found.is_key(format, text))
}

/// Where a good key stands in a text that has more around it, and how long it is. Keys
/// of a format that begins with no fixed text stand in many texts.
#[inline(never)]
pub(crate) fn embedded(format: &KeyFormat, text: &[u8]) -> Option<(usize, usize)> {
    let (least, most) = (least(format, 0), format.longest());
    let is_telling = matches!(format.parts.first(), Some(Part::Literal(_)));
    if text.len() <= least || !is_telling || matches(format, text).is_some() {
        return None;
    }
    let is_end = |at: usize| text.get(at).is_none_or(|byte| ends_word(*byte));
    (0..=text.len() - least).filter(|at| *at == 0 || is_end(at - 1)).find_map(|at| {
        let room = most.min(text.len() - at);
        let mut lengths = (least..=room).filter(|length| is_end(at + length));
        let is_key = |length: &usize| is_key_of(format, text.get(at..at + length).unwrap_or_default());
        Some((at, lengths.find(is_key)?))
    })
}

/// Whether a word ends before a character. What cannot be seen or is of another
/// alphabet is a fault of the key rather than something else beside it.
fn ends_word(byte: u8) -> bool {
    byte == b' ' || byte.is_ascii_graphic() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'-')
}

/// A text that has every part of a format and nothing else.
struct Match {
    /// The number of the fixed text that it begins with, if the format has one.
    prefix: Option<usize>,
    /// The length of that text.
    body: usize,
    /// The classes that all its characters have.
    classes: Classes,
    /// Where the checksum begins, if it is wrong.
    wrong_checksum: Option<usize>,
}

impl Match {
    #[inline]
    fn is_key(&self, format: &KeyFormat, text: &[u8]) -> bool {
        is_key(text, self.classes, Some(format), self.body)
    }
}

/// Lays a text over the parts of a format.
#[inline]
fn matches(format: &KeyFormat, text: &[u8]) -> Option<Match> {
    let mut found = Match { prefix: None, body: 0, classes: Classes::ALL, wrong_checksum: None };
    let mut at = 0;
    let mut body = Checksum::new();
    let covers_body = matches!(format.parts.last(), Some(Part::Checksum { covers: Coverage::Body, .. }));
    for (number, part) in format.parts.iter().enumerate() {
        let rest = text.get(at..)?;
        match part {
            Part::Literal(choices) => {
                let (choice, fixed) = longest_match(choices, rest)?;
                if number == 0 {
                    found.prefix = Some(choice);
                    found.body = fixed.len();
                }
                found.classes = found.classes.and(Classes::of(fixed.as_bytes()));
                at += fixed.len();
            }
            Part::Run { alphabet, min, max } => {
                // The one run that varies takes what the parts behind it leave.
                let length =
                    if min == max { *min } else { rest.len().checked_sub(least(format, number + 1))? };
                let run = rest.get(..length).filter(|_| (*min..=*max).contains(&length))?;
                let classes = Classes::of(run);
                if !alphabet.members().have_all(run, classes) {
                    return None;
                }
                found.classes = found.classes.and(classes);
                if covers_body {
                    body.add(run);
                }
                at += length;
            }
            Part::Checksum { covers, length } => {
                let classes = Classes::of(rest);
                if rest.len() != *length || !classes.are(BASE62) {
                    return None;
                }
                found.classes = found.classes.and(classes);
                let mut sum = body;
                if *covers == Coverage::All {
                    sum = Checksum::new();
                    sum.add(text.get(..at)?);
                }
                found.wrong_checksum = (!sum.is(rest)).then_some(at);
                return Some(found);
            }
        }
    }
    (at == text.len()).then_some(found)
}

/// The least length of the parts from a number on. Behind a run that varies all
/// choices of a fixed text are of one length.
fn least(format: &KeyFormat, from: usize) -> usize {
    format
        .parts
        .iter()
        .skip(from)
        .map(|part| match part {
            Part::Literal(choices) => choices.first().map_or(0, |choice| choice.len()),
            Part::Run { min, .. } => *min,
            Part::Checksum { length, .. } => *length,
        })
        .sum()
}

/// Whether the diagnosis would take all of a text for the key: there is nothing
/// around it, and it is neither a placeholder nor the name of a scheme alone.
/// `body` is where the text goes on behind the prefix.
#[inline]
fn is_key(text: &[u8], classes: Classes, format: Option<&KeyFormat>, body: usize) -> bool {
    let is = |word: &str| text.len() == word.len() && starts_with(text, word);
    let is_placeholder = || {
        if classes.are(SIMPLE) {
            is_simple_placeholder(after(text, body))
        } else {
            is_placeholder(text, format)
        }
    };
    classes.are(PLAIN) && !is("Bearer") && !is("Basic") && !is_placeholder()
}

/// What is wrong, where it is one thing alone.
#[inline(never)]
fn fault(format: &KeyFormat, text: &[u8]) -> Check {
    let (room, rest) = text.split_at_checked(format.longest()).unwrap_or((text, &[]));
    let found = fit(format, room, text.len());
    let [(at, fault)] = *found.faults() else { return Check::Unclear };
    let body = || format.prefix(text).map_or(0, |(_, prefix)| prefix.len());
    if text.is_empty()
        || !is_key(text, found.classes.and(Classes::of(rest)), Some(format), body())
        || embedded(format, text).is_some()
    {
        return Check::Unclear;
    }
    match fault {
        Fault::Length { min, max } => Check::WrongLength { min, max },
        Fault::Prefix => Check::WrongPrefix { at },
        Fault::Character(part) => Check::BadCharacter { at, part },
        Fault::Checksum(_) => Check::WrongChecksum { at },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_of_a_scheme_alone_is_left_to_the_diagnosis() {
        for text in ["Bearer", "bearer", "BASIC", "basic"] {
            assert_eq!(check(None, text), Check::Unclear, "{text}");
        }
        for text in ["bearer-of-0123", "Basically-0", "Bea0er", "bas1c"] {
            assert_eq!(check(None, text), Check::Good { prefix: None }, "{text}");
        }
    }

    #[test]
    fn an_answer_fits_into_a_number() {
        let cases = [
            (Check::Good { prefix: None }, (0, 0, 0)),
            (Check::Good { prefix: Some(1) }, (0, 2, 0)),
            (Check::WrongLength { min: 30, max: 512 }, (1, 30, 512)),
            (Check::WrongPrefix { at: 7 }, (2, 7, 0)),
            (Check::BadCharacter { at: 511, part: 9 }, (3, 511, 9)),
            (Check::WrongChecksum { at: 38 }, (4, 38, 0)),
            (Check::Unclear, (5, 0, 0)),
        ];
        for (check, expected) in cases {
            let number = check.pack();
            assert_eq!((number & 7, number >> 3 & 0x3FFF, number >> 17), expected, "{check:?}");
        }
    }
}

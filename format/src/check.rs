//! The quick check: one pass over a text, without allocation, for the keys that
//! are good and for the mistakes that are frequent.

use super::checksum::Checksum;
use super::class::{Classes, LEADING, Members, PLAIN, SIMPLE};
use super::declare::{Alphabet, Coverage, KeyFormat, Part, closest};
use super::fit::bounds;
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
    match lay(format, text, false) {
        None => wrong_length(format, text),
        Some(found @ (Check::Good { .. } | Check::WrongChecksum { .. })) => found,
        // A good key with something else beside it.
        Some(_) if embedded(format, text).is_some() => Check::Unclear,
        Some(found) => found,
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
    // Mostly the first character tells.
    let may_be = text.first().is_some_and(|first| match format.parts.first() {
        Some(Part::Literal(choices)) => choices.iter().any(|choice| choice.as_bytes().first() == Some(first)),
        Some(part) => part.alphabet().is_some_and(|alphabet| alphabet.contains(*first)),
        None => false,
    });
    may_be && lay(format, text, true).is_some_and(Check::is_good)
}

/// Where a good key stands in a text that has more around it, and how long it is. Keys
/// of a format that begins with no fixed text stand in many texts.
#[inline(never)]
pub(crate) fn embedded(format: &KeyFormat, text: &[u8]) -> Option<(usize, usize)> {
    let least = least(format, 0);
    let is_telling = matches!(format.parts.first(), Some(Part::Literal(_)));
    if text.len() <= least || !is_telling || lay(format, text, true).is_some() {
        return None;
    }
    let most = format.longest();
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

/// A text of the right length, laid over the parts of a format.
struct Laid {
    /// What is wrong with the parts: nothing, one thing, or more.
    found: Check,
    /// The length of the fixed text that it begins with, if the format has one.
    body: usize,
    /// The classes that all its characters have.
    classes: Classes,
}

impl Laid {
    /// Takes the run of a part: whether all its characters fit.
    #[inline]
    fn take(&mut self, part: usize, run: &[u8], at: usize, members: Members) -> bool {
        let classes = Classes::of(run);
        self.classes = self.classes.and(classes);
        let fits = members.have_all(run, classes);
        if !fits {
            self.find_misfit(part, run, at, members);
        }
        fits
    }

    /// Apart from `take`, which good keys need as well.
    #[inline(never)]
    fn find_misfit(&mut self, part: usize, run: &[u8], at: usize, members: Members) {
        if let Some(first) = members.first_other(run) {
            let rest = after(run, first + 1);
            self.misfit(part, at + first, members.have_all(rest, Classes::of(rest)));
        }
    }

    /// Notes that a character of a part does not fit, and whether it is the only one.
    fn misfit(&mut self, part: usize, at: usize, is_only: bool) {
        let is_only = is_only && self.found.is_good();
        self.found = if is_only { Check::BadCharacter { at, part } } else { Check::Unclear };
    }
}

/// Lays a text over the parts of a format; `None` when it has another length than a key,
/// or, if that `is_strict`, a character that does not fit.
#[inline(never)]
fn lay(format: &KeyFormat, text: &[u8], is_strict: bool) -> Option<Check> {
    let mut laid = Laid { found: Check::Good { prefix: None }, body: 0, classes: Classes::ALL };
    let mut at = 0;
    let mut body = Checksum::new();
    let covers_body = matches!(format.parts.last(), Some(Part::Checksum { covers: Coverage::Body, .. }));
    for (number, part) in format.parts.iter().enumerate() {
        let rest = text.get(at..)?;
        let fits;
        match part {
            Part::Literal(choices) => {
                let (choice, fixed, agreed) = closest(choices, rest);
                let here = rest.get(..fixed.len())?;
                laid.classes = laid.classes.and(Classes::of(here));
                fits = agreed == fixed.len();
                if number == 0 && fits {
                    laid.found = Check::Good { prefix: Some(choice) };
                    laid.body = agreed;
                } else if number == 0 {
                    // A wrong prefix is one fault, however many characters differ.
                    laid.found = Check::WrongPrefix { at: agreed };
                } else if !fits {
                    let is_only = after(here, agreed + 1) == after(fixed.as_bytes(), agreed + 1);
                    laid.misfit(number, at + agreed, is_only);
                }
                at += fixed.len();
            }
            Part::Run { alphabet, min, max } => {
                // The one run that varies takes what the parts behind it leave.
                let length =
                    if min == max { *min } else { rest.len().checked_sub(least(format, number + 1))? };
                let run = rest.get(..length).filter(|_| (*min..=*max).contains(&length))?;
                fits = laid.take(number, run, at, alphabet.members());
                if covers_body {
                    body.add(run);
                }
                at += length;
            }
            Part::Checksum { covers, length } => {
                if rest.len() != *length {
                    return None;
                }
                fits = laid.take(number, rest, at, Alphabet::Base62.members());
                // Of a key in which something else is wrong, no checksum is asked for.
                if laid.found.is_good() {
                    if *covers == Coverage::All {
                        body = Checksum::new();
                        body.add(text.get(..at)?);
                    }
                    if !body.is(rest) {
                        laid.found = Check::WrongChecksum { at };
                    }
                }
                at += length;
            }
        }
        if is_strict && !fits {
            return None;
        }
    }
    if at != text.len() {
        return None;
    }
    Some(if is_key(text, laid.classes, Some(format), laid.body) { laid.found } else { Check::Unclear })
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
        let body = after(text, body);
        if classes.are(SIMPLE) && !body.first().is_some_and(|first| Classes::of_one(*first).are(LEADING)) {
            is_simple_placeholder(body)
        } else {
            is_placeholder(text, format)
        }
    };
    classes.are(PLAIN) && !is("Bearer") && !is("Basic") && !is_placeholder()
}

/// What is wrong with a text that is too short or too long, where that is all. Nobody
/// knows what stands where, so behind the prefix a character is good that any part has.
#[inline(never)]
fn wrong_length(format: &KeyFormat, text: &[u8]) -> Check {
    let (min, max) = bounds(format, text);
    let prefix = match format.parts.first() {
        Some(Part::Literal(choices)) => closest(choices, text).1.as_bytes(),
        _ => &[],
    };
    let (start, rest) = text.split_at_checked(prefix.len()).unwrap_or((text, &[]));
    let (body, beyond) = rest.split_at_checked(max.saturating_sub(prefix.len())).unwrap_or((rest, &[]));
    let classes = Classes::of(body);
    let have_all = |part: &Part| part.alphabet().is_some_and(|own| own.members().have_all(body, classes));
    let is_body = format.parts.iter().any(have_all) || body.iter().all(|byte| format.allows(*byte));
    let classes = classes.and(Classes::of(start)).and(Classes::of(beyond));
    // Of a text that is shorter than the prefix nothing stands behind it.
    let own = if start.len() == prefix.len() { prefix.len() } else { 0 };
    let is_all = prefix.starts_with(start)
        && is_body
        && !text.is_empty()
        && is_key(text, classes, Some(format), own)
        && embedded(format, text).is_none();
    if is_all { Check::WrongLength { min, max } } else { Check::Unclear }
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

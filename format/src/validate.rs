//! Whether a declared format can be used.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;

use super::checksum;
use super::declare::{Alphabet, KeyFormat, Part};
use super::text::integer;

/// The longest key that a format may describe, in characters.
const MAX_LENGTH: usize = 512;

impl KeyFormat {
    /// Whether the declaration can be used.
    ///
    /// # Errors
    /// The path of the first member that cannot, such as `parts[1].length`, and
    /// why: there are no parts; a text is empty or not visible ASCII; an
    /// alphabet is empty, not visible ASCII or names a character twice; a length
    /// is zero, upside down or beyond 512 in all; two parts vary in length; fixed
    /// texts behind such a part differ in length; a
    /// checksum is not last, is not 1 to 6 characters long or covers nothing.
    #[inline]
    pub fn validate(&self) -> Result<(), (String, String)> {
        self.parts_fault()
            .map(|(number, member, why)| (at(number, member), why))
            .or_else(|| self.whole_fault().map(|why| ("parts".to_owned(), why)))
            .map_or(Ok(()), |(path, why)| Err((path, why.to_owned())))
    }

    /// What is wrong with a part: its number, the member, and why.
    #[inline]
    fn parts_fault(&self) -> Option<(usize, &'static str, &'static str)> {
        let mut varies = false;
        let mut has_run = false;
        for (number, part) in self.parts.iter().enumerate() {
            if let Err((member, why)) = part.validate() {
                return Some((number, member, why));
            }
            let (member, why) = match part {
                Part::Run { min, max, .. } if varies && min != max => {
                    (".length", "only one part of a format may vary in length, and another one does already")
                }
                Part::Checksum { .. } if number + 1 != self.parts.len() => {
                    ("", "a checksum must be the last part")
                }
                Part::Checksum { .. } if !has_run => ("", "a checksum needs a run of characters before it"),
                Part::Literal(choices) if varies && differ(choices) => {
                    ("", "must be texts of one length, as they stand behind a part that varies")
                }
                Part::Run { min, max, .. } => {
                    varies |= min != max;
                    has_run = true;
                    continue;
                }
                _ => continue,
            };
            return Some((number, member, why));
        }
        None
    }

    /// What is wrong with all of it.
    #[inline]
    fn whole_fault(&self) -> Option<&'static str> {
        if self.parts.is_empty() {
            Some("must have at least one part")
        } else if self.longest() > MAX_LENGTH {
            Some("must not describe a key of more than 512 characters")
        } else {
            None
        }
    }
}

impl Part {
    #[inline]
    fn validate(&self) -> Result<(), (&'static str, &'static str)> {
        match self {
            Part::Literal(choices) => {
                if choices.is_empty() {
                    Err(("", "must name at least one text"))
                } else if !choices.iter().all(|text| !text.is_empty() && is_visible_ascii(text)) {
                    Err(("", "must be text of visible ASCII characters, and not empty"))
                } else {
                    Ok(())
                }
            }
            Part::Run { alphabet, min, max } => {
                if *min == 0 {
                    Err((".length", "must be at least 1"))
                } else if min > max {
                    Err((".length", "min must not be greater than max"))
                } else {
                    alphabet.validate().map_err(|why| (".alphabet", why))
                }
            }
            Part::Checksum { length, .. } => {
                if *length == 0 || *length > checksum::MAX_LENGTH {
                    Err((".length", "must be 1 to 6, as six characters of base62 hold a whole CRC-32"))
                } else {
                    Ok(())
                }
            }
        }
    }
}

impl Alphabet {
    #[inline]
    fn validate(&self) -> Result<(), &'static str> {
        let Alphabet::Custom(characters) = self else { return Ok(()) };
        let twice = characters
            .bytes()
            .enumerate()
            .any(|(at, byte)| characters.bytes().skip(at + 1).any(|other| other == byte));
        if characters.is_empty() {
            Err("must name at least one character")
        } else if !is_visible_ascii(characters) {
            Err("must be visible ASCII characters, or the name of an alphabet")
        } else if twice {
            Err("must not name a character twice")
        } else {
            Ok(())
        }
    }
}

/// Whether texts are of different length.
#[inline]
fn differ(choices: &[Cow<'static, str>]) -> bool {
    let mut lengths = choices.iter().map(|text| text.len());
    let first = lengths.next();
    lengths.any(|length| Some(length) != first)
}

#[inline]
fn is_visible_ascii(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[inline]
fn at(number: usize, member: &str) -> String {
    let mut path = String::from("parts[");
    path.push_str(&integer(number as i64));
    path.push(']');
    path.push_str(member);
    path
}

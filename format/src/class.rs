//! Sets of ASCII characters: alphabets, and what the quick check may pass over.

use super::declare::{self, Alphabet};

/// A set of characters of ASCII, one bit for each.
#[derive(Clone, Copy)]
pub(crate) struct Set([u64; 2]);

impl Set {
    /// The characters of a text; what is not ASCII is left out.
    pub(crate) const fn of(text: &str) -> Self {
        let mut bits = [0; 2];
        let mut rest = text.as_bytes();
        while let [byte, others @ ..] = rest {
            match *byte {
                0..64 => bits[0] |= 1 << *byte,
                64..128 => bits[1] |= 1 << (*byte - 64),
                _ => {}
            }
            rest = others;
        }
        Set(bits)
    }

    /// Whether a byte is a character of the set.
    #[inline]
    pub(crate) fn contains(self, byte: u8) -> bool {
        let [low, high] = self.0;
        let bits = if byte & 64 == 0 { low } else { high };
        byte < 128 && bits >> (byte & 63) & 1 == 1
    }
}

/// A set that has a bit of its own in [`CLASSES`], so that a run of characters is
/// checked by one look-up and one `and` for each.
#[derive(Clone, Copy)]
pub(crate) struct Class(u8);

const BASE62: Class = Class(1);
const BASE64_URL: Class = Class(2);
const HEX: Class = Class(4);
const HEX_LOWER: Class = Class(8);
const DIGITS: Class = Class(16);

/// Those of which a placeholder is words or x's, and neither in brackets nor
/// shortened, a reference or an escape.
pub(crate) const SIMPLE: Class = Class(32);

/// All visible characters but quotes and the signs of an assignment: a text of
/// these has nothing around it that the diagnosis would take off, but for the name
/// of a scheme alone.
pub(crate) const PLAIN: Class = Class(64);

/// The classes of each character.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    mark(&mut classes, declare::BASE62, BASE62.0 | BASE64_URL.0 | SIMPLE.0 | PLAIN.0);
    mark(&mut classes, "-_", BASE64_URL.0 | SIMPLE.0 | PLAIN.0);
    mark(&mut classes, "0123456789ABCDEFabcdef", HEX.0);
    mark(&mut classes, "0123456789abcdef", HEX_LOWER.0);
    mark(&mut classes, "0123456789", DIGITS.0);
    mark(&mut classes, "#&+,;?@^|~", SIMPLE.0 | PLAIN.0);
    mark(&mut classes, "!$%()*./<>[\\]{}", PLAIN.0);
    classes
};

#[expect(clippy::indexing_slicing, reason = "runs at compile time, where it would be an error")]
const fn mark(classes: &mut [u8; 256], characters: &str, class: u8) {
    let mut rest = characters.as_bytes();
    while let [byte, others @ ..] = rest {
        classes[*byte as usize] |= class;
        rest = others;
    }
}

impl Class {
    #[inline]
    pub(crate) fn contains_all(self, bytes: &[u8]) -> bool {
        Classes::of(bytes).are(self)
    }
}

/// The classes that all characters of a text have, so that one walk answers for
/// every class.
#[derive(Clone, Copy)]
pub(crate) struct Classes(u8);

impl Classes {
    /// Those of no character: every class.
    pub(crate) const ALL: Self = Classes(u8::MAX);

    #[inline]
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let class = |byte: &u8| CLASSES.get(usize::from(*byte)).copied().unwrap_or_default();
        Classes(bytes.iter().fold(u8::MAX, |all, byte| all & class(byte)))
    }

    /// Those of two texts, one behind the other.
    #[inline]
    pub(crate) fn and(self, other: Self) -> Self {
        Classes(self.0 & other.0)
    }

    /// Whether all characters are of a class.
    #[inline]
    pub(crate) fn are(self, class: Class) -> bool {
        self.0 & class.0 != 0
    }
}

impl Alphabet {
    /// The class of an alphabet with a name.
    #[inline]
    fn class(&self) -> Option<Class> {
        Some(match self {
            Alphabet::Base62 | Alphabet::Alphanumeric => BASE62,
            Alphabet::Base64Url => BASE64_URL,
            Alphabet::Hex => HEX,
            Alphabet::HexLower => HEX_LOWER,
            Alphabet::Digits => DIGITS,
            Alphabet::Custom(_) => return None,
        })
    }

    /// Whether a character is accepted.
    pub(crate) fn contains(&self, byte: u8) -> bool {
        self.contains_all(&[byte])
    }

    /// Whether all characters are accepted.
    pub(crate) fn contains_all(&self, run: &[u8]) -> bool {
        self.accepts(run, Classes::of(run))
    }

    /// The same of a run whose classes are known.
    #[inline]
    pub(crate) fn accepts(&self, run: &[u8], classes: Classes) -> bool {
        match (self, self.class()) {
            (_, Some(class)) => classes.are(class),
            (Alphabet::Custom(characters), None) => {
                let set = Set::of(characters);
                run.iter().all(|byte| set.contains(*byte))
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alphabet_accepts_the_characters_that_it_makes() {
        for alphabet in [Alphabet::Base62, Alphabet::Base64Url, Alphabet::HexLower, Alphabet::Digits] {
            for byte in 0..=u8::MAX {
                assert_eq!(
                    alphabet.contains(byte),
                    alphabet.characters().as_bytes().contains(&byte),
                    "{byte}"
                );
            }
        }
        assert!((0..=u8::MAX).all(|byte| Alphabet::Hex.contains(byte) == byte.is_ascii_hexdigit()));
    }

    #[test]
    fn a_set_holds_its_characters_and_no_others() {
        for text in ["", "a", "@A`z0~", "!\u{7f}é"] {
            for byte in 0..=u8::MAX {
                let expected = byte < 128 && text.as_bytes().contains(&byte);
                assert_eq!(Set::of(text).contains(byte), expected, "{text} {byte}");
            }
        }
    }
}

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

/// Letters and digits.
pub(crate) const BASE62: Class = Class(1);
const BASE64_URL: Class = Class(2);
const HEX: Class = Class(4);
const HEX_LOWER: Class = Class(8);
const DIGITS: Class = Class(16);

/// Those of which a placeholder is words or x's, and neither in brackets nor
/// shortened, a reference or an escape, unless one of [`LEADING`] is its first.
pub(crate) const SIMPLE: Class = Class(32);

/// The characters of [`SIMPLE`] that brackets and references begin with.
pub(crate) const LEADING: Class = Class(128);

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
    mark(&mut classes, "!#$&+,;<>?@]^{|}~", SIMPLE.0 | PLAIN.0);
    mark(&mut classes, "%()*./[\\", PLAIN.0);
    mark(&mut classes, "{<!$#", LEADING.0);
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

    #[inline(never)]
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let class = |byte: &u8| Classes::of_one(*byte).0;
        let (fours, rest) = bytes.as_chunks();
        let all =
            fours.iter().fold(u8::MAX, |all, [a, b, c, d]| all & class(a) & class(b) & class(c) & class(d));
        Classes(rest.iter().fold(all, |all, byte| all & class(byte)))
    }

    #[inline]
    pub(crate) fn of_one(byte: u8) -> Self {
        Classes(CLASSES.get(usize::from(byte)).copied().unwrap_or_default())
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

/// The characters of an alphabet, looked up once for many questions.
#[derive(Clone, Copy)]
pub(crate) enum Members {
    Class(Class),
    Set(Set),
}

impl Members {
    #[inline]
    pub(crate) fn have(self, byte: u8) -> bool {
        match self {
            Members::Class(class) => Classes::of_one(byte).are(class),
            Members::Set(set) => set.contains(byte),
        }
    }

    /// The place of the first character that is none of them.
    pub(crate) fn first_other(self, run: &[u8]) -> Option<usize> {
        run.iter().position(|byte| !self.have(*byte))
    }

    /// Whether all characters of a run are among them, whose classes are known.
    #[inline]
    pub(crate) fn have_all(self, run: &[u8], classes: Classes) -> bool {
        match self {
            Members::Class(class) => classes.are(class),
            Members::Set(set) => run.iter().all(|byte| set.contains(*byte)),
        }
    }
}

impl Alphabet {
    /// Its characters.
    #[inline]
    pub(crate) fn members(&self) -> Members {
        Members::Class(match self {
            Alphabet::Base62 | Alphabet::Alphanumeric => BASE62,
            Alphabet::Base64Url => BASE64_URL,
            Alphabet::Hex => HEX,
            Alphabet::HexLower => HEX_LOWER,
            Alphabet::Digits => DIGITS,
            Alphabet::Custom(characters) => return Members::Set(Set::of(characters)),
        })
    }

    /// Whether a character is accepted.
    pub(crate) fn contains(&self, byte: u8) -> bool {
        self.members().have(byte)
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
        for text in ["", "a", "\0@A`z0~", "!\u{7f}é"] {
            for byte in 0..=u8::MAX {
                let expected = byte < 128 && text.as_bytes().contains(&byte);
                assert_eq!(Set::of(text).contains(byte), expected, "{text} {byte}");
            }
        }
    }
}

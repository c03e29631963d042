//! Sets of ASCII characters: alphabets, and what the quick check may pass over.

use super::declare::Alphabet;

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

    /// Whether every byte is a character of the set.
    #[inline]
    pub(crate) fn contains_all(self, bytes: &[u8]) -> bool {
        bytes.iter().all(|byte| self.contains(*byte))
    }
}

const ALPHANUMERIC: Set = Set::of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
const BASE64_URL: Set = Set::of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_");
const HEX: Set = Set::of("0123456789ABCDEFabcdef");
const HEX_LOWER: Set = Set::of("0123456789abcdef");
const DIGITS: Set = Set::of("0123456789");

/// All visible characters but quotes and the signs of an assignment: a text of
/// these has nothing around it that the diagnosis would take off, but for the name
/// of a scheme alone.
pub(crate) const PLAIN: Set = Set::of(concat!(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "!#$%&()*+,-./;<>?@[\\]^_{|}~"
));

/// Those of which a placeholder is words or x's, and neither in brackets nor
/// shortened.
pub(crate) const SIMPLE: Set =
    Set::of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_!#&()+,/;?@\\^|~");

impl Alphabet {
    /// The characters that are accepted.
    pub(crate) fn set(&self) -> Set {
        match self {
            Alphabet::Base62 | Alphabet::Alphanumeric => ALPHANUMERIC,
            Alphabet::Base64Url => BASE64_URL,
            Alphabet::Hex => HEX,
            Alphabet::HexLower => HEX_LOWER,
            Alphabet::Digits => DIGITS,
            Alphabet::Custom(characters) => Set::of(characters),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

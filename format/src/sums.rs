//! The checksums of services, as a table: what is computed, and how it is written.

use alloc::string::String;

use sha2::{Digest, Sha256};

use super::checksum::Checksum;
use super::declare::BASE62;

const BASE36: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX: &str = "0123456789abcdef";
const HEX_UPPER: &str = "0123456789ABCDEF";
/// The order of crates.io.
const LETTERS_FIRST: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// How a checksum is computed and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    /// CRC-32 as a number, left-padded with its zero.
    Crc32 {
        /// The digits, in the order of their value.
        digits: &'static str,
        /// Whether its four bytes stand the other way round.
        is_little_endian: bool,
    },
    /// The first characters of the SHA-256 in base32.
    Sha256Base32,
    /// All bytes by exclusive or, as one digit of base62.
    Xor,
}

/// Each by its name in `services.txt`, and how many characters it has at most.
const TABLE: &[(&str, Sum, usize)] = &[
    ("crc32-b62", Sum::Crc32 { digits: BASE62, is_little_endian: false }, 6),
    ("crc32-b36", Sum::Crc32 { digits: BASE36, is_little_endian: false }, 7),
    ("crc32-hex", Sum::Crc32 { digits: HEX, is_little_endian: false }, 8),
    ("crc32-HEX", Sum::Crc32 { digits: HEX_UPPER, is_little_endian: false }, 8),
    ("crc32-hexle", Sum::Crc32 { digits: HEX, is_little_endian: true }, 8),
    ("sha256-b32", Sum::Sha256Base32, 51),
    ("xor-b62", Sum::Xor, 1),
];

impl Sum {
    /// The algorithm of a name, and its greatest length.
    pub fn named(name: &str) -> Option<(Sum, usize)> {
        TABLE.iter().find(|(own, ..)| *own == name).map(|(_, sum, most)| (*sum, *most))
    }

    /// The characters that it is written in.
    pub fn digits(self) -> &'static str {
        match self {
            Sum::Crc32 { digits, .. } => digits,
            Sum::Sha256Base32 => BASE32,
            Sum::Xor => LETTERS_FIRST,
        }
    }

    /// Whether these characters are the checksum of those.
    pub fn is(self, of: &[u8], written: &[u8]) -> bool {
        let mut place = written.iter();
        let mut differs = false;
        self.write(of, written.len(), &mut |digit| differs |= place.next() != Some(&digit));
        !differs && place.next().is_none()
    }

    /// Adds the checksum of some bytes to a text.
    pub fn add(self, of: &[u8], length: usize, to: &mut String) {
        self.write(of, length, &mut |digit| to.push(char::from(digit)));
    }

    /// Gives its characters from the left.
    fn write(self, of: &[u8], length: usize, give: &mut dyn FnMut(u8)) {
        let digits = self.digits().as_bytes();
        let digit = |value: u32| digits.get(value as usize).copied().unwrap_or_default();
        match self {
            Sum::Crc32 { is_little_endian, .. } => {
                let mut crc = Checksum::new();
                crc.add(of);
                let crc = if is_little_endian { crc.value().swap_bytes() } else { crc.value() };
                let base = digits.len() as u32;
                for place in (0..length as u32).rev() {
                    let weight = base.checked_pow(place);
                    give(digit(weight.map_or(0, |weight| crc / weight % base)));
                }
            }
            Sum::Sha256Base32 => {
                let hash = Sha256::digest(of);
                for place in 0..length {
                    let bits = (0..5).fold(0, |bits, bit| {
                        let at = 5 * place + bit;
                        let byte = hash.get(at / 8).copied().unwrap_or_default();
                        bits << 1 | u32::from(byte >> (7 - at % 8) & 1)
                    });
                    give(digit(bits));
                }
            }
            Sum::Xor => give(digit(u32::from(of.iter().fold(0, |all, byte| all ^ byte)) % 62)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values of the algorithms' own catalogues, by name.
    #[test]
    fn each_algorithm_has_its_check_value() {
        for (name, of, written) in [
            ("crc32-hex", "123456789", "cbf43926"),
            ("crc32-HEX", "123456789", "CBF43926"),
            ("crc32-hexle", "123456789", "2639f4cb"),
            ("crc32-b36", "123456789", "1kl8mjq"),
            ("sha256-b32", "abc", "XJ4BNP4P"),
            ("xor-b62", "0000000000000000000000000000000", "w"),
            ("xor-b62", "12", "D"),
        ] {
            let (sum, _) = Sum::named(name).unwrap();
            let mut text = String::new();
            sum.add(of.as_bytes(), written.len(), &mut text);
            assert!(sum.is(of.as_bytes(), text.as_bytes()), "{name} {text}");
            assert_eq!(text, written, "{name}");
            assert!(!sum.is(b"other", text.as_bytes()), "{name}");
        }
    }
}

//! Numbers as text, without `core::fmt`, which weighs more in wasm than all
//! that is done with these texts.

use alloc::string::String;
use alloc::vec::Vec;

/// A whole number in decimal.
#[inline]
pub fn integer(number: i64) -> String {
    let mut digits = Vec::new();
    let mut rest = number.unsigned_abs();
    loop {
        digits.push(b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        digits.push(b'-');
    }
    digits.iter().rev().map(|&digit| char::from(digit)).collect()
}

/// The bytes as lower-case hexadecimal digits.
#[inline]
pub fn hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        digits.push(char::from(digit(byte >> 4)));
        digits.push(char::from(digit(byte & 15)));
    }
    digits
}

/// A hexadecimal digit in lower case.
#[inline]
pub(crate) fn digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn integers() {
        for number in [0, 7, -1, 10, 12035, i64::MAX, i64::MIN] {
            assert_eq!(integer(number), number.to_string());
        }
    }

    #[test]
    fn hexadecimal_digits() {
        assert_eq!(hex(&[0, 9, 10, 0xff, 0x5a]), "00090aff5a");
    }
}

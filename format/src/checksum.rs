//! CRC-32 in base62, the checksum that GitHub made common.
//!
//! The CRC is that of zip and PNG (ISO 3309), eight bytes at a time ("slicing by
//! 8", Kounavis and Berry 2005). Its tables, and the values of the digits, are made
//! on first use, in 3 µs: as data they would be 8 KB of every wasm that holds them,
//! and no compressor packs them. That is why this is not the crate `crc`, which has the same speed with
//! tables in the file, or a third of it without.

use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};

use super::declare::BASE62;

/// Six digits of base62 hold every CRC-32; fewer hold its last digits.
pub(super) const MAX_LENGTH: usize = 6;

/// 0x04C11DB7 with its bits reversed.
const POLYNOMIAL: u32 = 0xEDB8_8320;
const SLICES: usize = 8;

static TABLES: [[AtomicU32; 256]; SLICES] = [const { [const { AtomicU32::new(0) }; 256] }; SLICES];
/// What each digit of base62 is worth.
static VALUES: [AtomicU8; 256] = [const { AtomicU8::new(0) }; 256];
static ARE_MADE: AtomicBool = AtomicBool::new(false);

/// What a byte adds to the CRC when so many bytes follow it in its slice.
#[inline]
fn entry(slice: usize, byte: u32) -> u32 {
    let entry = TABLES.get(slice).and_then(|table| table.get((byte & 255) as usize));
    entry.map_or(0, |entry| entry.load(Ordering::Relaxed))
}

/// Fills the tables. Two threads that do so at once write the same.
#[cold]
fn make_tables() {
    for byte in 0..256_u32 {
        let mut crc = remainder(byte);
        for (slice, table) in TABLES.iter().enumerate() {
            if slice > 0 {
                crc = crc >> 8 ^ remainder(crc & 255);
            }
            if let Some(entry) = table.get(byte as usize) {
                entry.store(crc, Ordering::Relaxed);
            }
        }
    }
    for (value, digit) in (0..).zip(BASE62.bytes()) {
        if let Some(entry) = VALUES.get(usize::from(digit)) {
            entry.store(value, Ordering::Relaxed);
        }
    }
    ARE_MADE.store(true, Ordering::Release);
}

/// What eight steps of the register make of a byte, bit by bit.
fn remainder(byte: u32) -> u32 {
    (0..8).fold(byte, |crc, _| if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 })
}

/// A checksum in the making.
#[derive(Clone, Copy)]
pub(super) struct Checksum(u32);

impl Checksum {
    #[inline]
    pub(super) fn new() -> Self {
        if !ARE_MADE.load(Ordering::Acquire) {
            make_tables();
        }
        Checksum(u32::MAX)
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        // What fills no slice goes first: of it, each byte is looked up by itself, and none waits
        // for the one before.
        let (odd, slices) = bytes.as_rchunks::<SLICES>();
        let before = u64::from(self.0);
        let mut crc = (before >> (8 * odd.len())) as u32;
        for (at, byte) in odd.iter().enumerate() {
            crc ^= entry(odd.len() - 1 - at, (before >> (8 * at)) as u32 ^ u32::from(*byte));
        }
        for [a, b, c, d, e, f, g, h] in slices {
            // Four do not wait for the slice before.
            let tail = entry(3, u32::from(*e))
                ^ entry(2, u32::from(*f))
                ^ entry(1, u32::from(*g))
                ^ entry(0, u32::from(*h));
            let head = crc ^ u32::from_le_bytes([*a, *b, *c, *d]);
            crc = tail ^ entry(7, head) ^ entry(6, head >> 8) ^ entry(5, head >> 16) ^ entry(4, head >> 24);
        }
        self.0 = crc;
    }

    /// The number.
    pub(super) fn value(self) -> u32 {
        !self.0
    }

    /// The last `length` digits, left-padded with `0`.
    pub(super) fn digits(self, length: usize) -> impl Iterator<Item = u8> {
        let mut crc = !self.0;
        let mut digits = [0; MAX_LENGTH];
        for place in digits.iter_mut().rev() {
            *place = digit(crc % 62);
            crc /= 62;
        }
        digits.into_iter().skip(MAX_LENGTH.saturating_sub(length))
    }

    /// Whether these are its last digits. They are at most six, of base62: whoever asks has seen to that.
    #[inline]
    pub(super) fn is(self, digits: &[u8]) -> bool {
        // Read rather than written: a division for each digit waits for the one before.
        let (mut value, mut range) = (0_u64, 1_u64);
        for digit in digits {
            value = value * 62 + value_of(*digit);
            range *= 62;
        }
        u64::from(self.value()).checked_rem(range) == Some(value)
    }
}

/// The value of a digit, which a branch on its kind could not foretell.
#[inline]
fn value_of(digit: u8) -> u64 {
    VALUES.get(usize::from(digit)).map_or(0, |value| u64::from(value.load(Ordering::Relaxed)))
}

/// The digit of a value below 62.
#[inline]
fn digit(value: u32) -> u8 {
    BASE62.as_bytes().get(value as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    fn of(body: &str) -> String {
        let mut checksum = Checksum::new();
        checksum.add(body.as_bytes());
        let digits: String = checksum.digits(6).map(char::from).collect();
        assert!(checksum.is(digits.as_bytes()));
        digits
    }

    #[test]
    fn is_the_same_bit_by_bit_and_in_pieces() {
        let bytes: Vec<u8> = (0..200_u8).map(|n| n.wrapping_mul(37)).collect();
        for length in 0..bytes.len() {
            let whole = &bytes[..length];
            let expected =
                whole.iter().fold(u32::MAX, |crc, byte| crc >> 8 ^ remainder((crc ^ u32::from(*byte)) & 255));
            let mut pieces = Checksum::new();
            pieces.add(&whole[..length / 3]);
            pieces.add(&whole[length / 3..]);
            assert_eq!(pieces.0, expected, "{length}");
        }
    }

    #[test]
    fn short_checksums_are_the_last_digits() {
        let mut checksum = Checksum::new();
        checksum.add(b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ");
        assert!(checksum.is(b"q17") && checksum.is(b"") && !checksum.is(b"q18"));
        assert!(checksum.digits(3).eq(*b"q17"));
    }

    #[test]
    fn a_digit_is_worth_its_place() {
        let _ = Checksum::new();
        assert!(BASE62.bytes().map(value_of).eq(0..62));
    }

    #[test]
    fn nothing_is_padded() {
        assert_eq!(of(""), "000000");
    }
}

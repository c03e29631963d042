//! CRC-32 in base62, the checksum that GitHub made common.

use crc::{CRC_32_ISO_HDLC, Crc, Digest, Table};

use super::declare::BASE62;

/// Six digits of base62 hold every CRC-32; fewer hold its last digits.
pub(super) const MAX_LENGTH: usize = 6;

static CRC: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISO_HDLC);

/// A checksum in the making.
pub(super) struct Checksum(Digest<'static, u32, Table<1>>);

impl Checksum {
    pub(super) fn new() -> Self {
        Checksum(CRC.digest())
    }

    #[inline]
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The last `length` digits, left-padded with `0`.
    pub(super) fn digits(self, length: usize) -> impl Iterator<Item = u8> {
        let mut crc = self.0.finalize();
        let mut digits = [0; MAX_LENGTH];
        for digit in digits.iter_mut().rev() {
            *digit = BASE62.as_bytes().get((crc % 62) as usize).copied().unwrap_or_default();
            crc /= 62;
        }
        digits.into_iter().skip(MAX_LENGTH.saturating_sub(length))
    }

    /// Whether these are its last digits.
    #[inline]
    pub(super) fn is(self, digits: &[u8]) -> bool {
        self.digits(digits.len()).eq(digits.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    fn of(body: &str) -> String {
        let mut checksum = Checksum::new();
        checksum.add(body.as_bytes());
        checksum.digits(6).map(char::from).collect()
    }

    #[test]
    fn agrees_with_github() {
        assert_eq!(of("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ"), "0mLq17");
    }

    #[test]
    fn is_the_crc_32_of_zip_and_png() {
        // The check value of the catalogue, 0xCBF43926, in base62.
        let digits = of("123456789");
        let value = digits.bytes().fold(0_u64, |sum, b| sum * 62 + BASE62.find(b as char).unwrap() as u64);
        assert_eq!(value, 0xCBF4_3926);
    }

    #[test]
    fn short_checksums_are_the_last_digits() {
        let mut checksum = Checksum::new();
        checksum.add(b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ");
        assert!(checksum.is(b"q17"));
    }

    #[test]
    fn nothing_is_padded() {
        assert_eq!(of(""), "000000");
    }
}

//! CRC-32 in base62, the checksum that GitHub made common.

use crc::{CRC_32_ISO_HDLC, Crc, Digest, NoTable};

use super::declare::BASE62;

/// Six digits of base62 hold every CRC-32; fewer hold its last digits.
pub(super) const MAX_LENGTH: usize = 6;

// Without a table: it would be 16 KB, for keys of 40 characters.
static CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// A checksum in the making.
pub(super) struct Checksum(Digest<'static, u32, NoTable>);

impl Checksum {
    pub(super) fn new() -> Self {
        Checksum(CRC.digest())
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The last `length` digits, left-padded with `0`.
    pub(super) fn digits(self, length: usize) -> impl Iterator<Item = char> {
        let crc = self.0.finalize();
        (0..length.min(MAX_LENGTH)).rev().map(move |place| {
            let digit = crc / 62_u32.pow(place as u32) % 62;
            BASE62.as_bytes().get(digit as usize).copied().map_or('0', char::from)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> String {
        let mut checksum = Checksum::new();
        checksum.add(body.as_bytes());
        checksum.digits(6).collect()
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
        assert_eq!(checksum.digits(3).collect::<String>(), "q17");
    }

    #[test]
    fn nothing_is_padded() {
        assert_eq!(of(""), "000000");
    }
}

//! The alphabets that shapes are written with: sets of bytes, each known by a number.

use alloc::vec::Vec;

/// Alphabets by name; another one is written out, as in `<[MNO]:1>`.
const ALPHABETS: &[(&str, &str)] = &[
    ("dig", "0-9"),
    ("up", "A-Z"),
    ("alpha", "A-Za-z"),
    ("lownum", "a-z0-9"),
    ("upnum", "A-Z0-9"),
    ("b62", "0-9A-Za-z"),
    ("hex", "0-9a-fA-F"),
    ("hexl", "0-9a-f"),
    ("HEX", "0-9A-F"),
    ("b32", "A-Z2-7"),
    ("b32l", "a-z2-7"),
    ("w", "0-9A-Za-z_"),
    ("w.", "0-9A-Za-z_.=-"),
    ("b64", "0-9A-Za-z+/"),
    ("b64u", "0-9A-Za-z_-"),
    ("b64u=", "0-9A-Za-z_=-"),
    ("b64p", "0-9A-Za-z+/=_-"),
    ("entra", "0-9A-Za-z_~.-"),
];

/// A set of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes([u64; 4]);

impl Bytes {
    /// None.
    pub const NONE: Bytes = Bytes([0; 4]);

    /// Adds a byte.
    pub fn insert(&mut self, byte: u8) {
        if let Some(bits) = self.0.get_mut(usize::from(byte >> 6)) {
            *bits |= 1 << (byte & 63);
        }
    }

    /// Whether a byte is one of them.
    #[inline]
    pub fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte >> 6)).is_some_and(|bits| bits >> (byte & 63) & 1 == 1)
    }

    /// All of them, in the order of their value.
    pub fn iter(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=u8::MAX).filter(|byte| self.has(*byte))
    }

    /// Those of both.
    #[must_use]
    pub fn or(self, other: &Bytes) -> Bytes {
        let mut all = self;
        all.0.iter_mut().zip(other.0).for_each(|(own, other)| *own |= other);
        all
    }

    /// Whether a byte is in both.
    #[must_use]
    pub fn meets(&self, other: &Bytes) -> bool {
        self.0.iter().zip(other.0).any(|(own, other)| own & other != 0)
    }

    /// Those of an alphabet: by its name, or in brackets as they are.
    pub(crate) fn named(name: &str) -> Option<Bytes> {
        let written = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        let known = || ALPHABETS.iter().find(|(own, _)| *own == name).map(|(_, characters)| *characters);
        written.or_else(known).map(Bytes::of)
    }

    /// `A-Za-z_.`: ranges and characters.
    fn of(text: &str) -> Bytes {
        let mut set = Bytes::NONE;
        let mut rest = text.as_bytes();
        loop {
            rest = match rest {
                [from, b'-', to, after @ ..] => {
                    (*from..=*to).for_each(|byte| set.insert(byte));
                    after
                }
                [byte, after @ ..] => {
                    set.insert(*byte);
                    after
                }
                [] => return set,
            };
        }
    }
}

/// The alphabets of all shapes, each once, so that runs can be remembered by number.
#[derive(Default)]
pub struct Alphabets(Vec<Bytes>);

impl Alphabets {
    /// The number of an alphabet, which is new where none is the same.
    pub(crate) fn number(&mut self, set: Bytes) -> usize {
        if let Some(number) = self.0.iter().position(|own| *own == set) {
            return number;
        }
        self.0.push(set);
        self.0.len() - 1
    }

    /// The alphabet of a number.
    #[inline]
    pub fn get(&self, number: usize) -> Bytes {
        self.0.get(number).copied().unwrap_or(Bytes::NONE)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_joined_and_compared() {
        let set = |name| Bytes::named(name).unwrap();
        let both = set("[a-c]").or(&set("[xé]"));
        assert_eq!(both, set("[xa-cé]"));
        assert_eq!(both.iter().collect::<Vec<_>>(), b"abcx\xa9\xc3");
        assert!(both.meets(&set("[cd]")) && both.meets(&set("[é]")) && !both.meets(&set("[d-wyz]")));
        assert!(Bytes::named("a-c").is_none() && Bytes::named("[a").is_none());
    }
}

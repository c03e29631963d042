//! Two types for one thing: the plain key or token, which only its owner may
//! see, and the hashed one, which is all that the database knows.
//!
//! SHA-256 without salt is enough here: what is hashed is at least 122 random
//! bits, which no dictionary holds.

use keylatch_format::{self as format, Alphabet, Certainty, KeyFormat, Part, Secret, digest, hex};

/// A key, a token or an id could not be made; the log says why.
#[derive(Debug)]
pub struct NotGenerated;

/// A new key, on its way to its owner and to nobody else.
pub struct PlainKey(Secret);

impl PlainKey {
    /// Makes a key from the system's random source.
    ///
    /// # Errors
    /// When the random source fails.
    pub fn generate(format: &KeyFormat, prefix: &str) -> Result<Self, NotGenerated> {
        let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).is_ok();
        format::generate(format, prefix, &mut random).map(PlainKey).map_err(|error| {
            tracing::error!(%error, "a key could not be generated");
            NotGenerated
        })
    }

    /// What the database keeps of it.
    pub fn hashed(&self) -> HashedKey {
        HashedKey::of(&self.0)
    }

    /// The last four characters, to recognise the key by.
    pub fn last_four(&self) -> &str {
        let text = self.0.expose();
        text.char_indices().rev().nth(3).and_then(|(start, _)| text.get(start..)).unwrap_or(text)
    }

    /// Hands the key out. Calling this is the decision to show it to its owner.
    pub fn into_secret(self) -> Secret {
        self.0
    }
}

/// SHA-256 of a key, in hexadecimal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct HashedKey(String);

impl HashedKey {
    /// Hashes a key that a client presented.
    pub fn of(secret: &Secret) -> Self {
        HashedKey(format::hash(secret))
    }

    /// As the database has it.
    pub(crate) fn stored(hash: String) -> Self {
        HashedKey(hash)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A new session token: 256 random bits in hexadecimal.
pub(crate) struct PlainToken(Secret);

impl PlainToken {
    pub(crate) fn generate() -> Result<Self, NotGenerated> {
        let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
        getrandom::fill(bytes.as_mut()).map_err(no_randomness)?;
        Ok(PlainToken(Secret::new(hex(bytes.as_ref()))))
    }

    pub(crate) fn hashed(&self) -> HashedToken {
        HashedToken::of(self.0.expose())
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// SHA-256 of a session token, in hexadecimal.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct HashedToken(String);

impl HashedToken {
    pub(crate) fn of(token: &str) -> Self {
        HashedToken(fingerprint(token))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// SHA-256 of a text, in hexadecimal.
pub(crate) fn fingerprint(text: &str) -> String {
    hex(&digest(text.as_bytes()))
}

/// Random letters and digits, for ids: 16 of them are 95 bits.
pub(crate) fn random_base62(length: usize) -> Result<String, NotGenerated> {
    random_run(Alphabet::Base62, length)
}

/// Random letters of these.
pub(crate) fn random_letters(letters: &'static str, length: usize) -> Result<String, NotGenerated> {
    random_run(Alphabet::Custom(letters.into()), length)
}

fn random_run(alphabet: Alphabet, length: usize) -> Result<String, NotGenerated> {
    let run = Part::Run { alphabet, min: length, max: length };
    let format = KeyFormat::new(vec![run], Certainty::Documented);
    PlainKey::generate(&format, "").map(|id| String::from(id.0.expose()))
}

fn no_randomness(error: getrandom::Error) -> NotGenerated {
    tracing::error!(%error, "the system's random source failed");
    NotGenerated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprint_is_sha256_in_hexadecimal() {
        assert_eq!(fingerprint("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn last_four_counts_characters_not_bytes() {
        for (key, last_four) in [("kl_live_abcd1234", "1234"), ("abc", "abc"), ("", ""), ("aäöüß", "äöüß")]
        {
            assert_eq!(PlainKey(Secret::from(key)).last_four(), last_four, "{key}");
        }
    }

    #[test]
    fn random_text_has_the_asked_length_and_every_letter() {
        let text = random_base62(500).unwrap();
        assert_eq!(text.len(), 500);
        let distinct: std::collections::BTreeSet<_> = text.chars().collect();
        assert!(distinct.len() > 50, "{text}");
    }
}

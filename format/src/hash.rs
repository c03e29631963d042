//! What a server keeps instead of a key.

use alloc::string::String;

use sha2::block_api::compress256;
use subtle::ConstantTimeEq;

use super::error::Error;
use super::secret::Secret;
use super::text::digit;

/// SHA-256 of the key's UTF-8 bytes, as 64 lower-case hexadecimal digits: all
/// that a server needs to keep.
///
/// A plain hash, without salt, secret or slowness, is enough for a key: nobody
/// finds 178 random bits by trying, and two keys are never the same, so neither
/// slowness nor salt would add anything. A password is short and is chosen by a
/// person, so it *can* be found by trying: never use this for one, use argon2.
///
/// ```
/// use keylatch_format::{Secret, hash};
///
/// let hash = hash(&Secret::from("abc"));
/// assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
/// ```
pub fn hash(secret: &Secret) -> String {
    hash_bytes(secret.expose().as_bytes()).into_iter().map(char::from).collect()
}

/// Whether a hash of [`hash`] is that of this key. The time that it takes does
/// not tell where the two differ.
///
/// # Errors
/// [`Error::NotAHash`] when `hash` is not 64 hexadecimal digits, upper or lower
/// case: a store that was cut short must not pass for a wrong key.
pub fn verify(secret: &Secret, hash: &str) -> Result<bool, Error> {
    let stored = parse(hash.as_bytes()).ok_or(Error::NotAHash)?;
    Ok(digest(secret.expose().as_bytes()).ct_eq(&stored).into())
}

/// [`hash`] of bytes that stand somewhere else, as digits in ASCII.
pub fn hash_bytes(key: &[u8]) -> [u8; 64] {
    let mut digits = [0; 64];
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(digest(key)) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    digits
}

/// The bytes of [`hash`].
///
/// The rounds are the crate sha2's; the padding (FIPS 180-4, section 5.1.1) is done
/// here, as its `Sha256` keeps a part of the key in a buffer that it moves about,
/// and brings the formatting of a panic's message into the wasm.
pub fn digest(key: &[u8]) -> [u8; 32] {
    let mut state = INITIAL;
    let (blocks, rest) = key.as_chunks::<64>();
    compress256(&mut state, blocks);
    let mut last = [0; 64];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    if let Some(end) = last.get_mut(rest.len()) {
        *end = 0x80;
    }
    if rest.len() >= 56 {
        compress256(&mut state, &[last]);
        last.fill(0);
    }
    let bits = (key.len() as u64 * 8).to_be_bytes();
    for (to, from) in last.iter_mut().rev().zip(bits.iter().rev()) {
        *to = *from;
    }
    compress256(&mut state, &[last]);
    last.fill(0);
    core::hint::black_box(&last);
    wipe_stack();

    let mut digest = [0; 32];
    for (bytes, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    digest
}

/// FIPS 180-4, section 5.3.3.
const INITIAL: [u32; 8] =
    [0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19];

/// The rounds leave pieces of the key on the stack. A frame of the same depth lies
/// over them.
#[inline(never)]
fn wipe_stack() {
    // `black_box` keeps the array from being left out; `zeroize` would write it
    // byte by byte, which takes as long as the hash.
    core::hint::black_box(&mut [0_u8; 1024]);
}

fn parse(hash: &[u8]) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let (pairs, []) = hash.as_chunks::<2>() else { return None };
    if pairs.len() != bytes.len() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = (nibble(*high)? << 4) | nibble(*low)?;
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_verifies_against_its_hash_in_either_case() {
        let key = Secret::from("kl_live_0123");
        assert!(verify(&key, &hash(&key)).unwrap());
        assert!(verify(&key, &hash(&key).to_ascii_uppercase()).unwrap());
    }

    #[test]
    fn texts_of_every_length_are_padded_as_sha2_does() {
        use sha2::Digest;
        for length in 0..200 {
            let text = std::vec![b'a'; length];
            assert_eq!(digest(&text), *sha2::Sha256::digest(&text), "{length}");
        }
    }

    #[test]
    fn every_changed_digit_is_noticed() {
        let key = Secret::from("kl_live_0123");
        let good = hash(&key);
        for at in 0..64 {
            let other = if &good[at..=at] == "0" { "1" } else { "0" };
            let bad = [&good[..at], other, &good[at + 1..]].concat();
            assert!(!verify(&key, &bad).unwrap(), "digit {at}");
        }
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        let key = Secret::from("k");
        let good = hash(&key);
        let short = &good[..63];
        for bad in ["", short, &[short, "g"].concat(), &[&good, "0"].concat(), &[&good[..62], "é"].concat()]
        {
            assert_eq!(verify(&key, bad), Err(Error::NotAHash), "{bad}");
        }
    }
}

//! What a server keeps instead of a key.

use alloc::string::String;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::error::Error;
use super::secret::Secret;
use super::text::hex;

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
    hex(&digest(secret.expose().as_bytes()))
}

/// Whether a hash of [`hash`] is that of this key. The time that it takes does
/// not tell where the two differ.
///
/// # Errors
/// [`Error::NotAHash`] when `hash` is not 64 hexadecimal digits, upper or lower
/// case: a store that was cut short must not pass for a wrong key.
pub fn verify(secret: &Secret, hash: &str) -> Result<bool, Error> {
    verify_bytes(secret.expose().as_bytes(), hash.as_bytes())
}

/// [`verify`] of bytes that stand somewhere else.
///
/// # Errors
/// [`Error::NotAHash`].
pub fn verify_bytes(key: &[u8], hash: &[u8]) -> Result<bool, Error> {
    let stored = parse(hash).ok_or(Error::NotAHash)?;
    Ok(digest(key).ct_eq(&stored).into())
}

/// The bytes of [`hash`].
pub fn digest(key: &[u8]) -> [u8; 32] {
    let digest = sha_256(key);
    wipe_stack();
    digest
}

#[inline(never)]
fn sha_256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The hasher moves its block, and so leaves pieces of the key on the stack even
/// with sha2's `zeroize`. A frame of the same depth lies over them.
#[inline(never)]
fn wipe_stack() {
    [0_u8; 1024].zeroize();
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

//! A new key.

use alloc::string::String;

use zeroize::Zeroizing;

use super::checksum::Checksum;
use super::declare::{Alphabet, Coverage, KeyFormat, Part};
use super::error::Error;
use super::secret::Secret;

/// Makes a key of this format. `prefix` picks one of the texts that a key can
/// begin with; the empty prefix picks the first. Other fixed texts are the first
/// of their choices, and a run of variable length is as short as it may be.
///
/// `random` fills a buffer with bytes of a cryptographic random source, and says
/// whether it did.
///
/// ```
/// use keylatch_format::{generate, keylatch};
///
/// let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).is_ok();
/// assert!(generate(keylatch(), "", &mut random)?.expose().starts_with("kl_live_"));
/// assert!(generate(keylatch(), "kl_test_", &mut random)?.expose().starts_with("kl_test_"));
/// assert!(generate(keylatch(), "ghp_", &mut random).is_err());
/// # Ok::<(), keylatch_format::Error>(())
/// ```
///
/// # Errors
/// [`Error::UnknownPrefix`] when no key of the format begins with `prefix`,
/// [`Error::InvalidFormat`] and [`Error::NothingRandom`] for the format,
/// [`Error::NoEntropy`] when the random source fails.
pub fn generate(
    format: &KeyFormat,
    prefix: &str,
    random: &mut impl FnMut(&mut [u8]) -> bool,
) -> Result<Secret, Error> {
    format.validate().map_err(|(path, why)| Error::InvalidFormat { path, why })?;
    generate_valid(format, prefix, random)
}

/// [`generate`] by a format that is known to be valid, without the sentences of what
/// is wrong with another.
#[doc(hidden)]
pub fn generate_valid(
    format: &KeyFormat,
    prefix: &str,
    random: &mut impl FnMut(&mut [u8]) -> bool,
) -> Result<Secret, Error> {
    if !format.parts.iter().any(|part| matches!(part, Part::Run { .. })) {
        return Err(Error::NothingRandom);
    }
    let begins = match format.parts.first() {
        Some(Part::Literal(choices)) => choices.iter().find(|choice| prefix.is_empty() || *choice == prefix),
        _ => None,
    };
    if begins.is_none() && !prefix.is_empty() {
        return Err(Error::UnknownPrefix);
    }

    // As long as it can get, so that no half-made key is left behind by growing.
    let mut key = Zeroizing::new(String::with_capacity(format.longest()));
    let mut body = Checksum::new();
    for (number, part) in format.parts.iter().enumerate() {
        match part {
            Part::Literal(choices) => {
                let choice = if number == 0 { begins } else { choices.first() };
                key.push_str(choice.map_or("", |choice| choice));
            }
            Part::Run { alphabet, min, .. } => {
                let start = key.len();
                fill(&mut key, alphabet, *min, random)?;
                body.add(key.as_bytes().get(start..).unwrap_or_default());
            }
            Part::Checksum { covers, length } => {
                let mut all = Checksum::new();
                all.add(key.as_bytes());
                let covered = match covers {
                    Coverage::All => all,
                    Coverage::Body => body,
                };
                key.extend(covered.digits(*length).map(char::from));
                break;
            }
        }
    }
    Ok(Secret::new(core::mem::take(&mut *key)))
}

/// Adds `length` random characters. Each is as likely as any other: random bytes
/// beyond the last whole multiple of the alphabet's size are thrown away, as
/// their remainder would favour the first characters.
fn fill(
    key: &mut String,
    alphabet: &Alphabet,
    length: usize,
    random: &mut impl FnMut(&mut [u8]) -> bool,
) -> Result<(), Error> {
    let characters = alphabet.characters().as_bytes();
    let size = characters.len().clamp(1, 256);
    let fair = 256 - 256 % size;
    let mut bytes = Zeroizing::new([0_u8; 64]);
    let mut missing = length;
    while missing > 0 {
        if !random(&mut *bytes) {
            return Err(Error::NoEntropy);
        }
        for byte in bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair).take(missing) {
            key.push(characters.get(byte % size).copied().map_or('0', char::from));
            missing -= 1;
        }
    }
    Ok(())
}

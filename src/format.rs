//! What a key looks like: the crate [`keylatch_format`], with the random source
//! of the system and the errors of this crate.

pub use keylatch_format::{
    Alphabet, CATALOGUE, CONDUCE, Certainty, Check, Coverage, KEYLATCH, KeyFormat, LAMBDA, Part, Problem,
    ProblemCode, check, diagnose, hash, is_key_of, keylatch, mask, prefix_of, resembles, services,
};

use crate::error::{Code, Error};
use crate::secret::Secret;

/// Makes a key, as [`keylatch_format::generate`] does.
///
/// ```
/// use keylatch::format::{generate, keylatch};
///
/// assert!(generate(keylatch(), "kl_test_")?.expose().starts_with("kl_test_"));
/// # Ok::<(), keylatch::Error>(())
/// ```
///
/// # Errors
/// [`Code::InvalidArgument`] when no key of the format begins with `prefix`, or
/// the format is not a valid one or has nothing random in it;
/// [`Code::NoEntropy`] when the random source of the system fails.
pub fn generate(format: &KeyFormat, prefix: &str) -> Result<Secret, Error> {
    Ok(keylatch_format::generate(format, prefix, &mut |bytes| getrandom::fill(bytes).is_ok())?)
}

/// Whether a hash of [`hash`] is that of this key.
///
/// # Errors
/// [`Code::InvalidArgument`] when `hash` is not 64 hexadecimal digits.
pub fn verify(secret: &Secret, hash: &str) -> Result<bool, Error> {
    Ok(keylatch_format::verify(secret, hash)?)
}

impl From<keylatch_format::Error> for Error {
    fn from(error: keylatch_format::Error) -> Self {
        match error.argument() {
            Some((name, why)) => Error::argument(String::from(name), String::from(why)),
            None => Error::new(Code::NoEntropy),
        }
    }
}

//! Why a key could not be made or verified.

use alloc::string::String;
use core::fmt;

/// Why a key could not be made or verified. Never holds a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The declaration of the format cannot be used.
    InvalidFormat {
        /// The member that is wrong, such as `parts[1].length`.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The format has no run of characters, so nothing in it is random.
    NothingRandom,
    /// No key of the format begins with the prefix.
    UnknownPrefix,
    /// The random source failed.
    NoEntropy,
    /// A hash is not 64 hexadecimal digits.
    NotAHash,
}

impl Error {
    /// The argument that is wrong and why, unless the random source failed.
    pub fn argument(&self) -> Option<(&str, &str)> {
        Some(match self {
            Error::InvalidFormat { path, why } => (path, why),
            Error::NothingRandom => {
                ("format", "it has no run of characters, so there is nothing random in it.")
            }
            Error::UnknownPrefix => ("prefix", "no key of this format begins with it."),
            Error::NotAHash => ("hash", "it must be the 64 hexadecimal digits that hashKey() gives."),
            Error::NoEntropy => return None,
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.argument() {
            Some((argument, why)) => write!(f, "{argument}: {why}"),
            None => f.write_str("The random source failed, so no key was made."),
        }
    }
}

impl core::error::Error for Error {}

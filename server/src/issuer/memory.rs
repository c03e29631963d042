//! What an app keeps in memory for its issuer.

use super::codes::Codes;
use super::signing::SigningKey;

/// The key and the codes.
pub(crate) struct Issuer {
    pub(super) key: SigningKey,
    pub(super) codes: Codes,
}

impl Issuer {
    /// With a new signing key; `None` when the system's random source fails.
    pub(crate) fn new() -> Option<Self> {
        Some(Issuer { key: SigningKey::generate()?, codes: Codes::default() })
    }
}

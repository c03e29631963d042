//! Text that must not get out by accident.

use alloc::string::String;
use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A key, password or token: wiped when dropped, never shown by `Debug`, and
/// without `Display`, `Serialize` or `PartialEq` on purpose.
///
/// ```
/// use keylatch_format::Secret;
///
/// let key = Secret::new("kl_live_0123456789".into());
/// assert_eq!(format!("{key:?}"), "Secret([redacted])");
/// assert_eq!(key.expose(), "kl_live_0123456789");
/// ```
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes the text over. The buffer is wiped when the secret is dropped.
    pub fn new(text: String) -> Self {
        Secret(text)
    }

    /// The text itself. Calling this is the decision to let it out.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Secret(String::from(text))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(alloc::format!("{:?}", Secret::from("abc123")), "Secret([redacted])");
    }
}

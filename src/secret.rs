//! Text that must not get out by accident.
//!
//! ```
//! use keylatch::Secret;
//!
//! let key = Secret::new("kl_live_0123456789".into());
//! assert_eq!(format!("{key:?}"), "Secret([redacted])");
//! assert_eq!(key.expose(), "kl_live_0123456789");
//! ```

use std::borrow::Borrow;
use std::cell::RefCell;
use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::{Code, Error};
use crate::text;

/// A key, password or token: wiped when dropped, never shown by `Debug`, and
/// without `Display`, `Serialize` or `PartialEq` on purpose.
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

    /// Replaces every occurrence of the secret in a text by `[redacted]`: for
    /// messages that come from elsewhere, such as a platform's own error.
    pub fn scrub(&self, text: String) -> String {
        if self.0.is_empty() || !text::contains(&text, &self.0) {
            text
        } else {
            text::replace(&text, &self.0, "[redacted]")
        }
    }
}

/// Puts a text through [`Secret::scrub`] of each secret in turn.
pub fn scrubber<S: Borrow<Secret>>(secrets: &[S]) -> impl Fn(String) -> String {
    |text| secrets.iter().fold(text, |text, secret| secret.borrow().scrub(text))
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

/// A new key that can be looked at exactly once.
///
/// ```
/// use keylatch::{Code, RevealOnce, Secret};
///
/// let new = RevealOnce::new(Secret::from("kl_live_0123456789"));
/// assert_eq!(new.reveal()?.expose(), "kl_live_0123456789");
/// assert!(matches!(new.reveal(), Err(e) if e.code() == Code::AlreadyRevealed));
/// # Ok::<(), keylatch::Error>(())
/// ```
pub struct RevealOnce(RefCell<Option<Secret>>);

impl RevealOnce {
    /// Wraps a key that has not been shown yet.
    pub fn new(secret: Secret) -> Self {
        RevealOnce(RefCell::new(Some(secret)))
    }

    /// Hands the key out, once.
    ///
    /// # Errors
    /// [`Code::AlreadyRevealed`] from the second call on.
    pub fn reveal(&self) -> Result<Secret, Error> {
        self.0.take().ok_or_else(|| Error::new(Code::AlreadyRevealed))
    }

    /// Whether the key has been handed out or wiped.
    pub fn is_revealed(&self) -> bool {
        self.0.borrow().is_none()
    }

    /// A copy for keylatch's own use (storing, authenticating) that does not
    /// count as showing it to the person.
    pub fn peek(&self) -> Option<Secret> {
        self.0.borrow().clone()
    }
}

impl fmt::Debug for RevealOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RevealOnce([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert!(
            !format!("{:?} {:?}", Secret::from("abc123"), RevealOnce::new("abc123".into())).contains("abc")
        );
    }

    #[test]
    fn scrub_takes_every_occurrence_out() {
        let secret = Secret::from("s3cret");
        assert_eq!(secret.scrub("a s3cret, twice: s3cret".into()), "a [redacted], twice: [redacted]");
        assert_eq!(Secret::from("").scrub("untouched".into()), "untouched");
    }
}

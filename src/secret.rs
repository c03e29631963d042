//! Text that must not get out by accident.
//!
//! ```
//! use keylatch::Secret;
//!
//! let key = Secret::new("kl_live_0123456789".into());
//! assert_eq!(format!("{key:?}"), "Secret([redacted])");
//! assert_eq!(key.expose(), "kl_live_0123456789");
//! ```

use alloc::string::String;
use core::borrow::Borrow;
use core::cell::RefCell;
use core::fmt;

pub use keylatch_format::Secret;

use crate::error::{Code, Error};
use crate::text;

/// Replaces every occurrence of a secret in a text by `[redacted]`: for messages
/// that come from elsewhere, such as a platform's own error.
pub fn scrub(secret: &Secret, text: String) -> String {
    let secret = secret.expose();
    if secret.is_empty() || !text::contains(&text, secret) {
        text
    } else {
        text::replace(&text, secret, "[redacted]")
    }
}

/// Puts a text through [`scrub`] of each secret in turn.
pub fn scrubber<S: Borrow<Secret>>(secrets: &[S]) -> impl Fn(String) -> String {
    |text| secrets.iter().fold(text, |text, secret| scrub(secret.borrow(), text))
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
        assert_eq!(scrub(&secret, "a s3cret, twice: s3cret".into()), "a [redacted], twice: [redacted]");
        assert_eq!(scrub(&Secret::from(""), "untouched".into()), "untouched");
    }
}

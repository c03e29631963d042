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
use zeroize::Zeroize;

use crate::error::{Code, Error};
use crate::text;

/// What stands for a secret in a text.
const REDACTED: &str = "[redacted]";
/// Of a secret that is at least twice as long, so many characters in a row, or a few
/// more, are taken out too: a service that cuts its messages short cuts a key in them,
/// and what it leaves may be all but a few characters.
const PIECE: usize = 16;
/// How far one piece begins behind another.
const STEP: usize = 8;

/// Replaces every occurrence of the secrets in a text by `[redacted]`, and then what
/// was cut off them: for messages that come from elsewhere, such as a platform's own
/// error. Those that are whole go first, as a piece of one may stand in another.
pub fn scrubber<S: Borrow<Secret>>(secrets: &[S]) -> impl Fn(String) -> String {
    |text| {
        let secrets = || secrets.iter().map(|secret| secret.borrow().expose());
        let text = secrets().fold(text, |text, secret| scrub(secret, text));
        secrets().fold(text, |text, secret| scrub_pieces(secret, text))
    }
}

fn scrub(secret: &str, mut text: String) -> String {
    if secret.is_empty() || !text::contains(&text, secret) {
        return text;
    }
    let out = text::replace(&text, secret, REDACTED);
    text.zeroize();
    out
}

fn scrub_pieces(secret: &str, text: String) -> String {
    if secret.len() < 2 * PIECE || !secret.is_ascii() {
        return text;
    }
    let last = secret.len() - PIECE;
    (0..last).step_by(STEP).chain([last]).fold(text, |text, at| scrub_piece(secret, at, text))
}

/// Replaces what a text has of a secret around the piece that begins at a place.
#[inline(never)]
fn scrub_piece(secret: &str, at: usize, mut text: String) -> String {
    let (Some(before), Some(piece), Some(after)) =
        (secret.get(..at), secret.get(at..at + PIECE), secret.get(at + PIECE..))
    else {
        return text;
    };
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((left, right)) = text::cut(rest, piece) {
        let ends = left.bytes().rev().zip(before.bytes().rev());
        let begins = right.bytes().zip(after.bytes());
        out.push_str(left.get(..left.len() - alike(ends)).unwrap_or_default());
        out.push_str(REDACTED);
        rest = right.get(alike(begins)..).unwrap_or_default();
    }
    if out.is_empty() {
        return text;
    }
    out.push_str(rest);
    text.zeroize();
    out
}

/// How many pairs are equal before the first that is not.
fn alike(pairs: impl Iterator<Item = (u8, u8)>) -> usize {
    pairs.take_while(|(one, other)| one == other).count()
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
        let scrub = |secret: &Secret, text: &str| scrubber(&[secret])(text.into());
        assert_eq!(scrub(&secret, "a s3cret, twice: s3cret"), "a [redacted], twice: [redacted]");
        assert_eq!(scrub(&Secret::from(""), "untouched"), "untouched");
    }

    #[test]
    fn what_was_cut_off_a_secret_is_taken_out() {
        let scrub = |secret: &str, text: String| scrubber(&[Secret::from(secret)])(text);
        let key = "kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms";
        let cases = [
            (format!("bad key {}", &key[..42]), "bad key [redacted]"),
            (format!("…{} is bad", &key[3..]), "…[redacted] is bad"),
            (format!("é{}é", &key[5..28]), "é[redacted]é"),
            (format!("{0}{0}, {1}", &key[..30], key), "[redacted][redacted], [redacted]"),
            // What a mask shows, and what any key of the service begins with.
            ("kl_test_…HBms and kl_test_T7mQ2vX".into(), "kl_test_…HBms and kl_test_T7mQ2vX"),
        ];
        for (text, expected) in cases {
            assert_eq!(scrub(key, text), expected);
        }
        // Of a short one nothing but itself, and nothing goes on for ever.
        assert_eq!(scrub("correct horse battery", "correct horse batter".into()), "correct horse batter");
        let odd = REDACTED.repeat(4);
        assert_eq!(scrub(&odd, odd[..35].to_owned()), REDACTED);
    }
}

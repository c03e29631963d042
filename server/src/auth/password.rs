//! Passwords: argon2id, off the async threads, and only a few at a time.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use keylatch_format::Secret;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use crate::http::problem::Problem;

/// What one hash costs. The default is OWASP's first choice for argon2id.
#[derive(Clone, Copy, Debug)]
pub struct PasswordCost {
    /// Memory of one hash in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
}

impl Default for PasswordCost {
    fn default() -> Self {
        PasswordCost { memory_kib: 19 * 1024, passes: 2 }
    }
}

/// How long a sign-in waits for its turn to hash.
const PATIENCE: Duration = Duration::from_secs(10);

/// Hashes and verifies. Every hash takes a core and some megabytes, so there
/// are never more under way than there are cores.
#[derive(Clone)]
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    /// Verified against when the user is unknown, so that it takes as long.
    nobody: Arc<str>,
}

impl Passwords {
    /// `None` when argon2 does not take the cost.
    pub(crate) fn new(cost: PasswordCost) -> Option<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None).ok()?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = argon2.hash_password(b"nobody's password").ok()?.to_string().into();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Some(Passwords { argon2, turns: Arc::new(Semaphore::new(cores)), nobody })
    }

    /// The hash to store, as a PHC string.
    pub(crate) async fn hash(&self, password: Secret) -> Result<String, Problem> {
        let argon2 = self.argon2.clone();
        let hash = self.in_turn(move || argon2.hash_password(normal(&password).expose().as_bytes())).await?;
        hash.map(|hash| hash.to_string()).map_err(|error| {
            tracing::error!(%error, "a password could not be hashed");
            Problem::internal()
        })
    }

    /// Whether the password is the one that was hashed; without a hash (no such
    /// user) it is not, and finding that out takes as long.
    pub(crate) async fn verify(&self, password: Secret, hash: Option<String>) -> Result<bool, Problem> {
        let argon2 = self.argon2.clone();
        let known = hash.is_some();
        let hash: Arc<str> = hash.map_or_else(|| self.nobody.clone(), Into::into);
        let matches = move || match PasswordHash::new(&hash) {
            Ok(hash) => argon2.verify_password(normal(&password).expose().as_bytes(), &hash).is_ok(),
            Err(error) => {
                tracing::error!(%error, "a stored password hash cannot be read");
                false
            }
        };
        Ok(self.in_turn(matches).await? && known)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(Problem::busy("Too many people are signing in right now. Try again in a moment."));
        };
        let work = move || {
            // Held until the work is done, even when nobody waits for it any more.
            let _turn = turn;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| {
            tracing::error!(%error, "password hashing broke off");
            Problem::internal()
        })
    }
}

/// The same password for the same characters: some keyboards send `ä` as one code
/// point, others as `a` and a mark (RFC 8265, section 4.2.2).
fn normal(password: &Secret) -> Secret {
    // With room for all, so that growing leaves no copy behind: in UTF-8, no text
    // gets more than three times as long (Unicode Standard Annex 15, section 12).
    let mut text = String::with_capacity(3 * password.expose().len());
    text.extend(password.expose().nfc());
    Secret::new(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: PasswordCost = PasswordCost { memory_kib: 64, passes: 3 };

    #[tokio::test]
    async fn only_the_password_that_was_hashed_matches() {
        let passwords = Passwords::new(COST).unwrap();
        let hash = passwords.hash(Secret::from("correct horse")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=3,p=1$"), "{hash}");
        for (password, hash, matches) in [
            ("correct horse", Some(hash.clone()), true),
            ("wrong horse", Some(hash.clone()), false),
            ("", Some(hash), false),
            ("correct horse", Some("no PHC string".into()), false),
            ("correct horse", None, false),
            // Even the password that stands in for nobody's lets nobody in.
            ("nobody's password", None, false),
        ] {
            let found = passwords.verify(Secret::from(password), hash.clone()).await.unwrap();
            assert_eq!(found, matches, "{password} {hash:?}");
        }
    }

    #[tokio::test]
    async fn a_password_is_the_same_however_its_characters_are_composed() {
        let passwords = Passwords::new(COST).unwrap();
        for (one, other, matches) in [
            ("p\u{e4}ssword", "pa\u{308}ssword", true),
            // Hangul, and two marks in the other order.
            ("\u{d55c}\u{ae00}", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}", true),
            ("q\u{307}\u{323}", "q\u{323}\u{307}", true),
            // No compatibility: what looks different is different.
            ("\u{fb01}sh", "fish", false),
            ("password ", "password", false),
        ] {
            for (one, other) in [(one, other), (other, one)] {
                let hash = passwords.hash(Secret::from(one)).await.unwrap();
                assert_eq!(
                    passwords.verify(Secret::from(other), Some(hash)).await.unwrap(),
                    matches,
                    "{one:?}"
                );
            }
        }
    }

    #[test]
    fn an_unknown_user_costs_as_much_as_a_known_one() {
        let passwords = Passwords::new(COST).unwrap();
        assert!(passwords.nobody.starts_with("$argon2id$v=19$m=64,t=3,p=1$"), "{}", passwords.nobody);
        let default = PasswordCost::default();
        assert!((default.memory_kib, default.passes) >= (19 * 1024, 2), "OWASP's least");
    }

    #[test]
    fn a_cost_that_argon2_does_not_take_is_refused() {
        assert!(Passwords::new(PasswordCost { memory_kib: 1, passes: 1 }).is_none());
        assert!(Passwords::new(PasswordCost { memory_kib: 64, passes: 0 }).is_none());
    }
}

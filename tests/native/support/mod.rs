//! What the tests stand on.

mod faulty;
mod service;
mod transport;

pub use faulty::{Fault, Faulty, Sent, Times, answer};
pub use service::{KIM, LEE, PASSWORD, Service};
pub use transport::{BASE_URL, InProcess};

use keylatch::lifecycle::{KeyInfo, Lifetime, NewKey, Time, Validation};
use keylatch::{Error, Secret};

/// A key to be made, with the default lifetime.
pub fn named(name: &str) -> NewKey {
    NewKey { name: name.into(), lifetime: None, scopes: Vec::new() }
}

/// A key to be made that may look at keys and change them.
pub fn managing(name: &str) -> NewKey {
    NewKey { scopes: vec!["keys:read".into(), "keys:write".into()], ..named(name) }
}

/// A key to be made, with a duration or `never`.
pub fn lasting(name: &str, duration: &str) -> NewKey {
    NewKey { lifetime: Some(Lifetime::For(duration.into())), ..named(name) }
}

/// Keeps a successor nowhere.
pub async fn no_store(_: Secret, _: KeyInfo) -> Result<(), Error> {
    Ok(())
}

/// What came of a call, in a word: what it answers, or the code of the error.
pub fn outcome<T>(result: Result<T, Error>, answer: impl FnOnce(T) -> &'static str) -> &'static str {
    match result {
        Ok(done) => answer(done),
        Err(error) => error.code().as_str(),
    }
}

/// What validation says, in a word.
pub fn verdict(validation: &Validation) -> &'static str {
    match validation.reason {
        Some(reason) if !validation.valid => reason,
        None if validation.valid => "valid",
        _ => "contradiction",
    }
}

/// A moment as RFC 3339 writes it.
pub fn text(time: Option<&Time>) -> Option<String> {
    time.map(|time| time.to_rfc3339().unwrap())
}

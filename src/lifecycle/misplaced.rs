//! A key in the place of an id, a name or a search text. It would be written
//! down: by the service in a list, and by proxies in addresses.

use super::answer::is_in;
use super::client::Client;
use crate::error::Error;
use crate::format::{self, CATALOGUE, Certainty, KeyFormat};
use crate::provider::{Endpoint, Vars};

impl Client {
    /// Refuses a call that has a key where something else belongs, before anything
    /// is sent.
    ///
    /// # Errors
    /// `invalid_argument` that names the argument, and does not repeat it.
    pub(super) fn refuse_keys(&self, endpoint: &Endpoint, vars: &Vars) -> Result<(), Error> {
        for (name, value) in vars.iter() {
            match name {
                "secret" | "password" => continue,
                // A service that knows a key by the key itself takes it for an id.
                "id" if endpoint.uses("secret") => continue,
                _ => {}
            }
            let listed = value.items().iter().filter_map(|item| item.text());
            for text in value.text().into_iter().chain(listed) {
                self.refuse_key(name, text)?;
            }
        }
        Ok(())
    }

    /// The same of one argument.
    pub(super) fn refuse_key(&self, name: &'static str, text: &str) -> Result<(), Error> {
        if !self.holds_key(text) {
            return Ok(());
        }
        let (name, why) = match name {
            "id" => (name, "this is a key, and nothing was sent. Use the id that the list of keys shows."),
            "expires_in" | "expires_at" => ("expiresIn", NOT_HERE),
            _ => (name, NOT_HERE),
        };
        Err(Error::argument(name, why))
    }

    /// Whether a text is a key or has one in it: one of this client's own, of the
    /// service, or of a service that documents what its keys look like.
    fn holds_key(&self, text: &str) -> bool {
        if self.secrets(Vars::none()).iter().any(|secret| is_in(secret, text)) {
            return true;
        }
        let known = CATALOGUE.iter().map(|(_, format)| format);
        let documented = known.filter(|format| format.certainty == Certainty::Documented);
        documented.chain(&self.provider.format).any(|format| holds_key_of(format, text))
    }
}

const NOT_HERE: &str = "there is a key in it, and nothing was sent. A key belongs in the credential alone.";

/// Whether a text is a key of this format, or has one among its words: behind
/// `Bearer`, in quotes, in an address, in JSON.
fn holds_key_of(format: &KeyFormat, text: &str) -> bool {
    let ends_a_word = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || b"\"'`,;:=()[]{}<>|&?/\\".iter().any(|sign| char::from(*sign) == c)
    };
    let is_key = |text: &str| format::is_key_of(format, text.as_bytes());
    is_key(text) || text.split(ends_a_word).any(is_key)
}

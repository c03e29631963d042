//! Rotating where a user has one key at a time: "regenerate and replace". The old key must be
//! deleted before a new one can be made. So whatever could fail is checked first, and the new
//! key is handed over whatever fails afterwards.

use std::future::Future;

use super::client::Client;
use super::info::KeyInfo;
use super::options::Credential;
use super::recover::{Rotated, idempotency_key, not_stored};
use crate::error::{Code, Error};
use crate::http::Transport;
use crate::provider::{Operation, Vars};
use crate::secret::{RevealOnce, Secret};

/// How often a new key is asked for once the old one is gone.
const TRIES: usize = 3;
/// Milliseconds for each step of what cannot be stopped halfway.
const LATE: u32 = 15_000;

impl Client {
    pub(super) async fn replace<F: Future<Output = Result<(), Error>>>(
        &self,
        t: &impl Transport,
        id: &str,
        store: impl FnOnce(Secret, KeyInfo) -> F,
    ) -> Result<Rotated, Error> {
        // Refuses a wrong id while nothing has happened yet.
        let old = self.get(t, id).await?;
        let session;
        let client = match &self.credential {
            // It is this very key that goes, and with it the right to ask for
            // another; a session outlives it.
            Credential::Key(key) => {
                if !self.provider.signs_in_with_a_key() {
                    return Err(Error::argument(
                        "credential",
                        "the only key cannot make its successor. Sign in with user and password first.",
                    ));
                }
                session = self.with_credential(Credential::None).sign_in(t, "", key.clone()).await?;
                &session
            }
            Credential::None | Credential::Session(_) => self,
        };
        if client.provider.endpoints.get(Operation::Whoami).is_some() {
            // Whether the session holds, and whatever a path needs of it.
            client.account_id(t).await?;
        }
        let vars = old.successor();
        let create = client.provider.endpoints.get(Operation::Create);
        if let Some(endpoint) = create.filter(|endpoint| !endpoint.uses("account")) {
            endpoint.address(&vars)?;
        }
        client.delete_the_only_key(t, id).await?;
        let (key, secret) = client.issue_the_only_key(t, &vars).await?;
        let failed = store(secret.clone(), key.clone()).await.err();
        // If the new key were taken back, none would be left.
        let warning = failed.map(|error| not_stored(self.scrub_with(&secret, error)));
        Ok(Rotated { key, secret: RevealOnce::new(secret), warning })
    }

    /// Deletes the key. The request cannot be taken back: when its answer is lost, it is sent
    /// again with time of its own, so that a person whose key is deleted gets a new one.
    async fn delete_the_only_key(&self, t: &impl Transport, id: &str) -> Result<(), Error> {
        let error = match self.delete(t, id).await {
            Err(error) if error.is_answer_lost() => error,
            done => return done,
        };
        match self.delete(&t.renew(LATE), id).await {
            // Gone by then.
            Err(again) if again.code() == Code::NotFound => Ok(()),
            Err(_) => Err(self.replacement_failed(&error)),
            Ok(()) => Ok(()),
        }
    }

    /// Asks for a key, on fresh time: the user's may have run out after the old
    /// key went. A key whose answer was lost has been seen by nobody, and is the
    /// only one, so it is removed before the next try.
    async fn issue_the_only_key(&self, t: &impl Transport, vars: &Vars) -> Result<(KeyInfo, Secret), Error> {
        let mut tries = 0;
        loop {
            // Each try has its time: one that hangs must leave some to clean up in.
            let late = t.renew(LATE);
            // Another one for each try: what the last one made is removed.
            let key = idempotency_key().unwrap_or_default();
            let error = match self.issue(&late, Operation::Create, vars, &key).await {
                Ok(issued) => return Ok(issued),
                Err(error) => error,
            };
            tries += 1;
            let is_lost = error.is_answer_lost();
            if is_lost {
                let late = t.renew(LATE);
                if let Ok(page) = self.page(&late, Vars::new()).await {
                    for key in page.items {
                        let _ = self.delete(&late, &key.id).await;
                    }
                }
            }
            if !is_lost || tries == TRIES {
                return Err(self.replacement_failed(&error));
            }
        }
    }

    fn replacement_failed(&self, cause: &Error) -> Error {
        let page = self.provider.keys_page.clone().unwrap_or_default();
        Error::new(Code::ReplacementFailed)
            .with(self.provider.title.clone())
            .with(page)
            .with_cause("KeylatchError".into(), cause.code().as_str().into())
    }
}

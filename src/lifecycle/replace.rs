//! Rotating where a user has one key at a time: "regenerate and replace". The old
//! key has to go before a new one can come, so everything that can be made sure
//! of is made sure of first, and a new key is handed over whatever happens next.

use std::future::Future;

use super::answer::KeyInfo;
use super::client::{Client, Credential};
use super::recover::{Rotated, not_stored};
use crate::error::{Code, Error};
use crate::http::Transport;
use crate::provider::{Operation, Vars};
use crate::secret::{RevealOnce, Secret};

/// How often a new key is asked for once the old one is gone.
const TRIES: usize = 3;

impl Client {
    pub(super) async fn replace<F: Future<Output = Result<(), Error>>>(
        &self,
        t: &impl Transport,
        id: &str,
        store: impl FnOnce(Secret, KeyInfo) -> F,
    ) -> Result<Rotated, Error> {
        // Refuses a wrong id while nothing has happened yet.
        self.get(t, id).await?;
        let session;
        let client = match &self.credential {
            // It may be this very key that goes, and with it the right to ask for
            // another; a session outlives it.
            Credential::Key(key) if self.provider.capabilities().sign_in => {
                session = self.with_credential(Credential::None).sign_in(t, "", key.clone()).await?;
                &session
            }
            _ => self,
        };
        client.account_id(t).await?;
        client.delete(t, id).await?;
        let (key, secret) = client.issue_the_only_key(t).await?;
        let failed = store(secret.clone(), key.clone()).await.err();
        // Taking the new key back would leave none at all.
        let warning = failed.map(|error| not_stored(error.scrubbed(|text| secret.scrub(text))));
        Ok(Rotated { key, secret: RevealOnce::new(secret), warning })
    }

    /// Asks for a key, on fresh time: the user's may have run out after the old
    /// key went. A key whose answer was lost has been seen by nobody, and is the
    /// only one, so it is removed before the next try.
    async fn issue_the_only_key(&self, t: &impl Transport) -> Result<(KeyInfo, Secret), Error> {
        let t = t.renew(30_000);
        let mut last = None;
        for _ in 0..TRIES {
            match self.issue(&t, Operation::Create, &Vars::new(), "").await {
                Ok(issued) => return Ok(issued),
                Err(error) if error.is_answer_lost() => {
                    last = Some(error);
                    if let Ok(page) = self.page(&t, Vars::new()).await {
                        for key in page.items {
                            let _ = self.delete(&t, &key.id).await;
                        }
                    }
                }
                Err(error) => {
                    last = Some(error);
                    break;
                }
            }
        }
        let cause = last.map(|error| error.code().as_str()).unwrap_or_default();
        let page = self.provider.keys_page.clone().unwrap_or_default();
        Err(Error::new(Code::ReplacementFailed)
            .with(self.provider.title.clone())
            .with(page)
            .with_cause("KeylatchError".into(), cause.into()))
    }
}

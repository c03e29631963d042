//! Create and rotate: the operations that can leave a key behind which nobody
//! has seen, and what is done about it (law 3 of the design).

use std::future::Future;

use super::client::Client;
use super::info::KeyInfo;
use super::options::{Credential, NewKey, Overlap};
use super::scrub::add_forms;
use crate::error::{Code, Error};
use crate::http::Transport;
use crate::provider::{Operation, Vars};
use crate::secret::{RevealOnce, Secret, scrubber};
use crate::text::{concat, hex};
use crate::value::Value;

/// How long the clean-up may take after an answer was lost, in milliseconds.
const RECOVERY: u32 = 5_000;
/// How long revoking the old key may take once the new one is stored, in milliseconds.
const ENDING: u32 = 15_000;

/// A new key.
pub struct Created {
    /// What is known of it.
    pub key: KeyInfo,
    /// The key itself, to be seen once.
    pub secret: RevealOnce,
}

/// A key's successor.
pub struct Rotated {
    /// What is known of the successor.
    pub key: KeyInfo,
    /// The successor itself, to be seen once.
    pub secret: RevealOnce,
    /// What went wrong although there is a successor: [`Code::OldKeyAlive`] or
    /// [`Code::NotStored`].
    pub warning: Option<Error>,
}

impl Client {
    /// Makes a key.
    ///
    /// When the answer is lost, the request is repeated under the same
    /// idempotency key, which makes the service issue one key and no second. When
    /// every answer is lost, the key that may have been made is removed.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`] for the name, [`Code::OutcomeUnknown`] when a
    /// key may be left that could not be removed, and those of every call.
    pub async fn create(&self, t: &impl Transport, new: &NewKey) -> Result<Created, Error> {
        let vars = new.vars(&self.provider)?;
        let key = idempotency_key()?;
        match self.issue(t, Operation::Create, &vars, &key).await {
            Ok((info, secret)) => Ok(Created { key: info, secret: RevealOnce::new(secret) }),
            Err(error) => {
                let name = new.name.trim();
                Err(self.after_failure(t, Operation::Create, error, &key, name).await)
            }
        }
    }

    /// Makes a successor with the same name, scopes and expiry.
    ///
    /// The old key ends last: the service is asked to let it live, `store` gets the new key, and
    /// only then is the old one revoked, or its overlap begins. So neither a lost answer nor a
    /// full disk leaves a person without a working key. At a service that cannot delay the
    /// overlap it begins at once.
    ///
    /// # Errors
    /// [`Code::KeyInactive`], [`Code::StoreFailed`], [`Code::OutcomeUnknown`],
    /// and those of every call.
    pub async fn rotate<F: Future<Output = Result<(), Error>>>(
        &self,
        t: &impl Transport,
        id: &str,
        overlap: &Overlap,
        store: impl FnOnce(Secret, KeyInfo) -> F,
    ) -> Result<Rotated, Error> {
        if self.provider.endpoints.get(Operation::Rotate).is_none() && self.provider.one_key {
            return match overlap {
                Overlap::None => self.replace(t, id, store).await,
                Overlap::For(_) => Err(self.no_overlap()),
            };
        }
        if !self.provider.capabilities().overlap && matches!(overlap, Overlap::For(_)) {
            return Err(self.no_overlap());
        }
        let can = self.provider.capabilities();
        // Whether the old key's end can wait until the successor is safe.
        let holds =
            self.provider.uses(Operation::Rotate, "hold") && self.provider.uses(Operation::Revoke, "overlap");
        let vars = match overlap {
            Overlap::For(duration) => {
                let hold = if holds { true.into() } else { Value::Null };
                Vars::new().with("id", id).with("overlap", &**duration).with("hold", hold)
            }
            Overlap::None if can.revoke => Vars::new().with("id", id).with("overlap", "until_revoked"),
            // Without revoke, the old key ends at once.
            Overlap::None => Vars::new().with("id", id),
        };
        let ends_at_once = !can.overlap || (matches!(overlap, Overlap::None) && !can.revoke);
        let key = idempotency_key()?;
        let (info, secret) = match self.issue(t, Operation::Rotate, &vars, &key).await {
            Ok(issued) => issued,
            Err(error) => {
                return Err(self.after_failure(t, Operation::Rotate, error, &key, id).await);
            }
        };
        // A service that gives the same key another secret has ended the old one; to
        // revoke that id would end the new one.
        let ends_at_once = ends_at_once || info.id == id;
        let stored = store(secret.clone(), info.clone()).await;
        let stored = stored.map_err(|error| self.scrub_with(&secret, error));
        let warning = match stored {
            // The old key has ended: if the new one were taken back, none would be left.
            _ if ends_at_once => stored.err().map(not_stored),
            Err(error) => {
                let late = t.renew(RECOVERY);
                return Err(match self.remove(&late, &info).await {
                    Ok(()) => error,
                    Err(_) => self.outcome_unknown(&info.name, &error),
                });
            }
            // There is a successor: from here on every result must carry it.
            Ok(()) if holds || matches!(overlap, Overlap::None) => {
                // On time of its own: `store` may have asked a person.
                self.end_old_key(&t.renew(ENDING), id, overlap, &secret)
                    .await
                    .err()
                    .map(|error| old_key_alive(id, &error))
            }
            Ok(()) => None,
        };
        Ok(Rotated { key: info, secret: RevealOnce::new(secret), warning })
    }

    /// Revokes a key that has a successor, or lets it live on for the overlap.
    /// When the key has revoked itself and the answer was lost, only the successor
    /// can find that out.
    async fn end_old_key(
        &self,
        t: &impl Transport,
        id: &str,
        overlap: &Overlap,
        successor: &Secret,
    ) -> Result<(), Error> {
        match self.end(t, id, overlap).await {
            Err(error) if error.code() == Code::Unauthorized => {
                self.with_credential(Credential::Key(successor.clone())).end(t, id, overlap).await.map(drop)
            }
            done => done.map(drop),
        }
    }

    fn no_overlap(&self) -> Error {
        let why = concat(&[&self.provider.title, " ends the old key at once, so there is no overlap."]);
        Error::argument("overlap", why)
    }

    pub(super) async fn issue(
        &self,
        t: &impl Transport,
        operation: Operation,
        vars: &Vars,
        key: &str,
    ) -> Result<(KeyInfo, Secret), Error> {
        let (answer, mut secrets) = self.call(t, operation, vars, Some(key)).await?;
        let secret = self.reader(operation, &secrets).secret(&answer);
        if let Ok(secret) = &secret {
            add_forms(secret, &mut secrets);
        }
        let info = self.reader(operation, &secrets).key(&answer)?;
        match secret {
            Ok(secret) => Ok((info, secret)),
            Err(error) => Err(self.without_its_secret(t, operation, vars, &info, error).await),
        }
    }

    /// A key was made, and its secret cannot be read: nobody can use it. Where the
    /// service keeps idempotency keys it is taken back by that, elsewhere by its id.
    async fn without_its_secret(
        &self,
        t: &impl Transport,
        operation: Operation,
        vars: &Vars,
        info: &KeyInfo,
        error: Error,
    ) -> Error {
        // Its id is that of the old key, which got another secret: it must not be removed.
        let is_old = vars.get("id").and_then(Value::text) == Some(&info.id);
        if is_old || self.keeps_idempotency(operation) {
            return error;
        }
        match self.remove(&t.renew(RECOVERY), info).await {
            Ok(()) => error.undone(),
            Err(_) => error,
        }
    }

    fn keeps_idempotency(&self, operation: Operation) -> bool {
        self.provider.endpoints.get(operation).is_some_and(|e| e.idempotency.is_some())
    }

    /// The error to report once the key that may have been made is gone, or is
    /// known to be beyond reach.
    async fn after_failure(
        &self,
        t: &impl Transport,
        operation: Operation,
        error: Error,
        key: &str,
        name: &str,
    ) -> Error {
        if !error.is_answer_lost() {
            return error;
        }
        if self.keeps_idempotency(operation) && self.take_back(&t.renew(RECOVERY), key).await.is_ok() {
            return error;
        }
        self.outcome_unknown(name, &error)
    }

    /// Has the service drop what was asked for under an idempotency key, also if that request is
    /// still on its way. To look for the key and find none would not prove that.
    async fn take_back(&self, t: &impl Transport, key: &str) -> Result<(), Error> {
        let vars = Vars::new().with("idempotency_key", key);
        self.call(t, Operation::TakeBack, &vars, None).await.map(drop)
    }

    async fn remove(&self, t: &impl Transport, key: &KeyInfo) -> Result<(), Error> {
        if !key.status.is_ended() && self.provider.capabilities().revoke {
            self.revoke(t, &key.id).await?;
            if !self.provider.capabilities().delete {
                return Ok(());
            }
        }
        self.delete(t, &key.id).await
    }

    /// Takes the secrets of this client and the new one out of what `store` said.
    pub(super) fn scrub_with(&self, secret: &Secret, error: Error) -> Error {
        error.scrubbed(&scrubber(&self.secrets(&Vars::new().with("secret", secret.clone()))))
    }

    fn outcome_unknown(&self, name: &str, cause: &Error) -> Error {
        Error::new(Code::OutcomeUnknown)
            .with(self.provider.title.clone())
            .with(String::from(name))
            .with_cause("KeylatchError".into(), cause.code().as_str().into())
    }
}

/// The warning that the only key there is could not be stored.
pub(super) fn not_stored(error: Error) -> Error {
    let warning = Error::new(Code::NotStored);
    match error.cause() {
        Some((name, message)) => warning.with_cause(name.into(), message.into()),
        None => warning,
    }
}

fn old_key_alive(id: &str, cause: &Error) -> Error {
    Error::new(Code::OldKeyAlive)
        .with(String::from(id))
        .with_cause("KeylatchError".into(), cause.code().as_str().into())
}

/// An idempotency key of 128 random bits: no two are equal.
pub(super) fn idempotency_key() -> Result<String, Error> {
    let mut bits = [0_u8; 16];
    getrandom::fill(&mut bits).map_err(|_| Error::new(Code::NoEntropy))?;
    Ok(concat(&["klc_", &hex(&bits)]))
}

//! `Idempotency-Key`: who asked for a key and lost the answer asks again, and
//! still there is one key only. The first answer's secret cannot be told again,
//! for only its hash is kept; so the same row gets another one.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::auth::bounds::Plan;
use crate::auth::{Caller, Need};
use crate::http::problem::{Problem, ProblemCode};
use crate::state::App;
use crate::store::Tx;
use crate::store::attempts::{Asker, Attempt};
use crate::store::keys::{KeyStatus, StoredKey};
use crate::store::uses::Kind;
use crate::token::fingerprint;

/// The header that carries it.
pub(crate) const HEADER: &str = "Idempotency-Key";

/// What makes a request safe to repeat, if it is.
pub(crate) struct Repeat {
    pub(crate) idempotency_key: Option<String>,
    /// Which try it is, from 1.
    pub(crate) attempt: u32,
}

/// Whether the text can be an idempotency key: 1 to 255 visible ASCII characters.
pub(crate) fn is_idempotency_key(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// 422 for one that is not.
pub(crate) fn faulty(field: &'static str) -> Problem {
    Problem::field(
        field,
        format!("`{field}` must be one value of 1 to 255 visible ASCII characters, such as a UUID."),
    )
}

impl Repeat {
    /// Writes down that a key with this id, or an application, is going to be made for
    /// the request (operation and parameters). When the request is a repeat, the id of
    /// what was made for it first is returned.
    ///
    /// # Errors
    /// 409 when the idempotency key stands for something else.
    pub(crate) async fn claim(
        &self,
        tx: &mut Tx,
        asker: Asker<'_>,
        request: &str,
        key_id: &str,
        now: Timestamp,
    ) -> Result<Option<String>, Problem> {
        let number = self.attempt;
        if number == 0 {
            return Err(Problem::field("attempt", "`attempt` counts the tries of a request, from 1."));
        }
        let Some(idempotency_key) = &self.idempotency_key else { return Ok(None) };
        let fingerprint = fingerprint(request);
        let attempt = Attempt { asker, idempotency_key, fingerprint: &fingerprint, number };
        let Some(earlier) = tx.claim_attempt(&attempt, Some(key_id), now).await? else { return Ok(None) };
        let Some(key_id) = earlier.key_id else {
            return Err(conflict(
                "This Idempotency-Key was taken back, so nothing is made under it. Use a new one.",
            ));
        };
        if earlier.fingerprint != fingerprint {
            return Err(conflict(
                "This Idempotency-Key was sent with another request within the last 24 hours. Use a new one for each request.",
            ));
        }
        if i64::from(number) < earlier.number {
            return Err(conflict("A later try of this request was answered already. Nothing was changed."));
        }
        Ok(Some(key_id))
    }

    /// The same for a key of the caller's own. When the request is a repeat, the
    /// key that was made for it first is returned, locked, and ready for another
    /// secret.
    pub(super) async fn earlier(
        &self,
        app: &App,
        tx: &mut Tx,
        caller: &Caller,
        request: &str,
        key_id: &str,
        now: Timestamp,
    ) -> Result<Option<StoredKey>, Problem> {
        let user_id = caller.user.id.as_str();
        let Some(key_id) = self.claim(tx, Asker::User(user_id), request, key_id, now).await? else {
            return Ok(None);
        };
        let key = tx.lock_key(user_id, &key_id).await?.ok_or_else(|| was_deleted("key"))?;
        refuse_unless_active(key.status(now) == KeyStatus::Active)?;
        // Another credential of the same person may have asked first, for more.
        caller.may_make(Plan::of(&key), None)?;
        refuse_if_used(was_used(app, &key).await)?;
        Ok(Some(key))
    }
}

/// Deletes what was made under an idempotency key, and sees to it that nothing is
/// made under it later: the request may still be on its way.
///
/// # Errors
/// 409 when the key was used.
pub(crate) async fn take_back(app: &App, caller: &Caller, idempotency_key: &str) -> Result<(), Problem> {
    caller.may(Need::Write)?;
    let (user_id, now) = (caller.user.id.as_str(), app.now());
    let attempt = Attempt { asker: Asker::User(user_id), idempotency_key, fingerprint: "", number: 1 };
    let mut tx = app.store().begin().await?;
    let earlier = tx.claim_attempt(&attempt, None, now).await?;
    let key_id = earlier.and_then(|earlier| earlier.key_id);
    if let Some(key_id) = &key_id {
        if let Some(key) = tx.lock_key(user_id, key_id).await? {
            refuse_if_used(was_used(app, &key).await)?;
            tx.bury_key(&key.id, now).await?;
        }
        tx.take_attempt_back(&attempt).await?;
    }
    tx.commit().await?;

    tracing::info!(user_id, key_id, "key taken back");
    app.audit(&caller.source, user_id, "key.taken_back", &caller.name(), key_id.as_deref());
    Ok(())
}

/// 409: there is nothing that could get another secret, or be told again.
pub(crate) fn was_deleted(what: &str) -> Problem {
    conflict(format!(
        "The {what} that this request made the first time has been deleted. Use a new Idempotency-Key."
    ))
}

/// What has ended gets no other secret.
pub(crate) fn refuse_unless_active(is_active: bool) -> Result<(), Problem> {
    if is_active {
        return Ok(());
    }
    Err(conflict(
        "The key that this request made the first time is not active any more. Use a new Idempotency-Key.",
    ))
}

/// What was used was seen by somebody.
pub(crate) fn refuse_if_used(was_used: bool) -> Result<(), Problem> {
    if !was_used {
        return Ok(());
    }
    Err(conflict(
        "The key that this request made the first time is in use already, so its answer did arrive. Use a new Idempotency-Key for another key.",
    ))
}

async fn was_used(app: &App, key: &StoredKey) -> bool {
    app.noted().was_used(app.store(), Kind::Own, &key.id, key.last_used_at).await
}

fn conflict(detail: impl Into<Cow<'static, str>>) -> Problem {
    Problem { field: Some(HEADER.into()), ..Problem::new(ProblemCode::Conflict, detail) }
}

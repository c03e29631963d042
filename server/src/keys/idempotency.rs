//! `Idempotency-Key`: who asked for a key and lost the answer asks again, and
//! still there is one key only. The first answer's secret cannot be told again,
//! for only its hash is kept; so the same row gets another one.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::Timestamp;
use sqlx::AnyConnection;

use crate::problem::{Problem, ProblemCode};
use crate::store::attempts::{self, Attempt};
use crate::store::keys::{self, KeyStatus, StoredKey};
use crate::token::fingerprint;

const HEADER: &str = "Idempotency-Key";

/// The header, if the request has it.
pub(super) struct IdempotencyKey(Option<String>);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(HEADER).iter();
        let Some(value) = values.next() else { return Ok(IdempotencyKey(None)) };
        match value.to_str() {
            Ok(text) if values.next().is_none() && is_idempotency_key(text) => {
                Ok(IdempotencyKey(Some(text.to_owned())))
            }
            _ => Err(faulty(HEADER)),
        }
    }
}

/// Whether the text can be an idempotency key: 1 to 255 visible ASCII characters.
pub(super) fn is_idempotency_key(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// 422 for one that is not.
pub(super) fn faulty(field: &'static str) -> Problem {
    Problem::field(
        field,
        format!("`{field}` must be one value of 1 to 255 visible ASCII characters, such as a UUID."),
    )
}

impl IdempotencyKey {
    /// Writes down that a key with this id is going to be made for the request
    /// (operation and parameters), in its try of this number. When the request is a repeat, the key that
    /// was made for it first is returned, locked, and ready for another secret.
    pub(super) async fn earlier(
        &self,
        db: &mut AnyConnection,
        user_id: &str,
        request: &str,
        number: u32,
        key_id: &str,
        now: Timestamp,
    ) -> Result<Option<StoredKey>, Problem> {
        let Some(idempotency_key) = &self.0 else { return Ok(None) };
        let fingerprint = fingerprint(request);
        let attempt = Attempt { user_id, idempotency_key, fingerprint: &fingerprint, number };
        let Some(earlier) = attempts::claim(db, &attempt, Some(key_id), now).await? else { return Ok(None) };
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
        let key = keys::lock(db, user_id, &key_id).await?;
        let key = key.ok_or_else(|| {
            conflict(
                "The key that this request made the first time has been deleted. Use a new Idempotency-Key.",
            )
        })?;
        if key.status(now) != KeyStatus::Active {
            return Err(conflict(
                "The key that this request made the first time is not active any more. Use a new Idempotency-Key.",
            ));
        }
        refuse_if_used(&key)?;
        Ok(Some(key))
    }
}

/// Deletes what was made under an idempotency key, and sees to it that nothing is
/// made under it later: the request may still be on its way. The key's id, if
/// there was one.
pub(super) async fn take_back(
    db: &mut AnyConnection,
    user_id: &str,
    idempotency_key: &str,
    now: Timestamp,
) -> Result<Option<String>, Problem> {
    let attempt = Attempt { user_id, idempotency_key, fingerprint: "", number: 1 };
    let earlier = attempts::claim(db, &attempt, None, now).await?;
    let Some(key_id) = earlier.and_then(|earlier| earlier.key_id) else { return Ok(None) };
    if let Some(key) = keys::lock(db, user_id, &key_id).await? {
        refuse_if_used(&key)?;
        keys::bury(&mut *db, &key.id, now).await?;
    }
    attempts::take_back(db, &attempt).await?;
    Ok(Some(key_id))
}

/// What was used was seen by somebody.
fn refuse_if_used(key: &StoredKey) -> Result<(), Problem> {
    if key.last_used_at.is_none() {
        return Ok(());
    }
    Err(conflict(
        "The key that this request made the first time is in use already, so its answer did arrive. Use a new Idempotency-Key for another key.",
    ))
}

fn conflict(detail: &'static str) -> Problem {
    Problem { field: Some(HEADER.into()), ..Problem::new(ProblemCode::Conflict, detail) }
}

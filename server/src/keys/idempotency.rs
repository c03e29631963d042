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
    /// (operation and parameters). When the request is a repeat, the key that
    /// was made for it first is returned, locked, and ready for another secret.
    pub(super) async fn earlier(
        &self,
        db: &mut AnyConnection,
        user_id: &str,
        request: &str,
        key_id: &str,
        now: Timestamp,
    ) -> Result<Option<StoredKey>, Problem> {
        let Some(idempotency_key) = &self.0 else { return Ok(None) };
        let fingerprint = fingerprint(request);
        let attempt = Attempt { user_id, idempotency_key, fingerprint: &fingerprint };
        let Some(earlier) = attempts::claim(db, &attempt, key_id, now).await? else { return Ok(None) };
        if earlier.fingerprint != fingerprint {
            return Err(conflict(
                "This Idempotency-Key was sent with another request within the last 24 hours. Use a new one for each request.",
            ));
        }
        let key = keys::lock(db, user_id, &earlier.key_id).await?;
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
        if key.last_used_at.is_some() {
            return Err(conflict(
                "The key that this request made the first time is in use already, so its answer did arrive. Use a new Idempotency-Key for another key.",
            ));
        }
        Ok(Some(key))
    }
}

fn conflict(detail: &'static str) -> Problem {
    Problem { field: Some(HEADER.into()), ..Problem::new(ProblemCode::Conflict, detail) }
}

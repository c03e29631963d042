//! The header `Idempotency-Key`.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::http::problem::Problem;
use crate::keys::idempotency::{HEADER, faulty, is_idempotency_key};

/// The header, if the request has it.
pub(super) struct IdempotencyKey(pub(super) Option<String>);

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

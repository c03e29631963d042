//! The header `Idempotency-Key`, and the member `attempt` that goes with it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserializer;
use serde::de::{Error, Unexpected, Visitor};

use crate::http::problem::Problem;
use crate::keys::idempotency::{HEADER, faulty, is_idempotency_key};

/// The header, if the request has it.
pub(in crate::api::v1) struct IdempotencyKey(pub(in crate::api::v1) Option<String>);

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

/// What `attempt` is where it is left out.
pub(super) fn first_try() -> u32 {
    1
}

/// A whole number, which in JSON `2.0` is as well.
pub(super) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    struct Whole;

    impl Visitor<'_> for Whole {
        type Value = u32;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(formatter, "a whole number from 1 to {}", u32::MAX)
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<u32, E> {
            u32::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<u32, E> {
            let whole = number as u32;
            if f64::from(whole) == number {
                Ok(whole)
            } else {
                Err(E::invalid_type(Unexpected::Float(number), &self))
            }
        }
    }

    deserializer.deserialize_any(Whole)
}

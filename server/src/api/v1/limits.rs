//! Limits as they are told.

use serde::Serialize;
use utoipa::ToSchema;

use crate::limits::Of;
use crate::limits::check::{Told, ToldLease};
use crate::limits::declare::KindName;

/// A limit of a key or of its owner, after the check or as it is looked at.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckedLimit)]
pub(in crate::api::v1) struct CheckedLimit {
    name: String,
    of: Of,
    kind: KindName,
    limit: i64,
    /// What is left. Of a quota, what is leased elsewhere counts as used.
    remaining: i64,
    /// Seconds until the same cost has room again. When it has room now: until the
    /// window of a rate ends. Of a quota always until it is refilled; `null`: never.
    reset_seconds: Option<i64>,
    /// For a guard: how it reports use of this limit. Means nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<String>,
    /// For a guard, which counts rates itself: over how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    window_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    lease: Option<Lease>,
}

/// Units of a quota that a guard may spend by itself, besides those that it has.
/// They are taken from the quota already.
#[derive(Serialize, ToSchema)]
#[schema(as = LimitLease)]
pub(super) struct Lease {
    units: i64,
    /// How long, from the moment when the guard has sent its request.
    until_seconds: i64,
}

impl From<Told> for CheckedLimit {
    fn from(told: Told) -> Self {
        let Told { name, of, kind, limit, remaining, reset_seconds, id, window_seconds, lease } = told;
        CheckedLimit {
            name,
            of,
            kind,
            limit,
            remaining,
            reset_seconds,
            id,
            window_seconds,
            lease: lease.map(Lease::from),
        }
    }
}

impl From<ToldLease> for Lease {
    fn from(ToldLease { units, until_seconds }: ToldLease) -> Self {
        Lease { units, until_seconds }
    }
}

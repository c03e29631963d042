//! The APIs of four clouds, over the same users and keys: a key made through any
//! API authenticates through each, and one that has ended is refused by each, in
//! that cloud's own words.
//!
//! Spoken is what `docs/wire.md` marks as documented, read in code or observed, as
//! far as it concerns keys, and so much of the rest that a client can be seen to
//! work: the clouds' own goods are empty lists. A choice that no source tells is
//! marked as ours.
//!
//! Two rules hold for all of them. A facade grants no more than `/v1` would: a
//! key looks at keys only with `keys:read` and changes them only with
//! `keys:write`, which keys that are made through a facade get, as they do that in
//! those clouds. And a facade manages the keys that were made through it, while
//! `/v1` manages them all, so that a person finds everything that can act in
//! their name in one list.

mod conduce;
mod foreign;
mod ids;
mod lambda;
mod luminary;
mod modelon;

use axum::Router;

use crate::config::Facade;
use crate::http::problem::{self, Dialect};
use crate::state::App;

/// What one of them answers.
pub(crate) fn routes(facade: Facade) -> Router<App> {
    match facade {
        Facade::Conduce => conduce::routes(),
        Facade::Lambda => lambda::routes(),
        Facade::Luminary => luminary::routes(),
        Facade::Modelon => modelon::routes(),
    }
}

/// The body of an error is unknown of some; those get ours.
pub(crate) fn dialect(facade: Facade) -> Dialect {
    match facade {
        Facade::Lambda => lambda::refuse,
        Facade::Modelon => modelon::refuse,
        Facade::Conduce | Facade::Luminary => problem::rfc9457,
    }
}

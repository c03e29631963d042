//! The APIs of four clouds, over the same users and keys: a key made through any
//! API authenticates through each, and one that has ended is refused by each, in
//! that cloud's own words.
//!
//! Spoken is what `wire.md` marks as documented, read in code or observed, as
//! far as it concerns keys, and so much of the rest that a client can be seen to
//! work: the clouds' own goods are empty lists. A choice that no source tells is
//! marked as ours.
//!
//! Two rules hold for all of them. A facade grants no more than `/v1` would: a
//! key with scopes looks at keys only with `keys:read` and changes them only with
//! `keys:write`. And a facade manages the keys that were made through it, while
//! `/v1` manages them all, so that a person finds everything that can act in
//! their name in one list.

mod conduce;
mod lambda;
mod luminary;
mod modelon;

use std::str::FromStr;

use axum::Router;

use crate::app::App;
use crate::problem::{self, Dialect};
use crate::store::keys::StoredKey;

/// A cloud whose API is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facade {
    /// Conduce: `/conduce/api/…`
    Conduce,
    /// Lambda Cloud: `/api/v1/…`
    Lambda,
    /// Luminary Cloud: `/rest/v0/…`
    Luminary,
    /// Modelon Impact: `/api/…`, `/hub/…`, `/user/…`
    Modelon,
}

impl Facade {
    /// All there are.
    pub const ALL: &'static [Facade] = &[Facade::Conduce, Facade::Lambda, Facade::Luminary, Facade::Modelon];

    const fn as_str(self) -> &'static str {
        match self {
            Facade::Conduce => "conduce",
            Facade::Lambda => "lambda",
            Facade::Luminary => "luminary",
            Facade::Modelon => "modelon",
        }
    }

    pub(crate) fn routes(self) -> Router<App> {
        match self {
            Facade::Conduce => conduce::routes(),
            Facade::Lambda => lambda::routes(),
            Facade::Luminary => luminary::routes(),
            Facade::Modelon => modelon::routes(),
        }
    }

    /// The body of an error is unknown of some; those get ours.
    pub(crate) fn dialect(self) -> Dialect {
        match self {
            Facade::Lambda => lambda::refuse,
            Facade::Modelon => modelon::refuse,
            Facade::Conduce | Facade::Luminary => problem::rfc9457,
        }
    }
}

/// What our ids begin with. Without it they are letters and digits, like the
/// clouds'.
const ID_PREFIX: &str = "key_";

/// The id of a key as a cloud has it.
fn short_id(key: &StoredKey) -> &str {
    key.id.strip_prefix(ID_PREFIX).unwrap_or(&key.id)
}

/// Our id again.
fn own_id(short_id: &str) -> String {
    format!("{ID_PREFIX}{short_id}")
}

impl FromStr for Facade {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Facade::ALL.iter().copied().find(|facade| facade.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Facade::ALL.iter().map(|facade| facade.as_str()).collect();
            format!("there is no facade of that name. There are: {}", known.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_facade_is_found_by_its_word() {
        for facade in Facade::ALL {
            assert_eq!(facade.as_str().parse(), Ok(*facade));
        }
        for text in ["", "Lambda", " lambda", "keylatch"] {
            let error = text.parse::<Facade>().unwrap_err();
            assert!(error.contains("lambda") && error.contains("luminary"), "{error}");
        }
    }
}

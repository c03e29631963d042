//! Who asks Modelon Impact.

use std::ops::Deref;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::HeaderName;
use axum::http::request::Parts;
use keylatch_format::Secret;

use crate::auth::{Caller, identify};
use crate::http::carrier::{Carrier, only};
use crate::http::problem::{Problem, ProblemCode};
use crate::state::App;
use crate::store::users::User;
use crate::token::fingerprint;

pub(super) static CARRIER: Carrier = Carrier {
    read: |headers| Ok(only(headers, &HeaderName::from_static("impact-api-key"))?.map(Secret::from)),
    missing: "This needs an API key, sent in the header impact-api-key, or the cookie of POST login.",
};

/// Who asks, by key or by session.
pub(super) struct Person(Caller);

impl Person {
    /// Refuses a path that is somebody else's.
    pub(super) fn must_be(&self, user_id: &str) -> Result<(), Problem> {
        if user_id == impact_id(&self.user) { Ok(()) } else { Err(no_such_user()) }
    }
}

impl Deref for Person {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl FromRequestParts<App> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let person = Person(identify::identify(app, parts, &CARRIER).await?);
        // Behind the hub everybody has a place of their own.
        let place = RawPathParams::from_request_parts(parts, app).await.map_err(|_| no_such_user())?;
        if let Some((_, name)) = place.iter().find(|(parameter, _)| *parameter == "name") {
            person.must_be(name)?;
        }
        Ok(person)
    }
}

/// The user as this cloud has ids, 32 hexadecimal digits; always the same, so
/// nothing needs to be stored.
pub(super) fn impact_id(user: &User) -> String {
    fingerprint(&user.id).chars().take(32).collect()
}

pub(super) fn no_such_user() -> Problem {
    Problem::new(
        ProblemCode::NotFound,
        "This is not the path of the user whose key or session it is. GET users/me tells the id.",
    )
}

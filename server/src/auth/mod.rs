//! Who asks, and what they may do.
//!
//! [`Caller`] is an extractor; a handler that takes one is reached only with a
//! good credential. What the credential may do is for the service to say, with
//! [`Caller::may`] and [`Caller::may_make`].

pub(crate) mod bounds;
pub(crate) mod identify;
pub(crate) mod password;
pub(crate) mod sign_in;
pub(crate) mod throttle;
pub(crate) mod users;

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::Timestamp;

pub use bounds::Need;

use crate::http::problem::Problem;
use crate::http::source::Source;
use crate::state::App;
use crate::store::checks::Known;
use crate::store::keys::{Bounds, OwnedKey, StoredKey};
use crate::store::logins::Login;
use crate::store::management::Manager;
use crate::store::users::User;

/// A request's authenticated user, by what, and from where.
pub struct Caller {
    /// Whose keys the request is about.
    pub user: Arc<User>,
    authority: Authority,
    pub(crate) source: Source,
}

/// What stands for the user.
enum Authority {
    /// The person, with the password.
    Session,
    /// A key, or a session that was begun with it.
    Key(Shown),
    /// A session whose key it has deleted itself.
    Released(Box<Bounds>),
    /// A login by browser, for a program on the person's computer.
    Login(Box<Login>),
    /// A management key, for one of the user's applications and nothing else.
    Manager(Arc<Known<Manager>>),
}

/// A key that stands for a user.
enum Shown {
    /// It was shown by the request, and what is known of it is kept.
    ByRequest(Arc<Known<OwnedKey>>),
    /// A session was begun with it.
    BySession(Box<StoredKey>),
}

impl Deref for Shown {
    type Target = StoredKey;

    fn deref(&self) -> &StoredKey {
        match self {
            Shown::ByRequest(known) => &known.key,
            Shown::BySession(key) => key,
        }
    }
}

impl Caller {
    /// The key that authenticated the request, if it was a key.
    pub fn key(&self) -> Option<&StoredKey> {
        match &self.authority {
            Authority::Key(key) => Some(key),
            Authority::Session | Authority::Released(_) | Authority::Login(_) | Authority::Manager(_) => None,
        }
    }

    /// The management key that authenticated the request, if it was one.
    pub(crate) fn manager(&self) -> Option<&Arc<Known<Manager>>> {
        match &self.authority {
            Authority::Manager(manager) => Some(manager),
            Authority::Session | Authority::Key(_) | Authority::Released(_) | Authority::Login(_) => None,
        }
    }

    /// When the key that was sent ends, if one was sent.
    pub(crate) fn key_end(&self) -> Option<Timestamp> {
        match &self.authority {
            Authority::Key(key) => key.expires_at,
            Authority::Manager(manager) => manager.key.expires_at,
            Authority::Session | Authority::Released(_) | Authority::Login(_) => None,
        }
    }

    /// As the audit log has it.
    pub(crate) fn name(&self) -> String {
        match &self.authority {
            Authority::Session | Authority::Released(_) => "session".to_owned(),
            Authority::Key(key) => key.id.clone(),
            Authority::Login(login) => format!("login_{}", login.id),
            Authority::Manager(manager) => manager.key.id.clone(),
        }
    }

    /// Whether it is the person, with the password.
    pub(crate) fn is_person(&self) -> bool {
        matches!(self.authority, Authority::Session)
    }

    /// `session`, `key` or `login`. A management key is a key.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.authority {
            Authority::Session | Authority::Released(_) => "session",
            Authority::Key(_) | Authority::Manager(_) => "key",
            Authority::Login(_) => "login",
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        identify::identify_here(app, parts).await
    }
}

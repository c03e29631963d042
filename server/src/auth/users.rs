//! What becomes of a user: added, locked out, deleted, with another password.

use keylatch_format::Secret;

use crate::http::problem::{Problem, ProblemCode};
use crate::http::source::Source;
use crate::state::App;
use crate::store::StoreError;
use crate::store::users::{Login, User};
use crate::token::{HashedToken, random_base62};

use super::throttle::Visitor;

/// An e-mail address as it is stored: trimmed, in lower case.
pub(crate) fn read_email(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    let (name, domain) = email.split_once('@')?;
    let plain = !email.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    (plain && !name.is_empty() && !domain.is_empty() && !domain.contains('@') && email.len() <= 254)
        .then_some(email)
}

/// Why something could not be done to a user; one line for the person who asked.
#[derive(Debug, PartialEq, Eq)]
pub enum UserError {
    /// Not an e-mail address.
    Email,
    /// Fewer than eight characters.
    Password,
    /// There is such a user.
    Taken,
    /// There is no such user.
    Unknown,
    /// The cause is in the log.
    Failed,
}

impl std::fmt::Display for UserError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            UserError::Email => "that is not an e-mail address. Write it as name@example.com.",
            UserError::Password => "the password is too short. Use at least 8 characters.",
            UserError::Taken => "there is a user with that e-mail address already; nothing was changed.",
            UserError::Unknown => "there is no user with that e-mail address. `user list` shows them.",
            UserError::Failed => "the database failed; nothing was changed. The log above says why.",
        })
    }
}

impl std::error::Error for UserError {}

impl From<StoreError> for UserError {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::Taken(_)) {
            return UserError::Taken;
        }
        tracing::error!(%error, "a user could not be changed");
        UserError::Failed
    }
}

/// What is done to a user.
#[derive(Clone, Debug)]
pub enum UserChange {
    /// Locked out: no key, session or login works.
    Disable,
    /// Let in again.
    Enable,
    /// Gone, with all keys, for good. The ids of the keys stay used up.
    Delete,
    /// Another password; all sessions and logins end.
    Password(Secret),
    /// All sessions and logins end.
    EndSessions,
}

impl App {
    /// Adds a user.
    ///
    /// # Errors
    /// When the e-mail address is none or taken, or the password too short.
    pub async fn create_user(&self, email: &str, password: impl Into<Secret>) -> Result<User, UserError> {
        let password = password.into();
        let email = read_email(email).ok_or(UserError::Email)?;
        let hash = self.hash_password(password).await?;
        let id = random_base62(16).map_err(|_| UserError::Failed)?;
        let user = User { id: format!("usr_{id}"), email };
        self.store().insert_user(&user, &hash, self.now()).await?;
        tracing::info!(user_id = user.id, "user added");
        self.audit(&Source::default(), &user.id, "user.added", "command", None);
        Ok(user)
    }

    /// Changes the user with this e-mail address.
    ///
    /// # Errors
    /// When there is none, or the password is too short.
    pub async fn change_user(&self, email: &str, change: UserChange) -> Result<User, UserError> {
        let email = read_email(email).ok_or(UserError::Email)?;
        let Login { user, .. } = self.store().user_by_email(&email).await?.ok_or(UserError::Unknown)?;
        let hash = match &change {
            UserChange::Password(password) => Some(self.hash_password(password.clone()).await?),
            _ => None,
        };
        let now = self.now();
        if matches!(change, UserChange::Password(_) | UserChange::EndSessions) {
            end_most(self, &user.id, None).await?;
        }
        let mut tx = self.store().begin().await?;
        tx.lock_user(&user.id).await?;
        let action = match &change {
            UserChange::Disable => {
                tx.set_disabled(&user.id, Some(now)).await?;
                "user.disabled"
            }
            UserChange::Enable => {
                tx.set_disabled(&user.id, None).await?;
                "user.enabled"
            }
            UserChange::Delete => {
                tx.bury_applications(&user.id, now).await?;
                tx.bury_user(&user.id, now).await?;
                "user.deleted"
            }
            UserChange::Password(_) => "user.password",
            UserChange::EndSessions => "user.sessions_ended",
        };
        if let Some(hash) = &hash {
            tx.set_password(&user.id, hash).await?;
        }
        if matches!(change, UserChange::Password(_) | UserChange::EndSessions) {
            tx.delete_sessions_of(&user.id, None).await?;
            tx.end_logins_of(&user.id).await?;
        }
        tx.commit().await?;
        tracing::info!(user_id = user.id, action, "user changed");
        self.audit(&Source::default(), &user.id, action, "command", None);
        Ok(user)
    }

    async fn hash_password(&self, password: Secret) -> Result<String, UserError> {
        if password.expose().chars().count() < 8 {
            return Err(UserError::Password);
        }
        self.passwords().hash(password).await.map_err(|_| UserError::Failed)
    }
}

/// Ends the sessions and logins of a user some at a time, before the transaction that ends
/// the rest: whoever has a password or a key of theirs can begin a million, and one
/// statement for all would fail, so that the thief stays.
async fn end_most(app: &App, user_id: &str, but: Option<&HashedToken>) -> Result<(), StoreError> {
    app.store().sweep_sessions_of(user_id, but).await?;
    app.store().sweep_logins_of(user_id).await
}

/// Gives a person another password, who shows the old one. Every other session
/// and every login by browser end.
///
/// # Errors
/// 401 when the old one is wrong, 422 when the new one is too short, 429 after
/// too many wrong ones.
pub(crate) async fn change_own_password(
    app: &App,
    source: &Source,
    user: &User,
    session: Option<&HashedToken>,
    old: Secret,
    new: Secret,
) -> Result<(), Problem> {
    let known = app.store().user_by_id(&user.id).await?.ok_or_else(Problem::internal)?;
    let visitor = Visitor::new(&user.email, source.address);
    let attempt = app.throttle().attempt(app.store(), visitor, || app.now()).await?;
    let attempt = attempt.map_err(|_| {
        Problem::new(ProblemCode::RateLimited, "Too many wrong passwords. Try again in a few minutes.")
            .retry_after(300)
    })?;
    if !app.passwords().verify(old, Some(known.password_hash)).await? {
        attempt.was_wrong(app.store(), app.now()).await?;
        let problem = Problem::new(ProblemCode::InvalidCredentials, "The old password is wrong. Try again.");
        return Err(Problem { field: Some("old".into()), ..problem });
    }
    attempt.was_right(app.store(), app.now()).await?;
    let hash = app.hash_password(new).await.map_err(|error| match error {
        UserError::Password => Problem::field("new", "`new` is too short. Use at least 8 characters."),
        _ => Problem::internal(),
    })?;
    end_most(app, &user.id, session).await?;
    let mut tx = app.store().begin().await?;
    tx.set_password(&user.id, &hash).await?;
    tx.delete_sessions_of(&user.id, session).await?;
    tx.end_logins_of(&user.id).await?;
    tx.commit().await?;
    tracing::info!(user_id = user.id, "password changed");
    app.audit(source, &user.id, "user.password", "session", None);
    Ok(())
}

//! Who asks, by an access token.

use axum::http::StatusCode;
use keylatch::Secret;

use crate::problem::{Problem, ProblemCode};
use crate::state::App;
use crate::store::logins;
use crate::store::users::{self, User};

pub(crate) use super::signing::is_access_token;

/// The person who logged in for this token.
///
/// # Errors
/// 401 when it is not good, or its login has ended.
pub(crate) async fn user_of(app: &App, token: &Secret) -> Result<User, Problem> {
    let ended = || {
        let text = "This access token is not good, or no longer. Get a new one by the refresh token, or log in again.";
        Problem::new(ProblemCode::Unauthorized, text).with_status(StatusCode::UNAUTHORIZED)
    };
    let now = app.now();
    let claims = app.issuer().and_then(|issuer| issuer.key.read(token.expose(), now)).ok_or_else(ended)?;
    let mut db = app.store().pool().acquire().await?;
    let login = logins::alive(&mut db, &claims.sid, now).await?.ok_or_else(ended)?;
    users::by_id(&mut *db, &login.user_id).await?.ok_or_else(ended)
}

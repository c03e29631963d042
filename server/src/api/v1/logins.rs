//! Logins by browser: what programs on a person's computers may act for them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Caller, Need};
use crate::http::problem::{Problem, ProblemCode};
use crate::state::App;

/// A login that has not ended.
#[derive(Serialize, ToSchema)]
#[schema(as = Login)]
pub(super) struct ToldLogin {
    id: String,
    /// What the program calls itself.
    client_id: String,
    scope: String,
    #[schema(value_type = String, format = DateTime)]
    begun_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// All of them; there are few.
#[derive(Serialize, ToSchema)]
pub(super) struct LoginList {
    /// Newest first.
    items: Vec<ToldLogin>,
}

/// Lists one's own logins by browser.
#[utoipa::path(
    get, path = "/v1/logins", tag = "session", operation_id = "listLogins",
    responses(
        (status = 200, description = "The logins that have not ended", body = LoginList),
        (status = 403, description = "The key lacks the scope keys:read"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<LoginList>, Problem> {
    caller.may(Need::Read)?;
    let logins = app.store().logins_of(&caller.user.id, app.now()).await?;
    let items = logins.into_iter().map(|login| ToldLogin {
        expires_at: login.end(),
        id: login.id,
        client_id: login.client_id,
        scope: login.scope,
        begun_at: login.begun_at,
    });
    Ok(Json(LoginList { items: items.collect() }))
}

/// Ends a login with all its tokens.
#[utoipa::path(
    delete, path = "/v1/logins/{id}", tag = "session", operation_id = "endLogin",
    params(("id" = String, Path, description = "Id of the login", pattern = "^[0-9A-Za-z]{1,64}$")),
    responses(
        (status = 204, description = "Ended"),
        (status = 403, description = "The key lacks the scope keys:write"),
        (status = 404, description = "No such login"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn end(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.may(Need::Write)?;
    let mut tx = app.store().begin().await?;
    let login = tx.login_by_id(&id).await?.filter(|login| login.user_id == caller.user.id);
    let login =
        login.ok_or_else(|| Problem::new(ProblemCode::NotFound, "You have no login with this id."))?;
    tx.end_login(&login.id).await?;
    tx.commit().await?;
    app.audit(&caller.source, &caller.user.id, "login.ended", &caller.name(), None);
    Ok(StatusCode::NO_CONTENT)
}

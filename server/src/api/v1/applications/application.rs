//! Applications themselves.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::present;
use crate::api::v1::idempotency_key::{IdempotencyKey, first_try, whole};
use crate::api::v1::query::Query;
use crate::applications::application::{self as service, ApplicationChange, ApplicationOrder};
use crate::applications::format::Format;
use crate::applications::scopes::Scope;
use crate::auth::Caller;
use crate::http::body::JsonBody;
use crate::http::problem::Problem;
use crate::keys::idempotency::Repeat;
use crate::limits::declare::{Declaration, Limit, OnLimiterFailure};
use crate::state::App;
use crate::store;

/// An API that one protects.
#[derive(Serialize, ToSchema)]
pub(super) struct Application {
    #[schema(example = "app_9fK2mVb7Qx0LrT4sYz1C")]
    id: String,
    #[schema(example = "Acme API")]
    name: String,
    /// The first of an environment is what new keys get; the others are known too.
    formats: Vec<Format>,
    /// ISO 8601 duration or `never`: what a key gets when nothing else is asked for.
    #[schema(example = "P3M")]
    default_lifetime: String,
    /// `null`: as long as any key may live.
    #[schema(required, example = "P1Y")]
    longest_lifetime: Option<String>,
    /// Those that its keys may have; empty: any.
    scopes: Vec<Scope>,
    /// Of each of its keys that has none of its own.
    #[schema(value_type = Vec<Declaration>)]
    limits: Vec<Limit>,
    /// What happens to a key while the database cannot be asked for its quotas.
    on_limiter_failure: OnLimiterFailure,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl Application {
    fn told(application: store::applications::Application) -> Self {
        Application {
            id: application.id,
            name: application.name,
            formats: application.formats,
            default_lifetime: application.default_lifetime,
            longest_lifetime: application.longest_lifetime,
            scopes: application.scopes,
            limits: application.limits,
            on_limiter_failure: application.on_limiter_failure,
            created_at: application.created_at,
            updated_at: application.updated_at,
        }
    }
}

/// What the new application is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateApplication {
    /// 1 to 100 characters after trimming.
    #[schema(example = "Acme API", min_length = 1)]
    name: String,
    /// What its keys look like.
    #[schema(min_items = 1, max_items = 10)]
    formats: Vec<Format>,
    /// ISO 8601 duration of at most ten years, or `never`.
    #[schema(default = "P3M")]
    default_lifetime: Option<String>,
    /// No key is asked for that lives longer. Absent: ten years, or without an end.
    #[schema(example = "P1Y")]
    longest_lifetime: Option<String>,
    /// Scopes that its keys may have; without any, each may be used.
    #[serde(default)]
    #[schema(max_items = 100)]
    scopes: Vec<Scope>,
    /// How much each of its keys may use that has no limits of its own.
    #[serde(default)]
    #[schema(max_items = 8)]
    limits: Vec<Declaration>,
    /// What happens to a key while the database cannot be asked for its quotas.
    #[serde(default)]
    on_limiter_failure: OnLimiterFailure,
    /// Which try it is under the same Idempotency-Key. One that comes after a
    /// later one was answered changes nothing.
    #[serde(default = "first_try", deserialize_with = "whole")]
    #[schema(value_type = i64, default = 1, minimum = 1, maximum = 4294967295_i64)]
    attempt: u32,
}

/// Makes an application: an API of one's own, whose keys are issued and verified here.
#[utoipa::path(
    post, path = "/v1/applications", tag = "applications", operation_id = "createApplication",
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat within 24 hours gets the same application, as it is by then. Applications have Idempotency-Keys of their own", min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$"),),
    request_body = CreateApplication,
    responses(
        (status = 201, description = "Made", body = Application),
        (status = 409, description = "The Idempotency-Key stands for another request, or its application was deleted"),
        (status = 422, description = "A value cannot be used; `field` names it"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    idempotency_key: IdempotencyKey,
    JsonBody(request): JsonBody<CreateApplication>,
) -> Result<(StatusCode, Json<Application>), Problem> {
    let CreateApplication { name, formats, default_lifetime, longest_lifetime, .. } = request;
    let CreateApplication { scopes, limits, on_limiter_failure, attempt, .. } = request;
    let order = ApplicationOrder {
        name,
        formats,
        default_lifetime,
        longest_lifetime,
        scopes,
        limits,
        on_limiter_failure,
    };
    let repeat = Repeat { idempotency_key: idempotency_key.0, attempt };
    let made = service::create(&app, &caller, order, &repeat).await?;
    Ok((StatusCode::CREATED, Json(Application::told(made))))
}

/// A page of applications.
#[derive(Serialize, ToSchema)]
pub(super) struct ApplicationPage {
    /// Newest first.
    items: Vec<Application>,
    /// For the parameter `cursor`, to get the next page. `null`: this is the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Which part of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is described here, and read by hand")]
pub(super) struct ListPage {
    /// `next_cursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
    /// How many at once.
    #[param(minimum = 1, maximum = 100, default = 50, nullable = false)]
    limit: Option<u32>,
}

/// Lists one's own applications, newest first.
#[utoipa::path(
    get, path = "/v1/applications", tag = "applications", operation_id = "listApplications",
    params(ListPage),
    responses(
        (status = 200, description = "A page of applications", body = ApplicationPage),
        (status = 422, description = "A parameter cannot be used; `field` names it"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<ApplicationPage>, Problem> {
    let page = Query::read(query.as_deref(), &["cursor", "limit"])?.page()?;
    let (found, next_cursor) = service::list(&app, &caller, &page).await?;
    Ok(Json(ApplicationPage { items: found.into_iter().map(Application::told).collect(), next_cursor }))
}

/// Tells of one application.
#[utoipa::path(
    get, path = "/v1/applications/{application}", tag = "applications", operation_id = "getApplication",
    params(("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$")),
    responses(
        (status = 200, description = "The application", body = Application),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Application>, Problem> {
    Ok(Json(Application::told(service::get(&app, &caller, &id).await?)))
}

/// What is to be another; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeApplication {
    #[schema(min_length = 1)]
    name: Option<String>,
    /// All of them: a prefix that is left out is no longer known to guards.
    #[schema(min_items = 1, max_items = 10)]
    formats: Option<Vec<Format>>,
    default_lifetime: Option<String>,
    /// `null`: as long as any key may live.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    longest_lifetime: Option<Option<String>>,
    /// All of them. A key keeps what it has.
    #[schema(max_items = 100)]
    scopes: Option<Vec<Scope>>,
    /// All of them. What is used of a quota stays used.
    #[schema(max_items = 8)]
    limits: Option<Vec<Declaration>>,
    on_limiter_failure: Option<OnLimiterFailure>,
}

/// Changes an application. Keys that are there stay as they are.
#[utoipa::path(
    patch, path = "/v1/applications/{application}", tag = "applications", operation_id = "changeApplication",
    params(("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$")),
    request_body = ChangeApplication,
    responses(
        (status = 200, description = "The application as it is now", body = Application),
        (status = 422, description = "A value cannot be used; `field` names it"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(request): JsonBody<ChangeApplication>,
) -> Result<Json<Application>, Problem> {
    let ChangeApplication { name, formats, default_lifetime, longest_lifetime, .. } = request;
    let ChangeApplication { scopes, limits, on_limiter_failure, .. } = request;
    let change = ApplicationChange {
        name,
        formats,
        default_lifetime,
        longest_lifetime,
        scopes,
        limits,
        on_limiter_failure,
    };
    Ok(Json(Application::told(service::change(&app, &caller, &id, change).await?)))
}

/// Deletes an application with all its keys, owners and management keys: each of
/// them is unknown from then on.
#[utoipa::path(
    delete, path = "/v1/applications/{application}", tag = "applications", operation_id = "deleteApplication",
    params(("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$")),
    responses(
        (status = 204, description = "Deleted"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    service::delete(&app, &caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

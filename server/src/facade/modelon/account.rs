//! Who am I, and what is here.

use axum::Json;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::person::{Person, impact_id};
use crate::auth::Need;
use crate::http::problem::{Problem, ProblemCode};

/// The oldest version that the Python client 4.14.1 accepts. Needs no key: the
/// client 3.20.0 asks before it has one.
pub(super) async fn version() -> Json<Value> {
    Json(json!({"version": "4.29.0"}))
}

/// The member `license` must be there, or the client finds that none is
/// assigned. What it says is ours, as are roles and tenant.
pub(super) async fn me(person: Person) -> Result<Json<Value>, Problem> {
    person.may(Need::Account)?;
    let email = &person.user.email;
    Ok(Json(json!({"data": {
        "id": impact_id(&person.user),
        "username": email,
        "firstName": null,
        "lastName": null,
        "email": email,
        "license": "keylatch",
        "roles": [],
        "tenant": {"id": "keylatch", "groupName": "keylatch"},
    }})))
}

/// Where the hub has this user's server. A wrong key is 400 here: so it stands in
/// the vendor's own test (`docs/wire.md`, section 1.2).
pub(super) async fn hub_user(person: Result<Person, Problem>) -> Result<Json<Value>, Problem> {
    let person = person.map_err(|refusal| match refusal.code {
        ProblemCode::Unauthorized => refusal.with_status(StatusCode::BAD_REQUEST),
        _ => refusal,
    })?;
    // An e-mail address may hold what cannot stand in a path, so the id is the name.
    let name = impact_id(&person.user);
    Ok(Json(json!({"server": format!("/user/{name}/"), "name": name})))
}

/// Nobody has any.
pub(super) async fn workspaces(_: Person) -> Json<Value> {
    Json(json!({"data": {"items": []}}))
}

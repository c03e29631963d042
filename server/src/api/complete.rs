//! What the handlers do not say of themselves: what holds for many operations,
//! and what utoipa has no word for.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::applications::access::Power;
use crate::keys::lifetime::{LIFETIME_PATTERN, OVERLAP_PATTERN};
use crate::keys::{name, scopes};

/// What members of bodies look like. Patterns that stand beside what reads the
/// value; utoipa takes none but a text in place.
const MEMBERS: [(&str, &str); 4] = [
    ("/CreateKey/properties/name", name::PATTERN),
    ("/CreateKey/properties/expires_in", LIFETIME_PATTERN),
    ("/CreateKey/properties/scopes/items", scopes::PATTERN),
    ("/RotateKey/properties/overlap", OVERLAP_PATTERN),
];
/// What parameters look like, by operation and name.
const PARAMETERS: [(&str, &str, &str); 2] =
    [("listKeys", "search", name::SEARCH_PATTERN), ("revokeKey", "overlap", OVERLAP_PATTERN)];

/// Operations whose answer has the id of a key, where it stands there, and what
/// can be done with it.
const LINKS: [(&str, &str, &str, &[&str]); 2] = [
    ("createKey", "201", "$response.body#/key/id", &["getKey", "rotateKey", "revokeKey", "deleteKey"]),
    ("rotateKey", "201", "$response.body#/replaced/id", &["getKey", "revokeKey", "deleteKey"]),
];

/// Completes the description.
pub(super) fn complete(api: &mut Value) {
    api["servers"] = json!([{"url": "/", "description": "The server that this was read from"}]);
    for (place, pattern) in MEMBERS {
        if let Some(schema) = api.pointer_mut(&format!("/components/schemas{place}")) {
            schema["pattern"] = json!(pattern);
        }
    }
    for schema in ["CreateKey", "CreateManagementKey", "IssueKey"] {
        if let Some(schema) = api.pointer_mut(&format!("/components/schemas/{schema}")) {
            let text = json!({"type": "string"});
            // `null` counts as left out.
            schema["not"] = json!({
                "properties": {"expires_in": text, "expires_at": text},
                "required": ["expires_in", "expires_at"],
            });
        }
    }
    let Some(paths) = api["paths"].as_object_mut() else { return };
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete_request(operation);
            refuse_callers(method, path, operation);
            complete_responses(operation);
            link(operation);
        }
    }
}

/// The refusals of who asks, where the handler says nothing more of them.
fn refuse_callers(method: &str, path: &str, operation: &mut Value) {
    let security = operation.get("security").and_then(Value::as_array);
    // Without an alternative that needs none.
    if !security.is_some_and(|ways| ways.iter().all(|way| *way != json!({}))) {
        return;
    }
    let mut refusals = vec![("401", "No good credential".to_owned())];
    if let Some(within) = path.strip_prefix("/v1/applications") {
        refusals.push(("403", power(method, within).refusal()));
        let mut parts = within.split('/').skip(2);
        let what = match (parts.next(), parts.next().is_some_and(|part| part.starts_with('{'))) {
            (Some("owners"), true) => " or owner",
            (Some("management-keys"), true) => " or management key",
            (Some(_), true) => " or key",
            _ => "",
        };
        if !within.is_empty() {
            refusals.push(("404", format!("No such application{what}")));
        }
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, description) in refusals {
        responses.entry(status).or_insert_with(|| json!({"description": description}));
    }
}

/// What an operation does to an application; `within` is the rest of its path.
fn power(method: &str, within: &str) -> Power {
    let is_of_customers =
        ["/keys", "/owners"].iter().any(|part| within.starts_with(&format!("/{{application}}{part}")));
    match (is_of_customers, method) {
        (false, "get") => Power::Inspect,
        (false, _) => Power::Administer,
        (true, "get") => Power::Read,
        (true, "delete") => Power::Revoke,
        (true, _) if within.ends_with("/revoke") => Power::Revoke,
        (true, _) => Power::Create,
    }
}

/// What parameters look like; and a body or a header that may be left out is not
/// `null` for that.
fn complete_request(operation: &mut Value) {
    let id = operation["operationId"].clone();
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let name = parameter["name"].clone();
        let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) else { continue };
        if let Some(kind) = schema.get("type").and_then(|kind| kind.get(0)).cloned() {
            schema.insert("type".into(), kind);
        }
        let known =
            PARAMETERS.iter().find(|(operation, parameter, _)| id == *operation && name == *parameter);
        if let Some((.., pattern)) = known {
            schema.insert("pattern".into(), json!(pattern));
        }
    }
    if let Some(schema) = operation.pointer_mut("/requestBody/content/application~1json/schema")
        && let Some(body) = schema.pointer("/oneOf/0").cloned()
    {
        *schema = body;
    }
}

/// The form of a refusal, those refusals that any request may meet, and the
/// headers of answers.
fn complete_responses(operation: &mut Value) {
    let has_body = operation.get("requestBody").is_some();
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    let mut refusals = vec![
        ("400", "The request is malformed"),
        ("500", "The server failed; its log says why"),
        ("503", "The server or its database is busy, or did not finish in time"),
    ];
    if has_body {
        refusals.push(("413", "The body is larger than 64 KiB"));
        refusals.push(("415", "The body is not JSON"));
    }
    for (status, description) in refusals {
        responses.entry(status).or_insert_with(|| json!({"description": description}));
    }
    for (status, response) in responses {
        let Some(response) = response.as_object_mut() else { continue };
        let headers = response.entry("headers").or_insert_with(|| json!({}));
        headers["x-request-id"] = REQUEST_ID.clone();
        match status.as_str() {
            "401" => headers["www-authenticate"] = CHALLENGE.clone(),
            "429" | "503" => headers["retry-after"] = RETRY_AFTER.clone(),
            _ => {}
        }
        if status.starts_with(['4', '5']) {
            response.entry("content").or_insert_with(
                || json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}),
            );
        }
    }
}

/// Where an answer leads to.
fn link(operation: &mut Value) {
    for (source, status, id, targets) in LINKS {
        if operation["operationId"] == source {
            let links: Map<String, Value> = targets
                .iter()
                .map(|target| {
                    ((*target).to_owned(), json!({"operationId": target, "parameters": {"id": id}}))
                })
                .collect();
            if let Some(response) = operation.pointer_mut(&format!("/responses/{status}")) {
                response["links"] = Value::Object(links);
            }
        }
    }
}

static REQUEST_ID: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "description": "Names this request, as in the server's log",
        "required": true,
        "schema": {"type": "string", "pattern": "^req_[0-9A-Za-z]{16}$"},
    })
});

static RETRY_AFTER: LazyLock<Value> =
    LazyLock::new(|| json!({"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 1}}));

static CHALLENGE: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "description": "`Bearer`; with `error=\"invalid_token\"` when a key was sent. Not for a wrong password.",
        "schema": {"type": "string"},
    })
});

//! What the endpoints for programs read and how they refuse: RFC 6749, section 5.2.

use std::borrow::Cow;

use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::http::body::{LIMIT, is_json, read};
use crate::http::problem::Problem;
use crate::store::StoreError;
use crate::token::NotGenerated;

/// A refusal.
pub(super) enum Refusal {
    Request(StatusCode, &'static str, Cow<'static, str>),
    /// 500, or 503 when it may work in a moment.
    Failed(StatusCode),
}

impl Refusal {
    /// 400 with this code.
    pub(super) const fn request(error: &'static str, description: &'static str) -> Self {
        Refusal::Request(StatusCode::BAD_REQUEST, error, Cow::Borrowed(description))
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        if problem.status.is_client_error() {
            return Refusal::Request(
                problem.status,
                "invalid_request",
                "The body cannot be read, or is too large.".into(),
            );
        }
        Refusal::Failed(problem.status)
    }
}

impl From<NotGenerated> for Refusal {
    fn from(_: NotGenerated) -> Self {
        Refusal::Failed(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        // Logs it.
        Problem::from(error).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error, description) = match self {
            Refusal::Request(status, error, description) => (status, error, description),
            Refusal::Failed(status) if status == StatusCode::SERVICE_UNAVAILABLE => (
                status,
                "temporarily_unavailable",
                "The server cannot do this right now. Try again in a moment.".into(),
            ),
            Refusal::Failed(status) => {
                (status, "server_error", "The server failed. Its log says why.".into())
            }
        };
        (status, Json(json!({"error": error, "error_description": description}))).into_response()
    }
}

/// Reads JSON, as Auth0's clients send it, or a form, as RFC 6749 has it.
pub(super) async fn read_form<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Refusal> {
    let text = read(body, LIMIT).await?;
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let members: Option<Map<String, Value>> = if is_json(content_type) {
        serde_json::from_slice(&text).ok()
    } else {
        let pairs = form_urlencoded::parse(&text);
        Some(pairs.map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect())
    };
    let is_plain = |value: &Value| value.as_str().is_none_or(is_plain);
    let members = members.filter(|members| members.values().all(is_plain));
    let request = members.and_then(|members| serde_json::from_value(Value::Object(members)).ok());
    request.ok_or(Refusal::request(
        "invalid_request",
        "The body is neither JSON nor a form with the members of RFC 6749.",
    ))
}

/// No member has a control character (RFC 6749, appendix A), and a NUL could not be kept.
pub(super) fn is_plain(text: &str) -> bool {
    !text.contains(char::is_control)
}

/// The layer that words what a layer or axum refused. Headers that the answer has already (Allow) stay.
pub(super) async fn render(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let status = response.status();
    let is_worded = response.headers().contains_key(header::CONTENT_TYPE);
    if is_worded || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let problem = response.extensions_mut().remove::<Problem>();
    let refusal = if status.is_server_error() {
        Refusal::Failed(status)
    } else {
        let detail = problem.map(|problem| problem.detail);
        let detail = detail.unwrap_or("The server cannot make sense of this request.".into());
        Refusal::Request(status, "invalid_request", detail)
    };
    let (written, body) = refusal.into_response().into_parts();
    *response.body_mut() = body;
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.extend(written.headers);
    response
}

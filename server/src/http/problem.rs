//! Refusals: `application/problem+json` (RFC 9457), or the words of a cloud.
//!
//! A handler returns a [`Problem`]. It travels through the layers as an
//! extension of an empty answer and is written out by `render`, the only
//! place that knows the id of the request. An answer that axum refused by itself
//! (no such path, wrong method) becomes a problem there too.

use std::borrow::Cow;

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::Route;
use serde::Serialize;
use tower::Service;
use utoipa::ToSchema;

use super::layer::Answered;
use super::request_id::RequestId;
use crate::store::StoreError;
use crate::token::NotGenerated;

/// What is refused, as a word that does not change between versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemCode {
    /// No credential, or one that is not accepted.
    Unauthorized,
    /// Wrong user or password.
    InvalidCredentials,
    /// The credential is good, but may not do this.
    Forbidden,
    /// No such thing, or not one's own.
    NotFound,
    /// An active key cannot be deleted.
    KeyActive,
    /// Only an active key can be rotated.
    KeyInactive,
    /// The request contradicts what is there.
    Conflict,
    /// The request itself is faulty.
    InvalidRequest,
    /// Too many requests.
    RateLimited,
    /// The fault is the server's.
    ServiceError,
}

use ProblemCode::*;

impl ProblemCode {
    /// Every code, in the order of the documentation.
    pub const ALL: &'static [ProblemCode] = &[
        Unauthorized,
        InvalidCredentials,
        Forbidden,
        NotFound,
        KeyActive,
        KeyInactive,
        Conflict,
        InvalidRequest,
        RateLimited,
        ServiceError,
    ];

    /// The code as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Unauthorized => "unauthorized",
            InvalidCredentials => "invalid_credentials",
            Forbidden => "forbidden",
            NotFound => "not_found",
            KeyActive => "key_active",
            KeyInactive => "key_inactive",
            Conflict => "conflict",
            InvalidRequest => "invalid_request",
            RateLimited => "rate_limited",
            ServiceError => "service_error",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Unauthorized => "Not signed in",
            InvalidCredentials => "Wrong user or password",
            Forbidden => "Not allowed",
            NotFound => "Not found",
            KeyActive => "The key is active",
            KeyInactive => "The key is not active",
            Conflict => "Conflict",
            InvalidRequest => "Faulty request",
            RateLimited => "Too many requests",
            ServiceError => "The service failed",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Unauthorized | InvalidCredentials => StatusCode::UNAUTHORIZED,
            Forbidden => StatusCode::FORBIDDEN,
            NotFound => StatusCode::NOT_FOUND,
            KeyActive | KeyInactive | Conflict => StatusCode::CONFLICT,
            InvalidRequest => StatusCode::UNPROCESSABLE_ENTITY,
            RateLimited => StatusCode::TOO_MANY_REQUESTS,
            ServiceError => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    const fn explanation(self) -> &'static str {
        match self {
            Unauthorized => {
                "The request carries no credential, or one that is not accepted: an API key that is unknown, \
                 expired, revoked or deleted, or a session that has ended. Send a key as `Authorization: Bearer \
                 kl_...`, or sign in with POST /v1/session. A bad key is never saved by a good session cookie."
            }
            InvalidCredentials => {
                "POST /v1/session did not accept the user or the password. It does not say which of the two is \
                 wrong, and takes as long for an unknown user as for a wrong password."
            }
            Forbidden => {
                "The credential is good but may not do this. A key needs the scope keys:read to look at keys and \
                 keys:write to change them, and makes no key that may do more or lives longer than itself. A request \
                 with a session cookie must come from the server's own origin, or from one of the same site that \
                 was named by --allow-origin; another site's page needs a key."
            }
            NotFound => {
                "There is no such thing here, or it belongs to someone else: the two are not told apart. The id \
                 of a deleted key stays unknown for ever."
            }
            KeyActive => "An active key cannot be deleted. Revoke it first, then delete it.",
            KeyInactive => "Only an active key can be rotated. Create a new one.",
            Conflict => {
                "The request contradicts what is there: an Idempotency-Key that stands for another request or \
                 for a key that is already in use, or a key that has an active successor already."
            }
            InvalidRequest => {
                "The request is faulty; `detail` says where and what was expected, `field` names the member, \
                 parameter or header. The status is 400 (malformed), 405 (method), 413 (too large), 415 (not \
                 JSON) or 422 (a value that cannot be used)."
            }
            RateLimited => "Too many requests. Wait as many seconds as the header Retry-After says.",
            ServiceError => {
                "The fault is the server's. A request that failed with 503 may be repeated after the seconds in \
                 Retry-After. When it persists, give the request_id to whoever runs the server: it finds the \
                 cause in the log."
            }
        }
    }
}

/// A refusal on its way to the client. `detail` is for the person who gets it:
/// what, where, what to do; never a secret.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(crate) code: ProblemCode,
    pub(crate) status: StatusCode,
    pub(crate) detail: Cow<'static, str>,
    pub(crate) field: Option<String>,
    pub(crate) retry_after: Option<u64>,
    /// A key or a token was sent and is not good (RFC 6750, section 3.1).
    pub(crate) invalid_token: bool,
}

impl Problem {
    /// A problem with the usual status of its code.
    pub fn new(code: ProblemCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Problem {
            code,
            status: code.status(),
            detail: detail.into(),
            field: None,
            retry_after: None,
            invalid_token: false,
        }
    }

    /// 422: a value that cannot be used, with the name of the member, parameter or header.
    pub fn field(field: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Self {
        Problem { field: Some(field.into()), ..Problem::new(InvalidRequest, detail) }
    }

    /// 404 for a key, whether unknown, deleted or someone else's.
    pub fn no_such_key() -> Self {
        Problem::new(
            NotFound,
            "You have no key with this id. It may have been deleted; look at the list of keys.",
        )
    }

    /// 500. The cause belongs in the log, not here.
    pub fn internal() -> Self {
        Problem::new(
            ServiceError,
            "The server failed to answer. The cause is in its log under this request_id.",
        )
    }

    /// 503: worth another try soon.
    pub fn busy(detail: impl Into<Cow<'static, str>>) -> Self {
        Problem::new(ServiceError, detail).with_status(StatusCode::SERVICE_UNAVAILABLE).retry_after(1)
    }

    #[must_use]
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    #[must_use]
    pub(crate) fn with_invalid_token(mut self) -> Self {
        self.invalid_token = true;
        self
    }

    #[must_use]
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// What a bare status from axum or a layer means.
    fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => {
                Problem::new(NotFound, "There is nothing at this address. /openapi.json lists what there is.")
            }
            StatusCode::METHOD_NOT_ALLOWED => Problem::new(
                InvalidRequest,
                "This address does not take this method. The header Allow lists those that it takes.",
            )
            .with_status(status),
            StatusCode::SERVICE_UNAVAILABLE => Problem::busy(
                "The server did not finish in time. What was asked for was done whole or not at all: look, then try again.",
            ),
            _ if status.is_server_error() => Problem::internal(),
            _ => Problem::new(InvalidRequest, "The server cannot make sense of this request.")
                .with_status(status),
        }
    }
}

impl From<NotGenerated> for Problem {
    fn from(_: NotGenerated) -> Self {
        Problem::internal()
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if let StoreError::Redis(_) = error {
            tracing::warn!(%error, "what all processes count together could not be counted");
            return Problem::busy(
                "Attempts cannot be counted right now, so none is let through. Try again in a moment.",
            );
        }
        tracing::error!(%error, "the database failed");
        if error.is_temporary() {
            Problem::busy("The database does not answer right now. Try again in a moment.")
        } else {
            Problem::internal()
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A refusal, as in RFC 9457.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// `/problems/` and the code; explains itself when fetched.
    #[schema(example = "/problems/key_active")]
    r#type: String,
    /// The code in words.
    title: &'a str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// A sentence for the person: what, where, what to do.
    detail: &'a str,
    /// The member, parameter or header at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field: Option<&'a str>,
    /// Also in the header `x-request-id` and in the server's log.
    request_id: &'a str,
}

/// How an API words its refusals: status, headers and body. keylatch's own is
/// [`rfc9457`]; the facades have those of their clouds.
pub(crate) type Dialect = fn(&Problem, &RequestId) -> Response;

/// The layer that writes problems out, in the words of the API that was asked.
/// Headers that the answer has already (CORS, Allow) stay.
pub(crate) fn render(
    dialect: &Dialect,
    request: Request,
    routes: &mut Route,
) -> impl Future<Output = Answered> + Send + use<> {
    let dialect = *dialect;
    let request_id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let answer = routes.call(request);
    async move {
        let response = answer.await?;
        let is_problem = response.status().is_client_error() || response.status().is_server_error();
        Ok(if is_problem { worded(dialect, response, &request_id) } else { response })
    }
}

/// A refusal in the words of an API.
fn worded(dialect: Dialect, mut response: Response, request_id: &RequestId) -> Response {
    let status = response.status();
    let problem =
        response.extensions_mut().remove::<Problem>().unwrap_or_else(|| Problem::from_status(status));
    let (written, body) = dialect(&problem, request_id).into_parts();
    *response.body_mut() = body;
    *response.status_mut() = written.status;
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.extend(written.headers);
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// `application/problem+json` (RFC 9457).
pub(crate) fn rfc9457(problem: &Problem, request_id: &RequestId) -> Response {
    let body = Json(ProblemBody {
        r#type: format!("/problems/{}", problem.code.as_str()),
        title: problem.code.title(),
        status: problem.status.as_u16(),
        detail: &problem.detail,
        field: problem.field.as_deref(),
        request_id: request_id.as_str(),
    });
    let mut response = (problem.status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if problem.code == Unauthorized {
        let challenge = if problem.invalid_token { "Bearer error=\"invalid_token\"" } else { "Bearer" };
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}

/// Explains a problem type in plain text.
///
/// # Errors
/// 404 when there is none of this code.
pub(crate) fn explanation(code: &str) -> Result<String, Problem> {
    let code = ProblemCode::ALL.iter().find(|known| known.as_str() == code).ok_or_else(|| {
        let known: Vec<_> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
        Problem::new(NotFound, format!("There is no such problem type. There are: {}.", known.join(", ")))
    })?;
    Ok(format!("{}: {}\n\n{}\n", code.as_str(), code.title(), code.explanation()))
}

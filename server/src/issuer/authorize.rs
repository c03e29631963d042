//! `/authorize`: the person signs in and is sent back with a code.

use axum::extract::{Form, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::page;
use super::request::AuthorizeRequest;
use crate::auth::sign_in::check_password;
use crate::http::csrf;
use crate::http::problem::Problem;
use crate::http::secret_text::SecretText;
use crate::http::source::Source;
use crate::state::App;
use crate::store::codes::Grant;
use crate::token::PlainToken;

/// Shows the page.
pub(super) async fn show(Form(request): Form<AuthorizeRequest>) -> Response {
    match request.check() {
        Ok(()) => page::sign_in(&request, "", None),
        Err(why) => page::refusal(why),
    }
}

#[derive(Deserialize)]
pub(super) struct SignInForm {
    #[serde(flatten)]
    request: AuthorizeRequest,
    #[serde(default)]
    user: String,
    password: Option<SecretText>,
    #[serde(default)]
    action: String,
}

/// Takes the page's form.
pub(super) async fn submit(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Response {
    let request = form.request;
    if let Err(why) = request.check() {
        return page::refusal(why);
    }
    // Nobody shall be signed in by a page of somebody else's.
    if let Err(problem) = csrf::check_origin(&headers, app.config()) {
        return page::refusal(&problem.detail);
    }
    if form.action == "cancel" {
        return back(
            &request,
            &[("error", "access_denied"), ("error_description", "The login was cancelled.")],
        );
    }
    let password = form.password.map(|password| password.0).unwrap_or_else(|| "".into());
    match check_password(&app, &headers, &source, &form.user, password).await {
        Ok(user) => match grant(&app, &source, &request, user.id).await {
            Ok(code) => back(&request, &[("code", code.expose())]),
            Err(problem) => page::sign_in(&request, &form.user, Some(&problem.detail)),
        },
        Err(problem) => page::sign_in(&request, &form.user, Some(&problem.detail)),
    }
}

async fn grant(
    app: &App,
    source: &Source,
    request: &AuthorizeRequest,
    user_id: String,
) -> Result<PlainToken, Problem> {
    let code = PlainToken::generate()?;
    let grant = Grant {
        user_id,
        client_id: request.client_id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        code_challenge: request.code_challenge.clone(),
        audience: request.audience.clone(),
        scope: request.scope.clone(),
    };
    app.store().insert_code(&code.hashed(), &grant, app.now()).await?;
    app.audit(source, &grant.user_id, "login.begun", "session", None);
    Ok(code)
}

/// 303, so that the browser does not send the password on.
fn back(request: &AuthorizeRequest, answer: &[(&str, &str)]) -> Response {
    match HeaderValue::try_from(request.back(answer)) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => page::refusal("The address to return to (redirect_uri) cannot be used."),
    }
}

//! `/authorize`: the person signs in and is sent back with a code.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Extension, Form, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::codes::Grant;
use super::page;
use super::request::{AuthorizeRequest, Refused};
use crate::csrf;
use crate::problem::Problem;
use crate::secret_text::SecretText;
use crate::session::{Visit, check_password};
use crate::state::App;
use crate::token::PlainToken;

/// Shows the page.
pub(super) async fn show(Form(request): Form<AuthorizeRequest>) -> Response {
    match request.check() {
        Ok(()) => page::sign_in(&request, "", None),
        Err(refused) => refuse(&request, refused),
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
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Response {
    let request = form.request;
    if let Err(refused) = request.check() {
        return refuse(&request, refused);
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
    let visit = Visit { headers: &headers, peer };
    match check_password(&app, &visit, &form.user, password).await {
        Ok(user) => match grant(&app, &request, user.id) {
            Ok(code) => back(&request, &[("code", code.expose())]),
            Err(problem) => page::sign_in(&request, &form.user, Some(&problem.detail)),
        },
        Err(problem) => page::sign_in(&request, &form.user, Some(&problem.detail)),
    }
}

fn grant(app: &App, request: &AuthorizeRequest, user_id: String) -> Result<PlainToken, Problem> {
    let issuer = app.issuer().ok_or_else(Problem::internal)?;
    let code = PlainToken::generate()?;
    let grant = Grant {
        user_id,
        client_id: request.client_id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        code_challenge: request.code_challenge.clone(),
        audience: request.audience.clone(),
        scope: request.scope.clone(),
    };
    issuer.codes.add(&code.hashed(), grant, app.now());
    Ok(code)
}

fn refuse(request: &AuthorizeRequest, refused: Refused) -> Response {
    match refused {
        Refused::Here(why) => page::refusal(why),
        Refused::There(error, why) => back(request, &[("error", error), ("error_description", why)]),
    }
}

/// 303, so that the browser does not send the password on.
fn back(request: &AuthorizeRequest, answer: &[(&str, &str)]) -> Response {
    match HeaderValue::try_from(request.back(answer)) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => page::refusal("The address to return to (redirect_uri) cannot be used."),
    }
}

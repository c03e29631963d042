//! `/device`: where a person types the code of a program on another computer,
//! signs in, and agrees to what the program asks for.

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::device::UserCode;
use super::page::{self, escape};
use crate::auth::sign_in::check_password;
use crate::auth::throttle::Visitor;
use crate::http::csrf;
use crate::http::problem::{Problem, ProblemCode};
use crate::http::secret_text::SecretText;
use crate::http::source::Source;
use crate::state::App;
use crate::store::devices::Wish;
use crate::token::{HashedToken, PlainToken};

const NO_CODE: &str =
    "There is no such code, or no longer. Look at what the program shows, or start it again.";

const TOO_MANY: &str = "Too many wrong codes. Try again in five minutes.";

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    user_code: String,
}

/// Shows where to type the code; with one in the address, it is there already.
pub(super) async fn show(Form(typed): Form<Typed>) -> Response {
    let code = UserCode::read(&typed.user_code).map(|code| code.shown()).unwrap_or_default();
    sign_in(&code, "", None)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SignInForm {
    user_code: String,
    user: String,
    password: Option<SecretText>,
}

/// Takes code and password, and shows what the program asks for.
pub(super) async fn submit(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Response {
    let SignInForm { user_code, user, password } = form;
    let password = password.map(|password| password.0).unwrap_or_else(|| "".into());
    let outcome = async {
        let signed_in = check_password(&app, &headers, &source, &user, password).await?;
        // Counted by itself, as the right password forgives wrong ones: whoever has
        // an account cannot try codes of others out.
        let visitor = Visitor::new(&format!("code of {}", signed_in.email), source.address);
        let attempt = app.throttle().attempt(app.store(), visitor, || app.now()).await?;
        let attempt = attempt.map_err(|_| Problem::new(ProblemCode::RateLimited, TOO_MANY))?;
        let consent = PlainToken::generate()?;
        let asked = match UserCode::read(&user_code) {
            Some(code) => {
                app.store().name_device(&code.hashed(), &signed_in.id, &consent.hashed(), app.now()).await?
            }
            None => None,
        };
        if asked.is_none() {
            attempt.was_wrong(app.store(), app.now()).await?;
        }
        asked.map(|wish| (wish, consent)).ok_or_else(|| Problem::new(ProblemCode::NotFound, NO_CODE))
    };
    match outcome.await {
        Ok((wish, consent)) => ask(&wish, &consent),
        Err(problem) => sign_in(&user_code, &user, Some(&problem.detail)),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ConsentForm {
    consent: Option<SecretText>,
    action: String,
}

/// Takes the person's answer.
pub(super) async fn answer(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    Form(form): Form<ConsentForm>,
) -> Response {
    if let Err(problem) = csrf::check_origin(&headers, app.config()) {
        return page::refusal(&problem.detail);
    }
    let is_allowed = form.action == "allow";
    let consent = HashedToken::of(form.consent.as_ref().map_or("", |consent| consent.0.expose()));
    match app.store().answer_device(&consent, is_allowed, app.now()).await {
        Ok(Some(user_id)) => {
            app.audit(
                &source,
                &user_id,
                if is_allowed { "login.begun" } else { "login.refused" },
                "session",
                None,
            );
            let (title, text) = if is_allowed {
                ("The program is logged in", "You can close this page. The program goes on by itself.")
            } else {
                ("The program is not logged in", "You have refused it. You can close this page.")
            };
            page::page(title, &format!("<h1>{title}</h1>\n<p>{text}</p>"), StatusCode::OK)
        }
        Ok(None) => page::refusal(NO_CODE),
        Err(error) => page::refusal(&Problem::from(error).detail),
    }
}

fn sign_in(code: &str, user: &str, trouble: Option<&str>) -> Response {
    let alert = page::alert(trouble);
    let focus = |is: bool| if is { " autofocus" } else { "" };
    let body = format!(
        r#"<h1>Log in a program</h1>
<p>A program on another computer shows a code. Type it only if you have just started that program yourself: whoever gave
you a code otherwise would get into your account.</p>
{alert}<form method="post" action="/device">
<label>Code <input name="user_code" autocomplete="off" autocapitalize="characters" spellcheck="false" required value="{code}"{focus_code}></label>
<label>E-mail address <input name="user" type="email" autocomplete="username" required value="{user}"{focus_user}></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required{focus_password}></label>
<button>Go on</button>
</form>"#,
        focus_code = focus(code.is_empty()),
        focus_user = focus(!code.is_empty() && user.is_empty()),
        focus_password = focus(!code.is_empty() && !user.is_empty()),
        code = escape(code),
        user = escape(user),
    );
    page::page("Log in a program", &body, StatusCode::OK)
}

fn ask(wish: &Wish, consent: &PlainToken) -> Response {
    let body = format!(
        r#"<h1>Let this program in?</h1>
<p>It calls itself <code>{client}</code> and asks to act as you for 30 days. {powers}</p>
<form method="post" action="/device/answer">
<input type="hidden" name="consent" value="{consent}">
<button name="action" value="allow">Allow</button>
<button name="action" value="refuse" autofocus>Refuse</button>
</form>"#,
        client = escape(&wish.client_id),
        powers = page::powers(&wish.scope),
        consent = consent.expose(),
    );
    page::page("Let this program in?", &body, StatusCode::OK)
}

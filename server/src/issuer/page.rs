//! The sign-in page. No script: a form, and a style sheet of its own.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::request::AuthorizeRequest;

/// `form-action` holds for where a form's answer redirects to as well, and that
/// is the program on this computer.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self' http://127.0.0.1:* http://[::1]:*; \
                      base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = "\
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 24rem; margin: 12vh auto; padding: 0 1rem }
h1 { font-size: 1.4rem }
label { display: block; margin-top: 1rem }
input { box-sizing: border-box; width: 100%; font: inherit; padding: .5rem; margin-top: .25rem }
button { font: inherit; padding: .5rem 1.25rem; margin: 1.5rem .5rem 0 0; min-height: 2.75rem }
[role=alert] { border-left: .25rem solid #c33; padding: .25rem .75rem }
code { overflow-wrap: anywhere }
";

/// The form; `trouble` says what was wrong with the last try.
pub(super) fn sign_in(request: &AuthorizeRequest, user: &str, trouble: Option<&str>) -> Response {
    let fields: String = request
        .pairs()
        .iter()
        .map(|(name, value)| format!(r#"<input type="hidden" name="{name}" value="{}">"#, escape(value)))
        .collect();
    let alert = alert(trouble);
    // Who was typed in before is not typed in again.
    let (focus_user, focus_password) = if user.is_empty() { (" autofocus", "") } else { ("", " autofocus") };
    let body = format!(
        r#"<h1>Log in to keylatch</h1>
<p>A program on your computer asks to act as you for 30 days. It calls itself <code>{client}</code>.
{powers} Go on only if you have just started it.</p>
{alert}<form method="post" action="/authorize">{fields}
<label>E-mail address <input name="user" type="email" autocomplete="username" required value="{user}"{focus_user}></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required{focus_password}></label>
<button name="action" value="log-in">Log in</button>
<button name="action" value="cancel" formnovalidate>Cancel</button>
</form>"#,
        client = escape(&request.client_id),
        powers = powers(&request.scope),
        user = escape(user),
    );
    page("Log in to keylatch", &body, StatusCode::OK)
}

/// What was wrong with the last try.
pub(super) fn alert(trouble: Option<&str>) -> String {
    trouble.map_or(String::new(), |text| format!(r#"<p role="alert">{}</p>"#, escape(text)))
}

/// What a login with this scope may do, in a sentence.
pub(super) fn powers(scope: &str) -> String {
    let has = |word| scope.split_whitespace().any(|scope| scope == word);
    let keys = match (has("keys:read"), has("keys:write")) {
        (true, true) => " and look at, create, rotate, revoke and delete your API keys",
        (true, false) => " and look at your API keys",
        (false, true) => " and create, rotate, revoke and delete your API keys",
        (false, false) => "",
    };
    format!("It could see who you are{keys}.")
}

/// For the person, when there is no program to go back to.
pub(super) fn refusal(why: &str) -> Response {
    let body = format!("<h1>This login cannot go on</h1>\n<p>{}</p>", escape(why));
    page("This login cannot go on", &body, StatusCode::BAD_REQUEST)
}

pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

pub(super) fn page(title: &str, body: &str, status: StatusCode) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>{title}</title>\n<link rel=\"stylesheet\" \
         href=\"/authorize.css\">\n<main>\n{body}\n</main>\n</html>\n"
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // Without a referrer browsers hide the Origin of the form's request as well.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

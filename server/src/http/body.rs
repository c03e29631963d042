//! Bodies. One that is read comes as it is, and not encoded; JSON of at most 64 KiB, with an error
//! that says where it is wrong without repeating what is in it.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use zeroize::Zeroizing;

use crate::http::problem::{Problem, ProblemCode::InvalidRequest};

/// The largest body that is read, where nothing else is said.
pub(crate) const LIMIT: usize = 64 * 1024;
/// How much more, and for how long, is thrown away, so that a client that
/// sends before it listens still gets the answer instead of a broken connection.
const DRAIN: usize = 32 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// The body, read from JSON; it may have so many bytes.
pub(crate) struct JsonBody<T, const MOST: usize = LIMIT>(pub(crate) T);

/// The same where a body without content stands for the defaults.
pub(crate) struct OptionalJsonBody<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned, const MOST: usize> FromRequest<S> for JsonBody<T, MOST> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let text = read(body, MOST).await?;
        parse(&parts.headers, &text).map(JsonBody)
    }
}

impl<S: Sync, T: DeserializeOwned + Default> FromRequest<S> for OptionalJsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let text = read(body, LIMIT).await?;
        if text.is_empty() {
            return Ok(OptionalJsonBody(T::default()));
        }
        parse(&parts.headers, &text).map(OptionalJsonBody)
    }
}

/// An answer in JSON, for what is answered often: axum's `Json` writes into a buffer that begins
/// small, and grows while it is written.
pub(crate) fn json(answer: &impl Serialize) -> Response {
    let mut text = Vec::with_capacity(512);
    match serde_json::to_writer(&mut text, answer) {
        Ok(()) => {
            ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response()
        }
        Err(_) => Problem::internal().into_response(),
    }
}

/// Whether the content type is JSON.
pub(crate) fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let Some((kind, subtype)) = essence.split_once('/') else { return false };
    let suffix = subtype.rsplit_once('+').map(|(_, suffix)| suffix);
    kind.eq_ignore_ascii_case("application") && suffix.unwrap_or(subtype).eq_ignore_ascii_case("json")
}

/// 415.
pub(crate) fn not_json() -> Problem {
    Problem {
        field: Some("Content-Type".into()),
        ..Problem::new(
            InvalidRequest,
            "The body must be JSON. Send it with `Content-Type: application/json`.",
        )
        .with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)
    }
}

/// Whether there is a body that is compressed: whatever it holds would be read as nonsense (RFC
/// 9110, section 8.4).
pub(crate) fn is_encoded(request: &Request) -> bool {
    !is_plain(request.headers()) && !request.body().is_end_stream()
}

/// 415, when the client has sent it.
pub(crate) async fn refuse_encoded(body: Body) -> Response {
    let _ = tokio::time::timeout(DRAIN_TIME, drain(body)).await;
    let detail = "The body is encoded. Send it as it is, without a header Content-Encoding.";
    let problem = Problem { field: Some("Content-Encoding".into()), ..Problem::new(InvalidRequest, detail) };
    // Section 15.5.16: what would have been taken.
    let taken = [(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"))];
    (taken, problem.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)).into_response()
}

fn is_plain(headers: &HeaderMap) -> bool {
    let is_none = |coding: &str| coding.trim().is_empty() || coding.trim().eq_ignore_ascii_case("identity");
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter().map(HeaderValue::to_str);
    codings.all(|coding| coding.is_ok_and(|list| list.split(',').all(is_none)))
}

pub(crate) async fn read(mut body: Body, most: usize) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let mut text = Zeroizing::new(Vec::new());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| {
            Problem::new(InvalidRequest, "The body broke off before its end. Send the request again.")
                .with_status(StatusCode::BAD_REQUEST)
        })?;
        let Ok(data) = frame.into_data() else { continue };
        if text.len() + data.len() > most {
            let _ = tokio::time::timeout(DRAIN_TIME, drain(body)).await;
            let detail =
                format!("The body is larger than {} KiB, the most that this request may have.", most / 1024);
            return Err(Problem::new(InvalidRequest, detail).with_status(StatusCode::PAYLOAD_TOO_LARGE));
        }
        // Grown by hand: a buffer that `Vec` outgrows is freed without being wiped.
        if text.capacity() < text.len() + data.len() {
            let mut larger = Zeroizing::new(Vec::with_capacity((text.len() + data.len()) * 2));
            larger.extend_from_slice(&text);
            text = larger;
        }
        text.extend_from_slice(&data);
    }
    Ok(text)
}

async fn drain(mut body: Body) {
    let mut drained = 0;
    while let Some(Ok(frame)) = body.frame().await {
        drained += frame.data_ref().map_or(0, |data| data.len());
        if drained > DRAIN {
            break;
        }
    }
}

fn parse<T: DeserializeOwned>(headers: &HeaderMap, text: &[u8]) -> Result<T, Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(is_json) {
        return Err(not_json());
    }
    // Serde would take an array for a struct's members in order.
    if text.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::new(InvalidRequest, "The body must be an object, not an array."));
    }
    // Only where something is wrong is it asked where: to remember the way there takes longer than to read.
    if let Ok(value) = serde_json::from_slice(text) {
        return Ok(value);
    }
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        explain(&path, error.inner())
    })?;
    json.end().map_err(|error| explain(".", &error))?;
    Ok(value)
}

fn explain(path: &str, error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    if error.classify() != Category::Data {
        // These messages of serde_json are fixed texts: nothing of the body is in them.
        let message = error.to_string();
        let what = message.split(" at line ").next().unwrap_or_default();
        let detail = format!("The body is not valid JSON: {what} at line {line} column {column}.");
        return Problem::new(InvalidRequest, detail).with_status(StatusCode::BAD_REQUEST);
    }
    let place = format!("(line {line} column {column})");
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    if let Some(member) = quoted_after(message, "missing field ") {
        return Problem::field(member, format!("The body lacks the member `{member}` {place}."));
    }
    if let Some(member) = quoted_after(message, "duplicate field ") {
        return Problem::field(member, format!("The body has the member `{member}` twice {place}."));
    }
    let what = mismatch(message);
    if path == "." {
        return Problem::new(InvalidRequest, format!("The body {what} {place}."));
    }
    if message.starts_with("unknown field ") {
        // The name is of the sender's making, and might be anything.
        return Problem::new(
            InvalidRequest,
            format!("The body has a member that this request has not; it {what} {place}."),
        );
    }
    Problem::field(path, format!("`{path}` {what} {place}."))
}

fn quoted_after<'a>(message: &'a str, start: &str) -> Option<&'a str> {
    message.strip_prefix(start)?.strip_prefix('`')?.strip_suffix('`')
}

/// Says what serde expected. Its message may quote the value at fault, so only
/// those parts are taken that cannot be of the sender's making: the word for
/// the type before the value, and the expectation after it.
fn mismatch(message: &str) -> String {
    let expected = message.rsplit_once(", expected ").map_or("something else", |(_, expected)| expected);
    if message.starts_with("unknown field ") {
        return format!("may have {expected}");
    }
    let found = message.strip_prefix("invalid type: ").and_then(|found| found.split([' ', ',']).next());
    let found = found.map(|found| format!(", not {}", json_type(found)));
    let is_beyond = message.starts_with("invalid value: integer ");
    let found = found.or(is_beyond.then(|| " within its range".to_owned())).unwrap_or_default();
    format!("must be {}{found}", json_type(expected))
}

/// Serde's word for a type, as JSON calls it.
fn json_type(word: &str) -> &str {
    match word {
        "a sequence" | "sequence" => "an array",
        "map" | "a map" => "an object",
        "string" => "a string",
        "integer" => "a number",
        "floating" => "a number with a decimal point, an exponent or too many digits",
        "i64" => "a whole number",
        "u64" | "u32" | "usize" => "a whole number from 0 on",
        "boolean" => "a boolean",
        expected if expected.starts_with("struct ") => "an object",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde::Deserialize;

    use super::*;
    use crate::http::object::objects;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the errors of reading it are looked at")]
    struct Sample {
        name: String,
        scopes: Option<Vec<String>>,
    }

    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "only the errors of reading it are looked at")]
    struct Order {
        cost: Option<u64>,
        number: Option<i64>,
        metadata: Option<serde_json::Map<String, serde_json::Value>>,
        parts: Option<Vec<Part>>,
    }

    #[derive(Deserialize, Debug)]
    #[serde(remote = "Self")]
    struct Part {
        name: String,
    }

    objects!(Part);

    fn refusal(text: &str) -> Problem {
        refusal_of::<Sample>(text)
    }

    fn refusal_of<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> Problem {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        parse::<T>(&headers, text.as_bytes()).unwrap_err()
    }

    #[test]
    fn an_error_says_where_and_what_was_expected() {
        for (text, field, detail) in [
            ("", None, "The body is not valid JSON: EOF while parsing a value at line 1 column 0."),
            ("{\"name\":\n oops}", None, "The body is not valid JSON: expected value at line 2 column 2."),
            (
                "{\"name\":\"a\"} x",
                None,
                "The body is not valid JSON: trailing characters at line 1 column 14.",
            ),
            ("{}", Some("name"), "The body lacks the member `name` (line 1 column 2)."),
            (" [\"name\"]", None, "The body must be an object, not an array."),
            ("7", None, "The body must be an object, not a number (line 1 column 1)."),
            ("{\"name\":7}", Some("name"), "`name` must be a string, not a number (line 1 column 9)."),
            ("{\"name\":null}", Some("name"), "`name` must be a string, not null (line 1 column 12)."),
            ("{\"name\":\"a\",\"name\":\"b\"}", Some("name"), "has the member `name` twice"),
            (
                "{\"name\":\"a\",\"scopes\":\"hush\"}",
                Some("scopes"),
                "`scopes` must be an array, not a string",
            ),
            (
                "{\"name\":\"a\",\"scopes\":[{}]}",
                Some("scopes[0]"),
                "`scopes[0]` must be a string, not an object",
            ),
            (
                "{\"name\":\"a\",\"nmae\":1}",
                None,
                "has a member that this request has not; it may have `name` or `scopes`",
            ),
        ] {
            let problem = refusal(text);
            assert!(problem.detail.contains(detail), "{text}: {}", problem.detail);
            assert_eq!(problem.field.as_deref(), field, "{text}");
        }
    }

    #[test]
    fn what_is_of_another_type_is_told_in_words_of_json() {
        for (text, field, detail) in [
            ("{\"cost\":-1}", "cost", "must be a whole number from 0 on within its range (line"),
            ("{\"cost\":1.5}", "cost", "a whole number from 0 on, not a number with a decimal point, an exp"),
            ("{\"cost\":99999999999999999999}", "cost", "or too many digits (line"),
            ("{\"number\":9223372036854775808}", "number", "must be a whole number within its range (line"),
            ("{\"number\":true}", "number", "must be a whole number, not a boolean (line"),
            ("{\"metadata\":[]}", "metadata", "must be an object, not an array (line"),
            ("{\"metadata\":\"hush\"}", "metadata", "must be an object, not a string (line"),
            ("{\"parts\":{}}", "parts", "must be an array, not an object (line"),
            ("{\"parts\":[{\"name\":\"a\"},[\"b\"]]}", "parts[1]", "must be an object, not an array (line"),
            ("{\"parts\":[{\"name\":7}]}", "parts[0].name", "must be a string, not a number (line"),
        ] {
            let problem = refusal_of::<Order>(text);
            assert!(problem.detail.contains(detail), "{text}: {}", problem.detail);
            assert_eq!(problem.field.as_deref(), Some(field), "{text}");
        }
    }

    #[test]
    fn an_error_does_not_repeat_the_value() {
        for text in [
            "{\"name\":\"a\",\"scopes\":\"kl_live_secret, expected kl_live_secret\"}",
            "{\"name\":{\"kl_live_secret\":1}}",
            "\"kl_live_secret\"",
            "{\"name\":\"kl_live_secret",
        ] {
            let problem = refusal(text);
            assert!(!format!("{problem:?}").contains("secret"), "{text}: {problem:?}");
        }
    }

    #[test]
    fn only_json_is_json() {
        for (content_type, json) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/merge-patch+json", true),
            ("text/plain", false),
            ("text/json+json", false),
            ("application/x-www-form-urlencoded", false),
            ("application/jsonp", false),
            ("", false),
        ] {
            assert_eq!(is_json(content_type), json, "{content_type}");
        }
    }
}

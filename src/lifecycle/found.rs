//! Describes an answer that was not the expected one, for an error: short, and without a
//! secret.

use crate::format;
use crate::http::Body;
use crate::provider::Operation;
use crate::secret::{Secret, scrubber};
use crate::text::{concat, integer};
use crate::value::Value;

/// The longest name or text that is quoted.
const LONGEST_QUOTE: usize = 60;
/// A longer word may be a key, and is masked.
const LONGEST_WORD: usize = 20;
/// How many members are named.
const MOST_NAMES: usize = 5;
/// The members in which an answer usually says what went wrong.
const WORDS: &[&str] = &["error", "errors", "message", "detail", "title"];

/// Says it.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    /// The secrets to take out.
    pub(super) secrets: &'a [Secret],
    /// Whether the answer may be quoted.
    pub(super) may_quote: bool,
}

impl<'a> Found<'a> {
    /// For the answer to an operation. One that may hold a key that nobody knows
    /// yet, or the token of a session, is described and not quoted.
    pub(super) fn new(operation: Operation, secrets: &'a [Secret]) -> Self {
        let may_quote = !matches!(
            operation,
            Operation::SignIn | Operation::Create | Operation::Rotate | Operation::List | Operation::Get
        );
        Found { secrets, may_quote }
    }

    /// A body.
    pub(super) fn body(&self, body: &Body) -> String {
        match body {
            Body::Empty => "no body".into(),
            Body::Json(value) => self.value(Some(value)),
            Body::Other(text) => {
                let what = if is_page(text) { "a web page" } else { "text that is not JSON" };
                if self.may_quote { concat(&[what, ", ", &self.text(text)]) } else { what.into() }
            }
        }
    }

    /// A value, or that there is none.
    pub(super) fn value(&self, value: Option<&Value>) -> String {
        match value {
            None | Some(Value::Null) => "nothing".into(),
            Some(Value::Bool(true)) => "true".into(),
            Some(Value::Bool(false)) => "false".into(),
            Some(Value::Map(members)) if members.is_empty() => "an empty object".into(),
            Some(Value::Map(members)) if self.may_quote => self.members(members),
            Some(value) => match value.text() {
                Some(text) if self.may_quote => self.text(text),
                _ => value.kind().into(),
            },
        }
    }

    /// A short text in quotation marks. A long word of it may be a key of somebody's,
    /// and is masked.
    pub(super) fn text(&self, text: &str) -> String {
        let text = scrubber(self.secrets)(text.into());
        let (mut out, mut word) = (String::new(), String::new());
        for ch in text.trim().chars().chain([' ']) {
            if !ch.is_ascii() && !ch.is_whitespace()
                || ch.is_ascii_alphanumeric()
                || matches!(ch, '_' | '-' | '.' | '~' | '+' | '/' | '=')
            {
                word.push(ch);
                continue;
            }
            out.push_str(&if word.len() > LONGEST_WORD { format::mask(&word) } else { word });
            word = String::new();
            out.push(ch);
            if out.len() > 4 * LONGEST_QUOTE {
                break;
            }
        }
        concat(&["\"", &excerpt(&out, LONGEST_QUOTE), "\""])
    }

    fn members(&self, members: &[(impl AsRef<str>, Value)]) -> String {
        let mut out = String::from("an object with ");
        for (number, (name, value)) in members.iter().enumerate() {
            if number == MOST_NAMES {
                out.push_str(" and ");
                out.push_str(&integer((members.len() - number) as i64));
                out.push_str(" more");
                break;
            }
            let name = name.as_ref();
            out.push_str(if number == 0 { "" } else { ", " });
            out.push_str(&self.text(name));
            if let Some(words) = value.text().filter(|_| WORDS.contains(&name)) {
                out.push_str(": ");
                out.push_str(&self.text(words));
            }
        }
        out
    }
}

/// Whether a text is HTML or XML: what a proxy, a sign-in page of a network or a
/// server of files answers in an API's place.
pub(super) fn is_page(text: &str) -> bool {
    text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').starts_with('<')
}

/// The beginning of a text from elsewhere, without control characters.
pub(super) fn excerpt(text: &str, most: usize) -> String {
    let text = text.trim();
    let mut out = String::new();
    for (number, ch) in text.chars().enumerate() {
        if number == most {
            out.push('…');
            break;
        }
        out.push(if ch.is_control() { ' ' } else { ch });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(operation: Operation, body: &str) -> String {
        let secrets = [Secret::from("s3cret-credential")];
        let body = match serde_json::from_str(body) {
            Ok(value) => Body::Json(value),
            Err(_) if body.is_empty() => Body::Empty,
            Err(_) => Body::Other(body.into()),
        };
        Found::new(operation, &secrets).body(&body)
    }

    #[test]
    fn what_came_is_told_shortly() {
        let long = "x".repeat(1_000);
        for (body, expected) in [
            ("", "no body"),
            ("null", "nothing"),
            ("{}", "an empty object"),
            ("[]", "an array"),
            ("7", "a number"),
            ("false", "false"),
            ("\"false\"", "\"false\""),
            (r#"{"error":"no"}"#, "an object with \"error\": \"no\""),
            (r#"{"id":"k1","key":7}"#, "an object with \"id\", \"key\""),
            (
                r#"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7}"#,
                "an object with \"a\", \"b\", \"c\", \"d\", \"e\" and 2 more",
            ),
            ("OK", "text that is not JSON, \"OK\""),
            ("\u{feff}\n <!doctype html><title>Sign in</title>", "a web page, \"\u{feff}\n <!doctype html>"),
            ("s3cret-credential is wrong", "text that is not JSON, \"[redacted] is wrong\""),
            (&long, "text that is not JSON, \"…xxxx\""),
            ("no eyJhbGciOiJIUzI1NiJ9.e30, no", "text that is not JSON, \"no ….e30, no\""),
        ] {
            let said = said(Operation::Delete, body);
            let expected = expected.replace("\u{feff}\n ", "\u{feff}  ");
            assert!(said.starts_with(&expected) && said.chars().count() < 120, "{body:.40}: {said}");
        }
    }

    #[test]
    fn an_answer_that_may_hold_a_new_key_is_not_quoted() {
        for operation in
            [Operation::Create, Operation::Rotate, Operation::List, Operation::Get, Operation::SignIn]
        {
            for body in
                [r#""new-key-1""#, r#"{"new-key-1":1}"#, r#"["new-key-1"]"#, "new-key-1", "<p>new-key-1</p>"]
            {
                assert!(!said(operation, body).contains("new-key"), "{body}");
            }
        }
    }

    #[test]
    fn a_key_is_masked_wherever_it_stands() {
        let key = "kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms";
        for body in [format!("\"{key}\""), format!("{{\"{key}\":1}}"), format!("{{\"error\":\"{key}\"}}")] {
            assert!(!said(Operation::Delete, &body).contains("T7mQ2"), "{body}");
        }
    }
}

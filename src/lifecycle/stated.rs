//! The one reader of successful answers: whether an answer states what the table
//! of [`Answer`]s says that it must.

use super::answer::Reader;
use super::client::Client;
use super::found::{Found, is_page};
use super::info::Status;
use crate::error::Error;
use crate::http::{Body, Response};
use crate::provider::{Answer, Endpoint, Operation, States, Vars};
use crate::secret::Secret;
use crate::text::{concat, integer, join};
use crate::value::Value;

impl Client {
    /// What an answer of status 2xx states; `Null` where it has to state nothing.
    /// What stands in the value is read by [`Reader`], which refuses it where that
    /// is not what the operation needs.
    ///
    /// # Errors
    /// `bad_response` with what was expected, and what came.
    pub(super) fn stated(
        &self,
        operation: Operation,
        endpoint: &Endpoint,
        vars: &Vars,
        secrets: &[Secret],
        response: Response,
    ) -> Result<Value, Error> {
        let Answer { statuses, states } = endpoint.answer;
        let reader = self.reader(operation, secrets);
        let wrong = |response: &Response| self.unexpected(endpoint.answer, response, reader.found);
        if !statuses.has(response.status) {
            return Err(wrong(&response));
        }
        let asked = if endpoint.uses("id") { vars.get("id").and_then(Value::text) } else { None };
        match (states, &response.body) {
            // Such a status has no body (RFC 9110, section 15.3.5), and is documented.
            (_, Body::Empty) if response.status == 204 => Ok(Value::Null),
            (States::Nothing | States::Anything, Body::Empty) => Ok(Value::Null),
            (States::End | States::Anything, Body::Other(text)) if !is_page(text) => Ok(Value::Null),
            (States::Nothing, _) | (_, Body::Empty | Body::Other(_)) => Err(wrong(&response)),
            (_, Body::Json(answer)) if may_deny(operation, states) && denies(answer) => Err(wrong(&response)),
            (States::End, Body::Json(answer)) if !reader.names_a_key(answer) && affirms(answer) => {
                Ok(Value::Null)
            }
            (States::Key | States::End, Body::Json(answer)) => match asked {
                Some(id) => {
                    reader.key_of(answer, id)?;
                    let ends = operation == Operation::Revoke && vars.get("overlap").is_none();
                    if ends && reader.revoked(answer, id)?.status == Status::Active {
                        let why = "expected a key that is revoked, found one that is active.";
                        return Err(self.bad_response(why));
                    }
                    Ok(body(response))
                }
                None => Err(wrong(&response)),
            },
            (_, Body::Json(_)) => Ok(body(response)),
        }
    }

    /// Reads the answer to an operation.
    pub(super) fn reader<'a>(&'a self, operation: Operation, secrets: &'a [Secret]) -> Reader<'a> {
        let found = Found::new(operation, secrets);
        Reader { provider: &self.provider, secrets, found }
    }

    fn unexpected(&self, expected: Answer, response: &Response, found: Found<'_>) -> Error {
        let listed: Vec<String> = expected.statuses.iter().map(|status| integer(status.into())).collect();
        // The body itself is what was asked for.
        let listed = if listed.len() > 5 {
            "of success".into()
        } else {
            join(&mut listed.iter().map(String::as_str), " or ")
        };
        let came = integer(response.status.into());
        let body = found.body(&response.body);
        let phrase = expected.states.phrase();
        let what =
            concat(&["expected status ", &listed, " with ", phrase, ", found ", &came, " with ", &body, "."]);
        self.bad_response(what).with_status(response.status)
    }
}

fn body(response: Response) -> Value {
    match response.body {
        Body::Json(value) => value,
        Body::Empty | Body::Other(_) => Value::Null,
    }
}

/// Whether an answer that does not deny it says that it was done, in the words that
/// many services use.
fn affirms(answer: &Value) -> bool {
    let is_affirmed = |name| answer.member(name).and_then(Value::bool) == Some(true);
    ["ok", "success", "deleted", "revoked"].into_iter().any(is_affirmed)
}

/// Whether an answer could say that nothing was done: where it does not have to hold a key, a
/// list or an account.
fn may_deny(operation: Operation, states: States) -> bool {
    !matches!(operation, Operation::Get | Operation::Whoami)
        && !matches!(states, States::NewKey | States::Keys | States::Valid)
}

/// Whether it says that nothing was done.
fn denies(answer: &Value) -> bool {
    let is_said = |name| match answer.member(name) {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::List(items)) => !items.is_empty(),
        Some(said) => said.text() != Some(""),
    };
    let is_denied = |name| answer.member(name).and_then(Value::bool) == Some(false);
    let status = answer.member("status").and_then(Value::number);
    answer.bool() == Some(false)
        || is_said("error")
        || is_said("errors")
        || is_denied("ok")
        || is_denied("success")
        || status.is_some_and(|status| status >= 400.0)
}

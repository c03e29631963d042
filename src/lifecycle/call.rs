//! The one path of every request.

use std::borrow::Cow;

use super::answer::{at, digits};
use super::client::Client;
use super::found::excerpt;
use super::options::Credential;
use super::scrub::add_forms;
use crate::error::{Code, Error, ServiceMessage};
use crate::http::{Body, Request, Response, Retry, Transport, retry_after};
use crate::provider::{Endpoint, Operation, Vars};
use crate::scheme::{Header, Scheme};
use crate::secret::{Secret, scrubber};
use crate::text::{concat, cut, integer, parts};
use crate::value::Value;

/// Characters of a service's message that an error repeats.
const LONGEST_MESSAGE: usize = 400;

impl Client {
    /// Sends the request of an operation and returns what its answer states, `Null` where it
    /// has to state nothing, with the call's secrets, which no reader of it may repeat. What the
    /// request needs (the prefix, the account) is asked for first; a session that has ended is
    /// renewed once.
    pub(super) async fn call(
        &self,
        t: &impl Transport,
        operation: Operation,
        vars: &Vars,
        idempotency_key: Option<&str>,
    ) -> Result<(Value, Vec<Secret>), Error> {
        let Some(endpoint) = self.provider.endpoints.get(operation) else {
            return Err(self.provider.unsupported(operation));
        };
        self.refuse_keys(endpoint, vars)?;
        // Whatever goes wrong here, nothing of the operation itself has left.
        let refusal = self.discover(t).await.map_err(Error::never_left)?;
        let with_account;
        let vars = if endpoint.uses("account") {
            let account = self.account_id(t).await;
            let account = account.map_err(|error| self.refused_before(refusal, error).never_left())?;
            with_account = vars.clone().with("account", account);
            &with_account
        } else {
            vars
        };
        let answer = match self.exchange(t, endpoint, operation, vars, idempotency_key).await {
            Err(error) if error.status() == Some(401) => match self.renew_session(t).await {
                Ok(true) => self.exchange(t, endpoint, operation, vars, idempotency_key).await,
                Ok(false) => Err(error),
                // The operation itself was refused, but for a try before.
                Err(why) if error.is_answer_lost() => Err(why.after_lost_answer()),
                Err(why) => Err(why.never_left()),
            },
            answer => answer,
        };
        let (response, secrets) = answer.map_err(|error| self.refused_before(refusal, error))?;
        let stated = self.stated(operation, endpoint, vars, &secrets, response)?;
        // The prefix is remembered after the first success.
        self.prefix.borrow_mut().get_or_insert_default();
        Ok((stated, secrets))
    }

    /// Sends a request to one endpoint, again as often as [`Retry`] allows; the answer, and the
    /// call's secrets.
    pub(super) async fn exchange(
        &self,
        t: &impl Transport,
        endpoint: &Endpoint,
        operation: Operation,
        vars: &Vars,
        idempotency_key: Option<&str>,
    ) -> Result<(Response, Vec<Secret>), Error> {
        let repeatable =
            operation.is_repeatable() || (idempotency_key.is_some() && endpoint.idempotency.is_some());
        let mut retry = Retry::new(self.retries);
        let secrets = self.secrets(vars);
        let mut answer_lost = false;
        let mut attempt = 1;
        let mut numbered = None;
        loop {
            let sent = numbered.as_ref().unwrap_or(vars);
            let request = self.request(endpoint, operation, sent, idempotency_key)?;
            // Without the query, which may be long and does not decide what is found.
            let address = String::from(cut(&request.url, "?").map_or(&*request.url, |(path, _)| path));
            let error = match t.send(request).await {
                Ok(response) if response.is_ok() => return Ok((response, secrets)),
                Ok(response) => self.refusal(operation, response, &address, &scrubber(&secrets)),
                Err(error) => error.scrubbed(&scrubber(&secrets)),
            };
            let pause = retry.pause(&error, repeatable);
            answer_lost |= error.is_answer_lost();
            let error = match pause {
                None => error,
                Some(milliseconds) => match t.pause(milliseconds).await {
                    Ok(()) => {
                        attempt += 1;
                        if vars.get("attempt").is_none() {
                            numbered = Some(vars.clone().with("attempt", Value::Number(attempt.into())));
                        }
                        continue;
                    }
                    Err(ended) => ended,
                },
            };
            return Err(if answer_lost { error.after_lost_answer() } else { error });
        }
    }

    /// The headers that authenticate this client; none when a browser's cookie does.
    pub fn authentication(&self) -> Result<Option<Header>, Error> {
        match &self.credential {
            Credential::None => Ok(None),
            Credential::Key(key) => self.scheme.header(key).map(Some),
            Credential::Session(session) => {
                let cookie = session.cookie.borrow().clone();
                Ok(cookie.map(|value| Header { name: Cow::Borrowed("Cookie"), value }))
            }
        }
    }

    fn request(
        &self,
        endpoint: &Endpoint,
        operation: Operation,
        vars: &Vars,
        idempotency_key: Option<&str>,
    ) -> Result<Request, Error> {
        let mut path = self.prefix.borrow().clone().unwrap_or_default();
        path.push_str(&endpoint.address(vars)?);
        let url = self.origin.below(&path)?;
        let mut headers = vec![Header { name: Cow::Borrowed("Accept"), value: "application/json".into() }];
        // Signing in with a credential attached would be two identities at once.
        if operation != Operation::SignIn {
            headers.extend(self.authentication()?);
        }
        let body = endpoint.body.as_ref().and_then(|body| body.render(vars));
        if body.is_some() {
            headers.push(Header { name: Cow::Borrowed("Content-Type"), value: "application/json".into() });
        }
        if let (Some(name), Some(key)) = (&endpoint.idempotency, idempotency_key) {
            headers.push(Header { name: name.clone(), value: key.into() });
        }
        let cookies = !matches!(self.credential, Credential::Key(_));
        Ok(Request { method: endpoint.method, url, headers, body, cookies })
    }

    pub(super) fn bad_response(&self, what: impl Into<Cow<'static, str>>) -> Error {
        Error::new(Code::BadResponse).with(self.provider.title.clone()).with(what)
    }

    /// The error that a refusal means. Its texts are scrubbed before they are
    /// cut: half a key would not be recognised.
    fn refusal(
        &self,
        operation: Operation,
        response: Response,
        address: &str,
        scrub: &dyn Fn(String) -> String,
    ) -> Error {
        let shape = &self.provider.errors;
        let status = response.status;
        let mut said = ServiceMessage::default();
        match &response.body {
            Body::Json(body) => {
                let told = |path: &str| digits(at(body, path)?).ok()?.map(scrub);
                said = ServiceMessage {
                    code: told(&shape.code),
                    message: told(&shape.message),
                    suggestion: told(&shape.suggestion),
                };
            }
            Body::Other(text) if status < 500 => {
                said.message = Some(excerpt(&scrub(text.clone()), LONGEST_MESSAGE));
            }
            Body::Other(_) | Body::Empty => {}
        }
        // A code of keylatch's own, from a service in its shape, says more than the status.
        let own = said
            .code
            .as_deref()
            .and_then(|code| code.strip_prefix("/problems/"))
            .and_then(Code::parse)
            .filter(|code| code.is_services());
        let code = own.unwrap_or(match status {
            400..=403 if operation == Operation::SignIn => Code::InvalidCredentials,
            401 => Code::Unauthorized,
            403 | 402 => Code::Forbidden,
            404 | 410 => Code::NotFound,
            409 => Code::Conflict,
            429 => Code::RateLimited,
            500.. => Code::ServiceError,
            _ => Code::InvalidRequest,
        });
        let message = match (&said.message, &said.suggestion) {
            (Some(message), Some(suggestion)) => {
                excerpt(&concat(&[message, " ", suggestion]), LONGEST_MESSAGE)
            }
            (Some(message), None) => excerpt(message, LONGEST_MESSAGE),
            _ => concat(&["it answered with status ", &integer(status.into()), "."]),
        };
        // A wrong address and a key that is not there have the same status.
        let message = if code == Code::NotFound {
            let stop = if message.ends_with(['.', '!', '?']) { "" } else { "." };
            concat(&[&message, stop, " It was looked for at ", &scrub(address.into()), "."])
        } else {
            message
        };
        let seconds = response.header("retry-after").and_then(retry_after);
        Error::new(code)
            .with(self.provider.title.clone())
            .with(message)
            .with_status(status)
            .with_request_id(
                response.header("x-request-id").map(|id| excerpt(&scrub(id.into()), LONGEST_MESSAGE)),
            )
            .with_retry_after(seconds)
            .with_service(said)
    }

    /// Takes this client's secrets out of what others said.
    pub fn scrub(&self, error: Error) -> Error {
        error.scrubbed(&scrubber(&self.secrets(Vars::none())))
    }

    /// This call's secrets, in every form that they are sent in.
    pub(super) fn secrets(&self, vars: &Vars) -> Vec<Secret> {
        let mut secrets = Vec::new();
        for name in ["secret", "password"] {
            if let Some(Value::Text(secret)) = vars.get(name) {
                add_forms(secret, &mut secrets);
            }
        }
        match &self.credential {
            Credential::None => {}
            Credential::Key(key) => {
                if let (Scheme::Basic { .. }, Ok(header)) = (&self.scheme, self.scheme.header(key)) {
                    // Some write base64 without the filling at its end.
                    let value = cut(header.value.expose(), " ").map(|(_, value)| value.trim_end_matches('='));
                    secrets.extend(value.map(Secret::from));
                }
                add_forms(key, &mut secrets);
            }
            Credential::Session(session) => {
                if let Some(cookie) = &*session.cookie.borrow() {
                    // What is shorter is a setting, and a word of many messages.
                    let values = parts(cookie.expose(), "; ").filter_map(|pair| cut(pair, "="));
                    for (_, value) in values.filter(|(_, value)| value.len() >= 16) {
                        add_forms(&Secret::from(value), &mut secrets);
                    }
                    secrets.push(cookie.clone());
                }
                if let Some((_, password)) = &*session.again.borrow() {
                    add_forms(password, &mut secrets);
                }
            }
        }
        secrets
    }
}

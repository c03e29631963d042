//! What has to be known before an operation: where the API is, and the id of the account.

use super::client::Client;
use crate::error::{Code, Error};
use crate::http::{Body, Transport};
use crate::provider::{Operation, Vars};
use crate::text::{concat, integer, parts};
use crate::value::Value;

impl Client {
    /// Finds what stands before the API's paths. Success is remembered, and so is
    /// an answer that says that nothing stands there; failure is not.
    ///
    /// The client of JavaScript asks the hub first, the one of Python looks for a
    /// header that pages may not see: so the hub is asked here, and whatever is
    /// not its answer means that there is none (`docs/wire.md`, 1.1). With what status
    /// it has refused comes back: see [`Client::refused_before`].
    pub(super) async fn discover(&self, t: &impl Transport) -> Result<Option<u16>, Error> {
        let Some(discovery) = &self.provider.discovery else {
            return Ok(None);
        };
        if self.prefix.borrow().is_some() {
            return Ok(None);
        }
        let found = match self.exchange(t, &discovery.endpoint, Operation::Get, Vars::none(), None).await {
            Ok((response, _)) => match response.body {
                Body::Json(answer) => match answer.member(&discovery.member) {
                    Some(Value::Text(path)) => join(path.expose(), &discovery.suffix),
                    // The hub knows the user and has started nothing for them.
                    Some(Value::Null) => {
                        let why = "its server for this user is not started. Start it on the web page.";
                        return Err(Error::new(Code::Conflict).with(self.provider.title.clone()).with(why));
                    }
                    _ => String::new(),
                },
                Body::Empty | Body::Other(_) => String::new(),
            },
            Err(error) => {
                return match error.status() {
                    // A hub may have refused the key, so it is not remembered.
                    Some(status @ (400 | 401 | 403)) => Ok(Some(status)),
                    // The hub is there, and asks to try again later.
                    Some(408 | 429) => Err(error),
                    Some(..500) => Ok(None),
                    _ => Err(error),
                };
            }
        };
        self.prefix.replace(Some(found));
        Ok(None)
    }

    /// What an error means after something has refused to say where the API is.
    /// Where nothing was at the usual place, that was the refusal of the key.
    pub(super) fn refused_before(&self, refusal: Option<u16>, error: Error) -> Error {
        let is_nowhere = matches!(error.code(), Code::NotFound | Code::RedirectRefused);
        match refusal {
            Some(status) if is_nowhere && self.prefix.borrow().is_none() => {
                let why = concat(&["its hub answered with status ", &integer(status.into()), "."]);
                Error::new(Code::Unauthorized).with(self.provider.title.clone()).with(why).with_status(status)
            }
            _ => error,
        }
    }

    /// The id of the account, which stands in some paths.
    pub(super) async fn account_id(&self, t: &impl Transport) -> Result<String, Error> {
        let known = self.account.borrow().clone();
        if let Some(id) = known {
            return Ok(id);
        }
        let Some(endpoint) = self.provider.endpoints.get(Operation::Whoami) else {
            return Err(self.provider.unsupported(Operation::Whoami));
        };
        let vars = Vars::none();
        let (response, secrets) = self.exchange(t, endpoint, Operation::Whoami, vars, None).await?;
        let answer = self.stated(Operation::Whoami, endpoint, vars, &secrets, response)?;
        let id = self.reader(Operation::Whoami, &secrets).account(&answer)?.id;
        self.account.replace(Some(id.clone()));
        self.prefix.borrow_mut().get_or_insert_default();
        Ok(id)
    }
}

/// `/user/kim/` and `impact` make `/user/kim/impact`. A path that leads elsewhere
/// makes nothing.
fn join(path: &str, suffix: &str) -> String {
    let mut inner = path;
    while let Some(shorter) = inner.strip_prefix('/').or(inner.strip_suffix('/')) {
        inner = shorter;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~' | '%' | '@');
    let leads_elsewhere = parts(inner, "/").any(|segment| matches!(segment, "." | ".."));
    if !inner.chars().all(plain) || leads_elsewhere {
        return String::new();
    }
    let mut out = String::new();
    for part in [inner, suffix].into_iter().filter(|part| !part.is_empty()) {
        out.push('/');
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn a_prefix_is_a_plain_path() {
        let cases = [
            ("/user/kim/", "/user/kim/impact"),
            ("/", "/impact"),
            ("user/kim", "/user/kim/impact"),
            ("/user/k%40m/", "/user/k%40m/impact"),
            ("/../admin", ""),
            ("/a?b", ""),
            ("//evil.example\\", ""),
        ];
        for (path, expected) in cases {
            assert_eq!(join(path, "impact"), expected, "{path}");
        }
    }
}

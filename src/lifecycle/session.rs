//! Signing in with user and password, and out again.

use std::cell::RefCell;
use std::rc::Rc;

use super::client::Client;
use super::options::{Credential, Session};
use crate::error::Error;
use crate::http::{Response, Transport};
use crate::provider::{Operation, States, Vars};
use crate::scheme::Header;
use crate::secret::Secret;
use crate::text::{contains, cut, parts};

impl Client {
    /// Signs in; the client that comes back stands for the session.
    ///
    /// In a page the browser keeps the session's cookie and scripts never see
    /// it. Elsewhere it is kept here. A service that signs in with a key alone
    /// takes it as the password.
    ///
    /// # Errors
    /// [`InvalidCredentials`](crate::Code::InvalidCredentials), and those of every call.
    pub async fn sign_in(&self, t: &impl Transport, user: &str, password: Secret) -> Result<Client, Error> {
        let endpoint = self.provider.endpoints.get(Operation::SignIn);
        if user.trim().is_empty() && endpoint.is_some_and(|endpoint| endpoint.uses("user")) {
            return Err(Error::argument("user", "it is empty."));
        }
        if password.expose().is_empty() {
            return Err(Error::argument("password", "it is empty."));
        }
        let cookie = self.begin_session(t, user.trim(), &password).await?;
        let renews = self.provider.endpoints.get(Operation::CheckSession).is_some();
        let again = renews.then(|| (String::from(user.trim()), password));
        let session = Session { cookie: RefCell::new(cookie), again: RefCell::new(again) };
        Ok(self.with_credential(Credential::Session(Rc::new(session))))
    }

    async fn begin_session(
        &self,
        t: &impl Transport,
        user: &str,
        password: &Secret,
    ) -> Result<Option<Secret>, Error> {
        let Some(endpoint) = self.provider.endpoints.get(Operation::SignIn) else {
            return Err(self.provider.unsupported(Operation::SignIn));
        };
        let vars = Vars::new().with("user", user).with("password", password.clone());
        self.refuse_keys(endpoint, &vars)?;
        let refusal = if endpoint.uses("user") {
            self.discover(t).await?
        } else {
            // The password is a key, and what finds the API may ask for one.
            let holder = self.with_credential(Credential::Key(password.clone()));
            let refusal = holder.discover(t).await?;
            self.prefix.replace(holder.prefix.take());
            refusal
        };
        let response = self.exchange(t, endpoint, Operation::SignIn, &vars, None).await;
        let (response, secrets) = response.map_err(|error| self.refused_before(refusal, error))?;
        let cookie = cookie(&response);
        let keeps_cookies = response.keeps_cookies();
        let answer = self.stated(Operation::SignIn, endpoint, &vars, &secrets, response)?;
        if endpoint.answer.states == States::Account {
            self.reader(Operation::SignIn, &secrets).account(&answer)?;
        }
        if cookie.is_none() && !keeps_cookies {
            return Err(self.bad_response("expected the cookie of a session, found none."));
        }
        self.prefix.borrow_mut().get_or_insert_default();
        Ok(cookie)
    }

    /// Signs in again when the service says that the session has ended; whether
    /// that made a difference. Exactly 401 means ended (`docs/wire.md`, 3.2).
    pub(super) async fn renew_session(&self, t: &impl Transport) -> Result<bool, Error> {
        let (Credential::Session(session), Some(check)) =
            (&self.credential, self.provider.endpoints.get(Operation::CheckSession))
        else {
            return Ok(false);
        };
        match self.exchange(t, check, Operation::CheckSession, Vars::none(), None).await {
            Err(error) if error.status() == Some(401) => {}
            _ => return Ok(false),
        }
        let again = session.again.borrow().clone();
        let Some((user, password)) = again else {
            return Ok(false);
        };
        let cookie = self.begin_session(t, &user, &password).await?;
        session.cookie.replace(cookie);
        Ok(true)
    }

    /// Ends the session, and forgets what it was made of.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::Code::InvalidArgument) when the client holds a key, which is revoked
    /// rather than signed out, and those of every call.
    pub async fn sign_out(&self, t: &impl Transport) -> Result<(), Error> {
        if let Credential::Key(_) = self.credential {
            return Err(Error::argument(
                "signOut",
                "this client holds a key, not a session. Revoke the key instead.",
            ));
        }
        if let Credential::Session(session) = &self.credential {
            session.again.take();
        }
        self.call(t, Operation::SignOut, Vars::none(), None).await?;
        if let Credential::Session(session) = &self.credential {
            session.cookie.take();
        }
        Ok(())
    }

    /// What `fetch` needs to reach the service's own API: the address, if it is
    /// of the service's origin, and the header with the key.
    ///
    /// # Errors
    /// [`OriginMismatch`](crate::Code::OriginMismatch), [`InvalidArgument`](crate::Code::InvalidArgument).
    pub fn authorize(&self, t: &impl Transport, address: &str) -> Result<(String, Option<Header>), Error> {
        Ok((self.origin.admit(t, address)?, self.authentication()?))
    }
}

/// `Cookie` made of the answer's `Set-Cookie`s: name and value; the attributes
/// speak to browsers, but for those that end a cookie.
fn cookie(response: &Response) -> Option<Secret> {
    let mut out = String::new();
    for (_, set) in response.headers.iter().filter(|(name, _)| name == "set-cookie") {
        let (pair, attributes) = cut(set, ";").unwrap_or((set, ""));
        let pair = pair.trim();
        let has_value = cut(pair, "=").is_some_and(|(_, value)| !matches!(value.trim(), "" | "\"\""));
        if has_value && !ends(attributes) && pair.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
            if !out.is_empty() {
                out.push_str("; ");
            }
            out.push_str(pair);
        }
    }
    (!out.is_empty()).then(|| Secret::new(out))
}

/// Whether the attributes of a cookie say that it ends at once (RFC 6265, section
/// 5.2.2). Of `Expires` that cannot be told without a clock, but for the date that
/// is written for it.
fn ends(attributes: &str) -> bool {
    parts(attributes, ";").filter_map(|attribute| cut(attribute, "=")).any(|(name, value)| {
        let (name, value) = (name.trim(), value.trim());
        let is_over = value.starts_with('-') || (!value.is_empty() && value.bytes().all(|b| b == b'0'));
        (name.eq_ignore_ascii_case("max-age") && is_over)
            || (name.eq_ignore_ascii_case("expires") && contains(value, " 1970 "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Body;

    #[test]
    fn a_session_is_a_cookie_that_lives() {
        for (set, expected) in [
            (&["s=abc; Path=/; HttpOnly"][..], Some("s=abc")),
            (&["s=abc", "theme=dark"], Some("s=abc; theme=dark")),
            (&["s=abc; Max-Age=3600; Expires=Wed, 21 Oct 2026 07:28:00 GMT"], Some("s=abc")),
            (&["s=a=b==; Path=/"], Some("s=a=b==")),
            (&[], None),
            (&["odd"], None),
            (&["s=; Path=/"], None),
            (&["s=\"\"; Path=/"], None),
            (&["s=abc; Max-Age=0"], None),
            (&["s=abc; max-age = -1"], None),
            (&["s=deleted; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], None),
            (&["s=a\r\nb: c", "s=ключ"], None),
            (&["gone=x; Max-Age=0", "s=abc"], Some("s=abc")),
        ] {
            let headers = set.iter().map(|set| ("set-cookie".into(), String::from(*set))).collect();
            let response = Response { status: 200, headers, body: Body::Empty };
            let found = cookie(&response);
            assert_eq!(found.as_ref().map(Secret::expose), expected, "{set:?}");
        }
    }
}

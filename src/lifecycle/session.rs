//! Signing in with user and password, and out again.

use super::client::{Client, Credential};
use crate::error::Error;
use crate::http::{Response, Transport};
use crate::provider::{Operation, Vars};
use crate::scheme::Header;
use crate::secret::Secret;

impl Client {
    /// Signs in; the client that comes back stands for the session.
    ///
    /// In a page the browser keeps the session's cookie and scripts never see
    /// it. Elsewhere it is kept here.
    ///
    /// # Errors
    /// [`InvalidCredentials`](crate::Code::InvalidCredentials), and those of every call.
    pub async fn sign_in(self, t: &impl Transport, user: &str, password: Secret) -> Result<Client, Error> {
        if user.trim().is_empty() {
            return Err(Error::argument("user", "it is empty."));
        }
        if password.expose().is_empty() {
            return Err(Error::argument("password", "it is empty."));
        }
        let vars = Vars::new().with("user", user.trim()).with("password", password);
        let response = self.send(t, Operation::SignIn, &vars, None).await?;
        let credential = cookie(&response).map_or(Credential::None, Credential::Cookie);
        Ok(self.with_credential(credential))
    }

    /// Ends the session.
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
        self.send(t, Operation::SignOut, &Vars::new(), None).await.map(drop)
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
/// speak to browsers.
fn cookie(response: &Response) -> Option<Secret> {
    let mut out = String::new();
    for (_, set) in response.headers.iter().filter(|(name, _)| name == "set-cookie") {
        let pair = set.split(';').next().unwrap_or_default().trim();
        if pair.contains('=') && pair.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
            if !out.is_empty() {
                out.push_str("; ");
            }
            out.push_str(pair);
        }
    }
    (!out.is_empty()).then(|| Secret::new(out))
}

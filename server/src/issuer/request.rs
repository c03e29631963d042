//! What a program asks for with `/authorize`.

use serde::Deserialize;

use super::form::is_plain;

/// The parameters, of the address and later of the form.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AuthorizeRequest {
    pub(super) response_type: String,
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) state: String,
    pub(super) code_challenge: String,
    pub(super) code_challenge_method: String,
    pub(super) audience: String,
    pub(super) scope: String,
}

impl AuthorizeRequest {
    /// Whether a person can be asked to agree.
    ///
    /// # Errors
    /// A sentence for the person. The program is not told: before the person has
    /// done anything, nobody's browser is sent anywhere (RFC 9700, section 4.11.2).
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if !is_loopback(&self.redirect_uri) {
            return Err(
                "The address to return to (redirect_uri) is not http://127.0.0.1 with a port: a login is given to \
                 programs on your own computer only.",
            );
        }
        if self.client_id.is_empty() || self.client_id.len() > 200 {
            return Err("The program did not say which one it is (client_id).");
        }
        if self.response_type != "code" {
            return Err("The program asks for something else than a code: response_type must be code.");
        }
        if self.code_challenge_method != "S256" || !is_challenge(&self.code_challenge) {
            return Err("The program does not use PKCE: code_challenge, with code_challenge_method=S256.");
        }
        if !self.pairs().iter().all(|(_, text)| is_plain(text)) {
            return Err("The program sent a parameter with a control character.");
        }
        let too_long = [&self.state, &self.audience, &self.scope].iter().any(|text| text.len() > 1000);
        if too_long { Err("The program sent a parameter that is too long.") } else { Ok(()) }
    }

    /// The address to return to, with this answer.
    pub(super) fn back(&self, answer: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(answer);
        if !self.state.is_empty() {
            query.append_pair("state", &self.state);
        }
        let sign = if self.redirect_uri.contains('?') { '&' } else { '?' };
        format!("{}{sign}{}", self.redirect_uri, query.finish())
    }

    pub(super) fn pairs(&self) -> [(&'static str, &str); 8] {
        [
            ("response_type", &self.response_type),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("state", &self.state),
            ("code_challenge", &self.code_challenge),
            ("code_challenge_method", &self.code_challenge_method),
            ("audience", &self.audience),
            ("scope", &self.scope),
        ]
    }
}

/// `http://127.0.0.1:PORT/…` or `http://[::1]:PORT/…`; the port is the program's
/// to choose (RFC 8252, section 7.3).
fn is_loopback(uri: &str) -> bool {
    let Some(rest) = uri.strip_prefix("http://127.0.0.1:").or_else(|| uri.strip_prefix("http://[::1]:"))
    else {
        return false;
    };
    let (port, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_port = port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0);
    is_port && path.bytes().all(|b| b.is_ascii_graphic() && !b"#\\\"'<>".contains(&b))
}

/// SHA-256 in base64url without padding.
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn the_browser_is_sent_to_this_computer_only() {
        for (uri, is) in [
            ("http://127.0.0.1:10001/callback", true),
            ("http://[::1]:9876/callback?x=1", true),
            ("http://127.0.0.1:5000", true),
            ("http://127.0.0.1/callback", false),
            ("http://127.0.0.1:0/", false),
            ("http://127.0.0.1:99999/", false),
            ("http://localhost:10001/callback", false),
            ("https://127.0.0.1:10001/callback", false),
            ("http://127.0.0.1:1@evil.example/", false),
            ("http://127.0.0.1.evil.example:80/", false),
            ("http://127.0.0.1:1/#fragment", false),
            ("http://127.0.0.1:1/a\r\nb", false),
            ("http://evil.example/", false),
            ("", false),
        ] {
            assert_eq!(is_loopback(uri), is, "{uri}");
        }
    }
}

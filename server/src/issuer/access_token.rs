//! Access tokens. They have the form of a JWT, as clients expect that look for
//! `exp` in it. What makes one good is that its hash is in the database: any
//! process finds it there, a restart ends none, and there is no signing key that
//! could leak. The last part, where a signature would be, is 256 random bits.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jiff::{SignedDuration, Timestamp};
use keylatch_format::Secret;
use serde_json::json;

use crate::store::logins::Login;
use crate::token::{HashedToken, NotGenerated, PlainToken};

/// How long an access token is good for.
pub(super) const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// A new access token, and when it ends.
pub(super) struct AccessToken {
    pub(super) text: Secret,
    pub(super) expires_at: Timestamp,
}

impl AccessToken {
    /// One for a login.
    pub(super) fn generate(login: &Login, now: Timestamp) -> Result<Self, NotGenerated> {
        let expires_at = now.saturating_add(LIFETIME).unwrap_or(now);
        let header = json!({"alg": "none", "typ": "JWT"});
        let claims = json!({
            "sub": login.user_id,
            "aud": login.audience,
            "scope": login.scope,
            "sid": login.id,
            "iat": now.as_second(),
            "exp": expires_at.as_second(),
        });
        let random = PlainToken::generate()?;
        let part = |json: serde_json::Value| BASE64URL.encode(json.to_string());
        let text = format!("{}.{}.{}", part(header), part(claims), random.expose());
        Ok(AccessToken { text: Secret::new(text), expires_at })
    }

    pub(super) fn hashed(&self) -> HashedToken {
        HashedToken::of(self.text.expose())
    }
}

/// Whether a bearer's text is of this kind, and no key.
pub(crate) fn is_access_token(text: &str) -> bool {
    text.starts_with("eyJ") && text.split('.').count() == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_when_it_ends_and_no_two_are_alike() {
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let login = Login {
            id: "login-1".into(),
            user_id: "usr_1".into(),
            client_id: "c".into(),
            audience: "https://api.example".into(),
            scope: "openid".into(),
            begun_at: now,
        };
        let (one, other) =
            (AccessToken::generate(&login, now).unwrap(), AccessToken::generate(&login, now).unwrap());
        assert!(one.hashed() != other.hashed());
        let text = one.text.expose();
        assert!(is_access_token(text) && !is_access_token("kl_live_a.b.c") && !is_access_token("eyJ.a"));
        let claims = BASE64URL.decode(text.split('.').nth(1).unwrap()).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
        assert_eq!(one.expires_at, now + LIFETIME);
    }
}

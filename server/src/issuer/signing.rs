//! Access tokens: `header.claims.signature`, as clients expect that look for
//! `exp` in them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jiff::{SignedDuration, Timestamp};
use keylatch::Secret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::store::logins::Login;

/// How long an access token is good for.
pub(super) const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// The key that access tokens are signed with.
pub(crate) struct SigningKey(Zeroizing<[u8; 32]>);

#[derive(Serialize, Deserialize)]
pub(super) struct Claims {
    /// The user's id.
    pub(super) sub: String,
    aud: String,
    /// The login, which is looked up: one that has ended takes its tokens along.
    pub(super) sid: String,
    scope: String,
    /// Seconds since 1970.
    iat: i64,
    exp: i64,
}

impl SigningKey {
    pub(super) fn generate() -> Option<Self> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut()).ok()?;
        Some(SigningKey(key))
    }

    /// A token for a login.
    pub(super) fn sign(&self, login: &Login, now: Timestamp) -> Secret {
        let issued = now.as_second();
        let claims = Claims {
            sub: login.user_id.clone(),
            aud: login.audience.clone(),
            sid: login.id.clone(),
            scope: login.scope.clone(),
            iat: issued,
            exp: issued + LIFETIME.as_secs(),
        };
        // Strings and numbers: there is nothing in it that JSON does not take.
        let claims = serde_json::to_vec(&claims).unwrap_or_default();
        let mut text = BASE64URL.encode(HEADER) + "." + &BASE64URL.encode(claims);
        let signature = hmac_sha256(self.0.as_ref(), text.as_bytes());
        text.push('.');
        BASE64URL.encode_string(signature, &mut text);
        Secret::new(text)
    }

    /// The claims of a token that was signed with this key and has not ended.
    pub(super) fn read(&self, token: &str, now: Timestamp) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (_, claims) = signed.split_once('.')?;
        let signature = BASE64URL.decode(signature).ok()?;
        // Compared as hashes: how far two agree tells nothing about the signature.
        let expected = hmac_sha256(self.0.as_ref(), signed.as_bytes());
        if Sha256::digest(&signature) != Sha256::digest(expected) {
            return None;
        }
        let claims: Claims = serde_json::from_slice(&BASE64URL.decode(claims).ok()?).ok()?;
        (claims.exp > now.as_second()).then_some(claims)
    }
}

/// Whether a bearer's text is of this kind, and no key.
pub(crate) fn is_access_token(text: &str) -> bool {
    text.starts_with("eyJ") && text.split('.').count() == 3
}

/// RFC 2104; the key is of a block at most.
fn hmac_sha256(key: &[u8], text: &[u8]) -> [u8; 32] {
    let pad = |byte: u8| {
        let mut block = Zeroizing::new([byte; 64]);
        block.iter_mut().zip(key).for_each(|(block, key)| *block ^= key);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36).as_ref()).chain_update(text).finalize();
    Sha256::new().chain_update(pad(0x5c).as_ref()).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login() -> Login {
        Login {
            id: "login-1".into(),
            user_id: "usr_1".into(),
            client_id: "c".into(),
            audience: "https://api.example".into(),
            scope: "openid".into(),
            begun_at: now(),
        }
    }

    fn now() -> Timestamp {
        "2026-11-20T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let hex: String = hmac_sha256(b"Jefe", b"what do ya want for nothing?")
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_token_is_good_for_an_hour_and_only_as_it_was_signed() {
        let key = SigningKey::generate().unwrap();
        let token = key.sign(&login(), now());
        let text = token.expose();
        assert!(is_access_token(text) && !is_access_token("kl_live_a.b.c") && !is_access_token("eyJ.a"));
        let minutes = |n| now() + SignedDuration::from_mins(n);
        assert_eq!(key.read(text, minutes(59)).unwrap().sub, "usr_1");
        assert!(key.read(text, minutes(60)).is_none());
        assert!(SigningKey::generate().unwrap().read(text, now()).is_none());
        let parts: Vec<&str> = text.split('.').collect();
        let other = BASE64URL
            .encode(r#"{"sub":"usr_2","aud":"","sid":"login-1","scope":"","iat":0,"exp":99999999999}"#);
        let none = BASE64URL.encode(r#"{"alg":"none"}"#);
        for forged in [
            format!("{}.{other}.{}", parts[0], parts[2]),
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            format!("{}.{}.AAAA", parts[0], parts[1]),
            "..".into(),
            String::new(),
        ] {
            assert!(key.read(&forged, now()).is_none(), "{forged}");
        }
    }
}

//! How a key is sent: the header that carries it, checked before anything
//! leaves.
//!
//! ```
//! use keylatch::{Secret, scheme::Scheme};
//!
//! let header = Scheme::Bearer.header(&Secret::from("kl_live_0123"))?;
//! assert_eq!((header.name.as_ref(), header.value.expose()), ("Authorization", "Bearer kl_live_0123"));
//! # Ok::<(), keylatch::Error>(())
//! ```

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::error::{Code, Error};
use crate::secret::Secret;
use crate::text;

/// A way to send a key.
#[derive(Clone)]
pub enum Scheme {
    /// `Authorization: Bearer KEY` (RFC 6750, section 2.1).
    Bearer,
    /// `Authorization: Basic …` (RFC 7617) of `user:KEY`, or of `KEY:` when
    /// there is no fixed user: the key stands for the user and the password is
    /// empty.
    Basic {
        /// The fixed user.
        user: Option<Cow<'static, str>>,
    },
    /// A header of the service's own, such as `x-api-key`.
    Header {
        /// Its name, a token of RFC 9110, section 5.1.
        name: Cow<'static, str>,
    },
}

/// A header that may be sent as it is.
#[derive(Clone)]
pub struct Header {
    /// The field name.
    pub name: Cow<'static, str>,
    /// The field value, which holds the key.
    pub value: Secret,
}

/// What the facade asks the wasm about before it is sent, as a regular expression of
/// JavaScript. Every header carries anything else, and without a format nothing is wrong
/// with it: words that stand for a key have no digit, and begin with some of the letters.
pub const DOUBTFUL: &str = r"^(?:[abceimnprsuxyABCEIMNPRSUXY_-]\D*)?$|[^\w-]";

impl Scheme {
    /// The word for it in declarations and options.
    pub fn name(&self) -> &'static str {
        match self {
            Scheme::Bearer => "bearer",
            Scheme::Basic { .. } => "basic",
            Scheme::Header { .. } => "header",
        }
    }

    /// The header that carries the key.
    ///
    /// # Errors
    /// [`Code::InvalidHeader`] with the index (in UTF-16 code units) of the
    /// first character that the header cannot carry.
    pub fn header(&self, key: &Secret) -> Result<Header, Error> {
        let text = key.expose();
        if text.is_empty() {
            return Err(Error::argument("key", "it is empty."));
        }
        if let Some(index) = self.refuses(text) {
            return Err(Error::new(Code::InvalidHeader).with("key").with(text::integer(index as i64)));
        }
        let name = match self {
            Scheme::Header { name } => name.clone(),
            _ => Cow::Borrowed("Authorization"),
        };
        Ok(Header { name, value: self.value(text) })
    }

    /// Where the first character stands that the header cannot carry, in UTF-16
    /// code units.
    pub fn refuses(&self, key: &str) -> Option<usize> {
        let mut index = 0;
        for c in key.chars() {
            let is_carried = match self {
                Scheme::Bearer => is_b64token(c),
                // Between user and password stands the first colon, so only a
                // key in the user's place must not have one.
                Scheme::Basic { user } => !c.is_control() && (c != ':' || user.is_some()),
                Scheme::Header { .. } => c.is_ascii_graphic() || c == ' ',
            };
            if !is_carried {
                return Some(index);
            }
            index += c.len_utf16();
        }
        // White space at the ends would be taken off on the way.
        let is_cut = matches!(self, Scheme::Header { .. }) && (key.starts_with(' ') || key.ends_with(' '));
        is_cut.then_some(0)
    }

    /// The value of the header that carries a key which it does not refuse.
    pub fn value(&self, key: &str) -> Secret {
        let encoded;
        let (scheme, credentials) = match self {
            Scheme::Bearer => ("Bearer ", key),
            Scheme::Basic { user } => {
                let user = user.as_deref();
                encoded = basic_credentials(user.unwrap_or(key), user.map_or("", |_| key));
                ("Basic ", encoded.as_str())
            }
            Scheme::Header { .. } => ("", key),
        };
        let mut value = String::with_capacity(scheme.len() + credentials.len());
        value.push_str(scheme);
        value.push_str(credentials);
        Secret::new(value)
    }
}

/// `user:password` in UTF-8 and base64 (RFC 7617, section 2.1).
pub fn basic_credentials(user: &str, password: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(Vec::with_capacity(user.len() + password.len() + 1));
    plain.extend_from_slice(user.as_bytes());
    plain.push(b':');
    plain.extend_from_slice(password.as_bytes());
    base64(&plain)
}

/// `b64token` of RFC 6750, section 2.1, but for the place of `=`, which some
/// services do not keep to.
fn is_b64token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '+' | '/' | '=')
}

/// RFC 4648, section 4. A page of code against a dependency: what is encoded
/// here is always a secret, so the buffer is sized once and wiped.
pub(crate) fn base64(bytes: &[u8]) -> Zeroizing<String> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Zeroizing::new(String::with_capacity(bytes.len().div_ceil(3) * 4));
    let mut rest = bytes.iter().copied();
    while let Some(a) = rest.next() {
        let (b, c) = (rest.next(), rest.next());
        let group = u32::from(a) << 16 | u32::from(b.unwrap_or(0)) << 8 | u32::from(c.unwrap_or(0));
        let length = 1 + usize::from(b.is_some()) + usize::from(c.is_some());
        for place in 0..4 {
            let sextet = ALPHABET.get((group >> (18 - 6 * place)) as usize & 63).copied().unwrap_or(b'=');
            out.push(char::from(if place > length { b'=' } else { sextet }));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_rfc_4648() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()).as_str(), encoded);
        }
    }

    proptest::proptest! {
        /// What [`DOUBTFUL`] does not match.
        #[test]
        fn what_is_sent_without_a_question_has_nothing_wrong(
            text in "[A-Za-z0-9_-]{0,40}[0-9][A-Za-z0-9_-]{0,40}|(x|-|_){0,9}[0-9]|(null|none|my-|your)[0-9](key)?\
                |[DFGHJKLOQTVWZdfghjkloqtvwz]([A-Za-z_-]{0,40}|x{0,40}|(your|my|api|secret)?[_-]?(key|token)?)",
        ) {
            proptest::prop_assert!(crate::format::diagnose(None, &text).is_empty(), "{}", text);
            for scheme in [Scheme::Bearer, Scheme::Header { name: Cow::Borrowed("x-api-key") }] {
                proptest::prop_assert_eq!(scheme.refuses(&text), None);
            }
        }
    }

    #[test]
    fn nothing_is_no_key() {
        for scheme in [Scheme::Bearer, Scheme::Basic { user: None }, Scheme::Header { name: "x-key".into() }]
        {
            let error = scheme.header(&Secret::from("")).err().unwrap();
            assert!(error.to_string().contains("empty"), "{error}");
        }
    }
}

//! A name for every request, in the answer and in the log.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const PREFIX: &[u8; 4] = b"req_";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Hashes with a key that the process gets from the system once. To ask the system for each request
/// takes longer than to name it, and these names are no secrets: they only must not be given twice.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
static COUNT: AtomicU64 = AtomicU64::new(0);

/// `req_` and 16 random characters. Always the server's own: one that the
/// client chose could be made to look like another request's in the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestId(Arc<str>);

impl RequestId {
    /// Names a request.
    pub(crate) fn assign(request: &mut Request) -> Self {
        let id = Self::next();
        request.extensions_mut().insert(id.clone());
        id
    }

    fn next() -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut text = [0; 20];
        let (prefix, random) = text.split_at_mut(PREFIX.len());
        prefix.copy_from_slice(PREFIX);
        for (half, digits) in random.chunks_mut(8).enumerate() {
            let mut rest = HASHER.hash_one((number, half));
            for digit in digits {
                *digit = DIGITS.get((rest % 62) as usize).copied().unwrap_or(b'0');
                rest /= 62;
            }
        }
        RequestId(str::from_utf8(&text).unwrap_or_default().into())
    }

    /// Puts the name on the answer.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(self.as_str()) {
            headers.insert(HEADER, value);
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_name_is_given_twice_and_all_digits_are_in_all_places() {
        let names: BTreeSet<_> = (0..20_000).map(|_| RequestId::next().as_str().to_owned()).collect();
        assert_eq!(names.len(), 20_000);
        for place in 4..20 {
            let digits: BTreeSet<_> = names.iter().map(|name| name.as_bytes()[place]).collect();
            assert_eq!(digits.len(), 62, "{place}");
        }
    }
}

//! When another try is worth it, and when.

use crate::error::{Code, Error};

/// A longer `Retry-After` is for the caller to wait out, not for a call.
const LONGEST_PAUSE: u32 = 10_000;
const FIRST_PAUSE: u32 = 250;

/// The tries of one call.
pub struct Retry {
    tries: u8,
    limit: u8,
}

impl Retry {
    /// Up to `limit` further tries.
    pub fn new(limit: u8) -> Self {
        Retry { tries: 0, limit }
    }

    /// Milliseconds to wait before the next try, or nothing when the error is
    /// final.
    ///
    /// `repeatable` says that the service will not do twice what was asked for
    /// twice. What is not repeatable is tried again only when the service said
    /// that it did nothing.
    pub fn pause(&mut self, error: &Error, repeatable: bool) -> Option<u32> {
        let worth_it = match error.code() {
            Code::RateLimited => true,
            Code::NetworkError => repeatable,
            Code::ServiceError => repeatable && matches!(error.status(), Some(500 | 502..=504)),
            // What is not the API at all: often a proxy's page during a restart.
            Code::BadResponse => repeatable && error.status().is_some_and(|status| status >= 500),
            _ => false,
        };
        if !worth_it || self.tries >= self.limit {
            return None;
        }
        let pause = match error.retry_after() {
            Some(seconds) => seconds.saturating_mul(1000),
            None => FIRST_PAUSE.saturating_mul(1 << self.tries.min(10)),
        };
        if pause > LONGEST_PAUSE {
            return None;
        }
        self.tries += 1;
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_again_and_when() {
        let status = |code, status| Error::new(code).with_status(status);
        let limited = |seconds| status(Code::RateLimited, 429).with_retry_after(Some(seconds));
        let cases = [
            (Error::new(Code::NetworkError), true, Some(250)),
            (Error::new(Code::NetworkError), false, None),
            (status(Code::ServiceError, 503), true, Some(250)),
            (status(Code::ServiceError, 503), false, None),
            (status(Code::ServiceError, 501), true, None),
            (status(Code::BadResponse, 502), true, Some(250)),
            (status(Code::BadResponse, 200), true, None),
            (limited(2), false, Some(2000)),
            (limited(60), true, None),
            (status(Code::Unauthorized, 401), true, None),
            (Error::new(Code::Timeout), true, None),
            (Error::new(Code::Aborted), true, None),
        ];
        for (error, repeatable, expected) in cases {
            assert_eq!(Retry::new(2).pause(&error, repeatable), expected, "{error:?}");
        }
    }

    #[test]
    fn pauses_double_and_end() {
        let mut retry = Retry::new(3);
        let error = Error::new(Code::NetworkError);
        let pauses: Vec<_> = (0..4).map(|_| retry.pause(&error, true)).collect();
        assert_eq!(pauses, [Some(250), Some(500), Some(1000), None]);
    }
}

//! Which failed requests are tried again, and after how long.

use crate::error::{Code, Error};
use crate::text::cut;

/// The longest pause of a call, in milliseconds. A longer `Retry-After` ends the call with an
/// error that tells it.
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
        // `Retry-After` makes the pause longer, never shorter.
        let asked = error.pause_asked_for().unwrap_or(0).saturating_mul(1000);
        let pause = FIRST_PAUSE.saturating_mul(1 << self.tries.min(10)).max(asked);
        if pause > LONGEST_PAUSE {
            return None;
        }
        self.tries += 1;
        Some(pause)
    }
}

/// The seconds of `Retry-After` (RFC 9110, section 10.2.3), a fraction rounded up.
/// A date is turned into seconds by the transport, which has a clock. More than can
/// be counted is [`u32::MAX`].
pub fn retry_after(value: &str) -> Option<u32> {
    let value = value.trim();
    let (whole, fraction) = cut(value, ".").unwrap_or((value, ""));
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    // Digits alone fail for one reason: there are too many.
    let whole: u32 = whole.parse().unwrap_or(u32::MAX);
    Some(whole.saturating_add(u32::from(fraction.bytes().any(|b| b != b'0'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_status_of_its_own_is_tried_again_when_it_is_worth_it() {
        // Failures that have one are in tests/vectors/retry.json.
        let status = |code, status| Error::new(code).with_status(status);
        for (error, repeatable, expected) in [
            (status(Code::BadResponse, 502), true, Some(250)),
            (status(Code::BadResponse, 502), false, None),
            (status(Code::BadResponse, 499), true, None),
            (status(Code::BadResponse, 200), true, None),
            (Error::new(Code::BadResponse), true, None),
            (Error::new(Code::ServiceError), true, None),
            (Error::new(Code::Timeout), true, None),
            (Error::new(Code::Aborted), true, None),
            (Error::new(Code::Internal), true, None),
        ] {
            assert_eq!(Retry::new(2).pause(&error, repeatable), expected, "{error:?}");
        }
    }

    #[test]
    fn what_a_service_asks_for_never_shortens_the_pause() {
        let asked =
            |value| Error::new(Code::RateLimited).with_status(429).with_retry_after(retry_after(value));
        for (value, expected) in
            [("0", [250, 500, 1000]), ("1", [1000, 1000, 1000]), ("0.5", [1000, 1000, 1000])]
        {
            let mut retry = Retry::new(3);
            let pauses: Vec<_> = (0..3).map(|_| retry.pause(&asked(value), true)).collect();
            assert_eq!(pauses, expected.map(Some), "{value}");
            assert_eq!(retry.pause(&asked(value), true), None, "{value}");
        }
        // No header of JavaScript can have it.
        assert_eq!(retry_after("١"), None);
    }
}

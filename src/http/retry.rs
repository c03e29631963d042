//! When another try is worth it, and when.

use crate::error::{Code, Error};
use crate::text::cut;

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
        // What the service asks for never makes the pause shorter.
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
    fn what_a_service_asks_for_is_rounded_up_and_never_shortens_the_pause() {
        for (value, asked, pause) in [
            ("1", Some(1), Some(1000)),
            (" 2 ", Some(2), Some(2000)),
            ("1.5", Some(2), Some(2000)),
            ("1.0", Some(1), Some(1000)),
            ("1.", Some(1), Some(1000)),
            ("0.0001", Some(1), Some(1000)),
            ("2.00000000000000000001", Some(3), Some(3000)),
            ("10", Some(10), Some(10_000)),
            ("0", Some(0), Some(250)),
            ("0.0", Some(0), Some(250)),
            ("10.1", Some(11), None),
            ("3600", Some(3600), None),
            // Told to nobody as a number of seconds, and not tried again either.
            ("4294967295", None, None),
            ("99999999999999999999", None, None),
            // None of these is a number of seconds.
            ("", None, Some(250)),
            ("-1", None, Some(250)),
            ("+5", None, Some(250)),
            (".5", None, Some(250)),
            ("1.5.2", None, Some(250)),
            ("1,5", None, Some(250)),
            ("1e3", None, Some(250)),
            ("0x10", None, Some(250)),
            ("5 seconds", None, Some(250)),
            ("soon", None, Some(250)),
            ("١", None, Some(250)),
        ] {
            let error = Error::new(Code::RateLimited).with_status(429).with_retry_after(retry_after(value));
            assert_eq!(error.retry_after(), asked, "{value}");
            assert_eq!(Retry::new(2).pause(&error, true), pause, "{value}");
        }
        // A later pause is longer than one that was asked for.
        let error = Error::new(Code::RateLimited).with_status(429).with_retry_after(retry_after("0"));
        let mut retry = Retry::new(3);
        let pauses: Vec<_> = (0..3).map(|_| retry.pause(&error, true)).collect();
        assert_eq!(pauses, [Some(250), Some(500), Some(1000)]);
    }

    #[test]
    fn pauses_double_and_end() {
        let mut retry = Retry::new(3);
        let error = Error::new(Code::NetworkError);
        let pauses: Vec<_> = (0..4).map(|_| retry.pause(&error, true)).collect();
        assert_eq!(pauses, [Some(250), Some(500), Some(1000), None]);
    }
}

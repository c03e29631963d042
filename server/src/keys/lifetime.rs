//! How long a key lives. Durations are those of the calendar: three months
//! from 30 November end on the last of February.

use jiff::fmt::temporal::{DateTimeParser, SpanParser};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan};

use crate::http::problem::Problem;

/// What a key gets when nothing else is asked for.
pub(crate) const DEFAULT: &str = "P3M";
const LONGEST_YEARS: i64 = 10;

/// The time of a duration of ISO 8601.
macro_rules! time {
    () => {
        concat!(
            "[Tt](?:[0-9]{1,8}[Hh](?:[0-9]{1,10}[Mm])?(?:[0-9]{1,11}(?:[.,][0-9]{1,9})?[Ss])?",
            "|[0-9]{1,10}[Mm](?:[0-9]{1,11}(?:[.,][0-9]{1,9})?[Ss])?|[0-9]{1,11}(?:[.,][0-9]{1,9})?[Ss]",
            "|(?:[0-9]{1,8}[Hh])?[0-9]{1,10}[.,][0-9]{1,9}[Mm]|[0-9]{1,8}[.,][0-9]{1,9}[Hh])"
        )
    };
}

/// A duration of ISO 8601, for the description of the API: what matches can be read.
macro_rules! duration {
    () => {
        concat!(
            "[Pp](?:(?:[0-9]{1,4}[Yy](?:[0-9]{1,5}[Mm])?(?:[0-9]{1,6}[Ww])?(?:[0-9]{1,6}[Dd])?",
            "|[0-9]{1,5}[Mm](?:[0-9]{1,6}[Ww])?(?:[0-9]{1,6}[Dd])?|[0-9]{1,6}[Ww](?:[0-9]{1,6}[Dd])?|[0-9]{1,6}[Dd])",
            "(?:",
            time!(),
            ")?|",
            time!(),
            ")"
        )
    };
}

/// What `expires_in` may be.
pub(crate) const LIFETIME_PATTERN: &str = concat!("^(?:never|[+-]?", duration!(), ")$");
/// What `overlap` may be.
pub(crate) const OVERLAP_PATTERN: &str = concat!("^(?:until_revoked|[+]?", duration!(), ")$");

/// How long a new key is to live.
pub(crate) enum Lifetime {
    /// From now on for this long.
    For(Span),
    /// Until this moment.
    Until(Timestamp),
    /// Only when asked for by that word.
    Never,
}

impl Lifetime {
    /// Reads the members `expires_in` and `expires_at` of a request.
    pub(crate) fn read(expires_in: Option<&str>, expires_at: Option<&str>) -> Result<Self, Problem> {
        match (expires_in, expires_at) {
            (Some(_), Some(_)) => Err(Problem::field(
                "expires_at",
                "`expires_in` and `expires_at` exclude each other. Send one of them.",
            )),
            (Some("never"), None) => Ok(Lifetime::Never),
            (Some(text), None) => span(text).map(Lifetime::For).ok_or_else(|| {
                Problem::field(
                    "expires_in",
                    "`expires_in` must be an ISO 8601 duration such as \"P3M\" (three months), \"P30D\" or \
                     \"PT12H\", or the word \"never\".",
                )
            }),
            (None, Some(text)) => moment(text).map(Lifetime::Until).ok_or_else(|| {
                Problem::field(
                    "expires_at",
                    "`expires_at` must be a time as in RFC 3339, such as \"2030-01-31T12:00:00Z\".",
                )
            }),
            (None, None) => Lifetime::read(Some(DEFAULT), None),
        }
    }

    /// When a key that is made now ends.
    pub(crate) fn end(&self, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
        let (field, end) = match self {
            Lifetime::Never => return Ok(None),
            Lifetime::For(span) => ("expires_in", after(now, *span)),
            Lifetime::Until(end) => ("expires_at", Some(whole_millis(*end))),
        };
        let latest = after(now, LONGEST_YEARS.years());
        match end {
            Some(end) if end <= now => Err(Problem::field(
                field,
                format!(
                    "`{field}` lies in the past or is now: the key would never work. Choose a later end."
                ),
            )),
            Some(end) if latest.is_none_or(|latest| end <= latest) => Ok(Some(end)),
            _ => Err(Problem::field(
                field,
                format!(
                    "`{field}` is more than {LONGEST_YEARS} years away. Choose an earlier end, or \"never\" if the key shall not expire."
                ),
            )),
        }
    }
}

/// How long a rotated key lives on beside its successor.
pub(crate) enum Overlap {
    /// For this long, but never past its own end.
    For(Span),
    /// Until someone revokes it.
    UntilRevoked,
}

impl Overlap {
    /// Reads the member `overlap` of a request.
    pub(crate) fn read(text: Option<&str>) -> Result<Self, Problem> {
        match text {
            None => Ok(Overlap::For(Span::new())),
            Some("until_revoked") => Ok(Overlap::UntilRevoked),
            Some(text) => span(text).filter(|span| !span.is_negative()).map(Overlap::For).ok_or_else(|| {
                Problem::field(
                    "overlap",
                    "`overlap` must be an ISO 8601 duration such as \"PT1H\" or \"P7D\", or \"until_revoked\".",
                )
            }),
        }
    }

    /// When the overlap that starts now is over: `None` is never.
    pub(crate) fn end(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Overlap::UntilRevoked => None,
            // Too far away to be told is as good as never.
            Overlap::For(span) => after(now, *span),
        }
    }
}

fn span(text: &str) -> Option<Span> {
    SpanParser::new().parse_span(text).ok()
}

/// A time as in RFC 3339. In the last hours of the year 9999, with which other databases say
/// "never", it is the last that can be told.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    let parser = DateTimeParser::new();
    let last = || {
        let pieces = parser.parse_pieces(text).ok()?;
        let is_whole = pieces.time().is_some() && pieces.to_numeric_offset().is_some();
        (is_whole && pieces.date().year() == 9999).then_some(Timestamp::MAX)
    };
    parser.parse_timestamp(text).ok().or_else(last)
}

fn after(now: Timestamp, span: Span) -> Option<Timestamp> {
    now.to_zoned(TimeZone::UTC).checked_add(span).ok().map(|end| whole_millis(end.timestamp()))
}

/// The time that is so many days of 24 hours from now.
pub(crate) fn days_from(now: Timestamp, days: u32) -> Timestamp {
    now.saturating_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

/// The database keeps milliseconds, of which the last second of the calendar has none.
pub(crate) fn whole_millis(time: Timestamp) -> Timestamp {
    let whole = Timestamp::from_millisecond(time.as_millisecond());
    whole.or_else(|_| Timestamp::from_second(time.as_second())).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn durations_are_those_of_the_calendar() {
        for (now, expires_in, end) in [
            ("2026-11-20T10:00:00Z", None, "2027-02-20T10:00:00Z"),
            ("2026-11-20T10:00:00Z", Some("P3M"), "2027-02-20T10:00:00Z"),
            // Month ends: the last day there is.
            ("2026-11-30T10:00:00Z", Some("P3M"), "2027-02-28T10:00:00Z"),
            ("2027-11-30T10:00:00Z", Some("P3M"), "2028-02-29T10:00:00Z"),
            ("2027-01-31T00:00:00Z", Some("P1M"), "2027-02-28T00:00:00Z"),
            ("2027-08-31T23:59:59Z", Some("P1M"), "2027-09-30T23:59:59Z"),
            // Leap day.
            ("2028-02-29T12:00:00Z", Some("P1Y"), "2029-02-28T12:00:00Z"),
            ("2028-02-29T12:00:00Z", Some("P4Y"), "2032-02-29T12:00:00Z"),
            ("2028-02-28T12:00:00Z", Some("P1D"), "2028-02-29T12:00:00Z"),
            ("2026-11-20T10:00:00Z", Some("PT12H"), "2026-11-20T22:00:00Z"),
            ("2026-11-20T10:00:00Z", Some("P1Y2M3DT4H5M6S"), "2028-01-23T14:05:06Z"),
            ("2026-11-20T10:00:00Z", Some("P2W"), "2026-12-04T10:00:00Z"),
            ("2026-11-20T10:00:00Z", Some("PT0.001S"), "2026-11-20T10:00:00.001Z"),
            ("2026-11-20T10:00:00Z", Some("P10Y"), "2036-11-20T10:00:00Z"),
            ("2028-02-29T00:00:00Z", Some("P10Y"), "2038-02-28T00:00:00Z"),
        ] {
            let found =
                Lifetime::read(expires_in, None).and_then(|lifetime| lifetime.end(time(now))).unwrap();
            assert_eq!(found, Some(time(end)), "{now} + {expires_in:?}");
        }
        assert_eq!(
            Lifetime::read(Some("never"), None).unwrap().end(time("2026-11-20T10:00:00Z")).unwrap(),
            None
        );
    }

    #[test]
    fn a_moment_may_stand_in_any_zone() {
        for (expires_at, end) in [
            ("2027-01-31T12:00:00Z", "2027-01-31T12:00:00Z"),
            ("2027-01-31T12:00:00+02:00", "2027-01-31T10:00:00Z"),
            ("2027-01-31T12:00:00.123456Z", "2027-01-31T12:00:00.123Z"),
        ] {
            let lifetime = Lifetime::read(None, Some(expires_at)).unwrap();
            assert_eq!(lifetime.end(time("2026-11-20T10:00:00Z")).unwrap(), Some(time(end)), "{expires_at}");
        }
    }

    #[test]
    fn the_end_of_the_calendar_is_a_moment() {
        for text in ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999+00:00", "9999-12-31T00:00:00-14:00"] {
            assert_eq!(moment(text), Some(Timestamp::MAX), "{text}");
        }
        for last in [Timestamp::MAX, time("9999-12-30T22:00:00.5Z"), time("9999-12-30T21:59:59.9999Z")] {
            let kept = whole_millis(last);
            assert_eq!(Timestamp::from_millisecond(kept.as_millisecond()).ok(), Some(kept), "{last}");
            assert!(kept <= last && last.duration_since(kept) < SignedDuration::from_secs(1), "{kept}");
        }
        for text in ["9999-12-31", "9999-12-31T23:59:59", "9999-12-32T00:00:00Z", "10000-01-01T00:00:00Z"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_a_lifetime_is_refused_by_name() {
        let now = time("2026-11-20T10:00:00Z");
        for (expires_in, expires_at, field) in [
            (Some("P3M"), Some("2027-01-31T12:00:00Z"), "expires_at"),
            (Some(""), None, "expires_in"),
            (Some("3 months"), None, "expires_in"),
            (Some("Never"), None, "expires_in"),
            (Some("P"), None, "expires_in"),
            (Some("PT0S"), None, "expires_in"),
            (Some("PT0.0001S"), None, "expires_in"),
            (Some("-P1D"), None, "expires_in"),
            (Some("P10YT1S"), None, "expires_in"),
            (Some("P3654D"), None, "expires_in"),
            (Some("P9999Y"), None, "expires_in"),
            (Some("P99999999999999999Y"), None, "expires_in"),
            (None, Some("2026-11-20T10:00:00Z"), "expires_at"),
            (None, Some("2020-01-01T00:00:00Z"), "expires_at"),
            (None, Some("2036-11-20T10:00:01Z"), "expires_at"),
            (None, Some("9999-12-31T23:59:59Z"), "expires_at"),
            (None, Some("2027-01-31"), "expires_at"),
            (None, Some("2027-02-30T00:00:00Z"), "expires_at"),
            (None, Some("never"), "expires_at"),
        ] {
            let refusal = Lifetime::read(expires_in, expires_at).and_then(|lifetime| lifetime.end(now));
            let refusal = refusal.expect_err(&format!("{expires_in:?} {expires_at:?}"));
            assert_eq!(refusal.field.as_deref(), Some(field), "{expires_in:?} {expires_at:?}");
        }
    }

    #[test]
    fn an_overlap_is_a_duration_or_until_revoked() {
        let now = time("2026-11-20T10:00:00Z");
        for (text, end) in [
            (None, Some("2026-11-20T10:00:00Z")),
            (Some("PT0S"), Some("2026-11-20T10:00:00Z")),
            (Some("P7D"), Some("2026-11-27T10:00:00Z")),
            (Some("until_revoked"), None),
        ] {
            assert_eq!(Overlap::read(text).unwrap().end(now), end.map(time), "{text:?}");
        }
        for text in ["", "-PT1S", "never", "1h", "P"] {
            assert!(Overlap::read(Some(text)).is_err(), "{text}");
        }
    }
}

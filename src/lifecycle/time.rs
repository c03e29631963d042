//! Moments: read where a service says one, and left out where it says none.

use crate::text::integer;

/// A `Date` of JavaScript is within this many milliseconds of 1970.
const FARTHEST: f64 = 8.64e15;
const DAY: i64 = 86_400_000;

/// A moment, in whole Unix milliseconds, that a `Date` of JavaScript can be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Time(i64);

impl Time {
    /// From Unix milliseconds; a fraction of one is dropped, as `Date` does.
    pub fn from_millis(millis: f64) -> Option<Time> {
        // NaN is in no range.
        (-FARTHEST..=FARTHEST).contains(&millis).then_some(Time(millis as i64))
    }

    /// From a date and time of RFC 3339. Its calendar is checked: 30 February, hour
    /// 24 and a time without an offset are no moment.
    pub fn parse(text: &str) -> Option<Time> {
        let mut rest = Rest(text.as_bytes());
        let year = rest.number(4)?;
        rest.skip(b"-")?;
        let month = rest.number(2)?;
        rest.skip(b"-")?;
        let day = rest.number(2)?;
        // A space is allowed for the reader's sake (section 5.6).
        rest.skip(b"Tt ")?;
        let hour = rest.number(2)?;
        rest.skip(b":")?;
        let minute = rest.number(2)?;
        rest.skip(b":")?;
        let second = rest.number(2)?;
        let millis = rest.fraction()?;
        let offset = rest.offset()?;
        if !(1..=12).contains(&month) || !(1..=length(year, month)).contains(&day) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 60 || !rest.0.is_empty() {
            return None;
        }
        let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset;
        // A leap second ends a month of UTC (section 5.7). Unix time has none, so it
        // counts as the first second of the next.
        let (_, _, first) = date(seconds.div_euclid(86_400));
        if second == 60 && !(seconds.rem_euclid(86_400) == 0 && first == 1) {
            return None;
        }
        Some(Time(seconds * 1_000 + millis))
    }

    /// Unix milliseconds.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// As RFC 3339 writes it, in UTC; nothing for a year that it cannot write.
    pub fn to_rfc3339(self) -> Option<String> {
        let (year, month, day) = date(self.0.div_euclid(DAY));
        if !(0..=9999).contains(&year) {
            return None;
        }
        let millis = self.0.rem_euclid(DAY);
        let mut out = String::new();
        let parts = [
            ("", year, 4),
            ("-", month, 2),
            ("-", day, 2),
            ("T", millis / 3_600_000, 2),
            (":", millis / 60_000 % 60, 2),
            (":", millis / 1_000 % 60, 2),
            (".", millis % 1_000, 3),
        ];
        for (before, number, width) in parts {
            if before == "." && number == 0 {
                continue;
            }
            out.push_str(before);
            let digits = integer(number);
            for _ in digits.len()..width {
                out.push('0');
            }
            out.push_str(&digits);
        }
        out.push('Z');
        Some(out)
    }
}

/// What is left to read.
struct Rest<'t>(&'t [u8]);

impl Rest<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// One of these characters.
    fn skip(&mut self, any_of: &[u8]) -> Option<u8> {
        self.next().filter(|byte| any_of.contains(byte))
    }

    /// A number of exactly this many digits.
    fn number(&mut self, digits: u8) -> Option<i64> {
        let mut number = 0;
        for _ in 0..digits {
            number = number * 10 + i64::from(self.next().filter(u8::is_ascii_digit)? - b'0');
        }
        Some(number)
    }

    /// The milliseconds of a fraction, which may have any number of digits.
    fn fraction(&mut self) -> Option<i64> {
        if self.0.first() != Some(&b'.') {
            return Some(0);
        }
        self.next();
        let mut millis = self.number(1)? * 100;
        let mut worth = 10;
        while let Some(digit) = self.0.first().filter(|byte| byte.is_ascii_digit()) {
            millis += i64::from(digit - b'0') * worth;
            worth /= 10;
            self.next();
        }
        Some(millis)
    }

    /// The offset from UTC, in seconds.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.skip(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(0),
        };
        let hours = self.number(2)?;
        self.skip(b":")?;
        let minutes = self.number(2)?;
        (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
    }
}

/// How many days a month has.
fn length(year: i64, month: i64) -> i64 {
    let next = if month == 12 { days(year + 1, 1, 1) } else { days(year, month + 1, 1) };
    next - days(year, month, 1)
}

/// Days since 1970 of a date, and the date of such days: Howard Hinnant's
/// `days_from_civil` and `civil_from_days`. A year begins in March there, so that
/// the leap day is its last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = year + era * 400 + i64::from(month >= 10);
    (year, if month < 10 { month + 3 } else { month - 9 }, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(text: &str) -> Option<i64> {
        Time::parse(text).map(Time::millis)
    }

    #[test]
    fn a_real_moment_is_read() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59Z", -1_000),
            ("2026-11-20T10:00:00Z", 1_795_168_800_000),
            ("2026-11-20t10:00:00z", 1_795_168_800_000),
            ("2026-11-20 10:00:00Z", 1_795_168_800_000),
            ("2026-11-20T12:00:00+02:00", 1_795_168_800_000),
            ("2026-11-19T22:15:00-11:45", 1_795_168_800_000),
            ("2026-11-20T10:00:00-00:00", 1_795_168_800_000),
            ("2026-11-20T10:00:00.5Z", 1_795_168_800_500),
            ("2026-11-20T10:00:00.1239999999999Z", 1_795_168_800_123),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000),
            ("2000-02-29T00:00:00Z", 951_782_400_000),
            // A leap second; in Unix time it is the next one.
            ("1990-12-31T23:59:60Z", 662_688_000_000),
            ("1990-12-31T15:59:60-08:00", 662_688_000_000),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_not_read() {
        for text in [
            "",
            "0",
            "never",
            "soon",
            "1717000000",
            "1e300",
            "31/01/2027",
            "2026-11-20",
            "2026-11-20T10:00Z",
            "2026-11-20T10:00:00",
            "2026-11-20T10:00:00+0200",
            "2026-11-20T10:00:00+24:00",
            "2026-11-20T10:00:00+02:60",
            "2026-11-20T10:00:00.Z",
            "2026-11-20T10:00:00,5Z",
            "2026-11-20T10:00:00Z ",
            "2026-11-20T10:00:00ZZ",
            " 2026-11-20T10:00:00Z",
            "0000-00-00 00:00:00",
            "0000-00-00T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-32T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T23:60:00Z",
            "2026-01-01T23:59:61Z",
            "2026-01-01T12:00:60Z",
            "2026-01-15T23:59:60Z",
            "+002026-01-01T00:00:00Z",
            "-2026-01-01T00:00:00Z",
            "２０２６-01-01T00:00:00Z",
            "2026-01-01T00:00:00é",
        ] {
            assert_eq!(millis(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_within_what_a_date_can_be() {
        for (number, expected) in [
            (0.0, Some(0)),
            (-1.5, Some(-1)),
            (8.64e15, Some(8_640_000_000_000_000)),
            (-8.64e15, Some(-8_640_000_000_000_000)),
            (8.640_000_000_000_001e15, None),
            (1e300, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
            (f64::NEG_INFINITY, None),
        ] {
            assert_eq!(Time::from_millis(number).map(Time::millis), expected, "{number}");
        }
    }

    #[test]
    fn each_day_of_the_calendar_comes_back() {
        let mut day = days(0, 1, 1);
        for year in 0..=9999 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            for (month, length) in
                (1..).zip([31, 28 + i64::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
            {
                assert_eq!(super::length(year, month), length, "{year}-{month}");
                for number in 1..=length {
                    assert_eq!(days(year, month, number), day);
                    assert_eq!(date(day), (year, month, number));
                    day += 1;
                }
            }
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2026-11-20T10:00:00Z",
            "1969-12-31T23:59:59.999Z",
            "0001-02-03T04:05:06.007Z",
            "9999-12-31T23:59:59.999Z",
        ] {
            assert_eq!(Time::parse(text).unwrap().to_rfc3339().as_deref(), Some(text));
        }
        assert_eq!(Time::from_millis(8.64e15).unwrap().to_rfc3339(), None);
        assert_eq!(Time::from_millis(-8.64e15).unwrap().to_rfc3339(), None);
    }
}

//! Moments in answers: read where a service gives one, and left out where the text is none.

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
        // NaN is in no range, so it is refused here as well.
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

/// The characters that are not read yet.
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

    #[test]
    fn what_is_no_number_is_no_moment() {
        // What JSON can say is in tests/vectors/dates.json.
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Time::from_millis(number), None, "{number}");
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

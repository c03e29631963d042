//! When a quota is refilled: at the start of the day, week or month of its time
//! zone, or never.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// When all of a quota is there again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Refill {
    /// At midnight.
    Day,
    /// At midnight before Monday.
    Week,
    /// At midnight before the first of the month.
    Month,
    /// There is so much once and for all.
    Never,
}

/// The time between two refills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    /// Says which one it is. Later ones begin later.
    pub(crate) start: Timestamp,
    /// The refill; `None` is never.
    pub(crate) end: Option<Timestamp>,
}

impl Refill {
    /// The period that this moment lies in.
    pub(crate) fn period(self, time_zone: &str, now: Timestamp) -> Period {
        let once = Period { start: Timestamp::UNIX_EPOCH, end: None };
        // The name was looked up when the limit was declared. A computer that does not
        // know it any more refills too late rather than too early.
        let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
        let today = zone.to_datetime(now).date();
        let Some((first, next)) = self.dates(today) else { return once };
        match (midnight(first, &zone), midnight(next, &zone)) {
            (Some(start), Some(end)) => Period { start, end: Some(end) },
            // The last days that the calendar has.
            _ => once,
        }
    }

    /// The first day of the period with this day, and that of the one after it.
    fn dates(self, day: Date) -> Option<(Date, Date)> {
        let (first, length) = match self {
            Refill::Day => (day, 1.day()),
            Refill::Week => {
                let since_monday = day.weekday().since(Weekday::Monday);
                (day.checked_sub(since_monday.days()).ok()?, 1.week())
            }
            Refill::Month => (day.first_of_month(), 1.month()),
            Refill::Never => return None,
        };
        Some((first, first.checked_add(length).ok()?))
    }
}

/// The first moment of a day: where the clock jumps over midnight, the one after the jump.
fn midnight(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    day.to_zoned(zone.clone()).ok()?.start_of_day().ok().map(|start| start.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_that_of_the_calendar_in_its_time_zone() {
        use Refill::{Day, Month, Week};
        for (refill, zone, now, start, end) in [
            (Day, "UTC", "2026-11-26T10:00:00Z", "2026-11-26T00:00:00Z", "2026-11-27T00:00:00Z"),
            (Day, "UTC", "2026-11-26T00:00:00Z", "2026-11-26T00:00:00Z", "2026-11-27T00:00:00Z"),
            (Day, "UTC", "2026-11-26T23:59:59.999Z", "2026-11-26T00:00:00Z", "2026-11-27T00:00:00Z"),
            (Day, "Asia/Tokyo", "2026-11-26T15:00:00Z", "2026-11-26T15:00:00Z", "2026-11-27T15:00:00Z"),
            // 23 and 25 hours.
            (Day, "Europe/Berlin", "2026-03-29T10:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
            (Day, "Europe/Berlin", "2026-10-25T10:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
            // Cairo has no midnight on this day: the clock goes from 23:59 to 01:00.
            (Day, "Africa/Cairo", "2026-04-24T10:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"),
            // A Thursday, a Monday and a Sunday.
            (Week, "UTC", "2026-11-26T10:00:00Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"),
            (Week, "UTC", "2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"),
            (Week, "UTC", "2026-11-29T23:59:59Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"),
            (Month, "UTC", "2028-02-29T10:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"),
            (
                Month,
                "America/New_York",
                "2026-12-31T23:00:00Z",
                "2026-12-01T05:00:00Z",
                "2027-01-01T05:00:00Z",
            ),
        ] {
            let period = refill.period(zone, at(now));
            assert_eq!(period, Period { start: at(start), end: Some(at(end)) }, "{refill:?} {zone} {now}");
        }
    }

    #[test]
    fn never_is_one_period_and_so_is_the_end_of_the_calendar() {
        let once = Period { start: Timestamp::UNIX_EPOCH, end: None };
        assert_eq!(Refill::Never.period("UTC", at("2026-11-26T10:00:00Z")), once);
        assert_eq!(Refill::Month.period("UTC", Timestamp::MAX), once);
    }

    /// Every moment lies in the period that it is told, and the next begins where that ends.
    #[test]
    fn periods_follow_each_other_without_a_gap() {
        for refill in [Refill::Day, Refill::Week, Refill::Month] {
            for zone in ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Africa/Cairo"] {
                let mut now = at("2011-12-01T00:00:00Z");
                while now < at("2013-01-01T00:00:00Z") {
                    let Period { start, end } = refill.period(zone, now);
                    let end = end.unwrap();
                    assert!(start <= now && now < end, "{refill:?} {zone} {now}");
                    assert_eq!(refill.period(zone, end).start, end, "{refill:?} {zone} {now}");
                    now = end;
                }
            }
        }
    }
}

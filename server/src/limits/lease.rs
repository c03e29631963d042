//! What one process may spend of a quota by itself. The database counts all of it
//! as used from the moment it was leased, so any number of processes spend
//! without asking each other and never more than there is; one that vanishes
//! takes the rest of its lease along.
//!
//! A block is at most a sixteenth of what is left. So little is tied up, and
//! least of all at the end, when it would be missed. Times are milliseconds since
//! 1970.

use super::calendar::Period;
use super::declare::Limit;

/// What a block begins with. A process that uses one up within [`SOON`] doubles
/// the next.
const FIRST_BLOCK: i64 = 16;
const LARGEST_BLOCK: i64 = 1_000_000;
/// A lease is to last for about as long as this, or longer …
const SOON: i64 = 1_000;
/// … and one that lasts for much longer than that is halved.
const LONG: i64 = 10_000;
/// A block is at most one part of so many of what is left.
const PARTS: i64 = 16;
/// What nothing was spent of for so long goes back.
const IDLE: i64 = 10_000;
/// For so long the database is not asked again what is left.
const FRESH: i64 = 1_000;
/// A guard's lease.
const GUARD_UNITS: i64 = 16;
/// How long a guard may spend of its lease.
pub(super) const GUARD_TIME: i64 = 60_000;

/// What a process holds and knows of one quota.
#[derive(Debug)]
pub(super) struct Lease {
    /// What it holds belongs to this period. `None`: the database was not asked yet.
    period: Option<Period>,
    /// As the quota was declared when the database was asked.
    declared: Option<Limit>,
    /// What may be spent. Less than none was spent without asking, because the
    /// database could not be asked and the application wants it so.
    units: i64,
    /// What nobody has leased, as the database said …
    left: i64,
    /// … at this time.
    learned_at: i64,
    /// When the last block was leased.
    taken_at: Option<i64>,
    spent_at: i64,
    block: i64,
    /// More is being asked for in the background.
    is_asking: bool,
    /// Guards whose lease from here runs, and until when.
    guards: Vec<(String, i64)>,
}

/// Whether a lease covers a cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cover {
    Enough,
    /// The database may have more.
    Ask,
    /// There is not so much.
    Exceeded,
}

impl Lease {
    pub(super) fn new(now: i64) -> Self {
        Lease {
            period: None,
            declared: None,
            units: 0,
            left: 0,
            learned_at: now,
            taken_at: None,
            spent_at: now,
            block: FIRST_BLOCK,
            is_asking: false,
            guards: Vec::new(),
        }
    }

    /// What is held ends with its period. What is left of it is of no use to anybody.
    pub(super) fn advance(&mut self, now: i64) {
        let is_over = |period: Period| period.end.is_some_and(|end| end.as_millisecond() <= now);
        if self.period.is_some_and(is_over) {
            let Lease { block, spent_at, is_asking, .. } = *self;
            *self = Lease { block, spent_at, is_asking, ..Lease::new(now) };
        }
        self.guards.retain(|(_, end)| *end > now);
    }

    /// Whether what is held was given for the quota as it is declared now. What was given for a
    /// larger one would exceed this one.
    pub(super) fn is_of(&self, limit: &Limit) -> bool {
        self.period.is_none() || self.declared.as_ref() == Some(limit)
    }

    /// Whether a cost can be spent at this time.
    pub(super) fn covers(&self, cost: i64, now: i64) -> Cover {
        let is_fresh = self.period.is_some() && now.saturating_sub(self.learned_at) < FRESH;
        if self.period.is_some() && (cost == 0 || cost <= self.units) {
            Cover::Enough
        } else if is_fresh && cost > self.units.saturating_add(self.left) {
            Cover::Exceeded
        } else {
            Cover::Ask
        }
    }

    /// Spends what is covered, or what nobody could be asked about.
    pub(super) fn spend(&mut self, cost: i64, now: i64) {
        if cost > 0 {
            self.units = self.units.saturating_sub(cost);
            self.spent_at = now;
        }
    }

    /// How much to ask the database for, so that a cost is covered.
    pub(super) fn wish(&self, cost: i64, quota: i64) -> i64 {
        let left = if self.period.is_some() { self.left } else { quota };
        self.block.min(left / PARTS).max(cost.saturating_sub(self.units)).max(0)
    }

    /// Whether to ask for more now, before there is nothing: nobody does yet.
    pub(super) fn starts_asking(&mut self) -> bool {
        let is_low = self.period.is_some() && self.units < self.block.min(self.left / PARTS) / 4;
        let starts = is_low && !self.is_asking;
        self.is_asking |= starts;
        starts
    }

    /// What was asked for in the background has come, or will not.
    pub(super) fn ends_asking(&mut self) {
        self.is_asking = false;
    }

    /// What the database gave of a quota, in which period, and what is used with that.
    pub(super) fn got(&mut self, units: i64, limit: &Limit, used: i64, period: Period, now: i64) {
        if self.period.is_some_and(|held| held.start != period.start) {
            // Another process has refilled it already: what was held is of the period before.
            self.units = 0;
        }
        self.period = Some(period);
        if self.declared.as_ref() != Some(limit) {
            self.declared = Some(limit.clone());
        }
        self.units = self.units.saturating_add(units);
        self.left = limit.limit.saturating_sub(used).max(0);
        self.learned_at = now;
        if units > 0 {
            match self.taken_at.map(|taken_at| now.saturating_sub(taken_at)) {
                Some(..SOON) => self.block = (self.block * 2).min(LARGEST_BLOCK),
                Some(LONG..) => self.block = (self.block / 2).max(FIRST_BLOCK),
                Some(_) | None => {}
            }
            self.taken_at = Some(now);
        }
    }

    /// Whether the guard has a lease from here that runs.
    pub(super) fn lends_to(&self, guard: &str) -> bool {
        self.guards.iter().any(|(known, _)| known == guard)
    }

    /// Gives some of what is held to a guard: how much, until when, and of which period.
    pub(super) fn lend(&mut self, guard: &str, now: i64) -> Option<(i64, i64, Period)> {
        let period = self.period?;
        let units = self.units.min(GUARD_UNITS.min(self.remaining() / PARTS).max(1));
        let end = guard_end(period, now);
        if units < 1 || end.saturating_sub(now) < 1_000 {
            return None;
        }
        self.units -= units;
        self.spent_at = now;
        self.guards.push((guard.to_owned(), end));
        Some((units, end, period))
    }

    /// How much is left for all, as far as is known here.
    pub(super) fn remaining(&self) -> i64 {
        self.units.saturating_add(self.left).max(0)
    }

    /// When all of it is there again; `None`: never, or it is not known.
    pub(super) fn refill(&self) -> Option<i64> {
        Some(self.period?.end?.as_millisecond())
    }

    /// Whether nothing was spent for so long that what is held goes back.
    pub(super) fn is_idle(&self, now: i64) -> bool {
        now.saturating_sub(self.spent_at) >= IDLE
    }

    /// Whether it can be forgotten.
    pub(super) fn is_over(&self, now: i64) -> bool {
        self.units == 0 && self.guards.is_empty() && self.is_idle(now)
    }

    /// Lets go of what is held: the period that it goes back to, and how much.
    pub(super) fn release(&mut self) -> Option<(i64, i64)> {
        let units = std::mem::take(&mut self.units);
        let period = self.period.take()?;
        (units != 0).then_some((period.start.as_millisecond(), units))
    }
}

/// When a lease ends that a guard gets now: never after the refill.
pub(super) fn guard_end(period: Period, now: i64) -> i64 {
    let end = now.saturating_add(GUARD_TIME);
    period.end.map_or(end, |refill| end.min(refill.as_millisecond()))
}

/// How much a guard gets that wants so much, of what nobody has.
pub(super) fn guard_units(wanted: i64, left: i64) -> i64 {
    wanted.min((left / PARTS).max(1)).min(left).max(0)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::limits::calendar::Refill;
    use crate::limits::declare::Kind;

    /// A quota of which so much is used that this is left.
    fn left(left: i64) -> (Limit, i64) {
        let kind = Kind::Quota { refill: Refill::Never, time_zone: "UTC".into() };
        (Limit { name: "calls".into(), limit: 10_000_000, kind }, 10_000_000 - left)
    }

    fn got(lease: &mut Lease, units: i64, nobody_has: i64, period: Period, now: i64) {
        let (limit, used) = left(nobody_has);
        lease.got(units, &limit, used, period, now);
    }

    /// In seconds, as are all times here.
    fn period(start: i64, end: Option<i64>) -> Period {
        let at = |second| Timestamp::from_second(second).unwrap();
        Period { start: at(start), end: end.map(at) }
    }

    /// Holds so much of a period of a thousand seconds, and knows what else is left.
    fn held(units: i64, left: i64) -> Lease {
        let mut lease = Lease::new(0);
        got(&mut lease, units, left, period(0, Some(1_000)), 0);
        lease
    }

    #[test]
    fn memory_says_what_it_can_and_the_database_is_asked_for_the_rest() {
        for (cost, now, expected) in [
            (0, 0, Cover::Enough),
            (10, 0, Cover::Enough),
            (11, 0, Cover::Ask),
            (15, 0, Cover::Ask),
            (16, 0, Cover::Exceeded),
            // Others may have given something back since.
            (16, FRESH, Cover::Ask),
            (10, 999_999, Cover::Enough),
        ] {
            assert_eq!(held(10, 5).covers(cost, now), expected, "{cost} at {now}");
        }
        assert_eq!(Lease::new(0).covers(0, 0), Cover::Ask, "nothing is known");
    }

    #[test]
    fn a_block_is_a_sixteenth_of_what_is_left_or_what_is_needed() {
        for (units, left, cost, wish) in [
            (0, 1_000_000, 1, FIRST_BLOCK),
            (0, 160, 1, 10),
            (0, 15, 1, 1),
            (0, 15, 7, 7),
            (5, 15, 7, 2),
            (5, 0, 7, 2),
            // What passed without being leased is leased first.
            (-50, 10_000, 7, 57),
        ] {
            assert_eq!(held(units, left).wish(cost, 1_000_000), wish, "{units} {left} {cost}");
        }
        assert_eq!(Lease::new(0).wish(1, 80), 5, "nothing is known but how much there is");
    }

    #[test]
    fn blocks_grow_while_they_are_used_up_soon_and_shrink_again() {
        let mut lease = held(16, 1_000_000);
        let mut blocks = Vec::new();
        for pause in [SOON - 1, SOON - 1, SOON, LONG - 1, LONG, LONG, LONG] {
            let now = lease.taken_at.unwrap() + pause;
            got(&mut lease, 1, 1_000_000, period(0, Some(1_000)), now);
            blocks.push(lease.block);
        }
        assert_eq!(blocks, [32, 64, 64, 64, 32, 16, 16]);
    }

    #[test]
    fn more_is_asked_for_once_before_there_is_nothing() {
        let mut lease = held(5, 1_000);
        assert!(!lease.starts_asking());
        lease.spend(2, 1);
        assert!(lease.starts_asking(), "under a quarter of a block");
        assert!(!lease.starts_asking(), "somebody asks already");
        lease.ends_asking();
        assert!(lease.starts_asking());
        assert!(!held(0, 15).starts_asking(), "at the end, nothing is held in reserve");
    }

    #[test]
    fn a_lease_ends_with_its_period() {
        let mut lease = held(10, 5);
        lease.advance(999_999);
        assert_eq!(lease.remaining(), 15);
        lease.advance(1_000_000);
        assert_eq!((lease.remaining(), lease.covers(1, 1_000_000)), (0, Cover::Ask));
        // Another process was the first to refill: what is held is of the period before.
        let mut lease = held(10, 5);
        got(&mut lease, 3, 90, period(1_000, Some(2_000)), 0);
        assert_eq!((lease.units, lease.release()), (3, Some((1_000_000, 3))));
    }

    #[test]
    fn what_lies_idle_is_let_go_of_whole() {
        let mut lease = held(10, 5);
        lease.spend(4, 100);
        assert!(!lease.is_idle(100 + IDLE - 1) && lease.is_idle(100 + IDLE));
        assert_eq!(lease.release(), Some((0, 6)));
        assert_eq!((lease.release(), lease.is_over(100 + IDLE)), (None, true));
        let mut lease = held(1, 5);
        lease.spend(4, 100);
        assert_eq!(lease.release(), Some((0, -3)), "what was overdrawn is used");
    }

    #[test]
    fn a_guard_gets_one_lease_at_a_time_and_none_past_the_refill() {
        let mut lease = held(40, 1_000);
        assert_eq!(lease.lend("a", 0), Some((16, GUARD_TIME, period(0, Some(1_000)))));
        assert!(lease.lends_to("a") && !lease.lends_to("b"));
        lease.advance(GUARD_TIME);
        assert!(!lease.lends_to("a"));
        assert_eq!(lease.lend("b", 990_000).map(|(units, end, _)| (units, end)), Some((16, 1_000_000)));
        assert_eq!(lease.lend("c", 999_001), None, "for less than a second");
        assert_eq!(lease.lend("c", 0).map(|(units, ..)| units), Some(8), "all that is held");
        assert_eq!(lease.lend("d", 0), None);
        assert_eq!(
            (guard_units(50, 1_600), guard_units(500, 1_600), guard_units(5, 1), guard_units(5, -1)),
            (50, 100, 1, 0)
        );
    }
}

//! A check against all limits of a key and its owner: spends of all of them, or
//! of none.

use std::sync::{Arc, MutexGuard};

use jiff::Timestamp;

use super::calendar::{Period, Refill};
use super::declare::{Kind, KindName, Limit};
use super::lease::{Cover, Lease};
use super::table::Counter;
use super::window::Window;
use super::{Limits, Of, id, millis, seconds_up};
use crate::state::App;
use crate::store::guards::Lent;
use crate::store::limits::{Back, Given, Wish};
use crate::store::{Result, StoreError};

/// Whose limits are asked for.
pub(crate) struct Holder<'a> {
    pub(crate) of: Of,
    pub(crate) id: &'a str,
    pub(crate) limits: &'a [Limit],
}

/// What is asked.
pub(crate) struct Check<'a> {
    pub(crate) application: &'a str,
    pub(crate) holders: &'a [Holder<'a>],
    /// Zero looks without spending.
    pub(crate) cost: i64,
    /// The guard that asks: it spends by itself, and gets units of quotas for it.
    pub(crate) guard: Option<&'a str>,
    /// Whether a key passes while the database cannot be asked for a quota.
    pub(crate) allows_on_failure: bool,
}

/// What came of it.
pub(crate) struct Checked {
    pub(crate) verdict: Verdict,
    /// The limits in the order in which they were asked for.
    pub(crate) limits: Vec<Told>,
}

/// Whether there was room in all limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Room,
    RateLimited,
    QuotaExceeded,
}

/// A limit after the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) name: String,
    pub(crate) of: Of,
    pub(crate) kind: KindName,
    pub(crate) limit: i64,
    /// What is left, as far as this process knows: others may have leased some.
    pub(crate) remaining: i64,
    /// Of a limit that refuses: when the same may be asked again. Of a rate else: when
    /// its window ends. Of a quota: when it is refilled; `None`: never.
    pub(crate) reset_seconds: Option<i64>,
    /// For a guard: how it reports use of this limit.
    pub(crate) id: Option<String>,
    /// For a guard, which counts rates itself: over how long.
    pub(crate) window_seconds: Option<i64>,
    /// For a guard: what it may spend of a quota from now on, and for how long.
    pub(crate) lease: Option<ToldLease>,
}

/// Units that a guard may spend by itself, besides those that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ToldLease {
    pub(crate) units: i64,
    /// From when the guard has asked.
    pub(crate) until_seconds: i64,
}

/// Spends a cost of all limits, or of none if one of them has no room.
///
/// # Errors
/// When a quota is not leased here and the database cannot be asked: then nothing
/// is spent. With `allows_on_failure` it is spent all the same.
pub(crate) async fn check(app: &App, check: &Check<'_>) -> Result<Checked> {
    let counters = Counters::of(app.limits(), check, app.now());
    let mut overdraws = false;
    loop {
        match counters.spend(app, check, overdraws) {
            Tried::Answered(checked) => return Ok(checked),
            Tried::Asks(quota, units) => {
                let leased = lease(app, &quota.counter, quota.limit, Need::Covered(units)).await;
                if let Err(error) = leased {
                    if !check.allows_on_failure {
                        return Err(error);
                    }
                    tracing::debug!(%error, "a quota could not be asked for; the key passes, as its application wants");
                    overdraws = true;
                }
            }
        }
    }
}

/// A limit and its counter.
pub(super) struct Counted<'a, T> {
    /// Its place in the answer.
    place: usize,
    of: Of,
    pub(super) limit: &'a Limit,
    wire_id: String,
    pub(super) counter: Arc<Counter<T>>,
}

/// All counters of a check, in the order of their ids: whoever locks several does
/// so in this order.
pub(super) struct Counters<'a> {
    pub(super) rates: Vec<Counted<'a, Window>>,
    pub(super) quotas: Vec<Counted<'a, Lease>>,
}

enum Tried<'c, 'a> {
    Answered(Checked),
    /// The lease of this quota lacks some for so many units.
    Asks(&'c Counted<'a, Lease>, i64),
}

impl<'a> Counters<'a> {
    pub(super) fn of(limits: &Limits, check: &Check<'a>, now: Timestamp) -> Self {
        let (mut rates, mut quotas) = (Vec::new(), Vec::new());
        let all =
            check.holders.iter().flat_map(|holder| holder.limits.iter().map(move |limit| (holder, limit)));
        for (place, (holder, limit)) in all.enumerate() {
            let (of, wire_id) = (holder.of, id::of_limit(holder.of, holder.id, &limit.name));
            match &limit.kind {
                Kind::Rate { window_seconds } => {
                    let id = id::of_rate(check.application, &wire_id, *window_seconds);
                    let counter = limits.rates.get(&id, || Window::new(window_seconds * 1000, millis(now)));
                    rates.push(Counted { place, of, limit, wire_id, counter });
                }
                Kind::Quota { .. } => {
                    let id = id::of_quota(check.application, &wire_id);
                    let counter = limits.quotas.get(&id, || Lease::new(millis(now)));
                    quotas.push(Counted { place, of, limit, wire_id, counter });
                }
            }
        }
        rates.sort_unstable_by(|one, other| one.counter.id.cmp(&other.counter.id));
        quotas.sort_unstable_by(|one, other| one.counter.id.cmp(&other.counter.id));
        Counters { rates, quotas }
    }

    /// Spends, if memory is enough to say whether there is room.
    fn spend(&self, app: &App, check: &Check<'_>, overdraws: bool) -> Tried<'_, 'a> {
        let now = millis(app.now());
        let cost = if check.guard.is_some() { 0 } else { check.cost };
        let mut windows: Vec<_> = self.rates.iter().map(|rate| rate.counter.lock()).collect();
        let mut leases: Vec<_> = self.quotas.iter().map(|quota| quota.counter.lock()).collect();
        windows.iter_mut().for_each(|window| window.advance(now));
        leases.iter_mut().for_each(|lease| lease.advance(now));

        let is_over = |(rate, window): (&Counted<'_, Window>, &MutexGuard<'_, Window>)| {
            cost > window.room(rate.limit.limit, now)
        };
        let mut verdict = Verdict::Room;
        if self.rates.iter().zip(&windows).any(is_over) {
            verdict = Verdict::RateLimited;
        }
        for (quota, lease) in self.quotas.iter().zip(&leases) {
            // A guard needs something to begin with, and a refusal needs nothing.
            let needs = match check.guard {
                Some(guard) => i64::from(!lease.lends_to(guard)),
                None if verdict == Verdict::Room => cost,
                None => 0,
            };
            let cover = if lease.is_of(quota.limit) { lease.covers(needs, now) } else { Cover::Ask };
            match cover {
                Cover::Ask if !overdraws => return Tried::Asks(quota, needs),
                Cover::Exceeded if check.guard.is_none() => verdict = Verdict::QuotaExceeded,
                Cover::Enough | Cover::Ask | Cover::Exceeded => {}
            }
        }
        if verdict == Verdict::Room {
            windows.iter_mut().for_each(|window| window.add(cost));
            leases.iter_mut().for_each(|lease| lease.spend(cost, now));
        }
        Tried::Answered(Checked { verdict, limits: self.told(app, check, (&windows, &mut leases), now) })
    }

    /// What is told of all limits, in the order in which they were asked for.
    fn told(
        &self,
        app: &App,
        check: &Check<'_>,
        (windows, leases): (&[MutexGuard<'_, Window>], &mut [MutexGuard<'_, Lease>]),
        now: i64,
    ) -> Vec<Told> {
        let rates = self.rates.iter().zip(windows).map(|(rate, window)| {
            let told = rate.told(check, window.room(rate.limit.limit, now));
            (rate.place, Told { reset_seconds: Some(rate.reset(window, check.cost, now)), ..told })
        });
        let mut limits: Vec<_> = rates.collect();
        for (quota, lease) in self.quotas.iter().zip(leases) {
            let given = check.guard.and_then(|guard| quota.lend(app, check, guard, lease, now));
            let told = quota.told(check, lease.remaining());
            let reset_seconds = lease.refill().map(|refill| seconds_up(refill - now));
            limits.push((quota.place, Told { reset_seconds, lease: given, ..told }));
            // A guard has what it needs, and who only looks may not come again: there may be
            // no checks here.
            if check.guard.is_none() && check.cost > 0 && lease.starts_asking() {
                quota.ask_ahead(app);
            }
        }
        limits.sort_unstable_by_key(|(place, _)| *place);
        limits.into_iter().map(|(_, told)| told).collect()
    }
}

impl<T> Counted<'_, T> {
    fn told(&self, check: &Check<'_>, remaining: i64) -> Told {
        Told {
            name: self.limit.name.clone(),
            of: self.of,
            kind: self.limit.kind.name(),
            limit: self.limit.limit,
            remaining: remaining.min(self.limit.limit),
            reset_seconds: None,
            id: check.guard.map(|_| self.wire_id.clone()),
            window_seconds: check.guard.and_then(|_| self.limit.kind.window_seconds()),
            lease: None,
        }
    }
}

impl Counted<'_, Window> {
    fn reset(&self, window: &Window, cost: i64, now: i64) -> i64 {
        let wait = window.room_in(cost, self.limit.limit, now).filter(|wait| *wait > 0);
        seconds_up(wait.unwrap_or_else(|| window.end() - now))
    }
}

impl Counted<'_, Lease> {
    /// Gives the guard something to begin with, unless it has something from here.
    fn lend(
        &self,
        app: &App,
        check: &Check<'_>,
        guard: &str,
        lease: &mut Lease,
        now: i64,
    ) -> Option<ToldLease> {
        if lease.lends_to(guard) {
            return None;
        }
        let (units, ends_at, period) = lease.lend(guard, now)?;
        app.limits().lent().push(Lent {
            guard: id::of_guard(check.application, guard),
            quota: self.counter.id.clone(),
            period: millis(period.start),
            units,
            ends_at,
        });
        Some(ToldLease { units, until_seconds: (ends_at - now) / 1000 })
    }

    /// Leases the next block before this one is used up, so that no check waits for it.
    fn ask_ahead(&self, app: &App) {
        let (app, counter, limit) = (app.clone(), self.counter.clone(), self.limit.clone());
        tokio::spawn(async move {
            if let Err(error) = lease(&app, &counter, &limit, Need::Ahead).await {
                tracing::debug!(%error, "a quota could not be asked for ahead; a check will ask");
            }
            counter.lock().ends_asking();
        });
    }
}

/// Asks the database for a block that covers so many units, unless whoever had the
/// turn before has brought enough.
async fn lease(app: &App, counter: &Counter<Lease>, limit: &Limit, units: Need) -> Result<()> {
    let _turn = counter.turn.lock().await;
    give_back_of_former(app, counter, limit).await?;
    let now = app.now();
    let wished = {
        let mut lease = counter.lock();
        lease.advance(millis(now));
        match units {
            Need::Covered(units) if lease.covers(units, millis(now)) != Cover::Ask => return Ok(()),
            Need::Covered(units) => lease.wish(units, limit.limit),
            Need::Ahead => lease.wish(0, limit.limit),
        }
    };
    let Kind::Quota { refill, time_zone } = &limit.kind else { return Ok(()) };
    let period = refill.period(time_zone, now);
    let wish = wish(&counter.id, period, limit.limit, wished);
    let given = app.store().take_of_quotas(&[wish]).await?.pop();
    let Given { period: start, units, used, .. } =
        given.ok_or_else(|| StoreError::failed("a quota was not told"))?;
    let period = period_from(period, *refill, time_zone, start);
    counter.lock().got(units, limit, used, period, millis(app.now()));
    Ok(())
}

/// Gives back what is held if the quota was declared in another way when it was leased: then the
/// database says how much of it there still is.
pub(super) async fn give_back_of_former(app: &App, counter: &Counter<Lease>, limit: &Limit) -> Result<()> {
    let held = {
        let mut lease = counter.lock();
        if lease.is_of(limit) { None } else { lease.release() }
    };
    let Some((period, units)) = held else { return Ok(()) };
    app.store().give_back_to_quotas(&[Back { id: counter.id.clone(), period, units }]).await
}

/// Why a block is leased.
#[derive(Clone, Copy)]
enum Need {
    /// So many units are to be there.
    Covered(i64),
    /// There will be checks.
    Ahead,
}

/// What to ask the database for.
pub(super) fn wish(id: &str, period: Period, quota: i64, units: i64) -> Wish {
    let Period { start, end } = period;
    Wish { id: id.to_owned(), period: millis(start), ends_at: end.map(millis), quota, units }
}

/// The period that begins at this moment: most often the one that was asked for.
pub(super) fn period_from(asked: Period, refill: Refill, time_zone: &str, start: i64) -> Period {
    match Timestamp::from_millisecond(start) {
        Ok(start) if start != asked.start => Period { start, end: refill.period(time_zone, start).end },
        _ => asked,
    }
}

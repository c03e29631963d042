//! What a guard reports: how much of each limit it has used since its last report,
//! and how much more it wants.
//!
//! Reports have numbers, and the answer to the last one is kept: when it was lost on
//! the way, the guard asks again and nothing is counted twice.
//!
//! The next report of a guard is made after the answer to this one. So a lease that
//! has ended when this one is answered is over for the guard as well when it makes
//! the next; that one has all that was spent of the lease, and the rest goes back
//! to the quota. A guard that reports no more takes the rest along.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use super::calendar::{Period, Refill};
use super::check::{ToldLease, period_from, wish};
use super::declare::{Kind, Limit};
use super::lease::{guard_end, guard_units};
use super::sync::{counts_of, look_at};
use super::table::Counter;
use super::window::Window;
use super::{Of, id, millis, seconds_up};
use crate::http::problem::{Problem, ProblemCode};
use crate::state::App;
use crate::store::applications::Application;
use crate::store::guards::{LastReport, Lent};
use crate::store::limits::{Given, Wish};
use crate::store::{Result, StoreError, Tx};

/// A report.
pub(crate) struct Report<'a> {
    pub(crate) application: &'a str,
    pub(crate) guard: &'a str,
    pub(crate) number: i64,
    /// What is said of each limit, by its id.
    pub(crate) limits: BTreeMap<String, Said>,
    /// The guard ends: it gives back all that it has.
    pub(crate) done: bool,
}

/// What a report says of a limit.
pub(crate) struct Said {
    pub(crate) limit: Limit,
    pub(crate) spent: i64,
    /// How much more the guard wants to spend.
    pub(crate) wanted: i64,
}

/// What a guard is told of a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remains {
    pub(crate) limit: String,
    /// What is left, over all guards and processes.
    pub(crate) remaining: i64,
    pub(crate) reset_seconds: Option<i64>,
    pub(crate) lease: Option<ToldLease>,
}

/// The same, as it is kept: with moments instead of durations.
struct Kept {
    limit: String,
    remaining: i64,
    reset_at: Option<i64>,
    /// Units, and until when.
    lease: Option<(i64, i64)>,
}

/// The id that a guard has made for itself; `field` is where it stands.
///
/// # Errors
/// 422 for what cannot be one.
pub(crate) fn read_guard(field: &str, guard: String) -> std::result::Result<String, Problem> {
    let random = guard.strip_prefix("grd_").unwrap_or_default();
    if (16..=64).contains(&random.len()) && random.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(guard);
    }
    Err(Problem::field(field, format!("`{field}` must be \"grd_\" and 16 to 64 random letters and digits.")))
}

/// Those of an application's limits that have these ids, which guards were told. What
/// is there no more is left out.
///
/// # Errors
/// Those of the database.
pub(crate) async fn declared(
    app: &App,
    application: &Application,
    ids: impl Iterator<Item = &String>,
) -> Result<HashMap<String, Limit>> {
    let named: Vec<_> = ids.filter_map(|id| Some((id, id::parse(id)?))).collect();
    let holders = |wanted: Of| {
        let of_kind = named.iter().filter(|(_, (of, _, _))| *of == wanted);
        let unique: BTreeSet<_> = of_kind.map(|(_, (_, holder, _))| (*holder).to_owned()).collect();
        unique.into_iter().collect::<Vec<_>>()
    };
    let (keys, owners) = (holders(Of::Key), holders(Of::Owner));
    let mut known: HashMap<(Of, String), Vec<Limit>> = HashMap::new();
    if !keys.is_empty() {
        for (id, own) in app.store().limits_of_issued(&application.id, keys).await? {
            known.insert((Of::Key, id), own.unwrap_or_else(|| application.limits.clone()));
        }
    }
    if !owners.is_empty() {
        for (id, limits) in app.store().limits_of_owners(&application.id, owners).await? {
            known.insert((Of::Owner, id), limits);
        }
    }
    let found = named.iter().filter_map(|(id, (of, holder, name))| {
        let limits = known.get(&(*of, (*holder).to_owned()))?;
        Some(((*id).clone(), limits.iter().find(|limit| limit.name == *name)?.clone()))
    });
    Ok(found.collect())
}

/// Counts a report, once.
///
/// # Errors
/// 409 when a later report was answered already, and those of the database: then
/// nothing is counted, or the answer was lost and the same report is to be sent again.
pub(crate) async fn report(app: &App, report: &Report<'_>) -> std::result::Result<Vec<Remains>, Problem> {
    let now = app.now();
    let guard = id::of_guard(report.application, report.guard);
    let rates = look_at_rates(app, report, now).await;
    let mut tx = app.store().begin().await?;
    let last = tx.lock_guard(&guard).await?;
    if report.number < last.number {
        let detail = format!(
            "Report {} of this guard comes after report {} was answered. Send the next number.",
            report.number, last.number
        );
        return Err(Problem::new(ProblemCode::Conflict, detail));
    }
    let kept = if report.number == last.number {
        read(&last.answer)?
    } else {
        let until = if report.done { i64::MAX } else { last.answered_at };
        let mut kept = count_quotas(&mut tx, &guard, report, until, now).await?;
        let (rates, told): (Vec<_>, Vec<_>) =
            rates.into_iter().map(|Rate { counter, spent, kept }| ((counter, spent), kept)).unzip();
        kept.extend(told);
        let answer = LastReport { number: report.number, answered_at: millis(now), answer: write(&kept) };
        tx.answer_guard(&guard, &answer).await?;
        tx.commit().await?;
        for (counter, spent) in rates {
            let mut window = counter.lock();
            window.advance(millis(now));
            window.add(spent);
        }
        kept
    };
    Ok(kept.into_iter().map(|kept| kept.told(millis(now))).collect())
}

/// A quota that a report is about.
struct Quota<'r> {
    limit: &'r str,
    said: &'r Said,
    refill: Refill,
    time_zone: &'r str,
    /// The one that is by our clock.
    period: Period,
    /// Looks at it, and takes nothing.
    wish: Wish,
}

async fn count_quotas(
    tx: &mut Tx,
    guard: &str,
    report: &Report<'_>,
    until: i64,
    now: Timestamp,
) -> Result<Vec<Kept>> {
    let quotas: Vec<_> =
        report.limits.iter().filter_map(|(limit, said)| quota(report, limit, said, now)).collect();
    let spent: Vec<_> = quotas
        .iter()
        .filter(|quota| quota.said.spent > 0)
        .map(|Quota { said, wish, .. }| Lent {
            guard: guard.to_owned(),
            quota: wish.id.clone(),
            period: wish.period,
            units: -said.spent,
            ends_at: millis(now),
        })
        .collect();
    if !spent.is_empty() {
        tx.guard_has_spent(&spent).await?;
    }
    let back = tx.settle_guard(guard, until).await?;
    if !back.is_empty() {
        // All rows in one order, before some of them change.
        let ids = quotas.iter().map(|quota| &quota.wish.id).chain(back.iter().map(|back| &back.id));
        tx.lock_quotas(ids.cloned().collect()).await?;
        tx.give_back_to_quotas(&back).await?;
    }
    if quotas.is_empty() {
        return Ok(Vec::new());
    }
    let looks: Vec<_> = quotas.iter().map(|quota| quota.wish.clone()).collect();
    let found = by_id(tx.take_of_quotas(&looks).await?);
    let wishes: Vec<_> = quotas
        .iter()
        .filter_map(|quota| {
            let left = quota.wish.quota.saturating_sub(found.get(&quota.wish.id)?.used);
            let units = guard_units(quota.said.wanted, left);
            (units > 0 && !report.done).then(|| Wish { units, ..quota.wish.clone() })
        })
        .collect();
    let given = if wishes.is_empty() { BTreeMap::new() } else { by_id(tx.take_of_quotas(&wishes).await?) };
    let mut lent = Vec::new();
    let mut kept = Vec::new();
    for quota in &quotas {
        let id = &quota.wish.id;
        let Some(state) = given.get(id).or_else(|| found.get(id)) else { continue };
        let period = period_from(quota.period, quota.refill, quota.time_zone, state.period);
        let ends_at = guard_end(period, millis(now));
        let lease = (state.units > 0).then_some((state.units, ends_at));
        lent.extend(lease.map(|(units, ends_at)| Lent {
            guard: guard.to_owned(),
            quota: id.clone(),
            period: state.period,
            units,
            ends_at,
        }));
        kept.push(Kept {
            limit: quota.limit.to_owned(),
            remaining: quota.wish.quota.saturating_sub(state.used).max(0),
            reset_at: period.end.map(millis),
            lease,
        });
    }
    if !lent.is_empty() {
        tx.lend_to_guard(&lent).await?;
    }
    Ok(kept)
}

fn quota<'r>(report: &Report<'_>, limit: &'r str, said: &'r Said, now: Timestamp) -> Option<Quota<'r>> {
    let Kind::Quota { refill, time_zone } = &said.limit.kind else { return None };
    let (refill, id) = (*refill, id::of_quota(report.application, limit));
    let period = refill.period(time_zone, now);
    let wish = wish(&id, period, said.limit.limit, 0);
    Some(Quota { limit, said, refill, time_zone, period, wish })
}

fn by_id(given: Vec<Given>) -> BTreeMap<String, Given> {
    given.into_iter().map(|given| (given.id.clone(), given)).collect()
}

/// A rate that a report is about.
struct Rate {
    counter: Arc<Counter<Window>>,
    spent: i64,
    kept: Kept,
}

/// What is left of each rate after this report. What was spent is counted as this
/// process's own once the report is written down, and told to the others with the rest.
async fn look_at_rates(app: &App, report: &Report<'_>, now: Timestamp) -> Vec<Rate> {
    let rates: Vec<_> = report
        .limits
        .iter()
        .filter_map(|(limit, said)| match said.limit.kind {
            Kind::Rate { window_seconds } => {
                let (id, length) =
                    (id::of_rate(report.application, limit, window_seconds), window_seconds * 1000);
                let counter = app.limits().rates.get(&id, || Window::new(length, millis(now)));
                Some((limit, said, counter, length))
            }
            Kind::Quota { .. } => None,
        })
        .collect();
    if rates.is_empty() {
        return Vec::new();
    }
    let looks: Vec<_> =
        rates.iter().map(|(_, _, counter, length)| look_at(&counter.id, *length, millis(now))).collect();
    // Without an answer the process goes by what it knows, as it does for checks.
    let all = app.store().count_rates(&looks).await.unwrap_or_else(|error| {
        tracing::debug!(%error, "what others have counted of a rate is not known");
        Vec::new()
    });
    let all: HashMap<_, _> = all.iter().map(|row| (row.id.as_str(), row)).collect();
    let told = rates.into_iter().map(|(limit, said, counter, _)| {
        let kept = {
            let mut window = counter.lock();
            window.advance(millis(now));
            if let Some(row) = all.get(counter.id.as_str()) {
                window.learn(counts_of(row));
            }
            let remaining = window.room(said.limit.limit, millis(now)).saturating_sub(said.spent).max(0);
            Kept { limit: limit.clone(), remaining, reset_at: Some(window.end()), lease: None }
        };
        Rate { counter, spent: said.spent, kept }
    });
    told.collect()
}

impl Kept {
    /// At this moment. A lease whose answer comes late is shorter by that.
    fn told(self, now: i64) -> Remains {
        let Kept { limit, remaining, reset_at, lease } = self;
        let lease =
            lease.map(|(units, until)| ToldLease { units, until_seconds: (until - now).max(0) / 1000 });
        Remains {
            limit,
            remaining,
            reset_seconds: reset_at.map(|reset| seconds_up(reset - now)),
            lease: lease.filter(|lease| lease.until_seconds > 0),
        }
    }
}

fn write(kept: &[Kept]) -> String {
    let rows: Vec<_> =
        kept.iter().map(|kept| json!([kept.limit, kept.remaining, kept.reset_at, kept.lease])).collect();
    json!(rows).to_string()
}

fn read(answer: &str) -> Result<Vec<Kept>> {
    type Row = (String, i64, Option<i64>, Option<(i64, i64)>);
    let rows: Vec<Row> = serde_json::from_str(answer)
        .map_err(|_| StoreError::failed("the answer to a report cannot be read"))?;
    Ok(rows
        .into_iter()
        .map(|(limit, remaining, reset_at, lease)| Kept { limit, remaining, reset_at, lease })
        .collect())
}

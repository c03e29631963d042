//! What is left of limits over all processes, for who looks at a key or an owner. A check
//! goes by what its own process knows; this asks the database first. Nothing is spent, and
//! nothing leased.

use std::collections::HashMap;

use super::check::{self, Check, Counted, Counters, Holder, Told};
use super::declare::Kind;
use super::millis;
use super::sync::{counts_of, look_at};
use super::window::Window;
use crate::state::App;
use crate::store::Result;

/// The limits of these holders, in the order in which they were asked for.
///
/// # Errors
/// Those of the database.
pub(crate) async fn look(app: &App, application: &str, holders: &[Holder<'_>]) -> Result<Vec<Told>> {
    let check = Check { application, holders, cost: 0, guard: None, allows_on_failure: false };
    // What is learned stays in the counters while they are held.
    let counters = Counters::of(app.limits(), &check, app.now());
    learn_rates(app, &counters).await?;
    learn_quotas(app, &counters).await?;
    Ok(check::check(app, &check).await?.limits)
}

async fn learn_rates(app: &App, counters: &Counters<'_>) -> Result<()> {
    let now = millis(app.now());
    let look = |rate: &Counted<'_, Window>| look_at(&rate.counter.id, rate.counter.lock().length(), now);
    let looks: Vec<_> = counters.rates.iter().map(look).collect();
    if looks.is_empty() {
        return Ok(());
    }
    let all = app.store().count_rates(&looks).await?;
    let all: HashMap<_, _> = all.iter().map(|row| (row.id.as_str(), row)).collect();
    for rate in &counters.rates {
        let mut window = rate.counter.lock();
        window.advance(now);
        if let Some(row) = all.get(rate.counter.id.as_str()) {
            window.learn(counts_of(row));
        }
    }
    Ok(())
}

async fn learn_quotas(app: &App, counters: &Counters<'_>) -> Result<()> {
    let now = app.now();
    let mut asked = HashMap::new();
    let mut looks = Vec::new();
    for quota in &counters.quotas {
        let Kind::Quota { refill, time_zone } = &quota.limit.kind else { continue };
        check::give_back_of_former(app, &quota.counter, quota.limit).await?;
        let period = refill.period(time_zone, now);
        looks.push(check::wish(&quota.counter.id, period, quota.limit.limit, 0));
        asked.insert(quota.counter.id.as_str(), (quota, period, *refill, time_zone));
    }
    if looks.is_empty() {
        return Ok(());
    }
    for given in app.store().take_of_quotas(&looks).await? {
        let Some((quota, period, refill, time_zone)) = asked.get(given.id.as_str()) else { continue };
        let period = check::period_from(*period, *refill, time_zone, given.period);
        quota.counter.lock().got(0, quota.limit, given.used, period, millis(now));
    }
    Ok(())
}

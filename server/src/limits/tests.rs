//! Several processes on one database, asked as the handlers ask. `tests/service/limits.rs`
//! has the same over HTTP, on both databases.

use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;

use super::calendar::Refill;
use super::check::{Check, Checked, Holder, Verdict, check};
use super::declare::{Kind, Limit};
use super::*;
use crate::state::App;
use crate::{Config, Database, ManualClock};

const NOW: &str = "2026-11-20T10:00:00Z";

struct Processes {
    apps: Vec<App>,
    clock: Arc<ManualClock>,
    _directory: tempfile::TempDir,
}

impl Processes {
    async fn start(count: usize) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(NOW.parse().unwrap()));
        let mut apps = Vec::new();
        for _ in 0..count {
            apps.push(open(directory.path(), &clock).await);
        }
        Processes { apps, clock, _directory: directory }
    }

    fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    async fn sync(&self) {
        for app in &self.apps {
            app.sync_limits().await;
        }
    }
}

/// Without jobs, which would tell what was counted in the middle of a test.
async fn open(directory: &Path, clock: &Arc<ManualClock>) -> App {
    let mut config = Config::new(Database::Sqlite(directory.join("keys.db")));
    config.clock = clock.clone();
    App::open_without_jobs(config).await.unwrap()
}

fn quota(limit: i64, refill: Refill) -> Limit {
    Limit { name: "calls".into(), limit, kind: Kind::Quota { refill, time_zone: "UTC".into() } }
}

fn rate(limit: i64) -> Limit {
    Limit { name: "requests".into(), limit, kind: Kind::Rate { window_seconds: 60 } }
}

async fn ask(app: &App, limits: &[Limit], cost: i64) -> Checked {
    let holders = [Holder { of: Of::Key, id: "key_1", limits }];
    let asked =
        Check { application: "app_1", holders: &holders, cost, guard: None, allows_on_failure: false };
    check(app, &asked).await.unwrap()
}

/// How much of `cost` at a time is allowed until it is refused.
async fn spend_all(app: &App, limits: &[Limit], cost: i64) -> i64 {
    let mut spent = 0;
    while ask(app, limits, cost).await.verdict == Verdict::Room {
        spent += cost;
    }
    spent
}

async fn remaining(app: &App, limits: &[Limit]) -> i64 {
    ask(app, limits, 0).await.limits[0].remaining
}

#[tokio::test]
async fn a_quota_is_spent_by_three_processes_to_the_last_unit_and_never_more() {
    for limit in [1, 2, 10, 100, 5_000] {
        let processes = Processes::start(3).await;
        let limits = [quota(limit, Refill::Month)];
        let mut spent = 0;
        for _ in 0..3 {
            for app in &processes.apps {
                spent += spend_all(app, &limits, 1).await;
            }
            // What some of them have leased and not spent goes back.
            processes.pass(11);
            processes.sync().await;
        }
        assert_eq!(spent, limit);
    }
}

#[tokio::test]
async fn a_cost_is_spent_whole_or_not_at_all() {
    let processes = Processes::start(2).await;
    let limits = [quota(100, Refill::Never)];
    let [one, other] = &processes.apps[..] else { panic!("there are two") };
    assert_eq!(ask(one, &limits, 60).await.verdict, Verdict::Room);
    assert_eq!(ask(other, &limits, 60).await.verdict, Verdict::QuotaExceeded);
    assert_eq!(remaining(other, &limits).await, 40);
    assert_eq!(ask(other, &limits, 40).await.verdict, Verdict::Room);
    assert_eq!(ask(other, &limits, 101).await.verdict, Verdict::QuotaExceeded);
    let told = ask(one, &limits, 0).await;
    assert_eq!((told.verdict, told.limits[0].reset_seconds), (Verdict::Room, None), "a look is no refusal");
}

#[tokio::test]
async fn a_refusal_of_one_limit_spends_nothing_of_the_others() {
    let processes = Processes::start(1).await;
    let app = &processes.apps[0];
    let both = [quota(5, Refill::Never), rate(3)];
    let left = |checked: Checked| checked.limits.iter().map(|told| told.remaining).collect::<Vec<_>>();
    assert_eq!(left(ask(app, &both, 2).await), [3, 1]);
    let refused = ask(app, &both, 2).await;
    assert_eq!(refused.verdict, Verdict::RateLimited);
    assert_eq!(
        refused.limits[1].reset_seconds,
        Some(90),
        "of two in the window before, one still counts then"
    );
    assert_eq!(left(refused), [3, 1]);
    processes.pass(120);
    assert_eq!(left(ask(app, &both, 3).await), [0, 0]);
    processes.pass(120);
    let refused = ask(app, &both, 1).await;
    assert_eq!(refused.verdict, Verdict::QuotaExceeded);
    assert_eq!(left(refused), [0, 3]);
    let refused = ask(app, &both, 4).await;
    assert_eq!(refused.verdict, Verdict::RateLimited, "the rate is told first");
}

#[tokio::test]
async fn an_owner_shares_its_limits_among_its_keys() {
    let processes = Processes::start(1).await;
    let (own, shared) = ([quota(3, Refill::Never)], [quota(4, Refill::Never)]);
    let ask = async |key: &str| {
        let holders = [
            Holder { of: Of::Key, id: key, limits: &own },
            Holder { of: Of::Owner, id: "cust_7", limits: &shared },
        ];
        let asked =
            Check { application: "app_1", holders: &holders, cost: 1, guard: None, allows_on_failure: false };
        let checked = check(&processes.apps[0], &asked).await.unwrap();
        let left: Vec<_> = checked.limits.iter().map(|told| (told.of, told.remaining)).collect();
        (checked.verdict == Verdict::Room, left)
    };
    for (key, passes, own, shared) in [
        ("key_1", true, 2, 3),
        ("key_1", true, 1, 2),
        ("key_2", true, 2, 1),
        ("key_1", true, 0, 0),
        ("key_2", false, 2, 0),
        ("key_1", false, 0, 0),
    ] {
        assert_eq!(ask(key).await, (passes, vec![(Of::Key, own), (Of::Owner, shared)]), "{key}");
    }
}

#[tokio::test]
async fn a_quota_is_refilled_at_the_edge_of_the_calendar_and_no_lease_reaches_over_it() {
    let processes = Processes::start(2).await;
    let limits = [quota(1_000, Refill::Day)];
    let [one, other] = &processes.apps[..] else { panic!("there are two") };
    ask(one, &limits, 900).await;
    let told = ask(other, &limits, 1).await;
    assert_eq!(told.limits[0].reset_seconds, Some(14 * 3600), "until midnight");
    processes.pass(14 * 3600 - 1);
    assert!(spend_all(other, &limits, 1).await <= 99);
    processes.pass(1);
    assert_eq!(spend_all(one, &limits, 10).await, 1_000);
    assert_eq!(spend_all(other, &limits, 1).await, 0);
}

/// The process that is ahead begins the next period. The other one takes of that
/// as well, and gets nothing twice when its own clock comes to it.
#[tokio::test]
async fn processes_whose_clocks_differ_do_not_refill_twice() {
    let directory = tempfile::tempdir().unwrap();
    let [behind, ahead] =
        [NOW, "2026-11-21T00:00:01Z"].map(|now| Arc::new(ManualClock::at(now.parse().unwrap())));
    let (one, other) = (open(directory.path(), &behind).await, open(directory.path(), &ahead).await);
    let limits = [quota(100, Refill::Day)];
    assert_eq!(spend_all(&one, &limits, 1).await, 100);
    assert_eq!(spend_all(&other, &limits, 1).await, 100);
    behind.advance(SignedDuration::from_secs(2));
    assert_eq!(spend_all(&one, &limits, 1).await, 0);
    behind.set("2026-11-21T00:00:02Z".parse().unwrap());
    assert_eq!(spend_all(&one, &limits, 1).await, 0);
    // Back by a month: what was there is gone all the same.
    behind.set("2026-10-01T00:00:00Z".parse().unwrap());
    let restarted = open(directory.path(), &behind).await;
    assert_eq!(spend_all(&restarted, &limits, 1).await, 0);
}

#[tokio::test]
async fn what_a_process_has_leased_goes_back_when_it_closes_and_is_lost_when_it_vanishes() {
    let processes = Processes::start(3).await;
    let limits = [quota(1_000, Refill::Month)];
    let [closing, vanishing, staying] = &processes.apps[..] else { panic!("there are three") };
    ask(closing, &limits, 1).await;
    ask(vanishing, &limits, 1).await;
    closing.close().await;
    // Nobody asks the third app anything any more; what it has leased is in nobody's hands.
    let spent = spend_all(staying, &limits, 1).await;
    assert!((900..998).contains(&spent), "{spent}");
    processes.pass(3600);
    staying.sync_limits().await;
    assert_eq!(spend_all(staying, &limits, 1).await, 0);
}

#[tokio::test]
async fn a_quota_that_was_changed_keeps_what_was_used_of_it() {
    let processes = Processes::start(1).await;
    let app = &processes.apps[0];
    let changes = [
        (100, Refill::Never),
        (150, Refill::Day),
        (160, Refill::Month),
        (175, Refill::Day),
        (180, Refill::Never),
    ];
    let mut used = 0;
    for (limit, refill) in changes {
        assert_eq!(spend_all(app, &[quota(limit, refill)], 1).await, limit - used, "{refill:?}");
        used = limit;
    }
    let lowered = ask(app, &[quota(10, Refill::Month)], 1).await;
    assert_eq!((lowered.verdict, lowered.limits[0].remaining), (Verdict::QuotaExceeded, 0));
    assert_eq!(lowered.limits[0].reset_seconds, Some((10 * 24 + 14) * 3600), "until the end of the month");
    processes.pass((10 * 24 + 14) * 3600);
    assert_eq!(spend_all(app, &[quota(10, Refill::Month)], 1).await, 10, "a period that is new is whole");
}

/// What a process has leased was given for the quota as it was.
#[tokio::test]
async fn a_quota_that_is_lowered_is_lower_at_once_in_each_process_that_holds_some() {
    let processes = Processes::start(2).await;
    let [one, other] = &processes.apps[..] else { panic!("there are two") };
    for app in [one, other] {
        ask(app, &[quota(1_000, Refill::Month)], 3).await;
    }
    let lowered = [quota(10, Refill::Month)];
    let spent = spend_all(one, &lowered, 1).await + spend_all(other, &lowered, 1).await;
    // What the other one holds counts as used until that has heard of the change.
    assert_eq!(spent + spend_all(one, &lowered, 1).await, 4);
    let raised = [quota(20, Refill::Month)];
    assert_eq!(spend_all(one, &raised, 1).await, 10, "what was given back can be spent");
}

#[tokio::test]
async fn a_quota_of_another_time_zone_is_refilled_by_its_calendar() {
    let processes = Processes::start(1).await;
    let app = &processes.apps[0];
    let of = |zone: &str| {
        let kind = Kind::Quota { refill: Refill::Day, time_zone: zone.into() };
        [Limit { kind, ..quota(10, Refill::Day) }]
    };
    assert_eq!(spend_all(app, &of("UTC"), 1).await, 10);
    assert_eq!(spend_all(app, &of("America/New_York"), 1).await, 0);
    processes.pass(14 * 3600);
    assert_eq!(spend_all(app, &of("America/New_York"), 1).await, 0, "midnight in London");
    processes.pass(5 * 3600);
    assert_eq!(spend_all(app, &of("America/New_York"), 1).await, 10, "midnight in New York");
    assert_eq!(spend_all(app, &of("UTC"), 1).await, 0);
    // Between two midnights that are an hour apart, neither day is given out twice.
    processes.pass(18 * 3600 + 1800);
    assert_eq!(spend_all(app, &of("Europe/Berlin"), 1).await, 10);
    for zone in ["UTC", "Europe/Berlin", "UTC"] {
        assert_eq!(spend_all(app, &of(zone), 1).await, 0, "{zone}");
    }
}

/// The documented worst case: each process counts for itself until it has heard of
/// the others.
#[tokio::test]
async fn a_rate_is_at_most_as_many_times_its_limit_as_there_are_processes_that_have_not_heard() {
    let processes = Processes::start(3).await;
    let limits = [rate(100)];
    let mut spent = 0;
    for app in &processes.apps {
        spent += spend_all(app, &limits, 1).await;
    }
    assert_eq!(spent, 300);
    processes.sync().await;
    for app in &processes.apps {
        assert_eq!(spend_all(app, &limits, 1).await, 0);
    }
    // In the middle of the next window half of it counts, and of what others have
    // counted the first one hears with its first use.
    processes.pass(90);
    let first = &processes.apps[0];
    assert_eq!(spend_all(first, &limits, 1).await, 50);
    processes.sync().await;
    processes.pass(15);
    assert_eq!(spend_all(first, &limits, 1).await, 0, "a quarter of 300, and the 50");
}

#[tokio::test]
async fn what_others_have_counted_is_known_after_it_was_told() {
    let processes = Processes::start(2).await;
    let limits = [rate(100)];
    let [one, other] = &processes.apps[..] else { panic!("there are two") };
    ask(one, &limits, 70).await;
    one.sync_limits().await;
    ask(other, &limits, 10).await;
    other.sync_limits().await;
    assert_eq!(remaining(other, &limits).await, 20);
    assert_eq!(ask(other, &limits, 21).await.verdict, Verdict::RateLimited);
}

#[tokio::test]
async fn a_database_that_is_gone_refuses_quotas_unless_the_application_allows_it() {
    let processes = Processes::start(1).await;
    let app = &processes.apps[0];
    let (quota, rate) = ([quota(1_000, Refill::Never)], [rate(5)]);
    ask(app, &quota, 1).await;
    app.store().close().await;
    assert_eq!(ask(app, &quota, 15).await.verdict, Verdict::Room, "it is leased");
    let gone = async |limits: &[Limit], allows_on_failure| {
        let holders = [Holder { of: Of::Key, id: "key_1", limits }];
        let asked =
            Check { application: "app_1", holders: &holders, cost: 100, guard: None, allows_on_failure };
        check(app, &asked).await.map(|checked| checked.verdict)
    };
    assert!(gone(&quota, false).await.unwrap_err().is_temporary());
    assert_eq!(gone(&quota, true).await.unwrap(), Verdict::Room);
    assert_eq!(ask(app, &rate, 5).await.verdict, Verdict::Room, "rates need no database");
    assert_eq!(gone(&rate, true).await.unwrap(), Verdict::RateLimited);
}

#[tokio::test]
async fn many_checks_at_once_spend_what_there_is() {
    let processes = Processes::start(3).await;
    let limits = Arc::new([quota(400, Refill::Month), rate(1_000_000)]);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..600 {
        let (app, limits) = (processes.apps[number % 3].clone(), limits.clone());
        tasks.spawn(async move { ask(&app, &*limits, 1).await.verdict == Verdict::Room });
    }
    let passed = tasks.join_all().await.into_iter().filter(|passes| *passes).count();
    assert!(passed <= 400, "{passed}");
    // What a process has asked for ahead may come after it has given back the rest.
    let mut spent = passed as i64;
    for _ in 0..10 {
        processes.pass(11);
        processes.sync().await;
        spent += spend_all(&processes.apps[0], &*limits, 1).await;
    }
    assert_eq!(spent, 400);
}

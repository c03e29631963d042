//! Random requests to three processes on one database and through three guards,
//! with clocks, lost answers and deaths; each run is the same again.

use jiff::SignedDuration;
use keylatch_server::Clock;
use serde_json::json;

use crate::guard::Guard;
use crate::harness::{Application, NewKey, Service};
use crate::limits::verify;

on_both_databases![
    what_has_passed_is_what_is_used,
    no_death_and_no_refill_makes_more_of_a_quota,
    no_jump_of_the_clock_makes_more_of_a_quota,
];

const STEPS: usize = 500;
/// Of the owner, and of each of its three keys.
const SHARED: i64 = 700;
const OWN: i64 = 300;

/// The same numbers in each run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn is_one_in(&mut self, number: u64) -> bool {
        self.below(number) == 0
    }
}

/// What is alive, and what has passed.
struct World<'s> {
    service: &'s Service,
    application: Application<'s>,
    keys: Vec<NewKey>,
    /// Besides the service itself.
    others: Vec<Service>,
    guards: Vec<Guard>,
    born: u64,
    numbers: Numbers,
    /// Seconds that have passed for everybody, whatever the clock of the servers shows.
    now: i64,
    passed: Passed,
}

/// What has passed since the last refill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Passed {
    keys: [i64; 3],
}

impl Passed {
    fn shared(&self) -> i64 {
        self.keys.iter().sum()
    }
}

impl<'s> World<'s> {
    async fn new(service: &'s Service, refill: &str, seed: u64) -> World<'s> {
        let quota =
            |limit: i64| json!([{"name": "calls", "kind": "quota", "limit": limit, "refill": refill}]);
        let application = service.application(json!({"limits": quota(OWN)})).await;
        let put = service.call(axum::http::Method::PUT, &application.path("/owners/cust_7"));
        let put = put.bearer(&application.manager).json(json!({"limits": quota(SHARED)})).await;
        assert_eq!(put.status, 200, "{}", put.text);
        let mut keys = Vec::new();
        for _ in 0..3 {
            keys.push(application.issue(json!({"expires_in": "never"})).await);
        }
        let others = vec![service.another_process().await, service.another_process().await];
        let guards = (1..=3).map(|number| Guard::new(number, &application.manager)).collect();
        let numbers = Numbers(seed);
        World {
            service,
            application,
            keys,
            others,
            guards,
            born: 3,
            numbers,
            now: 0,
            passed: Passed::default(),
        }
    }

    fn process(&mut self) -> usize {
        self.numbers.below(3) as usize
    }

    /// A request to a server, to a guard, a report, or a second that passes.
    async fn step(&mut self) {
        let (process, key) = (self.process(), self.numbers.below(3) as usize);
        let cost = [0, 1, 1, 1, 2, 5, 30][self.numbers.below(7) as usize];
        let guard = self.numbers.below(3) as usize;
        let World { service, application, keys, others, guards, numbers, now, .. } = self;
        let process = if process == 0 { *service } else { &others[process - 1] };
        match numbers.below(10) {
            0..=3 => {
                let answer = verify(process, application, &keys[key], json!({"cost": cost})).await;
                if answer["valid"] == true {
                    self.passed.keys[key] += cost;
                } else {
                    assert_eq!(answer["code"], "quota_exceeded");
                }
            }
            4..=6 => {
                if guards[guard].passes(process, &keys[key].secret, cost, *now).await {
                    self.passed.keys[key] += cost;
                }
            }
            7 => guards[guard].report(process, *now, numbers.is_one_in(4), false).await,
            8 => process.app.flush().await,
            _ => {
                let seconds = numbers.below(8) as i64;
                self.pass(seconds);
            }
        }
        for (index, passed) in self.passed.keys.into_iter().enumerate() {
            assert!(passed <= OWN, "key {index}: {:?}", self.passed);
        }
        assert!(self.passed.shared() <= SHARED, "{:?}", self.passed);
    }

    fn pass(&mut self, seconds: i64) {
        self.now += seconds;
        self.service.pass(SignedDuration::from_secs(seconds));
    }

    /// Somebody dies without a word, and another takes the place.
    async fn death(&mut self) {
        self.born += 1;
        let place = self.numbers.below(3) as usize;
        if self.numbers.is_one_in(2) {
            self.guards[place] = Guard::new(self.born, &self.application.manager);
        } else {
            self.others[place % 2] = self.service.another_process().await;
        }
    }

    /// Everybody tells what they know, and gives back what they have.
    async fn settle(&mut self) {
        self.flush().await;
        for guard in &mut self.guards {
            guard.end(self.service, self.now).await;
        }
        self.pass(11);
        self.flush().await;
    }

    async fn flush(&self) {
        self.service.app.flush().await;
        for other in &self.others {
            other.app.flush().await;
        }
    }

    /// What the database has as used, of each key and of the owner.
    async fn used(&self) -> (Vec<i64>, i64) {
        let mut keys = Vec::new();
        for key in &self.keys {
            let used = format!("SELECT COALESCE(MAX(used), 0) FROM quotas WHERE id LIKE '%key:{}:%'", key.id);
            keys.push(self.service.count(&used).await);
        }
        let used = "SELECT COALESCE(MAX(used), 0) FROM quotas WHERE id LIKE '%owner:cust_7:%'";
        (keys, self.service.count(used).await)
    }

    async fn close(&self) {
        for other in &self.others {
            other.app.close().await;
        }
    }
}

/// Without a death: to the unit. So no refusal has spent anything, each report has
/// counted once, and all that was leased has come back.
async fn what_has_passed_is_what_is_used(service: &Service) {
    let mut world = World::new(service, "never", 0x5eed).await;
    for _ in 0..STEPS {
        world.step().await;
    }
    world.settle().await;
    let (passed, (keys, shared)) = (world.passed, world.used().await);
    println!("{STEPS} steps: {passed:?} of {OWN} each and {SHARED} in all");
    assert_eq!((keys.as_slice(), shared), (passed.keys.as_slice(), passed.shared()));
    // And what is left can be spent.
    for key in &world.keys {
        while verify(service, &world.application, key, json!({})).await["valid"] == true {}
    }
    assert_eq!(world.used().await.1, SHARED);
    world.close().await;
}

async fn no_death_and_no_refill_makes_more_of_a_quota(service: &Service) {
    let mut world = World::new(service, "day", 0xdead).await;
    let mut days = 0;
    for _ in 0..STEPS {
        world.step().await;
        if world.numbers.is_one_in(20) {
            world.death().await;
        }
        if world.numbers.is_one_in(100) {
            days += 1;
            // To a moment before midnight, and over it.
            let now = service.app.now();
            let midnight = now.as_second().div_euclid(86_400) * 86_400 + 86_400;
            world.pass(midnight - now.as_second() - 1);
            for _ in 0..10 {
                world.guards[0].report(service, world.now, false, false).await;
                let key = world.keys[0].secret.clone();
                if world.guards[0].passes(service, &key, 1, world.now).await {
                    world.passed.keys[0] += 1;
                }
            }
            world.pass(1);
            println!("{:?} until the refill", world.passed);
            world.passed = Passed::default();
        }
    }
    assert!(days > 0);
    world.settle().await;
    let (passed, (keys, shared)) = (world.passed, world.used().await);
    for (passed, used) in passed.keys.iter().zip(keys) {
        assert!(*passed <= used && used <= OWN, "{passed} {used}");
    }
    assert!(passed.shared() <= shared && shared <= SHARED, "{passed:?} {shared}");
    world.close().await;
}

/// The clock is set forward by days and back again, and processes start that have
/// never seen the later time. Each day that was ever shown is refilled once.
async fn no_jump_of_the_clock_makes_more_of_a_quota(service: &Service) {
    let mut world = World::new(service, "day", 0xc10c).await;
    let mut days = std::collections::BTreeSet::new();
    let mut total = 0;
    for _ in 0..STEPS {
        world.step().await;
        total += std::mem::take(&mut world.passed).shared();
        days.insert(service.clock.now().as_second().div_euclid(86_400));
        if world.numbers.is_one_in(40) {
            let hours = world.numbers.below(100) as i64 - 50;
            service.pass(SignedDuration::from_hours(hours));
            world.death().await;
        }
        let most = SHARED * days.len() as i64;
        assert!(total <= most, "{total} in {} days", days.len());
    }
    println!("{total} in {} days that the clock has shown, of {SHARED} each", days.len());
    world.close().await;
}

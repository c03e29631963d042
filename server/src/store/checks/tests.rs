//! Every order of a late answer and an end.

use std::sync::PoisonError;

use shuttle::sync::{Arc, Mutex};
use shuttle::thread;

/// The locks of the second copy of `epoch.rs`: shuttle tries their orders.
mod sync {
    pub(super) use shuttle::sync::RwLock;
}

#[expect(clippy::duplicate_mod, reason = "the same source, with the locks above")]
#[path = "epoch.rs"]
mod epoch;

use epoch::Epoch;

/// A database with one key, and a cache of it.
#[derive(Default)]
struct Scene {
    epoch: Epoch,
    is_revoked: Mutex<bool>,
    cached_as_good: Mutex<bool>,
}

impl Scene {
    fn read(&self) -> bool {
        !*self.is_revoked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, is_good: bool) {
        *self.cached_as_good.lock().unwrap() = is_good;
    }

    fn says_good(&self) -> bool {
        *self.cached_as_good.lock().unwrap()
    }
}

/// A request asks while another one revokes; `fill` is how what was read gets in.
fn a_revocation_beside_a_request(fill: fn(&Scene, u64, bool)) {
    let scene = Arc::new(Scene::default());
    let request = {
        let scene = scene.clone();
        thread::spawn(move || {
            let begun = scene.epoch.now();
            let is_good = scene.read();
            fill(&scene, begun, is_good);
        })
    };
    *scene.is_revoked.lock().unwrap() = true;
    scene.epoch.end(|| scene.put(false));
    // Here the revocation is answered.
    assert!(!scene.says_good(), "a revoked key is good in the process that revoked it");
    request.join().unwrap();
    assert!(!scene.says_good(), "a late answer has revived a revoked key");
}

#[test]
fn a_late_answer_revives_no_revoked_key() {
    // In every order that there is.
    shuttle::check_dfs(
        || {
            a_revocation_beside_a_request(|scene, begun, is_good| {
                scene.epoch.fill(begun, || scene.put(is_good))
            })
        },
        None,
    );
}

/// So the test above could fail.
#[test]
#[should_panic(expected = "revoked")]
fn without_the_epoch_a_late_answer_would() {
    shuttle::check_dfs(|| a_revocation_beside_a_request(|scene, _, is_good| scene.put(is_good)), None);
}

/// Of three threads there are too many orders to try all.
const ORDERS: usize = 20_000;

/// Two requests ask while another process revokes, of which nobody has told this one.
fn a_revocation_elsewhere_beside_two_requests(fill: fn(&Scene, u64, bool)) {
    let scene = Arc::new(Scene::default());
    let requests = [(); 2].map(|()| {
        let scene = scene.clone();
        thread::spawn(move || {
            let begun = scene.epoch.now();
            let is_good = scene.read();
            fill(&scene, begun, is_good);
            is_good
        })
    });
    *scene.is_revoked.lock().unwrap() = true;
    let was_good = requests.map(|request| request.join().unwrap());
    assert!(
        was_good == [true; 2] || !scene.says_good(),
        "what a request was told is not so for the next one"
    );
}

#[test]
fn a_late_answer_contradicts_no_other() {
    shuttle::check_random(
        || {
            a_revocation_elsewhere_beside_two_requests(|scene, begun, is_good| {
                if is_good {
                    scene.epoch.fill(begun, || scene.put(true));
                } else {
                    scene.epoch.fill_ended(begun, || scene.put(false));
                }
            })
        },
        ORDERS,
    );
}

/// So the test above could fail.
#[test]
#[should_panic(expected = "next one")]
fn without_another_epoch_a_late_answer_would() {
    shuttle::check_random(
        || {
            a_revocation_elsewhere_beside_two_requests(|scene, begun, is_good| {
                scene.epoch.fill(begun, || scene.put(is_good))
            })
        },
        ORDERS,
    );
}

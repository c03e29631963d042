//! What the machine drives: a client of a person's, and what that person was told.

use std::rc::Rc;

use keylatch::lifecycle::{Client, KeyInfo, Lifetime, NewKey, Overlap, Status, Time};
use keylatch::{Code, Error, Secret};

use super::wire::{Fault, Shared};
use super::{By, Step, Store};
use crate::support::{KIM, PASSWORD, Service, managing};

/// When the server's clock begins: what `Service::start` sets.
const START: &str = "2026-11-20T10:00:00Z";

/// A key that the person has seen.
struct Held {
    id: String,
    name: String,
    secret: Secret,
    /// When it ends, as it was told first.
    end: Option<Time>,
    /// It was said to have ended: it may never authenticate again.
    is_ended: bool,
    /// Its end was asked for, and nobody knows what came of it.
    may_have_ended: bool,
    /// It has a successor, or may have one.
    may_have_successor: bool,
}

/// The whole of it.
pub struct World {
    shared: Rc<Shared>,
    client: Rc<Client>,
    held: Vec<Held>,
    /// Names of keys of which the person was told that they may exist.
    unknown: Vec<String>,
    /// How many keys were asked for.
    count: usize,
    now: i64,
    /// The latest time that it was: the server's clock does not go back, until the server is started anew.
    latest: i64,
}

impl World {
    pub async fn start() -> World {
        let service = Service::start().await;
        let client = Rc::new(service.signed_in(KIM).await);
        let now = Time::parse(START).unwrap().millis();
        World {
            shared: Shared::new(service),
            client,
            held: Vec::new(),
            unknown: Vec::new(),
            count: 0,
            now,
            latest: now,
        }
    }

    /// One step, and what must hold behind each.
    pub async fn take(&mut self, step: &Step) {
        self.step(step).await;
        self.holds().await;
    }

    /// The end: what is still on its way arrives, and then everything must be in
    /// order.
    pub async fn finish(mut self) {
        self.shared.settle().await;
        self.sign_in().await;
        self.holds().await;
        self.nothing_is_unseen().await;
        self.nothing_is_lost().await;
        self.nothing_is_pending().await;
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Create { lifetime, faults } => self.create(lifetime, faults).await,
            Step::Rotate { which, by, overlap, store, faults } => {
                self.rotate(*which, *by, *overlap, *store, faults).await;
            }
            Step::Revoke { which, by, faults } => self.revoke(*which, *by, faults).await,
            Step::Delete { which, faults } => self.delete(*which, faults).await,
            Step::Ask { which, faults } => self.ask(*which, faults).await,
            Step::SignIn { faults } => self.sign_in_again(faults).await,
            Step::Clock { seconds } => {
                // Nothing is on its way for as long as a clock may jump.
                self.shared.settle().await;
                self.now += seconds * 1_000;
                self.latest = self.latest.max(self.now);
                let now = Time::from_millis(self.now as f64).unwrap().to_rfc3339().unwrap();
                self.shared.service().at(&now);
                self.sign_in().await;
            }
            Step::Restart => self.shared.restart().await,
        }
    }

    async fn create(&mut self, lifetime: &str, faults: &[Fault]) {
        self.count += 1;
        let name = format!("key {}", self.count);
        let new = NewKey { lifetime: Some(Lifetime::For(lifetime.into())), ..managing(&name) };
        let wire = self.shared.wire(faults);
        match self.client.create(&wire, &new).await {
            Ok(made) => self.hold(made.key, made.secret.reveal().unwrap()).await,
            Err(error) => self.failed(&error, &name),
        }
    }

    async fn rotate(
        &mut self,
        which: usize,
        by: By,
        overlap: Option<&'static str>,
        store: Store,
        faults: &[Fault],
    ) {
        let Some(at) = self.at(which) else { return };
        let Held { id, name, secret, .. } = &self.held[at];
        let (id, name, old) = (id.clone(), name.clone(), secret.clone());
        let was_alive = self.lets_in(&old).await;
        let client = self.client_of(by, &old);
        let wire = self.shared.wire(faults);
        let over = wire.over();
        let store = async |_: Secret, _: KeyInfo| match store {
            Store::Works => Ok(()),
            Store::Throws => Err(Error::new(Code::StoreFailed).with_cause("Error".into(), "ENOSPC".into())),
            Store::Hangs => {
                // The time of the call ends meanwhile, and what waits for user code gives up.
                over.set(Some(Code::Timeout));
                Err(Error::new(Code::StoreFailed)
                    .with_cause("TimeoutError".into(), "it did not settle".into()))
            }
        };
        let asked = overlap.map_or(Overlap::None, |duration| Overlap::For(duration.into()));
        let rotated = client.rotate(&wire, &id, &asked, store).await;
        match rotated {
            Ok(rotated) => {
                let held = &mut self.held[at];
                held.may_have_successor = true;
                match (&rotated.warning, overlap) {
                    (Some(_), _) => held.may_have_ended = true,
                    (None, None) => held.is_ended = true,
                    // It ends earlier now.
                    (None, Some(_)) => {
                        let end = Time::from_millis((self.latest + 3_600_000) as f64);
                        held.end = held.end.min(end).or(end);
                        match self.client.get(&self.shared.line(), &id).await {
                            // A revocation that was late has ended it, whatever end it is told with.
                            Ok(key) if key.status == Status::Revoked => {
                                assert!(held.may_have_ended, "{id} is revoked, and nobody asked for that");
                                held.is_ended = true;
                            }
                            Ok(key) => {
                                assert!(
                                    key.expires_at.is_some() && key.expires_at <= held.end,
                                    "the life of {id} was extended"
                                );
                                held.end = key.expires_at;
                            }
                            Err(_) => {}
                        }
                    }
                }
                assert!(
                    rotated.key.expires_at <= self.held[at].end || overlap.is_some(),
                    "a life was extended"
                );
                self.hold(rotated.key, rotated.secret.reveal().unwrap()).await;
            }
            Err(error) => {
                if error.code() == Code::OutcomeUnknown {
                    self.held[at].may_have_successor = true;
                }
                self.failed(&error, &name);
                if was_alive && !self.held[at].may_have_ended {
                    assert!(self.lets_in(&old).await, "the old key is lost, and there is no other: {error}");
                }
            }
        }
    }

    async fn revoke(&mut self, which: usize, by: By, faults: &[Fault]) {
        let Some(at) = self.at(which) else { return };
        let client = self.client_of(by, &self.held[at].secret);
        let revoked = client.revoke(&self.shared.wire(faults), &self.held[at].id).await;
        self.held[at].may_have_ended = true;
        if let Ok(key) = revoked {
            // Of one that was deleted it is not said.
            assert_eq!(key.id, self.held[at].id);
            self.held[at].is_ended = true;
        }
    }

    async fn delete(&mut self, which: usize, faults: &[Fault]) {
        let Some(at) = self.at(which) else { return };
        let deleted = self.client.delete(&self.shared.wire(faults), &self.held[at].id).await;
        if deleted.is_ok() {
            self.held[at].is_ended = true;
        }
    }

    /// What changes nothing: what is told must be so.
    async fn ask(&mut self, which: usize, faults: &[Fault]) {
        let Some(at) = self.at(which) else { return };
        let Held { id, secret, is_ended, .. } = &self.held[at];
        let wire = self.shared.wire(faults);
        if let Ok(validation) = self.client.validate(&wire, secret).await {
            assert!(!validation.valid || !is_ended, "a key that has ended is called valid");
        }
        // Bound by itself: while it is started anew, nobody else may hold the service.
        let program = self.shared.service().with_key(secret);
        if program.whoami(&wire).await.is_ok() {
            assert!(!is_ended, "a key that has ended authenticates");
        }
        if let Ok(key) = self.client.get(&wire, id).await {
            assert_eq!(key.id, *id);
        }
    }

    /// A session ends when that is said, and another one begins.
    async fn sign_in_again(&mut self, faults: &[Fault]) {
        let wire = self.shared.wire(faults);
        let has_ended = self.client.sign_out(&wire).await.is_ok();
        let old = self.client.whoami(&self.shared.line()).await;
        assert!(!has_ended || old.is_err(), "a session that has ended authenticates");
        match self.client.sign_in(&wire, KIM, PASSWORD.into()).await {
            Ok(client) => self.client = Rc::new(client),
            Err(_) => self.sign_in().await,
        }
    }

    async fn sign_in(&mut self) {
        self.client = Rc::new(self.client.sign_in(&self.shared.line(), KIM, PASSWORD.into()).await.unwrap());
    }

    /// A key is in the person's hands, and works.
    async fn hold(&mut self, key: KeyInfo, secret: Secret) {
        assert!(self.lets_in(&secret).await, "a key that was handed out does not work");
        self.held.push(Held {
            id: key.id,
            name: key.name,
            secret,
            end: key.expires_at,
            is_ended: false,
            may_have_ended: false,
            may_have_successor: false,
        });
    }

    fn failed(&mut self, error: &Error, name: &str) {
        if error.code() == Code::OutcomeUnknown {
            self.unknown.push(name.to_owned());
        }
    }

    fn at(&self, which: usize) -> Option<usize> {
        which.checked_rem(self.held.len())
    }

    fn client_of(&self, by: By, key: &Secret) -> Rc<Client> {
        match by {
            By::Session => self.client.clone(),
            By::Itself => Rc::new(self.shared.service().with_key(key)),
        }
    }

    /// Whether a program with this key gets through.
    async fn lets_in(&self, key: &Secret) -> bool {
        let client = self.shared.service().with_key(key);
        match client.whoami(&self.shared.line()).await {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.code(), Code::Unauthorized, "{error}");
                false
            }
        }
    }

    /// No key authenticates after its end was answered.
    async fn holds(&self) {
        for held in self.held.iter().filter(|held| held.is_ended) {
            assert!(!self.lets_in(&held.secret).await, "{} has ended, and authenticates", held.id);
        }
    }

    /// Each key that works was handed out, or the person was told that it may exist.
    async fn nothing_is_unseen(&self) {
        let issued: Vec<(String, String, Secret)> = {
            let issued = self.shared.issued.borrow();
            issued.iter().map(|key| (key.id.clone(), key.name.clone(), key.secret.clone())).collect()
        };
        for (id, name, secret) in issued {
            let is_held = self.held.iter().any(|held| held.secret.expose() == secret.expose());
            if !is_held && !self.unknown.contains(&name) {
                assert!(!self.lets_in(&secret).await, "{id}, {name}, works, and nobody has seen it");
            }
        }
        // And as the database has it: a key may be there of which no answer ever told.
        for name in self.shared.service().alive().await {
            let is_held = self.held.iter().any(|held| held.name == name && !held.is_ended);
            assert!(is_held || self.unknown.contains(&name), "{name} lives, and nobody has seen it");
        }
    }

    /// Each key whose end nobody asked for works until its end, and no later.
    async fn nothing_is_lost(&self) {
        for held in &self.held {
            let is_over = held.end.is_some_and(|end| end.millis() <= self.now);
            let works = self.lets_in(&held.secret).await;
            assert!(!works || !is_over, "{} works beyond its end", held.id);
            let is_before = held.end.is_none_or(|end| end.millis() > self.latest);
            if is_before && !held.is_ended && !held.may_have_ended {
                assert!(works, "{} does not work, and nobody has ended it", held.id);
            }
            if let Ok(key) = self.client.get(&self.shared.line(), &held.id).await {
                let end = |time: Option<Time>| time.map_or(i64::MAX, Time::millis);
                // One that was revoked is told with the end that it would have had.
                let is_revoked = key.status == Status::Revoked;
                assert!(!works || !is_revoked, "{} works, and is revoked", held.id);
                let is_longer = end(key.expires_at) > end(held.end);
                let is_asked_for = held.is_ended || held.may_have_ended;
                assert!(is_asked_for && is_revoked || !is_longer, "the life of {} was extended", held.id);
            }
        }
    }

    /// Nothing keeps a key that works from being rotated and revoked.
    async fn nothing_is_pending(&mut self) {
        assert!(self.shared.is_settled());
        for at in 0..self.held.len() {
            let Held { id, secret, may_have_successor, .. } = &self.held[at];
            if *may_have_successor || !self.lets_in(secret).await {
                continue;
            }
            let (id, old) = (id.clone(), secret.clone());
            let store = async |_: Secret, _: KeyInfo| Ok(());
            let rotated = self.client.rotate(&self.shared.line(), &id, &Overlap::None, store).await;
            let rotated = rotated.unwrap_or_else(|error| panic!("{id} cannot be rotated: {error}"));
            assert!(rotated.warning.is_none() && !self.lets_in(&old).await, "{id} lives");
            let new = rotated.secret.reveal().unwrap();
            assert!(self.lets_in(&new).await);
            self.client.revoke(&self.shared.line(), &rotated.key.id).await.unwrap();
            assert!(!self.lets_in(&new).await);
        }
    }
}

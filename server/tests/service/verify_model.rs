//! Ten thousand random requests, against a model of a page: whatever becomes of
//! keys, owners and the clock, the answer is the model's.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::harness::{Answer, Application, Service};

on_both_databases![ten_thousand_random_requests_are_answered_as_the_model_does];

const REQUESTS: usize = 10_000;
const SEED: u64 = 0x6b65_796c_6174_6368;
const SCOPES: [&str; 3] = ["a", "b", "c"];
const NETWORKS: [&str; 2] = ["10.0.0.0/8", "203.0.113.7/32"];
const ADDRESSES: [&str; 3] = ["10.1.2.3", "203.0.113.7", "192.0.2.1"];
const OWNERS: [&str; 4] = ["ann", "ben", "cid", "dot"];

/// xorshift64*: the same numbers in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize) % most
    }

    fn some<'t>(&mut self, texts: &[&'t str]) -> Vec<&'t str> {
        texts.iter().copied().filter(|_| self.below(2) == 0).collect()
    }

    fn one<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }
}

/// A key as the model has it.
struct Key {
    id: String,
    secret: String,
    owner: &'static str,
    scopes: Vec<&'static str>,
    networks: Vec<&'static str>,
    end: Option<Timestamp>,
    revoked: bool,
    disabled: bool,
    deleted: bool,
}

impl Key {
    fn has_ended(&self, now: Timestamp) -> bool {
        self.revoked || self.end.is_some_and(|end| end <= now)
    }

    fn is_active(&self, now: Timestamp) -> bool {
        !self.deleted && !self.has_ended(now) && !self.disabled
    }

    fn code(&self, now: Timestamp, asked: &[&str], address: Option<&str>) -> &'static str {
        let is_inside = |network: &&str| match *network {
            "10.0.0.0/8" => address == Some("10.1.2.3"),
            _ => address == Some("203.0.113.7"),
        };
        if self.deleted {
            "not_found"
        } else if self.end.is_some_and(|end| end <= now) {
            "expired"
        } else if self.revoked {
            "revoked"
        } else if self.disabled {
            "disabled"
        } else if !self.networks.is_empty() && !self.networks.iter().any(is_inside) {
            "ip_refused"
        } else if asked.iter().any(|scope| !self.scopes.contains(scope)) {
            "insufficient_scope"
        } else {
            "valid"
        }
    }
}

struct Scene<'s> {
    application: Application<'s>,
    random: Random,
    keys: Vec<Key>,
}

async fn ten_thousand_random_requests_are_answered_as_the_model_does(service: &Service) {
    let application = service.application(json!({})).await;
    let mut scene = Scene { application, random: Random(SEED), keys: Vec::new() };
    let mut counts = std::collections::BTreeMap::new();
    for number in 0..REQUESTS {
        if scene.keys.len() < 5 || scene.random.below(40) == 0 {
            scene.issue().await;
        } else if scene.random.below(12) == 0 {
            scene.change().await;
        } else {
            *counts.entry(scene.check(number).await).or_insert(0) += 1;
        }
    }
    println!("{counts:?}");
    let codes: Vec<_> = counts.keys().copied().collect();
    assert_eq!(
        codes,
        ["disabled", "expired", "insufficient_scope", "ip_refused", "not_found", "revoked", "valid"],
        "the model has come to each"
    );
}

impl Scene<'_> {
    fn now(&self) -> Timestamp {
        self.application.service.app.now()
    }

    fn pick(&mut self) -> usize {
        // Mostly one of the latest: the others have long ended.
        let reach = if self.random.below(4) == 0 { self.keys.len() } else { self.keys.len().min(8) };
        self.keys.len() - 1 - self.random.below(reach)
    }

    async fn issue(&mut self) {
        let (owner, scopes) = (self.random.one(&OWNERS), self.random.some(&SCOPES));
        let networks = if self.random.below(3) == 0 { self.random.some(&NETWORKS) } else { Vec::new() };
        let expires_in = self.random.one(&["PT10M", "PT1H", "P1D", "never"]);
        let order = json!({"owner": owner, "scopes": scopes, "allowed_addresses": networks, "expires_in": expires_in});
        let issued = self.application.issue(order).await;
        let end = issued.key["expires_at"].as_str().map(|end| end.parse().unwrap());
        self.keys.push(Key {
            id: issued.id,
            secret: issued.secret,
            owner,
            scopes,
            networks,
            end,
            revoked: false,
            disabled: false,
            deleted: false,
        });
    }

    async fn check(&mut self, number: usize) -> &'static str {
        let index = self.pick();
        let asked = if self.random.below(2) == 0 { self.random.some(&SCOPES) } else { Vec::new() };
        let address = (self.random.below(3) > 0).then(|| self.random.one(&ADDRESSES));
        let key = &self.keys[index];
        let expected = key.code(self.now(), &asked, address);
        let mut order = json!({"scopes": asked});
        if let Some(address) = address {
            order["ip"] = json!(address);
        }
        let answer = self.application.verify(&key.secret, order).await;
        assert_eq!(answer["code"], expected, "request {number}: {answer}");
        assert_eq!(answer["valid"], expected == "valid");
        let told = (&answer["key"]["id"], &answer["owner"]["id"]);
        if expected == "not_found" {
            assert_eq!(told, (&Value::Null, &Value::Null));
        } else {
            assert_eq!(told, (&json!(key.id), &json!(key.owner)));
        }
        expected
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        let method = axum::http::Method::from_bytes(method.as_bytes()).unwrap();
        let path = self.application.path(path);
        self.application.service.call(method, &path).bearer(&self.application.manager).json(body).await
    }

    async fn change(&mut self) {
        let (index, now) = (self.pick(), self.now());
        let (id, owner) = (self.keys[index].id.clone(), self.keys[index].owner);
        let status = if self.keys[index].deleted { 404 } else { 200 };
        match self.random.below(16) {
            0..3 => {
                let seconds = self.random.one(&["1", "60", "600", "3600"]).parse().unwrap();
                self.application.service.pass(SignedDuration::from_secs(seconds));
            }
            3..6 => {
                let disabled = self.random.below(2) == 0;
                let answer = self.send("PATCH", &format!("/keys/{id}"), json!({"disabled": disabled})).await;
                assert_eq!(answer.status, status, "{}", answer.text);
                self.keys[index].disabled = disabled;
            }
            6..8 => {
                let scopes = self.random.some(&SCOPES);
                let answer = self.send("PATCH", &format!("/keys/{id}"), json!({"scopes": scopes})).await;
                assert_eq!(answer.status, status, "{}", answer.text);
                self.keys[index].scopes = scopes;
            }
            8..10 => {
                let answer = self.send("POST", &format!("/keys/{id}/revoke"), json!({})).await;
                assert_eq!(answer.status, status, "{}", answer.text);
                let key = &mut self.keys[index];
                key.revoked |= !key.has_ended(now);
            }
            10..12 => {
                let answer = self.send("DELETE", &format!("/keys/{id}"), json!({})).await;
                let key = &mut self.keys[index];
                let expected = match (key.deleted, key.has_ended(now)) {
                    (true, _) => 404,
                    (false, true) => 204,
                    (false, false) => 409,
                };
                assert_eq!(answer.status, expected, "{}", answer.text);
                key.deleted |= expected == 204;
            }
            12..14 => self.rotate(index, &id, now).await,
            14 => {
                let expected = self.keys.iter_mut().filter(|key| key.owner == owner && !key.deleted);
                let ended = expected.filter(|key| !key.has_ended(now)).map(|key| key.revoked = true).count();
                let answer = self.send("POST", &format!("/owners/{owner}/revoke"), json!({})).await;
                // The owner may have been deleted with all its keys.
                if answer.status == 404 {
                    assert_eq!(ended, 0);
                } else {
                    assert_eq!(answer.json(), json!({"revoked": ended}));
                }
            }
            _ => {
                let answer = self.send("DELETE", &format!("/owners/{owner}"), json!({})).await;
                let mut left = 0;
                for key in self.keys.iter_mut().filter(|key| key.owner == owner && !key.deleted) {
                    key.deleted = true;
                    left += 1;
                }
                assert!(answer.status == 204 || (answer.status == 404 && left == 0), "{}", answer.text);
            }
        }
    }

    async fn rotate(&mut self, index: usize, id: &str, now: Timestamp) {
        let overlap = if self.random.below(2) == 0 { 0 } else { 300 };
        let order = json!({"overlap_seconds": overlap});
        let answer = self.send("POST", &format!("/keys/{id}/rotate"), order).await;
        let old = &mut self.keys[index];
        if old.deleted || !old.is_active(now) {
            assert_eq!(answer.status, if old.deleted { 404 } else { 409 }, "{}", answer.text);
            return;
        }
        if answer.status == 409 {
            // It was rotated before, with an overlap, into one that is active.
            assert!(answer.text.contains("/problems/conflict"), "{}", answer.text);
            return;
        }
        assert_eq!(answer.status, 201, "{}", answer.text);
        let told = answer.json();
        let successor = Key {
            id: told["id"].as_str().unwrap().to_owned(),
            secret: told["secret"].as_str().unwrap().to_owned(),
            owner: old.owner,
            scopes: old.scopes.clone(),
            networks: old.networks.clone(),
            end: old.end,
            revoked: false,
            disabled: false,
            deleted: false,
        };
        if overlap == 0 {
            old.revoked = true;
        } else {
            let end = now.saturating_add(SignedDuration::from_secs(overlap)).unwrap();
            old.end = Some(old.end.map_or(end, |own| own.min(end)));
        }
        self.keys.push(successor);
    }
}

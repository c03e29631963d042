//! A guard as the contract has it, in as few words as possible: it asks about a key
//! every five seconds, spends by itself, and reports.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use crate::harness::Service;

/// How long it keeps an answer about a key.
const FRESH: i64 = 5;

/// The guard. Its own clock counts seconds, and never jumps.
pub struct Guard {
    id: String,
    manager: String,
    number: i64,
    /// The limits of each key, and when it has asked for them.
    keys: HashMap<String, (i64, Vec<Value>)>,
    /// What it may spend of each quota, and until when.
    leases: BTreeMap<String, Vec<(i64, i64)>>,
    /// What was left of each rate when it last heard, what it has let pass since,
    /// and the window of that.
    rates: BTreeMap<String, (i64, i64, i64)>,
    /// Not reported yet.
    used: BTreeMap<String, i64>,
    wanted: BTreeMap<String, i64>,
    /// A report whose answer was lost.
    lost: Option<Value>,
}

impl Guard {
    pub fn new(number: u64, manager: &str) -> Self {
        Guard {
            id: format!("grd_{number:020}"),
            manager: manager.to_owned(),
            number: 1,
            keys: HashMap::new(),
            leases: BTreeMap::new(),
            rates: BTreeMap::new(),
            used: BTreeMap::new(),
            wanted: BTreeMap::new(),
            lost: None,
        }
    }

    /// Whether it lets a key pass. Then it has spent the cost of all limits.
    pub async fn passes(&mut self, process: &Service, key: &str, cost: i64, now: i64) -> bool {
        if self.keys.get(key).is_none_or(|(asked_at, _)| now - asked_at >= FRESH)
            && !self.ask(process, key, now).await
        {
            return false;
        }
        let limits = self.keys[key].1.clone();
        for limit in &limits {
            let id = limit["id"].as_str().unwrap();
            let room = if limit["kind"] == "quota" { self.leased(id, now) } else { self.room(limit, now) };
            if room < cost {
                *self.wanted.entry(id.to_owned()).or_default() += cost;
                return false;
            }
        }
        for limit in &limits {
            self.spend(limit["id"].as_str().unwrap(), cost, now);
        }
        true
    }

    async fn ask(&mut self, process: &Service, key: &str, now: i64) -> bool {
        let order = json!({"key": key, "guard": self.id});
        let answer = process.post("/v1/verify").bearer(&self.manager).json(order).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let answer = answer.json();
        let limits = answer["limits"].as_array().unwrap().clone();
        limits.iter().for_each(|limit| self.hear(limit["id"].as_str().unwrap(), limit, now));
        self.keys.insert(key.to_owned(), (now, limits));
        answer["valid"] == true
    }

    /// Takes note of what it is told of a limit.
    fn hear(&mut self, id: &str, told: &Value, now: i64) {
        if let Some(units) = told["lease"]["units"].as_i64() {
            let until = now + told["lease"]["until_seconds"].as_i64().unwrap();
            self.leases.entry(id.to_owned()).or_default().push((units, until));
        }
        let remaining = told["remaining"].as_i64().unwrap();
        let (_, _, window) = self.rates.get(id).copied().unwrap_or((0, 0, i64::MIN));
        // What is not reported yet is not among what is told.
        let since = self.used.get(id).copied().unwrap_or(0);
        self.rates.insert(id.to_owned(), (remaining, since, window));
    }

    fn leased(&self, id: &str, now: i64) -> i64 {
        let leases = self.leases.get(id).into_iter().flatten();
        leases.filter(|(_, until)| *until > now).map(|(units, _)| units).sum()
    }

    fn room(&mut self, limit: &Value, now: i64) -> i64 {
        let (remaining, since, window) = self.rates.get_mut(limit["id"].as_str().unwrap()).unwrap();
        let current = now.div_euclid(limit["window_seconds"].as_i64().unwrap_or(60));
        if *window != i64::MIN && *window != current {
            (*remaining, *since) = (limit["limit"].as_i64().unwrap(), 0);
        }
        *window = current;
        *remaining - *since
    }

    fn spend(&mut self, id: &str, cost: i64, now: i64) {
        let mut left = cost;
        for (units, until) in self.leases.get_mut(id).into_iter().flatten() {
            if *until > now {
                let taken = left.min(*units);
                *units -= taken;
                left -= taken;
            }
        }
        if let Some((_, since, _)) = self.rates.get_mut(id) {
            *since += cost;
        }
        *self.used.entry(id.to_owned()).or_default() += cost;
    }

    /// Reports, or sends the report again whose answer was lost. Of this one the
    /// answer is lost as well if `is_lost`.
    pub async fn report(&mut self, process: &Service, now: i64, is_lost: bool, done: bool) {
        let body = match self.lost.take() {
            Some(body) => body,
            None => self.next_report(done),
        };
        let path = format!("/v1/guards/{}/reports", self.id);
        let answer = process.post(&path).bearer(&self.manager).json(body.clone()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        if is_lost {
            self.lost = Some(body);
            return;
        }
        let answer = answer.json();
        assert_eq!(answer["number"], self.number);
        self.number += 1;
        for told in answer["limits"].as_array().unwrap() {
            self.hear(told["limit"].as_str().unwrap(), told, now);
        }
    }

    fn next_report(&mut self, done: bool) -> Value {
        let uses = std::mem::take(&mut self.used);
        let uses: Vec<_> =
            uses.iter().map(|(limit, spent)| json!({"limit": limit, "spent": spent})).collect();
        let want = std::mem::take(&mut self.wanted);
        let want: Vec<_> =
            want.iter().map(|(limit, units)| json!({"limit": limit, "units": units})).collect();
        if done {
            self.leases.clear();
            self.keys.clear();
        }
        json!({"number": self.number, "uses": uses, "want": want, "done": done})
    }

    /// Ends: what it has not spent goes back.
    pub async fn end(&mut self, process: &Service, now: i64) {
        if self.lost.is_some() {
            self.report(process, now, false, false).await;
        }
        self.report(process, now, false, true).await;
    }
}

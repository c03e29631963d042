//! `tests/vectors/headers.json`, `retry.json` and `dates.json`, which the tests in
//! JavaScript read too. Formats and checks are read by `format/tests/vectors.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use keylatch::http::{Address, Body, Request, Response, Transport};
use keylatch::lifecycle::{Client, Credential, Filter, NewKey, Options, Time};
use keylatch::scheme::Scheme;
use keylatch::{Code, Error, Secret, json, provider};
use serde_json::Value as Json;

fn rows<'j>(table: &'j Json, name: &str) -> &'j [Json] {
    let rows = table[name].as_array().unwrap();
    assert!(!rows.is_empty(), "{name} is empty");
    rows
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap()
}

/// What every request comes to, and how often it was sent and after which pauses.
#[derive(Clone)]
struct Always {
    /// Status, `Retry-After` and body; none is a network that breaks.
    answer: Option<(u16, Option<String>, String)>,
    pauses: Rc<RefCell<Vec<u32>>>,
}

impl Always {
    fn new(answer: Option<(u16, Option<&str>, &str)>) -> Self {
        let answer = answer.map(|(status, after, body)| (status, after.map(Into::into), body.into()));
        Always { answer, pauses: Rc::default() }
    }

    /// A client of a service that counts in seconds or milliseconds.
    fn client(&self, unit: &str, retries: u8) -> Client {
        let spec = serde_json::json!({
            "id": "acme", "title": "Acme", "timeUnit": unit,
            "endpoints": { "list": "/keys", "create": { "path": "/keys", "body": { "name": "{name}" } } },
        });
        let options = Options {
            provider: provider::declare(&serde_json::from_value(spec).unwrap()).unwrap().into(),
            base_url: Some("https://h".into()),
            credential: Credential::Key("a-key-of-mine-0123".into()),
            scheme: None,
            retries,
            allow_insecure: false,
        };
        Client::new(self, options).unwrap()
    }

    /// The error of a request that may be repeated, or of one that may not.
    fn fails(&self, repeatable: bool, retries: u8) -> Error {
        let client = self.client("s", retries);
        pollster::block_on(async {
            if repeatable {
                return client.list(self, &Filter::default(), None).await.err().unwrap();
            }
            let new = NewKey { name: "ci".into(), lifetime: None, scopes: Vec::new() };
            client.create(self, &new).await.err().unwrap()
        })
    }

    fn pauses(&self) -> Vec<u32> {
        self.pauses.take()
    }
}

impl Transport for Always {
    async fn send(&self, _: Request) -> Result<Response, Error> {
        let Some((status, after, body)) = self.answer.clone() else {
            return Err(Error::new(Code::NetworkError).with("https://h"));
        };
        let headers = after.into_iter().map(|after| (Cow::Borrowed("retry-after"), after)).collect();
        let body = json::parse(body.as_bytes()).map_or(Body::Empty, Body::Json);
        Ok(Response { status, headers, body })
    }

    async fn pause(&self, milliseconds: u32) -> Result<(), Error> {
        self.pauses.borrow_mut().push(milliseconds);
        Ok(())
    }

    fn renew(&self, _: u32) -> Self {
        self.clone()
    }

    fn resolve(&self, address: &str, _: Option<&str>) -> Option<Address> {
        let (protocol, hostname) = address.split_once("//")?;
        Some(Address {
            href: address.into(),
            origin: address.into(),
            protocol: protocol.into(),
            hostname: hostname.into(),
            has_userinfo: false,
        })
    }
}

#[test]
fn a_key_is_sent_in_its_header_or_refused_with_its_place() {
    let headers: Json = serde_json::from_str(include_str!("vectors/headers.json")).unwrap();
    let header = |row: &Json| {
        let given = |name: &str| row["scheme"][name].as_str().map(|text| Cow::Owned(text.to_owned()));
        let scheme = match text(&row["scheme"]["type"]) {
            "bearer" => Scheme::Bearer,
            "basic" => Scheme::Basic { user: given("user") },
            "header" => Scheme::Header { name: given("name").unwrap() },
            other => panic!("{other}"),
        };
        scheme.header(&Secret::from(text(&row["key"])))
    };
    for row in rows(&headers, "sent") {
        let header = header(row).unwrap();
        assert_eq!(serde_json::json!([header.name, header.value.expose()]), row["header"], "{row}");
    }
    for row in rows(&headers, "refused") {
        let error = header(row).err().unwrap();
        assert_eq!(error.code(), Code::InvalidHeader, "{row}");
        let sentence = error.to_string();
        assert!(sentence.contains(&format!("at index {} ", row["at"])), "{row}: {sentence}");
        assert!(!sentence.contains("X: y"), "{sentence}");
    }
}

#[test]
fn a_request_is_tried_again_when_that_is_worth_it() {
    let retry: Json = serde_json::from_str(include_str!("vectors/retry.json")).unwrap();
    for row in rows(&retry, "retryAfter") {
        let line = Always::new(Some((429, Some(text(&row["value"])), "")));
        let error = line.fails(true, 1);
        assert_eq!(error.retry_after().map(u64::from), row["seconds"].as_u64(), "{row}");
        assert_eq!(line.pauses().first().copied().map(u64::from), row["pause"].as_u64(), "{row}");
    }
    for row in rows(&retry, "triedAgain") {
        let status = row["failure"].as_u64().map(|status| (status as u16, None, ""));
        let line = Always::new(status);
        line.fails(row["repeatable"].as_bool().unwrap(), 1);
        assert_eq!(line.pauses().first().copied().map(u64::from), row["pause"].as_u64(), "{row}");
    }
    let line = Always::new(None);
    for retries in 0..=10 {
        line.fails(true, retries);
        let expected: Vec<u32> =
            rows(&retry, "pauses").iter().map(|pause| pause.as_u64().unwrap() as u32).collect();
        let expected = &expected[..expected.len().min(usize::from(retries))];
        assert_eq!(line.pauses(), expected, "{retries}");
    }
}

#[test]
fn a_time_is_a_real_moment_or_none() {
    let dates: Json = serde_json::from_str(include_str!("vectors/dates.json")).unwrap();
    // What is told of a key whose times are all this one.
    let told = |unit: &str, value: &str| {
        let body = format!(
            r#"{{"items":[{{"id":"k1","created_at":{value},"expires_at":{value},"last_used_at":{value},"revoked_at":{value}}}]}}"#
        );
        let line = Always::new(Some((200, None, &body)));
        let page = pollster::block_on(line.client(unit, 0).list(&line, &Filter::default(), None)).unwrap();
        let [key] = &page.items[..] else { panic!("{value}") };
        let times = [key.created_at, key.expires_at, key.last_used_at, key.revoked_at];
        assert!(times.iter().all(|time| *time == times[0]), "{value}");
        times[0].map(Time::millis)
    };
    for row in rows(&dates, "texts") {
        for unit in ["s", "ms"] {
            assert_eq!(told(unit, &row["text"].to_string()), row["millis"].as_i64(), "{row} {unit}");
        }
    }
    for row in rows(&dates, "numbers") {
        assert_eq!(told("s", text(&row["json"])), row["seconds"].as_i64(), "{row}");
        assert_eq!(told("ms", text(&row["json"])), row["milliseconds"].as_i64(), "{row}");
    }
    for row in rows(&dates, "days") {
        let midnight = format!("{}T00:00:00Z", text(&row["text"]));
        let time = Time::parse(&midnight).unwrap();
        assert_eq!(Some(time.millis()), row["days"].as_i64().map(|days| days * 86_400_000), "{row}");
        // What is written is read again.
        assert_eq!(time.to_rfc3339(), Some(midnight));
    }
}

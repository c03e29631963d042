//! Answers that are refusals: whatever they say, the error has a code, is short, and
//! repeats no secret.

use keylatch::Error;
use keylatch::http::Request;
use keylatch::lifecycle::{Client, Filter, KeyInfo, NewKey, Overlap};
use keylatch::{Secret, provider};

use super::KEY;
use crate::line::Line;

/// A byte that chooses the status, and a body, in which `{key}` stands for the
/// client's own key.
pub fn target(data: &[u8]) {
    let (first, body) = data.split_first().unwrap_or((&0, b""));
    every_call(400 + u16::from(*first) % 200, &String::from_utf8_lossy(body));
}

/// Every call of every service, when each of its answers is this one.
pub(super) fn every_call(status: u16, body: &str) {
    let body = body.replace("{key}", KEY);
    for service in provider::builtins() {
        let body = body.clone();
        let line = Line::new(move |_: &Request| (status, body.clone()));
        let client = line.client(*service).unwrap();
        pollster::block_on(calls(&client, &line));
    }
}

async fn calls(client: &Client, line: &Line) {
    let new = NewKey { name: "ci".into(), lifetime: None, scopes: Vec::new() };
    let store = async |_: Secret, _: KeyInfo| Ok(());
    match client.list(line, &Filter::default(), None).await {
        Ok(page) => page.items.iter().for_each(told),
        Err(error) => silent(&error),
    }
    for result in [client.get(line, "k1").await, client.revoke(line, "k1").await] {
        match result {
            Ok(key) => told(&key),
            Err(error) => silent(&error),
        }
    }
    match client.create(line, &new).await {
        Ok(made) => assert!(!made.secret.reveal().unwrap().expose().is_empty()),
        Err(error) => silent(&error),
    }
    match client.rotate(line, "k1", &Overlap::None, store).await {
        Ok(made) => {
            assert!(!made.secret.reveal().unwrap().expose().is_empty());
            made.warning.iter().for_each(silent);
        }
        Err(error) => silent(&error),
    }
    match client.validate(line, &Secret::from(KEY)).await {
        Ok(validation) => validation.key.iter().for_each(told),
        Err(error) => silent(&error),
    }
    let nothing = [client.delete(line, "k1").await.err(), client.whoami(line).await.err()];
    let sign_in = client.sign_in(line, "kim@example.test", Secret::from(KEY)).await.err();
    nothing.iter().chain([&sign_in]).flatten().for_each(silent);
}

/// What is told of a key is no key.
fn told(key: &KeyInfo) {
    assert!(!key.id.is_empty());
    assert!(key.masked.as_deref().is_none_or(|masked| !masked.contains(KEY)));
    for time in [key.created_at, key.expires_at, key.last_used_at, key.revoked_at].into_iter().flatten() {
        assert!(time.millis().abs() <= 8_640_000_000_000_000);
    }
}

/// What is told of a failure is short, and has no part of a key.
fn silent(error: &Error) {
    let service = error
        .service()
        .map(|service| format!("{:?} {:?} {:?}", service.code, service.message, service.suggestion));
    let told = format!("{error} {error:?} {:?} {:?} {service:?}", error.details(), error.cause());
    assert!(!told.contains("T7mQ2vXbN9cRk4LwZs8H"), "{told}");
    assert!(told.len() < 20_000, "{} bytes", told.len());
}

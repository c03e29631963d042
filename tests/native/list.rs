//! Looking at keys: many of them, some of them, and only one's own.

use std::collections::BTreeSet;

use keylatch::lifecycle::{Client, Filter, KeyInfo, Overlap};

use crate::support::{Faulty, KIM, LEE, Service, lasting, named, no_store, outcome, verdict};

/// All pages, and how many there were.
async fn all(client: &Client, line: &Faulty, filter: &Filter) -> (Vec<KeyInfo>, usize) {
    let (mut keys, mut pages, mut cursor) = (Vec::new(), 0, None);
    loop {
        let page = client.list(line, filter, cursor.as_deref()).await.unwrap();
        keys.extend(page.items);
        pages += 1;
        cursor = page.cursor;
        if cursor.is_none() {
            return (keys, pages);
        }
    }
}

fn only(status: &str) -> Filter {
    Filter { status: Some(status.into()), search: None }
}

fn containing(search: &str) -> Filter {
    Filter { status: None, search: Some(search.into()) }
}

#[tokio::test]
async fn many_keys_come_page_by_page_each_once_newest_first() {
    let service = Service::start().await;
    let kim = service.signed_in(KIM).await;
    let line = service.line();
    for number in 0..120 {
        kim.create(&line, &named(&format!("robot {number}"))).await.unwrap();
    }
    let (keys, pages) = all(&kim, &line, &Filter::default()).await;
    assert_eq!(pages, 2, "as many on a page as the server gives: 100");
    let names: Vec<_> = keys.iter().map(|key| key.name.clone()).collect();
    let expected: Vec<_> = (0..120).rev().map(|number| format!("robot {number}")).collect();
    assert_eq!(names, expected);
    assert_eq!(keys.iter().map(|key| &key.id).collect::<BTreeSet<_>>().len(), 120);
}

#[tokio::test]
async fn a_key_that_is_made_or_deleted_meanwhile_does_not_shift_the_pages() {
    let service = Service::start().await;
    let kim = service.signed_in(KIM).await;
    let line = service.line();
    for number in 0..110 {
        kim.create(&line, &named(&format!("robot {number}"))).await.unwrap();
    }
    let first = kim.list(&line, &Filter::default(), None).await.unwrap();
    kim.create(&line, &named("latecomer")).await.unwrap();
    let last = &first.items.last().unwrap().id;
    kim.revoke(&line, last).await.unwrap();
    kim.delete(&line, last).await.unwrap();

    let second = kim.list(&line, &Filter::default(), first.cursor.as_deref()).await.unwrap();
    let names: Vec<_> = first.items.iter().chain(&second.items).map(|key| key.name.clone()).collect();
    assert_eq!(names, (0..110).rev().map(|number| format!("robot {number}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn keys_are_found_by_status_and_by_part_of_the_name() {
    let service = Service::start().await;
    let kim = service.signed_in(KIM).await;
    let line = service.line();
    for (name, lifetime) in
        [("Deploy robot", "P3M"), ("deploy.old", "PT1H"), ("100% sure_thing", "P3M"), ("Übung", "never")]
    {
        kim.create(&line, &lasting(name, lifetime)).await.unwrap();
    }
    service.at("2026-11-20T11:00:00Z");
    let (sure, _) = all(&kim, &line, &containing("100%")).await;
    kim.revoke(&line, &sure[0].id).await.unwrap();

    for (filter, names) in [
        (only("active"), &["Übung", "Deploy robot"][..]),
        (only("inactive"), &["100% sure_thing", "deploy.old"]),
        (only("expired"), &["deploy.old"]),
        (only("revoked"), &["100% sure_thing"]),
        (only("all"), &["Übung", "100% sure_thing", "deploy.old", "Deploy robot"]),
        (containing("DEPLOY"), &["deploy.old", "Deploy robot"]),
        (containing("übung"), &["Übung"]),
        (containing("%"), &["100% sure_thing"]),
        (containing("e_t"), &["100% sure_thing"]),
        (containing("&status=revoked"), &[]),
        (Filter { status: Some("active".into()), search: Some("deploy".into()) }, &["Deploy robot"]),
    ] {
        let (keys, _) = all(&kim, &line, &filter).await;
        let found: Vec<_> = keys.iter().map(|key| key.name.as_str()).collect();
        assert_eq!(found, names, "{:?} {:?}", filter.status, filter.search);
    }
}

#[tokio::test]
async fn other_peoples_keys_do_not_exist() {
    let service = Service::start().await;
    let (key, secret) = service.key(&named("robot")).await;
    let lee = service.signed_in(LEE).await;
    let line = service.line();
    let (lees, _) = all(&lee, &line, &Filter::default()).await;
    assert!(lees.is_empty());
    for id in [key.id.as_str(), "key_0123456789abcdefghij", "nonsense", "../account", "é"] {
        for (what, found) in [
            ("get", outcome(lee.get(&line, id).await, |_| "found")),
            ("revoke", outcome(lee.revoke(&line, id).await, |_| "revoked")),
            ("rotate", outcome(lee.rotate(&line, id, &Overlap::None, no_store).await, |_| "rotated")),
            ("delete", outcome(lee.delete(&line, id).await, |()| "deleted")),
        ] {
            assert_eq!(found, "not_found", "{what} {id}");
        }
    }
    let validation = lee.validate(&line, &secret).await.unwrap();
    assert_eq!(verdict(&validation), "unknown");
    assert!(service.lets_in(&secret).await, "and nothing happened to it");
}

#[tokio::test]
async fn looking_at_a_key_does_not_count_as_using_it() {
    let service = Service::start().await;
    let (key, secret) = service.key(&named("robot")).await;
    let kim = service.signed_in(KIM).await;
    let line = service.line();
    kim.validate(&line, &secret).await.unwrap();
    let told = kim.get(&line, &key.id).await.unwrap();
    assert!(told.last_used_at.is_none());
    service.at("2026-11-20T10:05:00Z");
    service.lets_in(&secret).await;
    let told = kim.get(&line, &key.id).await.unwrap();
    assert_eq!(crate::support::text(told.last_used_at.as_ref()).as_deref(), Some("2026-11-20T10:05:00Z"));
}

#[tokio::test]
async fn what_is_no_key_is_unknown() {
    let service = Service::start().await;
    let kim = service.signed_in(KIM).await;
    for text in ["kl_live_0000000000000000000000000000000abcdef", "x", " ", "\u{0}\u{202e}🔑"] {
        let validation = kim.validate(&service.line(), &text.into()).await.unwrap();
        assert_eq!(verdict(&validation), "unknown", "{text:?}");
    }
}

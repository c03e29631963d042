//! Listing keys.

use jiff::SignedDuration;
use serde_json::json;

use crate::harness::{KIM, LEE, Service};

on_both_databases![
    pages_hold_every_key_once_newest_first,
    pages_do_not_shift_when_keys_are_made_or_deleted_meanwhile,
    the_last_page_has_no_cursor,
    status_filters_are_applied_before_paging,
    search_finds_part_of_the_name_in_any_case,
    search_takes_wildcards_literally,
    faulty_parameters_are_refused_by_name,
    a_cursor_of_somebody_else_is_refused,
    a_request_looks_at_a_bounded_number_of_keys,
    few_among_many_are_found_by_an_index,
    a_key_that_is_deleted_leaves_nothing_in_the_index_of_names,
    many_lists_of_one_user_take_turns,
];

async fn pages_hold_every_key_once_newest_first(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let mut made = Vec::new();
    for number in 0..120 {
        made.push(service.create(&cookie, json!({"name": format!("key {number}")})).await.id);
    }
    made.reverse();
    for (limit, sizes) in [
        ("", vec![50, 50, 20]),
        ("&limit=100", vec![100, 20]),
        ("&limit=60", vec![60, 60]),
        ("&limit=7", [vec![7; 17], vec![1]].concat()),
    ] {
        let (mut seen, mut pages, mut cursor) = (Vec::new(), Vec::new(), String::new());
        loop {
            let page = service.get(&format!("/v1/keys?status=all{limit}{cursor}")).cookie(&cookie).await;
            pages.push(page.ids().len());
            seen.extend(page.ids());
            match page.json()["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, made, "{limit}");
        assert_eq!(pages, sizes, "{limit}");
    }
}

async fn pages_do_not_shift_when_keys_are_made_or_deleted_meanwhile(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let mut old = Vec::new();
    for _ in 0..6 {
        old.push(service.create(&cookie, json!({})).await.id);
    }
    old.reverse();
    let first = service.get("/v1/keys?limit=3").cookie(&cookie).await;
    assert_eq!(first.ids(), old[..3]);
    let cursor = first.json()["next_cursor"].as_str().unwrap().to_owned();

    service.create(&cookie, json!({})).await;
    // Even the key that the first page ended with may go.
    service.post(&format!("/v1/keys/{}/revoke", old[2])).cookie(&cookie).await;
    assert_eq!(service.delete(&format!("/v1/keys/{}", old[2])).cookie(&cookie).await.status, 204);
    let second = service.get(&format!("/v1/keys?limit=3&cursor={cursor}")).cookie(&cookie).await;
    assert_eq!(second.ids(), old[3..]);
}

async fn the_last_page_has_no_cursor(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    assert_eq!(
        service.get("/v1/keys").cookie(&cookie).await.json(),
        json!({"items": [], "next_cursor": null})
    );
    for _ in 0..3 {
        service.create(&cookie, json!({})).await;
    }
    for limit in [3, 4] {
        let page = service.get(&format!("/v1/keys?limit={limit}")).cookie(&cookie).await;
        assert_eq!(page.json()["next_cursor"], json!(null), "{limit}");
    }
}

async fn status_filters_are_applied_before_paging(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let mut expiring = Vec::new();
    for number in 0..6 {
        let lifetime = if number % 2 == 0 { "PT1H" } else { "never" };
        let id = service.create(&cookie, json!({"expires_in": lifetime})).await.id;
        if number % 2 == 0 {
            expiring.push(id);
        }
    }
    expiring.reverse();
    service.pass(SignedDuration::from_hours(1));
    let first = service.get("/v1/keys?status=expired&limit=2").cookie(&cookie).await;
    assert_eq!(first.ids(), expiring[..2]);
    let cursor = first.json()["next_cursor"].as_str().unwrap().to_owned();
    let second =
        service.get(&format!("/v1/keys?status=expired&limit=2&cursor={cursor}")).cookie(&cookie).await;
    assert_eq!(second.ids(), expiring[2..]);
}

async fn search_finds_part_of_the_name_in_any_case(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for name in ["Deploy Robot", "Backup", "Übung", "Straße"] {
        service.create(&cookie, json!({"name": name})).await;
    }
    for (search, names) in [
        ("deploy", vec!["Deploy Robot"]),
        ("ROBOT", vec!["Deploy Robot"]),
        ("loy+Rob", vec!["Deploy Robot"]),
        ("%20backup%20", vec!["Backup"]),
        ("%C3%BCb", vec!["Übung"]),
        ("%C3%9CB", vec!["Übung"]),
        ("tra%C3%9Fe", vec!["Straße"]),
        ("b", vec!["Übung", "Backup", "Deploy Robot"]),
        ("", vec!["Straße", "Übung", "Backup", "Deploy Robot"]),
        ("nothing", vec![]),
    ] {
        let page = service.get(&format!("/v1/keys?search={search}")).cookie(&cookie).await.json();
        let found: Vec<_> = page["items"].as_array().unwrap().iter().map(|key| key["name"].clone()).collect();
        assert_eq!(found, names, "{search}");
    }
}

async fn search_takes_wildcards_literally(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for name in ["100%", "a_b", r"back\slash", "'quoted'"] {
        service.create(&cookie, json!({"name": name})).await;
    }
    for (search, count) in [("%25", 1), ("_", 1), ("%5C", 1), ("'", 1), ("a%25b", 0), ("a_b", 1), ("0%25", 1)]
    {
        let page = service.get(&format!("/v1/keys?search={search}")).cookie(&cookie).await;
        assert_eq!(page.ids().len(), count, "{search}");
    }
}

async fn faulty_parameters_are_refused_by_name(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for (query, field) in [
        ("status=dead", "status"),
        ("status=", "status"),
        ("status=Active", "status"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("limit=5&limit=6", "limit"),
        ("cursor=", "cursor"),
        ("cursor=nonsense", "cursor"),
        ("cursor=0123456789abcdefghij", "cursor"),
        ("cursor=%00", "cursor"),
        ("search=%00", "search"),
        ("idempotency_key=", "idempotency_key"),
        ("idempotency_key=a%20b", "idempotency_key"),
    ] {
        let answer = service.get(&format!("/v1/keys?{query}")).cookie(&cookie).await;
        answer.problem_at(422, "invalid_request", field);
    }
    let long = format!("/v1/keys?search={}", "x".repeat(101));
    service.get(&long).cookie(&cookie).await.problem_at(422, "invalid_request", "search");
    let misspelt = service.get("/v1/keys?statsu=active").cookie(&cookie).await;
    let detail = misspelt.problem(422, "invalid_request");
    assert!(detail.contains("status, search, cursor, limit"), "{detail}");
}

async fn a_cursor_of_somebody_else_is_refused(service: &Service) {
    let (kim, lee) = (service.sign_in(KIM).await, service.sign_in(LEE).await);
    for _ in 0..2 {
        service.create(&kim, json!({})).await;
    }
    let page = service.get("/v1/keys?limit=1").cookie(&kim).await;
    let cursor = page.json()["next_cursor"].as_str().unwrap().to_owned();
    let answer = service.get(&format!("/v1/keys?cursor={cursor}")).cookie(&lee).await;
    answer.problem_at(422, "invalid_request", "cursor");
}

/// The ids on all pages, and how many pages there were.
async fn all_pages(service: &Service, cookie: &str, query: &str) -> (Vec<String>, usize) {
    let (mut pages, mut found, mut cursor) = (0, Vec::new(), String::new());
    loop {
        let page = service.get(&format!("/v1/keys?{query}{cursor}")).cookie(cookie).await;
        assert_eq!(page.status, 200, "{query}{cursor}: {}", page.text);
        pages += 1;
        found.extend(page.ids());
        match page.json()["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (found, pages),
        }
    }
}

/// Twelve thousand keys of the same user as the one with this id, all newer and
/// expired for long.
pub async fn add_hay(service: &Service, id: &str) {
    let numbers = match service.app.config().database {
        keylatch_server::Database::Sqlite(_) => {
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000) SELECT i FROM n"
        }
        keylatch_server::Database::Postgres(_) => "SELECT i FROM generate_series(1, 12000) AS n (i)",
    };
    service
        .execute(&format!(
            "INSERT INTO keys (id, user_id, kind, name, name_folded, prefix, last_four, hash, scopes, created_at, \
             expires_at) SELECT 'key_' || (1000000000000000 + i), (SELECT user_id FROM keys WHERE id = '{id}'), \
             'keylatch', 'hay', 'hay', 'kl_live_', 'xxxx', 'hash' || i, '[]', 1, 2 FROM ({numbers}) AS numbers",
        ))
        .await;
}

async fn a_request_looks_at_a_bounded_number_of_keys(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let oldest = service.create(&cookie, json!({"name": "the needle", "expires_in": "never"})).await;
    add_hay(service, &oldest.id).await;
    // The key with the needle is not old enough to be in the index of names.
    service.app.index_names().await;
    for query in ["search=needle", "status=active&search=NEEDLE", "limit=1&search=needle", "search=dl"] {
        let (found, pages) = all_pages(service, &cookie, query).await;
        assert_eq!(found, [&*oldest.id], "{query}");
        assert_eq!(pages, 3, "{query}: 12,001 keys, 5,000 at a time");
    }
    let page = service.get("/v1/keys?limit=100").cookie(&cookie).await;
    assert_eq!(page.ids().len(), 100, "without a filter a page is full");
}

async fn few_among_many_are_found_by_an_index(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let needle = service.create(&cookie, json!({"name": "The Needle", "expires_in": "never"})).await;
    let ended = service.create(&cookie, json!({"name": "another", "expires_in": "PT1H"})).await;
    service.post(&format!("/v1/keys/{}/revoke", ended.id)).cookie(&cookie).await;
    add_hay(service, &needle.id).await;
    for (status, id) in [("active", &needle.id), ("revoked", &ended.id)] {
        let (found, pages) = all_pages(service, &cookie, &format!("status={status}")).await;
        assert_eq!((found, pages), (vec![id.clone()], 1), "{status}");
    }

    service.pass(SignedDuration::from_mins(1));
    service.get("/v1/keys?search=nothing").cookie(&cookie).await;
    service.app.index_names().await;
    for (query, found) in [
        ("search=needle", vec![needle.id.clone()]),
        ("search=E%20NEED&status=active", vec![needle.id.clone()]),
        ("search=needle&status=expired", vec![]),
        ("search=another&status=inactive", vec![ended.id]),
        // Each part of it is in one of the names.
        ("search=anothe%20needle", vec![]),
        ("search=nothing", vec![]),
        ("search=le&status=active", vec![needle.id]),
    ] {
        assert_eq!(all_pages(service, &cookie, query).await, (found, 1), "{query}");
    }
    // What all keys have is found in their order.
    let (found, _) = all_pages(service, &cookie, "search=hay&limit=100").await;
    assert_eq!(found.len(), 12_000);
    assert!(found.is_sorted_by(|newer, older| newer > older));
    let (found, pages) = all_pages(service, &cookie, "search=hay&status=active").await;
    assert_eq!((found, pages), (vec![], 2), "5,000 of the newest, then 5,000 that the index tells of");
    let (found, _) = all_pages(service, &cookie, "status=inactive&limit=100").await;
    assert_eq!(found.len(), 12_001);

    // Newer keys are found though the index does not have them yet.
    let newer = service.create(&cookie, json!({"name": "new needle"})).await;
    let (found, pages) = all_pages(service, &cookie, "search=needle").await;
    assert_eq!((found.first(), found.len(), pages), (Some(&newer.id), 2, 1));
}

async fn a_key_that_is_deleted_leaves_nothing_in_the_index_of_names(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let needle = service.create(&cookie, json!({"name": "needle"})).await;
    add_hay(service, &needle.id).await;
    service.pass(SignedDuration::from_mins(1));
    service.get("/v1/keys?search=needle").cookie(&cookie).await;
    service.app.index_names().await;
    let parts = || service.count("SELECT count(*) FROM name_parts");
    assert_eq!(parts().await, 12_000 + 4, "hay; nee, eed, edl, dle");

    service.post(&format!("/v1/keys/{}/revoke", needle.id)).cookie(&cookie).await;
    assert_eq!(service.delete(&format!("/v1/keys/{}", needle.id)).cookie(&cookie).await.status, 204);
    assert_eq!(parts().await, 12_000);
    assert_eq!(all_pages(service, &cookie, "search=needle").await, (vec![], 1));

    service.app.change_user(KIM, keylatch_server::UserChange::Delete).await.unwrap();
    service.app.sweep().await;
    assert_eq!(parts().await, 0);
    assert_eq!(service.count("SELECT count(*) FROM name_indexes").await, 0);
}

async fn many_lists_of_one_user_take_turns(service: &Service) {
    let (kim, lee) = (service.sign_in(KIM).await, service.sign_in(LEE).await);
    let lists = (0..40).map(|_| service.get("/v1/keys").cookie(&kim).into_future());
    let (answers, other) = tokio::join!(
        futures_util::future::join_all(lists),
        service.get("/v1/keys").cookie(&lee).into_future()
    );
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(other.status, 200, "others have their own");
}

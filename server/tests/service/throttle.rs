//! Wrong passwords: who is held up, and who is not.

use jiff::SignedDuration;
use serde_json::json;

use crate::harness::{Answer, KIM, LEE, PASSWORD, Service};

on_both_databases![
    all_processes_count_together,
    one_address_that_guesses_many_users_is_held_up,
    many_addresses_that_guess_one_user_are_held_up_and_the_user_is_not,
    a_restart_forgives_nothing,
    a_clock_that_was_set_back_holds_nobody_up_for_long,
    no_password_is_in_the_counts,
];
and_with_redis![
    all_processes_count_together,
    one_address_that_guesses_many_users_is_held_up,
    many_addresses_that_guess_one_user_are_held_up_and_the_user_is_not,
    a_restart_forgives_nothing,
    a_clock_that_was_set_back_holds_nobody_up_for_long,
];

async fn sign_in(service: &Service, address: &str, user: &str, password: &str) -> Answer {
    service.post("/v1/session").from(address).json(json!({"user": user, "password": password})).await
}

async fn wrong(service: &Service, address: &str, user: &str) -> u16 {
    sign_in(service, address, user, "wrong").await.status.as_u16()
}

async fn all_processes_count_together(service: &Service) {
    let other = service.another_process().await;
    for _ in 0..5 {
        assert_eq!(wrong(service, "192.0.2.1", KIM).await, 401);
        assert_eq!(wrong(&other, "192.0.2.1", KIM).await, 401);
    }
    for process in [service, &other] {
        let detail = sign_in(process, "192.0.2.1", KIM, PASSWORD).await.problem(429, "rate_limited");
        assert!(detail.contains("for this user from this address"), "{detail}");
    }
    other.app.close().await;
}

async fn one_address_that_guesses_many_users_is_held_up(service: &Service) {
    assert_eq!(sign_in(service, "192.0.2.1", LEE, PASSWORD).await.status, 201);
    for number in 0..50 {
        assert_eq!(wrong(service, "192.0.2.1", &format!("user{number}@example.com")).await, 401);
    }
    let detail = sign_in(service, "192.0.2.1", KIM, PASSWORD).await.problem(429, "rate_limited");
    assert!(detail.contains("from this address"), "{detail}");
    assert_eq!(sign_in(service, "192.0.2.1", LEE, PASSWORD).await.status, 201, "who is known there goes on");
    assert_eq!(sign_in(service, "192.0.2.2", KIM, PASSWORD).await.status, 201);
    service.pass(SignedDuration::from_mins(5));
    assert_eq!(sign_in(service, "192.0.2.1", KIM, PASSWORD).await.status, 201);
}

async fn many_addresses_that_guess_one_user_are_held_up_and_the_user_is_not(service: &Service) {
    assert_eq!(sign_in(service, "192.0.2.1", KIM, PASSWORD).await.status, 201);
    for number in 0..50 {
        assert_eq!(wrong(service, &format!("198.51.100.{number}"), KIM).await, 401);
    }
    let detail = sign_in(service, "198.51.100.200", KIM, PASSWORD).await.problem(429, "rate_limited");
    assert!(detail.contains("for this user"), "{detail}");
    assert_eq!(
        sign_in(service, "192.0.2.1", KIM, PASSWORD).await.status,
        201,
        "from where the user is known"
    );
    assert_eq!(sign_in(service, "198.51.100.200", LEE, PASSWORD).await.status, 201);
}

async fn a_restart_forgives_nothing(service: &Service) {
    for _ in 0..10 {
        wrong(service, "192.0.2.1", KIM).await;
    }
    let anew = service.another_process().await;
    sign_in(&anew, "192.0.2.1", KIM, PASSWORD).await.problem(429, "rate_limited");
    anew.app.close().await;
}

async fn a_clock_that_was_set_back_holds_nobody_up_for_long(service: &Service) {
    for _ in 0..10 {
        wrong(service, "192.0.2.1", KIM).await;
    }
    service.pass(-SignedDuration::from_hours(24));
    let anew = service.another_process().await;
    for process in [service, &anew] {
        let answer = sign_in(process, "192.0.2.1", KIM, PASSWORD).await;
        answer.problem(429, "rate_limited");
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!(wait <= 301, "{wait}");
    }
    anew.app.close().await;
}

async fn no_password_is_in_the_counts(service: &Service) {
    // Who types the password where the user belongs.
    wrong(service, "192.0.2.1", PASSWORD).await;
    for column in ["bucket FROM failures", "user_name FROM places"] {
        let sql = format!("SELECT COUNT(*) FROM (SELECT {column}) AS rows WHERE 1 = 1");
        let _ = service.count(&sql).await;
    }
    let found = service.count("SELECT COUNT(*) FROM failures WHERE bucket LIKE '%correct%'").await;
    assert_eq!((found, service.count("SELECT COUNT(*) FROM failures").await), (0, 4));
}

#[tokio::test]
async fn behind_a_proxy_each_client_counts_by_itself() {
    let service = Service::with(|config| config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()]).await;
    let sign_in = async |client: &str, password: &str| {
        let call = service.post("/v1/session").from("10.0.0.1").header("x-forwarded-for", client);
        call.json(json!({"user": KIM, "password": password})).await.status.as_u16()
    };
    for _ in 0..10 {
        // What a client writes in front changes nothing.
        assert_eq!(sign_in("203.0.113.77, 198.51.100.1", "wrong").await, 401);
    }
    assert_eq!(sign_in("198.51.100.1", PASSWORD).await, 429);
    assert_eq!(sign_in("203.0.113.1, 198.51.100.1", PASSWORD).await, 429);
    assert_eq!(sign_in("198.51.100.2", PASSWORD).await, 201);
    // Who is no proxy cannot choose an address.
    let call = service.post("/v1/session").from("192.0.2.9").header("x-forwarded-for", "198.51.100.1");
    assert_eq!(call.json(json!({"user": KIM, "password": PASSWORD})).await.status, 201);
}

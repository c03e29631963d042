//! What is over goes some at a time, however much it is: after a day without a server, or
//! with a shorter retention, one statement for all of it would pass its deadline each time.

use keylatch_server::{Database, UserChange};
use serde_json::json;

use crate::harness::{KIM, PASSWORD, Service};

on_both_databases![
    a_large_backlog_goes_in_pieces,
    what_many_sessions_of_a_deleted_user_leave_goes_in_pieces,
    however_many_sessions_a_thief_has_another_password_ends_them,
];

const MANY: i64 = 5_000;
/// Most rows that one statement may delete.
const BATCH: i64 = 2_000;

fn numbers(service: &Service) -> String {
    match service.app.config().database {
        Database::Sqlite(_) => format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) SELECT i FROM n"
        ),
        Database::Postgres(_) => format!("SELECT i FROM generate_series(1, {MANY}) AS n (i)"),
    }
}

/// PostgreSQL refuses a statement that deletes more rows than may be, as it refuses one
/// that takes too long.
async fn refuse_large_statements(service: &Service, tables: &[&str]) {
    if matches!(service.app.config().database, Database::Sqlite(_)) {
        return;
    }
    service
        .execute(&format!(
            "CREATE FUNCTION refuse_large() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF (SELECT COUNT(*) FROM gone) > {BATCH} THEN RAISE 'canceling statement' USING ERRCODE = '57014'; END IF; \
             RETURN NULL; END $$"
        ))
        .await;
    for table in tables {
        service
            .execute(&format!(
                "CREATE TRIGGER large AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone FOR EACH STATEMENT \
                 EXECUTE FUNCTION refuse_large()"
            ))
            .await;
    }
}

async fn a_large_backlog_goes_in_pieces(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let user = service.get("/v1/account").cookie(&cookie).await.json()["id"].as_str().unwrap().to_owned();
    let numbers = numbers(service);
    let rows = [
        ("audit", "at, user_id, action, actor", format!("1, '{user}', 'x', 'x'")),
        (
            "attempts",
            "user_id, idempotency_key, fingerprint, created_at, tries",
            format!("'{user}', 'x' || i, 'x', 1, 1"),
        ),
        ("failures", "bucket, at", "'x' || i, 1".into()),
        ("places", "user_name, place, seen_at", "'x', 'x' || i, 1".into()),
        ("sessions", "token_hash, user_id, created_at, last_seen_at", format!("'x' || i, '{user}', 1, 1")),
        ("quotas", "id, period, ends_at, used, quota, granted", "'x' || i, 0, 1, 0, 0, 0".into()),
        (
            "rates",
            "id, started_at, length, current_count, previous_count, ends_at",
            "'x' || i, 0, 1, 0, 0, 1".into(),
        ),
        ("guards", "id, number, answered_at, answer", "'x' || i, 0, 1, '[]'".into()),
    ];
    refuse_large_statements(service, &rows.each_ref().map(|(table, ..)| *table)).await;
    service.app.flush().await;
    let mut kept = Vec::new();
    for (table, columns, values) in &rows {
        let count = format!("SELECT COUNT(*) FROM {table}");
        kept.push((service.count(&count).await, count));
        let text = format!("INSERT INTO {table} ({columns}) SELECT {values} FROM ({numbers}) AS numbers");
        service.execute(&text).await;
    }
    service.app.sweep().await;
    for (kept, count) in kept {
        assert_eq!(service.count(&count).await, kept, "{count}");
    }
    assert_eq!(service.get("/v1/account").cookie(&cookie).await.status, 200);
}

async fn what_many_sessions_of_a_deleted_user_leave_goes_in_pieces(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let user = service.get("/v1/account").cookie(&cookie).await.json()["id"].as_str().unwrap().to_owned();
    let made = service.create(&cookie, json!({})).await;
    refuse_large_statements(service, &["sessions", "attempts"]).await;
    for (table, columns, values) in [
        ("sessions", "token_hash, user_id, created_at, last_seen_at", "1795168800000, 1795168800000"),
        ("attempts", "idempotency_key, user_id, fingerprint, created_at, tries", "'x', 1795168800000, 1"),
    ] {
        let rows = format!("SELECT 'x' || i, '{user}', {values} FROM ({}) AS numbers", numbers(service));
        service.execute(&format!("INSERT INTO {table} ({columns}) {rows}")).await;
    }
    service.app.change_user(KIM, UserChange::Delete).await.unwrap();
    service.get("/v1/account").cookie(&cookie).await.problem(401, "unauthorized");
    service.get("/v1/account").bearer(&made.secret).await.problem(401, "unauthorized");
    service.app.sweep().await;
    for table in ["sessions", "attempts"] {
        assert_eq!(service.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
    }
}

async fn however_many_sessions_a_thief_has_another_password_ends_them(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let user = service.get("/v1/account").cookie(&cookie).await.json()["id"].as_str().unwrap().to_owned();
    refuse_large_statements(service, &["sessions", "logins"]).await;
    let begin_many = async || {
        for (table, columns, values) in [
            ("sessions", "token_hash, user_id, created_at, last_seen_at", "1795168800000, 1795168800000"),
            (
                "logins",
                "token_hash, user_id, login_id, client_id, audience, scope, begun_at",
                "'x' || i, 'x', '', '', 1795168800000",
            ),
        ] {
            let rows = format!("SELECT 'x' || i, '{user}', {values} FROM ({}) AS numbers", numbers(service));
            service.execute(&format!("INSERT INTO {table} ({columns}) {rows}")).await;
        }
    };
    let left = async || {
        (
            service.count("SELECT COUNT(*) FROM sessions").await,
            service.count("SELECT COUNT(*) FROM logins").await,
        )
    };
    begin_many().await;
    let passwords = json!({"old": PASSWORD, "new": "another horse battery"});
    let changed = service.post("/v1/account/password").cookie(&cookie).json(passwords).await;
    assert_eq!(changed.status, 204, "{}", changed.text);
    assert_eq!(left().await, (1, 0), "the one that asked goes on");
    assert_eq!(service.get("/v1/account").cookie(&cookie).await.status, 200);
    begin_many().await;
    service.app.change_user(KIM, UserChange::EndSessions).await.unwrap();
    assert_eq!(left().await, (0, 0));
}

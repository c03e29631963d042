//! From the version before to this one: what is there keeps what it has, and
//! processes of the version before go on working while this one is rolled out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use keylatch_format::Secret;
use keylatch_server::{App, Database};
use serde_json::json;
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, Connection, Row};

use crate::harness::{KIM, PASSWORD, Service, clock, config};
use crate::postgres;

on_both_databases![
    statements_of_the_version_before_run_on_the_new_tables,
    an_old_process_makes_keys_that_manage
];

/// Every statement of the version before, as it stood there.
const BEFORE: [&str; 30] = [
    "INSERT INTO users (id, email, password_hash, created_at) VALUES ($1, $2, $3, $4)",
    "SELECT id, email, password_hash FROM users WHERE email = $1",
    "UPDATE users SET email = email WHERE id = $1",
    "SELECT id, email FROM users WHERE id = $1",
    "INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, key_id) VALUES ($1, $2, $3, $3, $4)",
    "SELECT users.id, users.email, sessions.last_seen_at, sessions.key_id FROM sessions JOIN users ON users.id = \
     sessions.user_id WHERE token_hash = $1 AND last_seen_at > $2 AND sessions.created_at > $3",
    "UPDATE sessions SET last_seen_at = $2 WHERE token_hash = $1 AND last_seen_at < $2",
    "UPDATE sessions SET key_id = NULL WHERE token_hash = $1 AND key_id = $2",
    "DELETE FROM sessions WHERE token_hash = $1",
    "DELETE FROM sessions WHERE last_seen_at <= $1 OR created_at <= $2",
    "DELETE FROM attempts WHERE created_at <= $1",
    "INSERT INTO attempts (user_id, idempotency_key, fingerprint, key_id, created_at, tries) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    "SELECT fingerprint, key_id, tries FROM attempts WHERE user_id = $1 AND idempotency_key = $2",
    "UPDATE attempts SET tries = $3 WHERE user_id = $1 AND idempotency_key = $2 AND tries < $3",
    "UPDATE attempts SET key_id = NULL WHERE user_id = $1 AND idempotency_key = $2",
    "INSERT INTO keys (id, user_id, kind, name, name_folded, prefix, last_four, hash, scopes, created_at, \
     expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    "SELECT id, user_id, kind, name, prefix, last_four, scopes, created_at, expires_at, last_used_at, revoked_at, \
     replaced_by FROM keys WHERE hash = $1",
    "SELECT id, user_id, kind, name, prefix, last_four, scopes, created_at, expires_at, last_used_at, revoked_at, \
     replaced_by FROM keys WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL",
    "UPDATE keys SET name = name WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL RETURNING id, user_id, kind, \
     name, prefix, last_four, scopes, created_at, expires_at, last_used_at, revoked_at, replaced_by",
    "SELECT seq FROM keys WHERE id = $1 AND user_id = $2",
    "UPDATE keys SET last_used_at = $3 WHERE id = $1 AND hash = COALESCE($2, hash)",
    "UPDATE keys SET hash = $2, last_four = $3 WHERE id = $1",
    "UPDATE keys SET expires_at = $2, revoked_at = $3, replaced_by = $4 WHERE id = $1",
    "UPDATE keys SET deleted_at = $2, hash = NULL, last_four = '', name = '', name_folded = '', scopes = '[]' \
     WHERE id = $1",
    "INSERT INTO logins (token_hash, login_id, user_id, client_id, audience, scope, begun_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)",
    "UPDATE logins SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL",
    "SELECT * FROM logins WHERE token_hash = $1",
    "DELETE FROM logins WHERE login_id = $1",
    "SELECT * FROM logins WHERE login_id = $1 AND begun_at > $2 LIMIT 1",
    "DELETE FROM logins WHERE begun_at <= $1",
];

async fn statements_of_the_version_before_run_on_the_new_tables(service: &Service) {
    let is_sqlite = matches!(service.app.config().database, Database::Sqlite(_));
    for (number, statement) in BEFORE.iter().enumerate() {
        // Both read the statement, find every table and column, and do nothing.
        let text = match is_sqlite {
            true => format!("EXPLAIN {statement}"),
            false => format!("PREPARE before_{number} AS {statement}"),
        };
        sqlx::raw_sql(sqlx::AssertSqlSafe(text))
            .execute(&service.database)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

async fn an_old_process_makes_keys_that_manage(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let user_id = service.get("/v1/account").cookie(&cookie).await.json()["id"].as_str().unwrap().to_owned();
    let secret = Secret::from("kl_live_made_by_the_version_before");
    let hash = keylatch_format::hash(&secret);
    service
        .execute(&format!(
            "INSERT INTO keys (id, user_id, kind, name, name_folded, prefix, last_four, hash, scopes, created_at, \
             expires_at) VALUES ('key_0123456789abcdef', '{user_id}', 'keylatch', 'old', 'old', 'kl_live_', 'fore', \
             '{hash}', '[]', 1795168800000, NULL)"
        ))
        .await;
    let made = service.post("/v1/keys").bearer(secret.expose()).json(json!({"name": "x"})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.json()["key"]["full_access"], false, "what this version makes has it no more");
}

/// What a table is to whoever has written statements for it.
#[derive(Debug, PartialEq)]
struct Shape {
    /// Name, type, whether it must be given, and whether it may be left out of an INSERT.
    columns: BTreeMap<String, (String, bool, bool)>,
    /// What may not be there twice, and whatever else rows are held to.
    rules: BTreeSet<String>,
}

async fn shapes(connection: &mut AnyConnection, is_sqlite: bool) -> BTreeMap<String, Shape> {
    let (columns, rules) = match is_sqlite {
        true => (
            "SELECT t.name, c.name, c.type, c.\"notnull\", c.dflt_value IS NOT NULL OR c.\"notnull\" = 0 OR c.pk > 0 \
             FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'",
            "SELECT t.name, i.name FROM sqlite_master AS t, pragma_index_list(t.name) AS i \
             WHERE t.type = 'table' AND i.\"unique\"",
        ),
        false => (
            "SELECT table_name::TEXT, column_name::TEXT, data_type::TEXT, (is_nullable = 'NO')::INT::BIGINT, \
             (column_default IS NOT NULL OR is_nullable = 'YES' OR is_identity = 'YES')::INT::BIGINT \
             FROM information_schema.columns WHERE table_schema = 'public'",
            "SELECT conrelid::REGCLASS::TEXT, conname::TEXT FROM pg_constraint WHERE conrelid <> 0 \
             UNION SELECT tablename::TEXT, indexname::TEXT FROM pg_indexes \
             WHERE schemaname = 'public' AND indexdef LIKE 'CREATE UNIQUE%'",
        ),
    };
    let mut shapes = BTreeMap::new();
    let mut of = |table: String, add: &mut dyn FnMut(&mut Shape)| {
        let empty = Shape { columns: BTreeMap::new(), rules: BTreeSet::new() };
        add(shapes.entry(table).or_insert(empty));
    };
    for row in sqlx::raw_sql(columns).fetch_all(&mut *connection).await.unwrap() {
        let (must, may_lack) = (row.get::<i64, _>(3) != 0, row.get::<i64, _>(4) != 0);
        of(row.get(0), &mut |shape| {
            shape.columns.insert(row.get(1), (row.get(2), must, may_lack));
        });
    }
    for row in sqlx::raw_sql(rules).fetch_all(&mut *connection).await.unwrap() {
        of(row.get(0), &mut |shape| {
            shape.rules.insert(row.get(1));
        });
    }
    shapes
}

/// Whatever statement a version runs, it runs on the tables of the next one: each step
/// since the fifth only adds, nothing that must be given, and no rule for what was there.
async fn each_step_only_adds(url: &str, is_sqlite: bool) {
    sqlx::any::install_default_drivers();
    let files = if is_sqlite { "sqlite" } else { "postgres" };
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(files);
    let mut steps: Vec<_> = std::fs::read_dir(all).unwrap().map(|file| file.unwrap().path()).collect();
    steps.sort();
    assert!(steps.len() >= 13, "{steps:?}");
    let mut connection = AnyConnection::connect(url).await.unwrap();
    for (number, step) in steps.iter().enumerate() {
        let before = shapes(&mut connection, is_sqlite).await;
        let text = std::fs::read_to_string(step).unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut connection).await.unwrap();
        let after = shapes(&mut connection, is_sqlite).await;
        for (table, before) in before.iter().filter(|_| number >= 4) {
            let after = after.get(table).unwrap_or_else(|| panic!("{step:?} drops {table}"));
            assert_eq!(before.rules, after.rules, "{step:?}: {table}");
            for (column, shape) in &before.columns {
                assert_eq!(after.columns.get(column), Some(shape), "{step:?}: {table}.{column}");
            }
            for (column, (.., may_lack)) in &after.columns {
                assert!(before.columns.contains_key(column) || *may_lack, "{step:?}: {table}.{column}");
            }
        }
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn each_step_only_adds_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    each_step_only_adds(&format!("sqlite://{}/keys.db?mode=rwc", directory.path().display()), true).await;
}

#[tokio::test]
async fn each_step_only_adds_postgres() {
    let url = postgres::take_database().await;
    each_step_only_adds(&url, false).await;
    postgres::give_database_back(&url).await;
}

/// A database as the version before left it, made by its own migrator.
async fn as_before(url: &str, files: &str) {
    sqlx::any::install_default_drivers();
    let directory = tempfile::tempdir().unwrap();
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(files);
    for file in std::fs::read_dir(all).unwrap().flatten() {
        let name = file.file_name().into_string().unwrap();
        if name.as_str() < "0005" {
            std::fs::copy(file.path(), directory.path().join(name)).unwrap();
        }
    }
    let mut connection = AnyConnection::connect(url).await.unwrap();
    Migrator::new(directory.path()).await.unwrap().run(&mut connection).await.unwrap();
    let hash = keylatch_format::hash(&Secret::from("kl_live_from_before"));
    for text in [
        "INSERT INTO users (id, email, password_hash, created_at) VALUES ('usr_1', 'ann@example.com', 'x', 1)".into(),
        format!(
            "INSERT INTO keys (id, user_id, kind, name, name_folded, prefix, last_four, hash, scopes, created_at) \
             VALUES ('key_0123456789abcdef', 'usr_1', 'keylatch', 'old', 'old', 'kl_live_', 'fore', '{hash}', '[]', 1)"
        ),
        "INSERT INTO attempts (user_id, idempotency_key, fingerprint, key_id, created_at, tries) \
         VALUES ('usr_1', 'asked', 'f', 'key_0123456789abcdef', 1795168800000, 1)"
            .into(),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

async fn keeps_what_it_has(database: Database) {
    let app = App::open(config(database.clone(), &clock())).await.unwrap();
    app.create_user(KIM, PASSWORD).await.unwrap();
    let service = Service::of(app, clock()).await;
    let listed = service.get("/v1/keys?idempotency_key=asked").bearer("kl_live_from_before").await;
    assert_eq!(listed.ids(), ["key_0123456789abcdef"], "{}", listed.text);
    let made = service.post("/v1/keys").bearer("kl_live_from_before").json(json!({"name": "x"})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    service.app.close().await;
    // A second start finds every step taken.
    let app = App::open(config(database, &clock())).await.unwrap();
    app.close().await;
    service.give_database_back().await;
}

#[tokio::test]
async fn a_database_of_the_version_before_keeps_what_it_has_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.db");
    as_before(&format!("sqlite://{}?mode=rwc", path.display()), "sqlite").await;
    let mark = "PRAGMA application_id = 1802265448";
    let mut connection = AnyConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::raw_sql(mark).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    keeps_what_it_has(Database::Sqlite(path)).await;
}

#[tokio::test]
async fn a_database_of_the_version_before_keeps_what_it_has_postgres() {
    let url = postgres::take_database().await;
    as_before(&url, "postgres").await;
    keeps_what_it_has(Database::Postgres(Secret::new(url))).await;
}

//! When the database fails, is slow, or is no database of ours.

use std::fs;
use std::path::Path;
use std::time::Duration;

use keylatch_format::Secret;
use keylatch_server::{App, Database, StartError};
use serde_json::json;

use crate::harness::{KIM, Service, clock, config};
use crate::postgres;

async fn open(path: &Path) -> Result<App, StartError> {
    App::open(config(Database::Sqlite(path.to_owned()), &clock())).await
}

async fn refusal(path: &Path) -> String {
    let message = open(path).await.err().expect("it opened").to_string();
    assert!(!message.contains('\n'), "one line: {message}");
    message
}

#[tokio::test]
async fn health_is_the_process_and_readiness_the_database() {
    let service = Service::on_sqlite().await;
    for (path, body) in
        [("/health", json!({"status": "ok"})), ("/ready", json!({"status": "ok", "degraded": []}))]
    {
        let answer = service.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, body), "{path}");
    }
    let service = Service::on_sqlite().await;
    service.app.close().await;
    let answer = service.get("/ready").await;
    answer.problem(503, "service_error");
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(service.get("/health").await.status, 200, "starting it anew would not help");
}

#[tokio::test]
async fn a_server_that_is_about_to_stop_is_not_ready_and_goes_on() {
    let service = Service::on_sqlite().await;
    service.app.drain();
    service.get("/ready").await.problem(503, "service_error");
    assert_eq!(service.get("/health").await.status, 200);
    service.sign_in(KIM).await;
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_ended_and_leaves_nothing() {
    // Less than a write waits for its turn.
    let service = Service::with(|config| config.request_timeout = Duration::from_secs(3)).await;
    let cookie = service.sign_in(KIM).await;
    let lock = service.app.store().begin().await.unwrap();
    // A runtime that has nothing to do jumps to its next timer.
    tokio::time::pause();
    let answer = service.post("/v1/keys").cookie(&cookie).json(json!({"name": "x"})).await;
    let detail = answer.problem(503, "service_error");
    assert!(detail.contains("try again"), "{detail}");
    tokio::time::resume();
    drop(lock);
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 0);
}

#[tokio::test]
async fn a_fault_of_the_database_is_told_without_its_details() {
    let service = Service::on_sqlite().await;
    let cookie = service.sign_in(KIM).await;
    service.execute("DROP TABLE attempts").await;
    let call = service.post("/v1/keys").cookie(&cookie).header("idempotency-key", "x");
    let answer = call.json(json!({"name": "x"})).await;
    let detail = answer.problem(500, "service_error");
    assert!(!detail.contains("attempts") && detail.contains("request_id"), "{detail}");
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 0);
}

#[tokio::test]
async fn a_hundred_at_once_are_all_served() {
    let service = Service::on_sqlite().await;
    let cookie = service.sign_in(KIM).await;
    let mut calls = Vec::new();
    for number in 0..100 {
        let call = service.post("/v1/keys").cookie(&cookie).json(json!({"name": format!("key {number}")}));
        calls.push(call.into_future());
    }
    let mut answered = 0;
    let mut calls = calls.into_iter().collect::<futures_util::stream::FuturesUnordered<_>>();
    while let Some(answer) = futures_util::StreamExt::next(&mut calls).await {
        assert_eq!(answer.status, 201, "{}", answer.text);
        answered += 1;
    }
    assert_eq!(answered, 100);
    assert_eq!(service.count("SELECT COUNT(DISTINCT hash) FROM keys").await, 100);
}

#[tokio::test]
async fn keys_and_users_outlive_the_server() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a % strange # name?.db");
    let app = open(&path).await.unwrap();
    let user = app.create_user(KIM, "long enough").await.unwrap();
    app.close().await;
    assert!(path.is_file());
    let left: Vec<_> =
        fs::read_dir(directory.path()).unwrap().flatten().map(|file| file.file_name()).collect();
    assert_eq!(left.len(), 1, "the write-ahead log was worked in: {left:?}");
    let app = open(&path).await.unwrap();
    let again = app.create_user(KIM, "long enough").await;
    assert_eq!(again.err(), Some(keylatch_server::UserError::Taken), "{} is still there", user.id);
}

#[tokio::test]
async fn the_log_is_worked_in_even_while_another_program_reads() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.db");
    let app = open(&path).await.unwrap();
    let url = format!("sqlite://{}", path.display());
    let mut reader = <sqlx::AnyConnection as sqlx::Connection>::connect(&url).await.unwrap();
    sqlx::query("SELECT id FROM users").fetch_all(&mut reader).await.unwrap();
    app.create_user(KIM, "long enough").await.unwrap();
    let log = directory.path().join("keys.db-wal");
    assert_ne!(fs::metadata(&log).unwrap().len(), 0);
    app.close().await;
    assert_eq!(fs::metadata(&log).unwrap().len(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_database_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.db");
    let app = open(&path).await.unwrap();
    app.create_user(KIM, "long enough").await.unwrap();
    for file in ["keys.db", "keys.db-wal", "keys.db-shm"] {
        let mode = fs::metadata(directory.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    app.close().await;
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("letter.txt");
    let letter = "Dear Kim, ".repeat(1000);
    fs::write(&path, &letter).unwrap();
    let message = refusal(&path).await;
    assert!(message.contains("letter.txt is not a keylatch database"), "{message}");
    assert!(message.contains("--database"), "{message}");
    assert_eq!(fs::read_to_string(&path).unwrap(), letter);
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("other.db");
    sqlx::any::install_default_drivers();
    let url = format!("sqlite://{}?mode=rwc", path.display());
    let mut other = <sqlx::AnyConnection as sqlx::Connection>::connect(&url).await.unwrap();
    sqlx::raw_sql("CREATE TABLE recipes (name TEXT)").execute(&mut other).await.unwrap();
    sqlx::Connection::close(other).await.unwrap();
    let before = fs::read(&path).unwrap();
    let message = refusal(&path).await;
    assert!(message.contains("of another program"), "{message}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_newer_versions_database_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.db");
    let app = open(&path).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'of the future', 1, x'00', 0)";
    app.close().await;
    let url = format!("sqlite://{}", path.display());
    let mut other = <sqlx::AnyConnection as sqlx::Connection>::connect(&url).await.unwrap();
    sqlx::query(newer).execute(&mut other).await.unwrap();
    sqlx::Connection::close(other).await.unwrap();
    let before = fs::read(&path).unwrap();
    let message = refusal(&path).await;
    assert!(message.contains("made by a newer keylatch-server"), "{message}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_directory_that_is_not_there_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let message = refusal(&directory.path().join("no/such/keys.db")).await;
    assert!(message.contains("no/such does not exist. Create it"), "{message}");
    let message = refusal(directory.path()).await;
    assert!(message.contains("it is a directory"), "{message}");
}

#[tokio::test]
async fn a_postgres_that_does_not_answer_is_told_without_its_password() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = format!("postgres://kim:s3cret@127.0.0.1:{port}/keys");
    let error = App::open(config(Database::from(url.as_str()), &clock())).await.err().unwrap().to_string();
    assert!(error.contains("PostgreSQL") && error.contains("Check that it runs"), "{error}");
    assert!(!error.contains("s3cret") && !error.contains('\n'), "{error}");
}

#[tokio::test]
async fn users_need_an_address_and_a_password() {
    let service = Service::on_sqlite().await;
    for (email, password, error) in [
        ("kim", "long enough", keylatch_server::UserError::Email),
        ("kim@", "long enough", keylatch_server::UserError::Email),
        ("@example.com", "long enough", keylatch_server::UserError::Email),
        ("a b@example.com", "long enough", keylatch_server::UserError::Email),
        ("a@b@example.com", "long enough", keylatch_server::UserError::Email),
        ("ann@example.com", "short", keylatch_server::UserError::Password),
        ("KIM@example.com ", "long enough", keylatch_server::UserError::Taken),
    ] {
        assert_eq!(service.app.create_user(email, password).await.err(), Some(error), "{email}");
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM users").await, 2);
}

/// As docs/operations.md says. What was revoked after the dump works again, and is revoked again.
#[tokio::test]
async fn a_dump_that_was_made_while_the_server_ran_is_a_whole_database() {
    let service = Service::on_postgres().await;
    let url = |service: &Service| match &service.app.config().database {
        Database::Postgres(url) => url.expose().to_owned(),
        Database::Sqlite(_) => panic!("it is PostgreSQL"),
    };
    let cookie = service.sign_in(KIM).await;
    let (key, revoked) = (service.create(&cookie, json!({})).await, service.create(&cookie, json!({})).await);
    let directory = tempfile::tempdir().unwrap();
    let dump = directory.path().join("keys.dump").to_str().unwrap().to_owned();
    postgres::run("pg_dump", &["--format=custom", "--file", &dump, "--dbname", &url(&service)]);
    service.create(&cookie, json!({})).await;
    let revoke = format!("/v1/keys/{}/revoke", revoked.id);
    assert_eq!(service.post(&revoke).cookie(&cookie).await.status, 200);

    let empty = postgres::take_database().await;
    postgres::run("pg_restore", &["--no-owner", "--dbname", &empty, &dump]);
    let database = Database::Postgres(Secret::new(empty));
    let restored = Service::of(App::open(config(database, &clock())).await.unwrap(), clock()).await;
    assert_eq!(restored.get("/v1/account").bearer(&key.secret).await.status, 200);
    assert_eq!(restored.get("/v1/keys").cookie(&cookie).await.ids(), [revoked.id.clone(), key.id]);
    assert_eq!(restored.get("/v1/account").bearer(&revoked.secret).await.status, 200);
    assert_eq!(restored.post(&revoke).cookie(&cookie).await.status, 200);
    assert_eq!(restored.get("/v1/account").bearer(&revoked.secret).await.status, 401);
    restored.give_database_back().await;
    service.give_database_back().await;
}

/// As docs/operations.md says.
#[tokio::test]
async fn a_copy_that_was_made_while_the_server_ran_is_a_whole_database() {
    let service = Service::on_sqlite().await;
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("copy.db");
    service.execute(&format!("VACUUM INTO '{}'", copy.display())).await;
    service.create(&cookie, json!({})).await;
    let restored = Service::of(open(&copy).await.unwrap(), clock()).await;
    assert_eq!(restored.get("/v1/account").bearer(&key.secret).await.status, 200);
    assert_eq!(restored.get("/v1/keys").cookie(&cookie).await.ids(), [key.id]);
    restored.app.close().await;
}

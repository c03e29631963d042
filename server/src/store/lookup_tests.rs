//! What the databases do to look keys up: they go by the index, one after the other,
//! whether a table has many rows or it is not known yet that it has.

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Row};

use super::lookup::Lookup;
use super::migrations::SQLITE;
use super::value::{Statement, sql, values};
use super::{Store, issued, keys, management, postgres_of_tests as postgres, sessions};

/// A look-up, its arrays, and its index.
const LOOKUPS: [(Lookup, &str, &str); 4] = [
    (keys::BY_HASH, "'{a,b,c}'", "keys_hash_key"),
    (management::BY_HASH, "'{a,b,c}'", "management_keys_hash_key"),
    (issued::BY_HASH, "'{app,app,app}', '{a,b,c}'", "issued_keys_hash_application_id_key"),
    (sessions::BY_TOKEN, "'{a,b,c}'", "sessions_pkey"),
];

async fn run(database: &AnyPool, text: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned())).execute(database).await.unwrap();
}

async fn each_takes_its_index(database: &AnyPool, when: &str) {
    for (lookup, arrays, index) in LOOKUPS {
        let types = if arrays.matches('{').count() == 2 { "text[], text[]" } else { "text[]" };
        run(database, &format!("PREPARE p ({types}) AS {}", lookup.postgres)).await;
        // The plan that is kept for all values, as for a statement that is run often.
        run(database, "SET plan_cache_mode = force_generic_plan").await;
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN EXECUTE p ({arrays})"));
        let rows = sqlx::raw_sql(explain).fetch_all(database).await.unwrap();
        let plan = rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n");
        assert!(plan.contains(index), "{index} is not taken {when}:\n{plan}");
        run(database, "DEALLOCATE p").await;
    }
}

#[tokio::test]
async fn keys_that_are_looked_up_together_are_each_found_by_the_index() {
    let url = postgres::take_database().await;
    let config = crate::Config::new(crate::Database::Postgres(keylatch_format::Secret::from(url.as_str())));
    Store::open(&config).await.unwrap().close().await;
    let database = AnyPoolOptions::new().max_connections(1).connect(&url).await.unwrap();
    // It learns of the rows when this says so, and not by itself in the middle.
    for table in ["keys", "management_keys", "issued_keys", "owners", "applications", "users", "sessions"] {
        run(&database, &format!("ALTER TABLE {table} SET (autovacuum_enabled = false)")).await;
    }
    for text in [
        "INSERT INTO users (id, email, password_hash, created_at) VALUES ('kim', 'a', '', 1)",
        "INSERT INTO applications (id, user_id, name, formats, default_lifetime, scopes, created_at, updated_at) \
         VALUES ('app', 'kim', 'n', '[]', 'P3M', '[]', 1, 1)",
        "INSERT INTO keys (id, user_id, kind, name, name_folded, prefix, last_four, hash, scopes, created_at) \
         SELECT 'k' || n, 'kim', 'keylatch', 'n', 'n', '', '', 'h' || n, '[]', 1 FROM generate_series(1, 20000) AS n",
        "INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at) \
         SELECT 'h' || n, 'kim', 1, 1 FROM generate_series(1, 20000) AS n",
        "INSERT INTO management_keys (id, application_id, name, last_four, hash, scopes, created_at) \
         SELECT 'm' || n, 'app', 'n', '', 'h' || n, '[]', 1 FROM generate_series(1, 20000) AS n",
        "INSERT INTO owners (application_id, id, created_at) SELECT 'app', n::text, 1 FROM generate_series(1, 2000) AS n",
        "INSERT INTO issued_keys (id, application_id, owner, name, name_folded, prefix, last_four, environment, hash, scopes, \
         metadata, allowed_addresses, created_at) SELECT 'i' || n, 'app', (n % 2000 + 1)::text, 'n', 'n', '', '', 'live', \
         'h' || n, '[]', '{}', '[]', 1 FROM generate_series(1, 20000) AS n",
    ] {
        run(&database, text).await;
    }
    each_takes_its_index(&database, "before the rows are known of").await;
    run(&database, "VACUUM ANALYZE").await;
    each_takes_its_index(&database, "afterwards").await;
    database.close().await;
    postgres::give_database_back(&url).await;
}

#[test]
fn sqlite_looks_each_up_by_the_index_too() {
    let database = rusqlite::Connection::open_in_memory().unwrap();
    SQLITE.iter().for_each(|step| database.execute_batch(step.text).unwrap());
    for (lookup, _, _) in LOOKUPS {
        let mut explained = database.prepare(&format!("EXPLAIN QUERY PLAN {}", lookup.sqlite)).unwrap();
        let lines = explained.raw_query().mapped(|row| row.get::<_, String>("detail"));
        let plan: Vec<String> = lines.map(|line| line.unwrap()).collect();
        let (first, others) = plan.split_first().unwrap();
        assert!(first.starts_with("SCAN asked"), "the questions come first: {plan:#?}");
        assert!(others.iter().all(|line| line.starts_with("SEARCH ")), "{plan:#?}");
        assert!(others.iter().any(|line| line.contains("hash=?")), "{plan:#?}");
    }
}

/// Also an application whose keys were hashed by several rules is asked about once.
#[tokio::test]
async fn any_number_of_questions_is_one_statement() {
    // The number is drawn once in a statement, and another in the next.
    let lookup = Lookup {
        sqlite: "SELECT asked.key + 1, asked.value || ($2 ->> asked.key), (SELECT random()) FROM json_each($1) AS asked",
        postgres: "SELECT number, one || other, (SELECT (random() * 1e15)::bigint) \
                   FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (one, other, number)",
    };
    let directory = tempfile::tempdir().unwrap();
    let url = postgres::take_database().await;
    for database in [
        crate::Database::Sqlite(directory.path().join("keys.db")),
        crate::Database::Postgres(keylatch_format::Secret::from(url.as_str())),
    ] {
        let store = Store::open(&crate::Config::new(database)).await.unwrap();
        let ask = async || {
            let questions = ["a", "b", "c"].map(|text| vec![text.to_owned(), text.to_uppercase()]);
            let answers = store.tables.look_up(lookup, questions.into()).await.unwrap();
            let mut rows = answers.into_iter().map(|mut rows| (rows.len(), rows.remove(0)));
            let mut numbers = Vec::new();
            for expected in ["aA", "bB", "cC"] {
                let (count, mut row) = rows.next().unwrap();
                assert_eq!((count, row.text().unwrap().as_str()), (1, expected));
                numbers.push(row.int().unwrap());
            }
            numbers.dedup();
            assert_eq!(numbers.len(), 1, "one statement");
            numbers.remove(0)
        };
        assert_ne!(ask().await, ask().await);
        store.close().await;
    }
    postgres::give_database_back(&url).await;
}

/// A plan for three questions takes PostgreSQL longer than to find three rows.
#[tokio::test]
async fn postgresql_plans_a_lookup_once_for_all_values() {
    const PLANS: Statement =
        sql("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement = $1");
    let url = postgres::take_database().await;
    let mut config =
        crate::Config::new(crate::Database::Postgres(keylatch_format::Secret::from(url.as_str())));
    config.connections.checks = 1;
    let store = Store::open(&config).await.unwrap();
    // By then it is known that no pooler is in between, and statements are prepared.
    while !store.keeps_checks() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    for texts in [vec!["a"], vec!["a", "b", "c"], vec!["c"]] {
        let questions = texts.into_iter().map(|text| vec![text.to_owned()]).collect();
        store.tables.look_up(keys::BY_HASH, questions).await.unwrap();
    }
    let mut plans = store.find(PLANS, values![keys::BY_HASH.postgres]).await.unwrap().unwrap();
    assert_eq!((plans.int().unwrap(), plans.int().unwrap()), (3, 0));
    store.close().await;
    postgres::give_database_back(&url).await;
}

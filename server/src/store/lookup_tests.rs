//! What PostgreSQL does to look keys up: it goes by the index, one after the other,
//! whether a table has many rows or it does not know of them yet.

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Row};

use super::value::Lookup;
use super::{Store, issued, keys, management, postgres_of_tests as postgres};

/// A look-up, its arrays, and its index.
const LOOKUPS: [(Lookup, &str, &str); 3] = [
    (keys::BY_HASH, "'{a,b,c}'", "keys_hash_key"),
    (management::BY_HASH, "'{a,b,c}'", "management_keys_hash_key"),
    (issued::BY_HASH, "'{app,app,app}', '{a,b,c}'", "issued_keys_hash_application_id_key"),
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
    for table in ["keys", "management_keys", "issued_keys", "owners", "applications", "users"] {
        run(&database, &format!("ALTER TABLE {table} SET (autovacuum_enabled = false)")).await;
    }
    for text in [
        "INSERT INTO users (id, email, password_hash, created_at) VALUES ('kim', 'a', '', 1)",
        "INSERT INTO applications (id, user_id, name, formats, default_lifetime, scopes, created_at, updated_at) \
         VALUES ('app', 'kim', 'n', '[]', 'P3M', '[]', 1, 1)",
        "INSERT INTO keys (id, user_id, kind, name, name_folded, prefix, last_four, hash, scopes, created_at) \
         SELECT 'k' || n, 'kim', 'keylatch', 'n', 'n', '', '', 'h' || n, '[]', 1 FROM generate_series(1, 20000) AS n",
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

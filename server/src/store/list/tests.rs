//! What either database does to answer: it finds what it looks at by an index,
//! whatever else its tables hold.

use rusqlite::Connection;
use sqlx::Row;

use super::*;
use crate::store::migrations::SQLITE;
use crate::store::postgres_of_tests as postgres;

/// Whose keys are looked at: most of `lapsed` have ended, none of `lasting`.
const LAPSED: &str = "lapsed";
const LASTING: &str = "lasting";
/// Most keys of all are this one's.
const MOST: &str = "most";

/// A statement, whose keys it looks at, and the indexes that it takes.
type Expected = (&'static str, Statement, &'static str, &'static [&'static str]);

fn statements() -> [Expected; 16] {
    [
        ("by age", BY_AGE.page, LASTING, &["keys_of_user"]),
        ("the last by age", BY_AGE.last, LASTING, &["keys_of_user"]),
        ("by age of most", BY_AGE.page, MOST, &["keys_of_user"]),
        ("the last by age of most", BY_AGE.last, MOST, &["keys_of_user"]),
        ("revoked", REVOKED.page, LASTING, &["keys_revoked"]),
        ("the last revoked", REVOKED.last, LASTING, &["keys_revoked"]),
        ("by name", BY_NAME.page, LASTING, &["name_parts"]),
        ("the last by name", BY_NAME.last, LASTING, &["name_parts"]),
        ("how many are active", ACTIVE.count, LAPSED, &["keys_by_end"]),
        ("active", ACTIVE.page, LAPSED, &["keys_by_end"]),
        ("how many are expired", EXPIRED.count, LASTING, &["keys_by_end"]),
        ("expired", EXPIRED.page, LASTING, &["keys_by_end"]),
        ("how many are ending", ENDING.count, LAPSED, &["keys_by_end"]),
        ("ending", ENDING.page, LAPSED, &["keys_by_end"]),
        ("how many are inactive", INACTIVE.count, LASTING, &["keys_by_end", "keys_revoked"]),
        ("inactive", INACTIVE.page, LASTING, &["keys_by_end", "keys_revoked"]),
    ]
}

#[test]
fn sqlite_takes_an_index_for_whatever_it_looks_at() {
    let database = Connection::open_in_memory().unwrap();
    SQLITE.iter().for_each(|step| database.execute_batch(step.text).unwrap());
    for (title, statement, _, indexes) in statements() {
        let mut explained = database.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sqlite)).unwrap();
        let lines = explained.raw_query().mapped(|row| row.get::<_, String>("detail"));
        let plan: Vec<String> = lines.map(|line| line.unwrap()).collect();
        let plan = plan.join("\n");
        for table in ["keys", "name_parts"] {
            // What a part of the statement has found has the table's name as well.
            let named_alike = plan.matches(&format!("CO-ROUTINE {table}")).count();
            assert_eq!(plan.matches(&format!("SCAN {table}")).count(), named_alike, "{title}:\n{plan}");
        }
        for index in indexes {
            assert!(plan.contains(index), "{title} takes no {index}:\n{plan}");
        }
    }
}

#[tokio::test]
async fn postgresql_takes_an_index_for_whatever_it_looks_at() {
    let url = postgres::take_database().await;
    let database = crate::Database::Postgres(keylatch_format::Secret::from(url.as_str()));
    let config = crate::Config::new(database.clone());
    let store = Store::open(&config);
    store.await.unwrap().close().await;
    let database = sqlx::any::AnyPoolOptions::new().max_connections(1).connect(&url).await.unwrap();
    // Each of the two has 10,000 keys among ten times as many of others; `most` has
    // most of those. Of one key in two hundred the one thing is true, of the rest
    // the other.
    for text in [
        "INSERT INTO users (id, email, password_hash, created_at) VALUES ('lapsed', 'a', '', 1), ('lasting', 'b', '', 1), \
         ('most', 'c', '', 1)",
        "INSERT INTO keys (id, user_id, kind, name, name_folded, prefix, last_four, hash, scopes, created_at, \
         expires_at, revoked_at) \
         SELECT u || n, u, 'keylatch', 'n', 'n', '', '', u || n, '[]', 1, \
         CASE WHEN (u = 'lapsed') = (n % 200 = 0) THEN 3000 ELSE 1000 END, CASE WHEN n % 200 = 1 THEN 1 END \
         FROM generate_series(1, 10000) AS n, unnest(ARRAY['lapsed', 'lasting']) AS u",
        "INSERT INTO keys (id, user_id, kind, name, name_folded, prefix, last_four, hash, scopes, created_at) \
         SELECT 'most' || n, 'most', 'keylatch', 'n', 'n', '', '', 'most' || n, '[]', 1 \
         FROM generate_series(1, 100000) AS n",
        "UPDATE keys SET expires_at = 3000 WHERE user_id = 'lasting' AND expires_at = 1000 AND seq % 2 = 0",
        "INSERT INTO name_parts (number, part, seq) SELECT 1, seq % 100, seq FROM keys",
        "VACUUM ANALYZE",
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned())).execute(&database).await.unwrap();
    }
    for (number, (title, statement, user, indexes)) in statements().into_iter().enumerate() {
        let prepare = format!(
            "PREPARE p{number} (text, bigint, bigint, text, text, bigint, text, bigint, bigint, bigint, bigint) AS {}",
            statement.postgres
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(prepare)).execute(&database).await.unwrap();
        let explain = format!(
            "EXPLAIN EXECUTE p{number} ('{user}', {}, 5000, '', 'all', 2000, '', 3000, 51, 1, 7)",
            i64::MAX
        );
        let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(explain)).fetch_all(&database).await.unwrap();
        let plan = rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n");
        assert!(!plan.contains("Seq Scan"), "{title}:\n{plan}");
        for index in indexes {
            assert!(plan.contains(index), "{title} takes no {index}:\n{plan}");
        }
    }
    database.close().await;
    postgres::give_database_back(&url).await;
}

//! All keys of an owner end at once, also if there are so many that no one statement
//! could change their rows in time.

use jiff::SignedDuration;
use keylatch_server::Database;
use serde_json::{Value, json};

use crate::harness::{Application, NewKey, Service};

on_both_databases![
    many_keys_of_an_owner_are_revoked_at_once,
    an_owner_with_many_keys_is_deleted_at_once,
    an_owner_who_comes_back_has_new_keys_only,
    what_was_revoked_between_two_sweeps_tells_its_own_time,
    no_successor_escapes_the_revocation_of_all,
];

/// So many stand between the first key of a test and those that it issues later.
const MANY: i64 = 25_000;
/// Most rows of keys that one statement may change.
const BATCH: i64 = 2_000;

/// Puts keys into the database that belong to the owner of this one.
async fn add_many(service: &Service, key: &NewKey) {
    let numbers = match service.app.config().database {
        Database::Sqlite(_) => format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) SELECT i FROM n"
        ),
        Database::Postgres(_) => format!("SELECT i FROM generate_series(1, {MANY}) AS n (i)"),
    };
    service
        .execute(&format!(
            "INSERT INTO issued_keys (id, application_id, owner, name, name_folded, prefix, last_four, environment, \
             hash, scopes, metadata, allowed_addresses, created_at) SELECT 'key_' || (1000000000000000 + i), \
             application_id, owner, 'hay', 'hay', prefix, 'xxxx', 'live', 'hash' || i, '[]', '{{}}', '[]', created_at \
             FROM issued_keys, ({numbers}) AS numbers WHERE issued_keys.id = '{}'",
            key.id
        ))
        .await;
}

/// From here on PostgreSQL refuses a statement that changes more rows than may be: what
/// such a statement takes grows with an owner, and its deadline does not. SQLite has no such
/// trigger, and runs the same statements. The rows that are left cannot be counted instead, as
/// a sweep of any process may follow at once.
async fn refuse_large_statements(service: &Service) {
    if matches!(service.app.config().database, Database::Sqlite(_)) {
        return;
    }
    for text in [
        format!(
            "CREATE FUNCTION refuse_large() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF (SELECT COUNT(*) FROM changed) > {BATCH} THEN RAISE 'canceling statement' USING ERRCODE = '57014'; END IF; \
             RETURN NULL; END $$"
        ),
        "CREATE TRIGGER updates AFTER UPDATE ON issued_keys REFERENCING NEW TABLE AS changed \
         FOR EACH STATEMENT EXECUTE FUNCTION refuse_large()"
            .to_owned(),
        "CREATE TRIGGER deletions AFTER DELETE ON issued_keys REFERENCING OLD TABLE AS changed \
         FOR EACH STATEMENT EXECUTE FUNCTION refuse_large()"
            .to_owned(),
    ] {
        service.execute(&text).await;
    }
}

/// An application whose owner cust_7 has very many keys, and the first of them.
async fn with_many(service: &Service) -> (Application<'_>, NewKey) {
    let application = service.application(json!({})).await;
    let first = application.issue(json!({"owner": "cust_7", "name": "first"})).await;
    add_many(service, &first).await;
    refuse_large_statements(service).await;
    // From here on it is known in this process.
    assert_eq!(application.code(&first.secret).await, "valid");
    (application, first)
}

async fn many_keys_of_an_owner_are_revoked_at_once(service: &Service) {
    let (application, first) = with_many(service).await;
    let other = application.issue(json!({"owner": "cust_8"})).await;
    let before = service.another_process().await;
    let ask = async |process: &Service, key: &NewKey| -> Value {
        let call = process.post("/v1/verify").bearer(&application.manager);
        call.json(json!({"key": key.secret})).await.json()["code"].clone()
    };
    assert_eq!(ask(&before, &first).await, "valid");
    service.pass(SignedDuration::from_secs(1));
    let revoke = async || -> Value {
        let path = application.path("/owners/cust_7/revoke");
        service.post(&path).bearer(&application.management_key(&["keys:revoke"]).await).await.json()
    };
    assert_eq!(revoke().await, json!({"revoked": MANY + 1}));
    let unfollowed = "SELECT COUNT(*) FROM issued_keys WHERE owner = 'cust_7' AND revoked_at IS NULL";

    // Whoever asks goes by the owner: in this process, in one that starts, …
    assert_eq!(application.code(&first.secret).await, "revoked");
    let after = service.another_process().await;
    assert_eq!(ask(&after, &first).await, "revoked");
    // … and by looking at the key, at the list, and by changing it.
    let path = application.path(&format!("/keys/{}", first.id));
    let told = service.get(&path).cookie(&application.cookie).await.json();
    assert_eq!(
        (&told["status"], &told["revoked_at"]),
        (&json!("revoked"), &json!("2026-11-20T10:00:01Z")),
        "{told}"
    );
    let listed = async |query: &str| {
        let path = application.path(&format!("/keys?owner=cust_7&limit=2&{query}"));
        let listed = service.get(&path).cookie(&application.cookie).await.json();
        listed["items"].as_array().unwrap().len()
    };
    assert_eq!((listed("status=active").await, listed("status=revoked").await), (0, 2));
    let rotate = service.post(&format!("{path}/rotate")).cookie(&application.cookie).await;
    rotate.problem(409, "key_inactive");
    let change = json!({"disabled": false, "name": "x"});
    let changed = service.patch(&path).cookie(&application.cookie).json(change).await.json();
    assert_eq!(changed["status"], "revoked");

    // What comes later is not among them.
    let later = application.issue(json!({"owner": "cust_7"})).await;
    for _ in 0..2 {
        assert_eq!(application.code(&later.secret).await, "valid");
        assert_eq!(application.code(&other.secret).await, "valid");
        assert_eq!(application.code(&first.secret).await, "revoked");
        service.app.sweep().await;
    }
    assert_eq!(service.count(unfollowed).await, 1);
    assert_eq!(service.count("SELECT COUNT(*) FROM owners WHERE revoked_up_to > 0").await, 0);
    assert_eq!(revoke().await, json!({"revoked": 1}));
    assert_eq!(revoke().await, json!({"revoked": 0}));
    assert_eq!(application.code(&later.secret).await, "revoked");
    for process in [before, after] {
        process.app.close().await;
    }
}

async fn an_owner_with_many_keys_is_deleted_at_once(service: &Service) {
    let (application, first) = with_many(service).await;
    let owner = application.path("/owners/cust_7");
    assert_eq!(service.delete(&owner).cookie(&application.cookie).await.status, 204);
    for _ in 0..2 {
        assert_eq!(application.code(&first.secret).await, "not_found");
        let key = application.path(&format!("/keys/{}", first.id));
        for path in [&key, &owner] {
            service.get(path).cookie(&application.cookie).await.problem(404, "not_found");
        }
        service.delete(&owner).cookie(&application.cookie).await.problem(404, "not_found");
        for list in ["/owners", "/keys?owner=cust_7&limit=2", "/keys?search=first"] {
            let listed = service.get(&application.path(list)).cookie(&application.cookie).await.json();
            assert_eq!(listed["items"], json!([]), "{list}");
        }
        service.app.sweep().await;
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM issued_keys WHERE hash IS NOT NULL").await, 0);
    assert_eq!(service.count("SELECT COUNT(*) FROM owners").await, 0);
    assert_eq!(
        service.count("SELECT COUNT(*) FROM issued_keys").await,
        MANY + 1,
        "ids are never given again"
    );
}

async fn an_owner_who_comes_back_has_new_keys_only(service: &Service) {
    let (application, first) = with_many(service).await;
    let path = application.path("/owners/cust_7");
    let kept = json!({"metadata": {"plan": "pro"}});
    assert_eq!(service.put(&path).cookie(&application.cookie).json(kept).await.status, 200);
    assert_eq!(service.delete(&path).cookie(&application.cookie).await.status, 204);
    service.pass(SignedDuration::from_secs(1));
    let second = application.issue(json!({"owner": "cust_7"})).await;
    for _ in 0..2 {
        assert_eq!(application.code(&first.secret).await, "not_found");
        assert_eq!(application.code(&second.secret).await, "valid");
        let owner = service.get(&path).cookie(&application.cookie).await.json();
        assert_eq!((&owner["keys"], &owner["metadata"]), (&json!(1), &json!({})), "{owner}");
        assert_eq!(owner["created_at"], "2026-11-20T10:00:01Z");
        service.app.sweep().await;
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM issued_keys WHERE hash IS NOT NULL").await, 1);
    // And is deleted again, rows of the first time or not.
    assert_eq!(service.delete(&path).cookie(&application.cookie).await.status, 204);
    assert_eq!(application.code(&second.secret).await, "not_found");
    assert_eq!(service.count("SELECT COUNT(*) FROM owners").await, 0);
}

async fn what_was_revoked_between_two_sweeps_tells_its_own_time(service: &Service) {
    let (application, first) = with_many(service).await;
    let revoke =
        async || service.post(&application.path("/owners/cust_7/revoke")).cookie(&application.cookie).await;
    revoke().await;
    service.pass(SignedDuration::from_secs(5));
    let later = application.issue(json!({"owner": "cust_7"})).await;
    assert_eq!(revoke().await.json(), json!({"revoked": 1}), "the others had ended");
    for _ in 0..2 {
        for (key, at) in [(&first, "2026-11-20T10:00:00Z"), (&later, "2026-11-20T10:00:05Z")] {
            let path = application.path(&format!("/keys/{}", key.id));
            let told = service.get(&path).cookie(&application.cookie).await.json();
            assert_eq!(told["revoked_at"], at, "{told}");
        }
        service.app.sweep().await;
    }
}

/// Of a rotation and a revocation of all at the same time, the second sees what the first did.
async fn no_successor_escapes_the_revocation_of_all(service: &Service) {
    let application = service.application(json!({})).await;
    for _ in 0..5 {
        let mut rotations = Vec::new();
        for _ in 0..6 {
            let key = application.issue(json!({"owner": "cust_7"})).await;
            let path = application.path(&format!("/keys/{}/rotate", key.id));
            rotations.push(async {
                let path = path;
                service.post(&path).cookie(&application.cookie).await.status.as_u16()
            });
        }
        let revoke = service.post(&application.path("/owners/cust_7/revoke")).cookie(&application.cookie);
        let revoke = async move { revoke.await.status.as_u16() };
        let (rotated, revoked) = futures_util::join!(futures_util::future::join_all(rotations), revoke);
        assert_eq!(revoked, 200);
        assert!(rotated.iter().all(|status| [201, 409].contains(status)), "{rotated:?}");
        let listed = application.path("/keys?owner=cust_7&status=active");
        let active = service.get(&listed).cookie(&application.cookie).await.json();
        assert_eq!(active["items"], json!([]), "{rotated:?}");
    }
}

//! Deleting a key.

use serde_json::json;

use crate::harness::{KIM, Service};

on_both_databases![
    a_deleted_key_leaves_nothing_but_its_id,
    an_active_key_is_not_deleted,
    deleting_twice_is_not_found,
];

async fn a_deleted_key_leaves_nothing_but_its_id(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({"name": "secret project"})).await;
    let path = format!("/v1/keys/{}", key.id);
    service.post(&format!("{path}/revoke")).cookie(&cookie).await;
    let answer = service.delete(&path).cookie(&cookie).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));

    service.get(&path).cookie(&cookie).await.problem(404, "not_found");
    service.post(&format!("{path}/revoke")).cookie(&cookie).await.problem(404, "not_found");
    service.post(&format!("{path}/rotate")).cookie(&cookie).await.problem(404, "not_found");
    service.get("/v1/account").bearer(&key.secret).await.problem(401, "unauthorized");
    assert!(service.get("/v1/keys").cookie(&cookie).await.ids().is_empty());

    assert_eq!(service.stored(&key.id, "id").await, key.id, "the tombstone");
    assert_ne!(service.stored(&key.id, "deleted_at").await, "");
    for column in ["hash", "last_four", "name", "name_folded"] {
        assert_eq!(service.stored(&key.id, column).await, "", "{column}");
    }
    let taken = format!(
        "INSERT INTO keys (id, user_id, kind, name, name_folded, prefix, last_four, hash, scopes, created_at) \
         SELECT '{}', id, 'keylatch', 'x', 'x', '', '', 'x', '[]', 0 FROM users",
        key.id
    );
    let again = sqlx::raw_sql(sqlx::AssertSqlSafe(taken)).execute(&service.database).await;
    assert!(again.is_err_and(|error| error.as_database_error().unwrap().is_unique_violation()));
}

async fn an_active_key_is_not_deleted(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    let detail =
        service.delete(&format!("/v1/keys/{}", key.id)).cookie(&cookie).await.problem(409, "key_active");
    assert!(detail.contains("Revoke it first"), "{detail}");
    assert_eq!(service.get("/v1/account").bearer(&key.secret).await.status, 200);
    assert_eq!(service.stored(&key.id, "deleted_at").await, "");
}

async fn deleting_twice_is_not_found(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    let path = format!("/v1/keys/{}", key.id);
    service.post(&format!("{path}/revoke")).cookie(&cookie).await;
    assert_eq!(service.delete(&path).cookie(&cookie).await.status, 204);
    service.delete(&path).cookie(&cookie).await.problem(404, "not_found");
}

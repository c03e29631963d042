//! Conduce's wire, as recorded (`docs/wire.md`, section 3).

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::facade_keys::WIRES;
use crate::harness::{Answer, Call, KIM, LEE, PASSWORD, Service};

on_both_databases![
    a_password_starts_a_session_for_every_path,
    a_wrong_password_is_refused_and_throttled_as_our_own,
    only_a_session_that_lasts_is_valid,
    a_key_is_a_uuid_that_is_told_once,
    the_description_becomes_the_name,
    the_list_shows_a_stand_in_for_each_key,
    a_key_is_deleted_by_itself,
    a_key_is_deleted_by_what_the_list_shows_of_it,
    what_is_not_ones_own_key_is_not_deleted,
    a_key_with_scopes_gains_nothing_here,
    there_is_nothing_else_here,
    without_a_credential_nothing_is_told,
    a_session_is_not_for_other_origins_pages,
];

const LOGIN: &str = "/conduce/api/v1/user/login";
const SESSION: &str = "/conduce/api/v1/user/validate-session";
const CREATE: &str = "/conduce/api/v1/apikeys/create";
const LIST: &str = "/conduce/api/v1/apikeys/list";
const DELETE: &str = "/conduce/api/v1/apikeys/delete";

fn login<'s>(service: &'s Service, user: &str, password: &str) -> Call<'s> {
    service.post(LOGIN).json(json!({"email": user, "password": password, "keep": false}))
}

/// The cookie of a login.
async fn session(service: &Service, user: &str) -> String {
    let answer = login(service, user, PASSWORD).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.cookie()
}

/// A new key, as the Python client asks for one.
async fn new_key(service: &Service, cookie: &str) -> String {
    let body = json!({"description": "Generated and used by conduce-python-api"});
    let answer = service.post(CREATE).cookie(cookie).json(body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json().as_object().unwrap().len(), 1);
    answer.json()["apikey"].as_str().unwrap().to_owned()
}

async fn delete(service: &Service, cookie: &str, key: &str) -> Answer {
    service.post(DELETE).cookie(cookie).json(json!({"apikey": key})).await
}

/// keylatch's id of a key.
async fn id_of(service: &Service, key: &str) -> String {
    service.get("/v1/account").bearer(key).await.json()["key_id"].as_str().unwrap().to_owned()
}

/// What the list shows of a key.
async fn stand_in(service: &Service, key: &str) -> String {
    format!("{}…{}", &id_of(service, key).await[4..], &key[32..])
}

async fn a_password_starts_a_session_for_every_path(service: &Service) {
    let answer = login(service, KIM, PASSWORD).await;
    assert_eq!(answer.status, 200);
    let cookie = answer.header("set-cookie");
    for part in ["; Path=/;", "; HttpOnly", "; SameSite=Strict"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.starts_with("Authorization="), "{cookie}");
    for path in [SESSION, LIST, "/conduce/api/v1/user/list-teams", "/v1/account"] {
        assert_eq!(service.get(path).cookie(&answer.cookie()).await.status, 200, "{path}");
    }
}

async fn a_wrong_password_is_refused_and_throttled_as_our_own(service: &Service) {
    for _ in 0..5 {
        login(service, KIM, "wrong").await.problem(401, "invalid_credentials");
        let own = service.post("/v1/session").json(json!({"user": KIM, "password": "wrong"}));
        own.await.problem(401, "invalid_credentials");
    }
    login(service, KIM, PASSWORD).await.problem(429, "rate_limited");
    service.post(LOGIN).json(json!({"email": LEE})).await.problem_at(422, "invalid_request", "password");
}

async fn only_a_session_that_lasts_is_valid(service: &Service) {
    let cookie = session(service, KIM).await;
    let valid = service.get(SESSION).cookie(&cookie).await;
    assert_eq!(valid.status, 200);
    let key = new_key(service, &cookie).await;
    service.get(SESSION).bearer(&key).await.problem(401, "unauthorized");
    service.get(SESSION).await.problem(401, "unauthorized");
    service.pass(SignedDuration::from_hours(12));
    service.get(SESSION).cookie(&cookie).await.problem(401, "unauthorized");
}

async fn a_key_is_a_uuid_that_is_told_once(service: &Service) {
    let cookie = session(service, KIM).await;
    let key = new_key(service, &cookie).await;
    let lengths: Vec<_> = key.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12], "{key}");
    assert!(key.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'), "{key}");
    assert_ne!(key, new_key(service, &cookie).await);
    for wire in WIRES {
        assert_eq!((wire.request)(service, &key).await.status, 200, "{}", wire.name);
    }
    // A key makes a key, too.
    assert_eq!(service.post(CREATE).bearer(&key).json(json!({})).await.status, 200);
    let columns = "id || name || prefix || last_four || hash || scopes";
    let found = format!("SELECT COUNT(*) FROM keys WHERE {columns} LIKE '%{}%'", &key[..8]);
    assert_eq!(service.count(&found).await, 0, "only its hash is kept");
}

async fn the_description_becomes_the_name(service: &Service) {
    let cookie = session(service, KIM).await;
    for (description, name) in
        [(json!("  deploy robot "), "deploy robot"), (json!(""), "Conduce"), (json!(null), "Conduce")]
    {
        let call = service.post(CREATE).cookie(&cookie).json(json!({"description": description}));
        let key = call.await.json()["apikey"].as_str().unwrap().to_owned();
        let id = id_of(service, &key).await;
        assert_eq!(service.stored(&id, "name").await, name);
        assert_eq!(service.stored(&id, "kind").await, "conduce");
        assert_eq!(service.stored(&id, "expires_at").await, "");
    }
    let long = service.post(CREATE).cookie(&cookie).json(json!({"description": "x".repeat(101)})).await;
    long.problem_at(422, "invalid_request", "description");
}

async fn the_list_shows_a_stand_in_for_each_key(service: &Service) {
    let cookie = session(service, KIM).await;
    assert_eq!(service.get(LIST).cookie(&cookie).await.text, "[]");
    let first = new_key(service, &cookie).await;
    service.pass(SignedDuration::from_secs(60));
    let second = new_key(service, &cookie).await;
    service.create(&cookie, json!({})).await;
    new_key(service, &session(service, LEE).await).await;

    let answer = service.get(LIST).bearer(&first).await;
    let expected = json!([
        {"apikey": stand_in(service, &second).await, "created": 1_795_168_860},
        {"apikey": stand_in(service, &first).await, "created": 1_795_168_800},
    ]);
    assert_eq!(answer.json(), expected, "newest first, and only what was made here");
    // What ended elsewhere is not listed, though keylatch's own list has it.
    let id = id_of(service, &first).await;
    let revoke = service.post(&format!("/v1/keys/{id}/revoke")).cookie(&cookie).await;
    assert_eq!(revoke.status, 200);
    let left = service.get(LIST).cookie(&cookie).await.json();
    assert_eq!(left.as_array().map(Vec::len), Some(1));
    assert_eq!(service.get("/v1/keys").cookie(&cookie).await.ids().len(), 3);
}

async fn a_key_is_deleted_by_itself(service: &Service) {
    let cookie = session(service, KIM).await;
    let (one, other) = (new_key(service, &cookie).await, new_key(service, &cookie).await);
    assert_eq!(delete(service, &cookie, &one).await.status, 200);
    let by_itself = service.post(DELETE).bearer(&other).json(json!({"apikey": other})).await;
    assert_eq!(by_itself.status, 200);
    for key in [one, other] {
        for wire in WIRES {
            (wire.refused)(&(wire.request)(service, &key).await);
        }
        delete(service, &cookie, &key).await.problem_at(404, "not_found", "apikey");
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM keys WHERE hash IS NOT NULL").await, 0);
}

async fn a_key_is_deleted_by_what_the_list_shows_of_it(service: &Service) {
    let cookie = session(service, KIM).await;
    let (one, other) = (new_key(service, &cookie).await, new_key(service, &cookie).await);
    let listed = service.get(LIST).cookie(&cookie).await.json()[1]["apikey"].as_str().unwrap().to_owned();
    assert_eq!(delete(service, &cookie, &listed).await.status, 200);
    service.get(LIST).bearer(&one).await.problem(401, "unauthorized");
    assert_eq!(service.get(LIST).bearer(&other).await.status, 200, "it lives on");
    delete(service, &cookie, &listed).await.problem_at(404, "not_found", "apikey");
}

async fn what_is_not_ones_own_key_is_not_deleted(service: &Service) {
    let (kim, lee) = (session(service, KIM).await, session(service, LEE).await);
    let key = new_key(service, &kim).await;
    let listed = stand_in(service, &key).await;
    let id = id_of(service, &key).await;
    let made_elsewhere = service.create(&kim, json!({})).await;
    for (cookie, text) in [
        (&lee, &*key),
        (&lee, &listed),
        (&kim, &made_elsewhere.secret),
        (&kim, &format!("{}…{}", &made_elsewhere.id[4..], &made_elsewhere.secret[40..])),
        (&kim, &id),
        (&kim, &format!("{}…", &id[4..])),
        (&kim, &format!("{id}…{}", &key[32..])),
        (&kim, &format!("…{}", &key[32..])),
        (&kim, "…"),
        (&kim, ""),
    ] {
        delete(service, cookie, text).await.problem_at(404, "not_found", "apikey");
    }
    let made_elsewhere = made_elsewhere.secret;
    let faulty = service.post(DELETE).cookie(&kim).json(json!({"key": key})).await;
    faulty.problem_at(422, "invalid_request", "apikey");
    for key in [key, made_elsewhere] {
        let teams = service.get("/conduce/api/v1/user/list-teams").bearer(&key).await;
        assert_eq!(teams.status, 200, "it lives on");
    }
}

async fn a_key_with_scopes_gains_nothing_here(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let victim = new_key(service, &cookie).await;
    for (scopes, list, create, removal) in [
        (json!(["deploy"]), 403, 403, 403),
        (json!(["keys:read"]), 200, 403, 403),
        (json!(["keys:write"]), 403, 403, 404),
        (json!([]), 403, 403, 403),
        (json!(["keys:read", "keys:write"]), 200, 200, 404),
    ] {
        let key = service.create(&cookie, json!({"scopes": scopes})).await.secret;
        assert_eq!(service.get(LIST).bearer(&key).await.status, list, "{scopes}");
        assert_eq!(service.post(CREATE).bearer(&key).json(json!({})).await.status, create, "{scopes}");
        let answer = service.post(DELETE).bearer(&key).json(json!({"apikey": "0"})).await;
        assert_eq!(answer.status, removal, "{scopes}");
    }
    assert_eq!(service.get(LIST).bearer(&victim).await.status, 200);
}

async fn there_is_nothing_else_here(service: &Service) {
    let cookie = session(service, KIM).await;
    let key = new_key(service, &cookie).await;
    let search = json!({"type": "DATASET"});
    for call in [
        service.post("/conduce/api/v2/resources/searches").bearer(&key).json(search.clone()),
        service.post("/conduce/api/v2/resources/searches").cookie(&cookie).json(search),
    ] {
        assert_eq!(call.await.json(), json!({"resources": []}));
    }
    let teams: Value = service.get("/conduce/api/v1/user/list-teams").bearer(&key).await.json();
    assert_eq!(teams, json!({"teams": []}));
    service.get("/conduce/api/v1/nothing").bearer(&key).await.problem(404, "not_found");
}

async fn without_a_credential_nothing_is_told(service: &Service) {
    for (method, path) in [
        (Method::GET, SESSION),
        (Method::POST, CREATE),
        (Method::GET, LIST),
        (Method::POST, DELETE),
        (Method::GET, "/conduce/api/v1/user/list-teams"),
        (Method::POST, "/conduce/api/v2/resources/searches"),
    ] {
        let call = |credential: (&'static str, &str)| {
            service.call(method.clone(), path).header(credential.0, credential.1).json(json!({"apikey": "0"}))
        };
        for credential in [
            ("accept", "*/*"),
            ("authorization", "Bearer 6f1d2c1e-0000-4000-8000-000000000001"),
            ("authorization", "Basic OjE="),
            ("x-api-key", "6f1d2c1e-0000-4000-8000-000000000001"),
            ("cookie", "keylatch_session=00"),
        ] {
            call(credential).await.problem(401, "unauthorized");
        }
    }
}

async fn a_session_is_not_for_other_origins_pages(service: &Service) {
    let cookie = session(service, KIM).await;
    for path in [CREATE, DELETE] {
        let call = service.post(path).cookie(&cookie).header("origin", "https://evil.example");
        call.json(json!({"apikey": "0"})).await.problem(403, "forbidden");
    }
    let call = login(service, KIM, PASSWORD).header("origin", "https://evil.example");
    call.await.problem(403, "forbidden");
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 0);
}

//! Modelon Impact's wire, as recorded (`docs/wire.md`, section 1): the API in its two
//! places, and the one key that a user has.

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Call, KIM, LEE, Service};

on_both_databases![
    the_hub_tells_where_the_api_is,
    the_python_client_is_not_sent_to_the_hub,
    the_version_needs_no_key,
    a_person_has_the_members_that_clients_need,
    without_a_key_nothing_is_told,
    a_header_with_a_key_wins_over_the_cookie,
    a_key_is_made_told_once_listed_and_deleted,
    a_second_key_is_refused_but_other_apis_keys_do_not_count,
    nobody_reaches_another_persons_keys,
    a_key_with_scopes_gains_nothing_here,
    a_key_that_was_revoked_or_rotated_elsewhere_makes_way,
    validation_tells_whose_key_it_is,
    what_is_not_there_is_refused_in_the_clouds_own_form,
];

/// Asserts the cloud's own refusal: both members, or its Python client breaks.
#[track_caller]
pub fn refused(answer: &Answer, status: u16, code: u16) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/json");
    let error = answer.json();
    assert_eq!(error["error"]["code"], code, "{}", answer.text);
    assert!(error["error"]["message"].as_str().is_some_and(|text| !text.is_empty()), "{}", answer.text);
    assert_eq!(error.as_object().unwrap().len(), 1, "{}", answer.text);
}

/// A key of keylatch's own API, and what Modelon calls its owner.
pub struct Caller<'s> {
    pub service: &'s Service,
    pub key: String,
    pub id: String,
}

impl<'s> Caller<'s> {
    pub async fn new(service: &'s Service, user: &str) -> Caller<'s> {
        let cookie = service.sign_in(user).await;
        let key = service.create(&cookie, json!({"scopes": ["keys:read", "keys:write"]})).await.secret;
        let me = service.get("/api/users/me").header("impact-api-key", &key).await;
        assert_eq!(me.status, 200, "{}", me.text);
        let id = me.json()["data"]["id"].as_str().unwrap().to_owned();
        Caller { service, key, id }
    }

    /// As the Python client sends it.
    pub fn call(&self, method: Method, path: &str) -> Call<'s> {
        let call = self.service.call(method, path).header("impact-api-key", &self.key);
        call.header("accept", "application/json").header("user-agent", "impact-python-client")
    }

    pub fn keys(&self) -> String {
        format!("/api/users/{}/keys", self.id)
    }

    pub async fn make(&self) -> Value {
        let answer = self.call(Method::POST, &self.keys()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["data"].clone()
    }
}

async fn the_hub_tells_where_the_api_is(service: &Service) {
    let kim = Caller::new(service, KIM).await;
    let hub = kim.call(Method::GET, "/hub/api/user").await;
    assert_eq!(hub.status, 200);
    assert_eq!(hub.json(), json!({"name": kim.id, "server": format!("/user/{}/", kim.id)}));
    let place = format!("{}impact/api", hub.json()["server"].as_str().unwrap());
    for (path, in_the_middle) in [("users/me", &*kim.id), ("workspaces", "items"), ("", "4.29.0")] {
        let by_hub = kim.call(Method::GET, &format!("{place}/{path}")).await;
        let by_itself = kim.call(Method::GET, &format!("/api/{path}")).await;
        assert_eq!((by_hub.status.as_u16(), &by_hub.text), (200, &by_itself.text), "{path}");
        assert!(by_hub.text.contains(in_the_middle), "{path}: {}", by_hub.text);
    }
    let others = kim.call(Method::GET, "/user/0f3c0f3c0f3c0f3c0f3c0f3c0f3c0f3c/impact/api/users/me").await;
    refused(&others, 404, 404);
}

async fn the_python_client_is_not_sent_to_the_hub(service: &Service) {
    let answer = service.get("/hub/api/").await;
    refused(&answer, 404, 404);
    assert_eq!(answer.header("x-jupyterhub-version"), "");
}

async fn the_version_needs_no_key(service: &Service) {
    for call in [service.get("/api/"), service.get("/api/").header("impact-api-key", "wrong")] {
        let answer = call.await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, r#"{"version":"4.29.0"}"#));
        assert_eq!(answer.header("content-type"), "application/json");
    }
}

async fn a_person_has_the_members_that_clients_need(service: &Service) {
    let (kim, lee) = (Caller::new(service, KIM).await, Caller::new(service, LEE).await);
    let me = kim.call(Method::GET, "/api/users/me").await.json();
    let data = me["data"].as_object().unwrap();
    for member in ["id", "username", "firstName", "lastName", "email", "license", "roles", "tenant"] {
        assert!(data.contains_key(member), "{member}");
    }
    assert_eq!((&data["email"], &data["username"]), (&json!(KIM), &json!(KIM)));
    assert!(data["tenant"]["id"].is_string() && data["tenant"]["groupName"].is_string());
    assert!(data["roles"].is_array());
    assert!(kim.id.len() == 32 && kim.id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{}", kim.id);
    assert_ne!(kim.id, lee.id);
    assert_eq!(kim.id, Caller::new(service, KIM).await.id, "it is always the same");
}

async fn without_a_key_nothing_is_told(service: &Service) {
    let kim = Caller::new(service, KIM).await;
    let keys = kim.keys();
    for (method, path) in [
        (Method::GET, "/api/users/me"),
        (Method::GET, "/api/workspaces?onlyAppMode=False"),
        (Method::GET, &keys),
        (Method::POST, &keys),
        (Method::DELETE, &format!("{keys}/0123456789")),
        (Method::POST, "/api/login"),
    ] {
        refused(&service.call(method.clone(), path).await, 401, 11034);
        // Not even with a key in the header of another cloud.
        refused(&service.call(method.clone(), path).bearer(&kim.key).await, 401, 11034);
        refused(&service.call(method.clone(), path).header("x-api-key", &kim.key).await, 401, 11034);
        let twice = service.call(method, path).header("impact-api-key", &kim.key);
        refused(&twice.header("impact-api-key", &kim.key).await, 401, 11034);
    }
    refused(&service.get("/hub/api/user").await, 400, 11034);
}

async fn a_header_with_a_key_wins_over_the_cookie(service: &Service) {
    let lee = Caller::new(service, LEE).await;
    let cookie = service.sign_in(KIM).await;
    let by_cookie = service.get("/api/users/me").cookie(&cookie).await;
    assert_eq!(by_cookie.json()["data"]["email"], KIM);
    let both = lee.call(Method::GET, "/api/users/me").cookie(&cookie).await;
    assert_eq!(both.json()["data"]["email"], LEE);
    let bad = service.get("/api/users/me").cookie(&cookie).header("impact-api-key", "undefined").await;
    refused(&bad, 401, 11034);
}

async fn a_key_is_made_told_once_listed_and_deleted(service: &Service) {
    let kim = Caller::new(service, KIM).await;
    assert_eq!(kim.call(Method::GET, &kim.keys()).await.json(), json!({"data": {"items": []}}));

    // As axios sends a POST without a body.
    let form =
        kim.call(Method::POST, &kim.keys()).header("content-type", "application/x-www-form-urlencoded");
    let made = form.await;
    assert_eq!(made.status, 200, "{}", made.text);
    let made = made.json()["data"].clone();
    assert_eq!(made["created_at"], 1_795_168_800, "Unix seconds: {made}");
    let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
    assert_eq!(secret.len(), 40);
    assert!(secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{secret}");
    assert_eq!(made.as_object().unwrap().len(), 3);

    let list = kim.call(Method::GET, &kim.keys()).await;
    assert_eq!(list.json(), json!({"data": {"items": [{"id": id, "createdAt": 1_795_168_800}]}}));
    let own = format!("key_{id}");
    assert_eq!(service.stored(&own, "kind").await, "modelon");
    assert_eq!(service.stored(&own, "expires_at").await, "1803117600000", "with the key that made it");
    assert_eq!(service.stored(&own, "last_four").await, secret[36..]);

    // Every API takes it, and keylatch's own lists it.
    for wire in crate::facade_keys::WIRES {
        assert_eq!((wire.request)(service, secret).await.status, 200, "{}", wire.name);
    }
    let ours = service.get(&format!("/v1/keys/{own}")).bearer(secret).await.json();
    assert_eq!(ours["name"], "Modelon Impact");
    assert_eq!(ours["masked"], format!("…{}", &secret[36..]));

    let deleted = kim.call(Method::DELETE, &format!("{}/{id}", kim.keys())).await;
    assert_eq!((deleted.status.as_u16(), deleted.text.as_str()), (200, ""), "active as it is");
    for wire in crate::facade_keys::WIRES {
        (wire.refused)(&(wire.request)(service, secret).await);
    }
    refused(&kim.call(Method::DELETE, &format!("{}/{id}", kim.keys())).await, 404, 404);
    assert_eq!(kim.call(Method::GET, &kim.keys()).await.json(), json!({"data": {"items": []}}));
    assert_eq!(service.stored(&own, "hash").await, "");
}

async fn a_second_key_is_refused_but_other_apis_keys_do_not_count(service: &Service) {
    let (kim, lee) = (Caller::new(service, KIM).await, Caller::new(service, LEE).await);
    let first = kim.make().await;
    let second = kim.call(Method::POST, &kim.keys()).await;
    refused(&second, 400, 400);
    assert!(second.text.contains("Delete it first"), "{}", second.text);
    lee.make().await;
    kim.call(Method::DELETE, &format!("{}/{}", kim.keys(), first["id"].as_str().unwrap())).await;
    kim.make().await;

    // Nor do six requests at once make more than one.
    let list = kim.call(Method::GET, &kim.keys()).await.json();
    let id = list["data"]["items"][0]["id"].as_str().unwrap().to_owned();
    kim.call(Method::DELETE, &format!("{}/{id}", kim.keys())).await;
    let keys = kim.keys();
    // Connections first, or the requests would wait for them one after the other.
    futures_util::future::join_all((0..6).map(|_| kim.call(Method::GET, &keys).into_future())).await;
    let burst = (0..6).map(|_| kim.call(Method::POST, &keys).into_future());
    let answers = futures_util::future::join_all(burst).await;
    let made = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(made, 1, "{answers:?}");
}

async fn nobody_reaches_another_persons_keys(service: &Service) {
    let (kim, lee) = (Caller::new(service, KIM).await, Caller::new(service, LEE).await);
    let id = kim.make().await["id"].as_str().unwrap().to_owned();
    refused(&lee.call(Method::GET, &kim.keys()).await, 404, 404);
    refused(&lee.call(Method::POST, &kim.keys()).await, 404, 404);
    refused(&lee.call(Method::DELETE, &format!("{}/{id}", kim.keys())).await, 404, 404);
    refused(&lee.call(Method::DELETE, &format!("{}/{id}", lee.keys())).await, 404, 404);
    // Nor does anybody delete here what was made through another API.
    let cookie = service.sign_in(KIM).await;
    let other = service.create(&cookie, json!({})).await;
    let short = other.id.strip_prefix("key_").unwrap();
    refused(&kim.call(Method::DELETE, &format!("{}/{short}", kim.keys())).await, 404, 404);
    assert_eq!(service.get("/api/users/me").header("impact-api-key", &other.secret).await.status, 200);
}

async fn a_key_with_scopes_gains_nothing_here(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let id = Caller::new(service, KIM).await.id;
    for (scopes, list, make) in [
        (json!(["deploy"]), 403, 403),
        (json!(["keys:read"]), 200, 403),
        (json!([]), 403, 403),
        (json!(["keys:write"]), 403, 403),
        (json!(["keys:read", "keys:write"]), 200, 200),
    ] {
        let key = service.create(&cookie, json!({"scopes": scopes})).await.secret;
        let caller = Caller { service, key, id: id.clone() };
        let keys = caller.keys();
        for (method, path, status) in
            [(Method::GET, "/api/users/me", 200), (Method::GET, &*keys, list), (Method::POST, &*keys, make)]
        {
            let answer = caller.call(method.clone(), path).await;
            assert_eq!(answer.status, status, "{scopes}: {method} {path}");
            if status == 403 {
                refused(&answer, 403, 403);
            }
        }
        assert_eq!(caller.call(Method::GET, "/api/workspaces").await.status, 200, "there is nothing in it");
    }
}

async fn a_key_that_was_revoked_or_rotated_elsewhere_makes_way(service: &Service) {
    let kim = Caller::new(service, KIM).await;
    let first = kim.make().await["id"].as_str().unwrap().to_owned();
    let revoked = service.post(&format!("/v1/keys/key_{first}/revoke")).bearer(&kim.key).await;
    assert_eq!(revoked.status, 200);
    assert_eq!(kim.call(Method::GET, &kim.keys()).await.json(), json!({"data": {"items": []}}));
    refused(&kim.call(Method::DELETE, &format!("{}/{first}", kim.keys())).await, 404, 404);

    let second = kim.make().await["id"].as_str().unwrap().to_owned();
    let rotated = service.post(&format!("/v1/keys/key_{second}/rotate")).bearer(&kim.key).await.new_key();
    assert_eq!(rotated.secret.len(), 40, "a successor looks like its predecessor");
    let list = kim.call(Method::GET, &kim.keys()).await.json();
    let listed = format!("key_{}", list["data"]["items"][0]["id"].as_str().unwrap());
    assert_eq!(listed, rotated.id);
    refused(&kim.call(Method::POST, &kim.keys()).await, 400, 400);
}

async fn validation_tells_whose_key_it_is(service: &Service) {
    let (kim, lee) = (Caller::new(service, KIM).await, Caller::new(service, LEE).await);
    let validate =
        async |secret: &str| service.post("/api/keys/validation").json(json!({"secret": secret})).await;
    let cookie = service.sign_in(LEE).await;
    let unused = service.create(&cookie, json!({})).await;
    for (secret, owner) in [(&kim.key, &kim.id), (&lee.key, &lee.id), (&unused.secret, &lee.id)] {
        let answer = validate(secret).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({"data": {"id": owner}})));
    }
    assert_eq!(service.stored(&unused.id, "last_used_at").await, "", "looking is not using");
    service.post(&format!("/v1/keys/{}/revoke", unused.id)).cookie(&cookie).await;
    for wrong in [&unused.secret, "undefined", ""] {
        refused(&validate(wrong).await, 400, 12035);
    }
    for body in ["", "{}", "{\"secret\":7}", "no JSON"] {
        let call = service.post("/api/keys/validation").header("content-type", "application/json");
        refused(&call.body(body).await, 400, 400);
    }
}

async fn what_is_not_there_is_refused_in_the_clouds_own_form(service: &Service) {
    let kim = Caller::new(service, KIM).await;
    for (method, path, status) in [
        (Method::GET, "/api/projects", 404),
        (Method::POST, "/api/projects", 404),
        (Method::GET, &format!("/user/{}/impact/api/projects", kim.id), 404),
        (Method::GET, "/api/login", 405),
        (Method::PUT, &kim.keys(), 405),
    ] {
        refused(&kim.call(method, path).await, status, status);
    }
    // Lambda's addresses lie within, and are Lambda's.
    crate::facade_lambda::refused(&kim.call(Method::GET, "/api/v1/instances").await);
}

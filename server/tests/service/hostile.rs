//! What nobody sends who means well: no text, time or page breaks anything, and none
//! reaches what is somebody else's.

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Call, KIM, LEE, Service};

on_both_databases![
    no_text_breaks_anything,
    no_time_breaks_anything,
    pages_of_every_list_are_bounded,
    a_cursor_of_another_list_tells_nothing,
    a_cookie_counts_by_its_own_name_alone,
    head_is_get_without_a_body_and_nothing_else_is_a_method,
];

/// What neither is a name to anybody nor goes into every database.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "a\0b",
        "\u{202e}live_key\u{202c}",
        "\u{feff}\u{200b}",
        "\u{10ffff}\u{fffe}",
        "'; DROP TABLE keys; --",
        "%00%ff%",
        "${jndi:ldap://x}",
        "{\"a\":[",
        "\r\nset-cookie: a=b",
    ]
    .map(str::to_owned)
    .into();
    texts.push("a\u{301}".repeat(100));
    texts.push("x".repeat(5_000));
    texts
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// When a new key ends: of a user, or of an application.
fn end_of(answer: &Value) -> String {
    let end = answer["expires_at"].as_str().or_else(|| answer["key"]["expires_at"].as_str());
    end.unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// A form, as programs send it to the issuer.
fn form<'s>(service: &'s Service, path: &str, fields: &[(&str, &str)]) -> Call<'s> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        form.append_pair(name, value);
    }
    service.post(path).header("content-type", "application/x-www-form-urlencoded").body(form.finish())
}

async fn no_text_breaks_anything(service: &Service) {
    let application = service.application(json!({})).await;
    let own = service.create(&application.cookie, json!({"scopes": ["keys:write"]})).await;
    let key = application.issue(json!({"owner": "cust_7"})).await;
    for text in &texts() {
        let asked = encoded(text);
        let [keys, managers, import] =
            ["/keys", "/management-keys", "/keys/import"].map(|rest| application.path(rest));
        let formats = json!([{"environment": "live", "prefix": "x_"}]);
        let rule = |more: Value| {
            let mut rule = json!({"algorithm": "sha256", "input": "whole", "encoding": "hex"});
            rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({"rule": rule, "keys": [{"hash": "00".repeat(32), "owner": "cust_7", "id_part": text}]})
        };
        let limit = json!([{"name": text, "kind": "rate", "limit": 1, "window_seconds": 60}]);
        let mut bodies = vec![
            ("/v1/keys", json!({"name": text})),
            ("/v1/keys", json!({"name": "x", "scopes": [text]})),
            ("/v1/keys", json!({"name": "x", "expires_in": text})),
            ("/v1/keys", json!({"name": "x", "expires_at": text})),
            ("/v1/keys/validate", json!({"secret": text})),
            ("/v1/applications", json!({"name": text, "formats": formats})),
            ("/v1/applications", json!({"name": "x", "formats": formats, "default_lifetime": text})),
            (
                "/v1/applications",
                json!({"name": "x", "formats": formats, "scopes": [{"name": "a", "description": text}]}),
            ),
            ("/v1/applications", json!({"name": "x", "formats": formats, "limits": limit})),
            (&*keys, json!({"owner": text})),
            (&*keys, json!({"owner": "cust_7", "name": text})),
            (&*keys, json!({"owner": "cust_7", "metadata": {text.as_str(): {"deep": [text]}}})),
            (&*keys, json!({"owner": "cust_7", "allowed_addresses": [text]})),
            (&*keys, json!({"owner": "cust_7", "limits": limit})),
            (&*managers, json!({"name": text, "scopes": ["verify"]})),
            (&*import, rule(json!({"pepper": text}))),
            (&*import, rule(json!({"input": "after_last", "id_part": "before_last"}))),
            (&*import, rule(json!({"input": "before_last", "separator": text, "id_part": "after_last"}))),
            ("/v1/verify/batch", json!({"checks": [{"key": text, "ip": text}]})),
        ];
        bodies.push(("/v1/leaked", json!({"keys": [text]})));
        for (path, body) in bodies {
            let answer = service.post(path).cookie(&application.cookie).json(body.clone()).await;
            assert!(answer.status.as_u16() < 500, "{path} {body}: {}", answer.text);
        }
        for body in [
            json!({"key": text}),
            json!({"key": key.secret, "ip": text}),
            json!({"key": key.secret, "guard": text}),
            json!({"key": key.secret, "scopes": [text]}),
        ] {
            let answer = service.post("/v1/verify").bearer(&application.manager).json(body.clone()).await;
            assert!(answer.status.as_u16() < 500, "{body}: {}", answer.text);
        }
        let limits = [format!("key:{text}:calls"), format!("owner:{text}:calls"), format!("owner:a:{text}")];
        for limit in [text.as_str()].into_iter().chain(limits.iter().map(String::as_str)) {
            let report = json!({"number": 1, "uses": [{"limit": limit, "spent": 1}]});
            let path = "/v1/guards/grd_0123456789abcdef/reports";
            let answer = service.post(path).bearer(&application.manager).json(report).await;
            assert_eq!(answer.status, 200, "{limit:?}: {}", answer.text);
        }
        let signs_in = json!({"user": text, "password": text});
        let answer = service.post("/v1/session").from("192.0.2.9").json(signs_in).await;
        assert!(answer.status.as_u16() < 500, "{text:?}: {}", answer.text);
        for path in [
            format!("/v1/keys?search={asked}"),
            format!("/v1/keys?cursor={asked}"),
            format!("/v1/keys?idempotency_key={asked}"),
            format!("/v1/keys/{asked}"),
            format!("/v1/audit?key_id={asked}"),
            format!("/v1/audit?cursor={asked}"),
            format!("/v1/applications?cursor={asked}"),
            format!("/v1/applications/{asked}"),
            application.path(&format!("/keys?search={asked}")),
            application.path(&format!("/keys?owner={asked}")),
            application.path(&format!("/keys?cursor={asked}")),
            application.path(&format!("/keys/{asked}")),
            application.path(&format!("/owners/{asked}")),
            application.path(&format!("/owners?cursor={asked}")),
            format!("/authorize?client_id={asked}&redirect_uri={asked}&state={asked}&code_challenge={asked}"),
            format!("/device?code={asked}"),
        ] {
            let answer = service.get(&path).cookie(&application.cookie).await;
            assert!(answer.status.as_u16() < 500, "{path}: {}", answer.text);
        }
        for (method, path) in [
            (Method::DELETE, format!("/v1/keys/{asked}")),
            (Method::POST, format!("/v1/keys/{asked}/revoke")),
            (Method::POST, format!("/v1/keys/{asked}/rotate")),
            (Method::DELETE, format!("/v1/logins/{asked}")),
            (Method::POST, format!("/v1/guards/{asked}/reports")),
            (Method::DELETE, application.path(&format!("/management-keys/{asked}"))),
            (Method::PATCH, application.path(&format!("/keys/{asked}"))),
            (Method::POST, application.path(&format!("/keys/{asked}/rotate"))),
            (Method::PUT, application.path(&format!("/owners/{asked}"))),
            (Method::POST, application.path(&format!("/owners/{asked}/revoke"))),
            (Method::DELETE, application.path(&format!("/owners/{asked}"))),
        ] {
            let answer = service.call(method, &path).cookie(&application.cookie).json(json!({})).await;
            assert!(answer.status.as_u16() < 500, "{path}: {}", answer.text);
        }
        for fields in [
            [
                ("grant_type", "authorization_code"),
                ("code", text),
                ("client_id", text),
                ("redirect_uri", text),
            ],
            [("grant_type", "refresh_token"), ("refresh_token", text), ("client_id", text), ("scope", text)],
            [("grant_type", text), ("device_code", text), ("client_id", text), ("token", text)],
            [
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                ("device_code", text),
                ("client_id", text),
                ("token", text),
            ],
        ] {
            for path in ["/oauth/token", "/oauth/revoke", "/oauth/device_authorization"] {
                let answer = form(service, path, &fields).from("192.0.2.10").await;
                assert!(answer.status.as_u16() < 500, "{path} {fields:?}: {}", answer.text);
            }
        }
        let patched = service.put(&application.path("/owners/cust_7")).cookie(&application.cookie);
        let answer = patched.json(json!({"metadata": {"a": text}, "limits": limit})).await;
        assert!(answer.status.as_u16() < 500, "{text:?}: {}", answer.text);
    }
    // What a program asks with would be kept beside its code.
    let program = "client_id=a%00b&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2F&response_type=code";
    let challenge = format!("code_challenge_method=S256&code_challenge={}", "x".repeat(43));
    let page = service.get(&format!("/authorize?{program}&{challenge}")).await;
    assert!(page.status == 400 && page.text.contains("control character"), "{}", page.text);
    // All is there, and works.
    assert_eq!(application.code(&key.secret).await, "valid");
    assert_eq!(service.get("/v1/account").bearer(&own.secret).await.status, 200);
    let listed = service.get(&application.path("/keys?limit=100")).cookie(&application.cookie).await;
    assert_eq!(listed.status, 200, "{}", listed.text);
}

async fn no_time_breaks_anything(service: &Service) {
    let application = service.application(json!({})).await;
    let keys = application.path("/keys");
    for time in [
        "9999-12-31T23:59:59.999999999Z",
        "+010000-01-01T00:00:00Z",
        "-009999-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2026-11-20T10:00:00Z",
        "2026-11-20T10:00:00.0001Z",
        "2026-12-31T23:59:60Z",
        "2026-12-31T24:00:00Z",
        "2027-02-29T00:00:00Z",
        "2027-01-01T00:00:00+99:99",
        "2027-01-01",
        "1795168800000",
        "",
    ] {
        for (path, body) in [
            ("/v1/keys", json!({"name": "x", "expires_at": time})),
            (&*keys, json!({"owner": "cust_7", "expires_at": time})),
        ] {
            let answer = service.post(path).cookie(&application.cookie).json(body).await;
            if answer.status == 201 {
                // Whatever was understood is in the future, and not for ever.
                let end = end_of(&answer.json());
                assert!(*"2026-11-20T10:00:00Z" < *end && *end < *"2037-01-01", "{time}: {end}");
            } else {
                answer.problem_at(422, "invalid_request", "expires_at");
            }
        }
    }
    for span in [
        "P99999999999999999Y",
        "P10000000D",
        "-P1D",
        "P-1D",
        "PT0S",
        "PT0.0001S",
        "P1Y2M3DT4H5M6.7S",
        "PT9223372036854775807S",
        "P",
        "PT",
        "forever",
        "",
    ] {
        for (path, body) in [
            ("/v1/keys", json!({"name": "x", "expires_in": span})),
            (&*keys, json!({"owner": "cust_7", "expires_in": span})),
        ] {
            let answer = service.post(path).cookie(&application.cookie).json(body).await;
            if answer.status == 201 {
                let end = end_of(&answer.json());
                assert!(*"2026-11-20T10:00:00Z" < *end && *end < *"2037-01-01", "{span}: {end}");
            } else {
                answer.problem_at(422, "invalid_request", "expires_in");
            }
        }
    }
}

async fn pages_of_every_list_are_bounded(service: &Service) {
    let application = service.application(json!({})).await;
    for path in [
        "/v1/keys".to_owned(),
        "/v1/audit".to_owned(),
        "/v1/applications".to_owned(),
        application.path("/keys"),
        application.path("/owners"),
        application.path("/management-keys"),
    ] {
        for limit in ["0", "-1", "101", "1e2", "1.0", "0x10", "99999999999999999999", "", "%EF%BC%95"] {
            let answer = service.get(&format!("{path}?limit={limit}")).cookie(&application.cookie).await;
            answer.problem_at(422, "invalid_request", "limit");
        }
        let twice = service.get(&format!("{path}?limit=1&limit=2")).cookie(&application.cookie).await;
        twice.problem_at(422, "invalid_request", "limit");
        assert_eq!(service.get(&format!("{path}?limit=100")).cookie(&application.cookie).await.status, 200);
    }
}

async fn a_cursor_of_another_list_tells_nothing(service: &Service) {
    let (here, there) = (service.application(json!({})).await, service.application(json!({})).await);
    let lee = service.sign_in(LEE).await;
    for application in [&here, &there] {
        for number in 0..3 {
            application.issue(json!({"owner": format!("cust_{number}")})).await;
            application.management_key(&["verify"]).await;
        }
    }
    let cursor = async |path: &str| -> String {
        let page = service.get(&format!("{path}?limit=1")).cookie(&there.cookie).await.json();
        page["next_cursor"].as_str().unwrap_or_else(|| panic!("{path}: {page}")).to_owned()
    };
    for rest in ["/keys", "/management-keys"] {
        let theirs = cursor(&there.path(rest)).await;
        let answer = service.get(&format!("{}?cursor={theirs}", here.path(rest))).cookie(&here.cookie).await;
        assert!(answer.status == 422 || answer.json()["items"] == json!([]), "{rest}: {}", answer.text);
    }
    for path in ["/v1/applications", "/v1/audit"] {
        service.app.flush().await;
        let theirs = cursor(path).await;
        let answer = service.get(&format!("{path}?cursor={theirs}")).cookie(&lee).await;
        let none_of_kims = !answer.text.contains(&here.id) && !answer.text.contains(&there.id);
        assert!(none_of_kims, "{path}: {}", answer.text);
    }
}

async fn a_cookie_counts_by_its_own_name_alone(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let token = cookie.strip_prefix("keylatch_session=").unwrap();
    assert_eq!(service.get("/v1/account").cookie(&format!("a=b; {cookie}; c")).await.status, 200);
    for other in [
        format!("__Host-keylatch_session={token}"),
        format!("__Secure-keylatch_session={token}"),
        format!("KEYLATCH_SESSION={token}"),
        format!("keylatch_session=\"{token}\""),
        format!("keylatch_session ={token}x"),
        format!("$Version=1, keylatch_session={token}"),
        format!("keylatch_session%3D{token}"),
        format!("keylatch_session={token}0"),
        format!("keylatch_session={}", token.to_uppercase().replace(|c: char| c.is_ascii_digit(), "0")),
    ] {
        service.get("/v1/account").cookie(&other).await.problem(401, "unauthorized");
    }
}

async fn head_is_get_without_a_body_and_nothing_else_is_a_method(service: &Service) {
    let application = service.application(json!({})).await;
    let key = application.issue(json!({"owner": "cust_7"})).await;
    for path in [
        "/health".to_owned(),
        "/v1/account".to_owned(),
        "/v1/keys".to_owned(),
        "/v1/audit".to_owned(),
        application.path(""),
        application.path("/keys"),
        application.path(&format!("/keys/{}", key.id)),
        application.path("/owners/cust_7"),
    ] {
        let head = service.call(Method::HEAD, &path).cookie(&application.cookie).await;
        assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""), "{path}");
        for method in [Method::TRACE, Method::OPTIONS, Method::from_bytes(b"PROPFIND").unwrap()] {
            let answer = service.call(method.clone(), &path).cookie(&application.cookie).await;
            assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text);
        }
    }
    // What changes something is not done by a method that changes nothing.
    for path in [format!("/v1/keys/{}/revoke", key.id), application.path("/owners/cust_7/revoke")] {
        for method in [Method::HEAD, Method::GET] {
            let answer = service.call(method.clone(), &path).cookie(&application.cookie).await;
            assert_eq!(answer.status, 405, "{method} {path}");
        }
    }
    assert_eq!(application.code(&key.secret).await, "valid");
}

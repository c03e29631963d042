//! Keys that were issued elsewhere are taken over by their hashes. Each library's
//! rule is followed here as it documents it, and the keys are tried as whole texts.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use keylatch_format::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use crate::harness::{Answer, Application, Service};

on_both_databases![
    keys_of_each_library_are_verified_here,
    the_part_that_no_hash_covers_must_be_the_same,
    a_pepper_is_the_key_of_the_hash,
    a_slow_hash_is_refused_with_its_reason,
    what_is_wrong_is_named_and_nothing_is_taken_over,
    a_hash_is_unique_within_its_application_only,
    a_thousand_are_taken_over_at_once,
    an_imported_key_lives_on_as_any_other,
    an_end_that_other_databases_call_never_is_one,
    a_key_that_was_tried_before_is_known_after,
];

async fn send(application: &Application<'_>, rule: &Value, keys: Value) -> Answer {
    let order = json!({"rule": rule, "keys": keys});
    application.service.post(&application.path("/keys/import")).bearer(&application.manager).json(order).await
}

async fn import(application: &Application<'_>, rule: &Value, key: Value) -> Value {
    let mut key = key;
    key["owner"] = json!("cust_7");
    let answer = send(application, rule, json!([key])).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()["keys"][0].clone()
}

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// What each library gives out, what it keeps, and the rule for that.
fn libraries() -> Vec<(&'static str, &'static str, Value, Value)> {
    // `os.urandom(32)` in hexadecimal.
    const KNOX: &str = "9b1dc8ba6a3a1b4e21d1a3a4d1a9f3d25a2fb5a8cd2a6a5d7e9d1b2c3d4e5f60";
    let knox_bytes: Vec<u8> =
        (0..32).map(|index| u8::from_str_radix(&KNOX[2 * index..2 * index + 2], 16).unwrap()).collect();
    const DRF: &str = "KwLc9nqb.2bQFQqYw5yV7vMfaoU0Yb1yX3cQpR8tZ";
    const BETTER: &str = "kzQmLbWvTnXrHsGdFpCjYkAeUoIiBaVcMlNhPqRtSwXyZuEgOfDbKjLmTnWvQsRx";
    vec![
        // The example of its README.
        (
            "prefixed-api-key",
            "mycompany_BRTRKFsL_51FwqftsmMDHHbJAMEXXHCgG",
            json!({"algorithm": "sha256", "input": "after_last", "id_part": "before_last", "encoding": "hex"}),
            json!({"id_part": "mycompany_BRTRKFsL", "hash": "d70d981d87b449c107327c2a2afbf00d4b58070d6ba571aac35d7ea3e7c79f37"}),
        ),
        (
            "Laravel Sanctum",
            "5|Q3vXw0eZyTn8mKc2LrAb7PdJs4HuGf6YiOkWlEx97c1f02ab",
            json!({"algorithm": "sha256", "input": "after_first", "separator": "|", "id_part": "before_first", "encoding": "hex"}),
            json!({"id_part": "5", "hash": sha256("Q3vXw0eZyTn8mKc2LrAb7PdJs4HuGf6YiOkWlEx97c1f02ab")}),
        ),
        (
            "djangorestframework-api-key from 3.0 on, without its `sha512$$`",
            DRF,
            json!({"algorithm": "sha512", "input": "whole", "encoding": "hex"}),
            json!({"hash": hex(&Sha512::digest(DRF.as_bytes()))}),
        ),
        (
            "django-rest-knox before tokens had prefixes",
            KNOX,
            json!({"algorithm": "sha512", "input": "hex_bytes", "encoding": "hex"}),
            json!({"hash": hex(&Sha512::digest(&knox_bytes))}),
        ),
        (
            "django-rest-knox since then",
            "knx_9b1dc8ba6a3a1b4e21d1a3a4d1a9f3d25a2fb5a8cd2a6a5d7e9d1b2c3d4e",
            json!({"algorithm": "sha512", "input": "whole", "encoding": "hex"}),
            json!({"hash": hex(&Sha512::digest(b"knx_9b1dc8ba6a3a1b4e21d1a3a4d1a9f3d25a2fb5a8cd2a6a5d7e9d1b2c3d4e"))}),
        ),
        (
            "better-auth",
            BETTER,
            json!({"algorithm": "sha256", "input": "whole", "encoding": "base64url"}),
            json!({"hash": URL_SAFE_NO_PAD.encode(Sha256::digest(BETTER.as_bytes()))}),
        ),
        (
            "Unkey",
            "unkey_3ZbFqV9tHj2Nw8Lx",
            json!({"algorithm": "sha256", "input": "whole", "encoding": "base64"}),
            json!({"hash": STANDARD.encode(Sha256::digest(b"unkey_3ZbFqV9tHj2Nw8Lx"))}),
        ),
    ]
}

async fn keys_of_each_library_are_verified_here(service: &Service) {
    // All in one application, so that each is tried by the others' rules too.
    let application = service.application(json!({})).await;
    let mut imported = Vec::new();
    for (library, _, rule, key) in libraries() {
        imported.push((library, import(&application, &rule, key).await["id"].clone()));
    }
    for ((library, key, ..), (_, id)) in libraries().iter().zip(&imported) {
        let answer = application.verify(key, json!({})).await;
        assert_eq!((&answer["code"], &answer["key"]["id"]), (&json!("valid"), id), "{library}");
        for wrong in [format!("{key}x"), key[1..].to_owned(), key[..key.len() - 1].to_owned()] {
            assert_eq!(application.code(&wrong).await, "not_found", "{library}: {wrong}");
        }
    }
}

async fn the_part_that_no_hash_covers_must_be_the_same(service: &Service) {
    let application = service.application(json!({})).await;
    let rule = json!({"algorithm": "sha256", "input": "after_first", "separator": "|", "id_part": "before_first", "encoding": "hex"});
    let key = import(&application, &rule, json!({"hash": sha256("secret"), "id_part": "5"})).await;
    assert_eq!(key["masked"], "5|…");
    for _ in 0..2 {
        // The second time from memory.
        for (shown, code) in [
            ("5|secret", "valid"),
            ("9|secret", "not_found"),
            ("secret", "not_found"),
            ("|secret", "not_found"),
        ] {
            assert_eq!(application.code(shown).await, code, "{shown}");
        }
    }
}

async fn a_pepper_is_the_key_of_the_hash(service: &Service) {
    let application = service.application(json!({})).await;
    // RFC 4231, section 4.3.
    let (key, hash) =
        ("what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    let mut rule = json!({"algorithm": "sha256", "input": "whole", "encoding": "hex", "pepper": "Jefe"});
    import(&application, &rule, json!({"hash": hash})).await;
    assert_eq!(application.code(key).await, "valid");
    let other = service.application(json!({})).await;
    rule["pepper"] = json!("another");
    import(&other, &rule, json!({"hash": hash})).await;
    assert_eq!(other.code(key).await, "not_found");
    for path in ["", "/keys"] {
        let told = service.get(&application.path(path)).cookie(&application.cookie).await.text;
        assert!(!told.contains("Jefe") && !told.contains(hash), "{told}");
    }
}

async fn a_slow_hash_is_refused_with_its_reason(service: &Service) {
    let application = service.application(json!({})).await;
    let rule = json!({"algorithm": "sha256", "input": "whole", "encoding": "hex"});
    for hash in [
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b0dWQ",
        // djangorestframework-api-key before 3.0.
        "pbkdf2_sha256$390000$abc$def=",
        "scrypt:32768:8:1$abc$def",
        "$6$rounds=5000$salt$R9h",
        "$y$j9T$salt$R9h",
        "$P$B12345678R9h",
    ] {
        let answer = send(&application, &rule, json!([{"hash": hash, "owner": "a"}])).await;
        let detail = answer.problem_at(422, "invalid_request", "keys[0].hash");
        assert!(detail.contains("slow") && detail.contains("issue a new one"), "{detail}");
        assert!(!answer.text.contains("R9h"), "{}", answer.text);
    }
    let mut slow = rule;
    slow["algorithm"] = json!("bcrypt");
    let answer = send(&application, &slow, json!([{"hash": "x", "owner": "a"}])).await;
    assert!(answer.problem_at(422, "invalid_request", "rule.algorithm").contains("slow"));
}

async fn what_is_wrong_is_named_and_nothing_is_taken_over(service: &Service) {
    let application = service.application(json!({"scopes": [{"name": "a"}]})).await;
    let whole = json!({"algorithm": "sha256", "input": "whole", "encoding": "hex"});
    let part =
        json!({"algorithm": "sha256", "input": "after_last", "id_part": "before_last", "encoding": "hex"});
    let sanctum = json!({
        "algorithm": "sha256", "input": "after_first", "separator": "|", "id_part": "before_first", "encoding": "hex",
    });
    let before =
        json!({"algorithm": "sha256", "input": "before_last", "id_part": "after_last", "encoding": "hex"});
    let with = |rule: &Value, member: &str, value: Value| {
        let mut rule = rule.clone();
        rule[member] = value;
        rule
    };
    let good = json!({"hash": sha256("1"), "owner": "a"});
    let keys = |second: Value| json!([good, second]);
    let second = |member: &str, value: Value| {
        let mut key = json!({"hash": sha256("2"), "owner": "a"});
        key[member] = value;
        json!([good, key])
    };
    for (rule, keys, field) in [
        (&whole, json!([]), "keys"),
        (&whole, json!(vec![json!({"hash": sha256("1"), "owner": "a"}); 1001]), "keys"),
        (&whole, keys(good.clone()), "keys[1].hash"),
        (&whole, second("hash", json!("ab")), "keys[1].hash"),
        (&whole, second("hash", json!(sha256("2") + "00")), "keys[1].hash"),
        (&whole, second("hash", json!(format!("sha256$${}", sha256("2")))), "keys[1].hash"),
        (&whole, second("owner", json!("a/b")), "keys[1].owner"),
        (&whole, second("scopes", json!(["b"])), "keys[1].scopes"),
        (&whole, second("metadata", json!({"x": "y".repeat(5000)})), "keys[1].metadata"),
        (&whole, second("allowed_addresses", json!(["x"])), "keys[1].allowed_addresses[0]"),
        (&whole, second("expires_at", json!("soon")), "keys[1].expires_at"),
        (&whole, second("created_at", json!("2026-11-20T10:00:01Z")), "keys[1].created_at"),
        (&whole, second("id_part", json!("a")), "keys[1].id_part"),
        (&part, json!([good]), "keys[0].id_part"),
        (&part, json!([{"hash": sha256("1"), "owner": "a", "id_part": "a\nb"}]), "keys[0].id_part"),
        (&sanctum, json!([{"hash": sha256("1"), "owner": "a", "id_part": "5|"}]), "keys[0].id_part"),
        (&before, json!([{"hash": sha256("1"), "owner": "a", "id_part": "_9"}]), "keys[0].id_part"),
        (&whole, json!([["a", "b"]]), "keys[0]"),
        (&json!(["sha256", "whole", null, "hex", null, null]), json!([good]), "rule"),
        (&with(&part, "id_part", json!(null)), json!([good]), "rule.id_part"),
        (&with(&part, "id_part", json!("before_first")), json!([good]), "rule.id_part"),
        (&with(&whole, "id_part", json!("before_last")), json!([good]), "rule.id_part"),
        (&with(&whole, "separator", json!("_")), json!([good]), "rule.separator"),
        (&with(&part, "separator", json!("")), json!([good]), "rule.separator"),
        (&with(&whole, "pepper", json!("")), json!([good]), "rule.pepper"),
        (&with(&whole, "algorithm", json!("md5")), json!([good]), "rule.algorithm"),
        (&with(&whole, "input", json!("middle")), json!([good]), "rule.input"),
        (&with(&whole, "encoding", json!("base32")), json!([good]), "rule.encoding"),
    ] {
        send(&application, rule, keys).await.problem_at(422, "invalid_request", field);
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM issued_keys").await, 0);
    assert_eq!(service.count("SELECT COUNT(*) FROM owners").await, 0);
    import(&application, &whole, json!({"hash": sha256("1")})).await;
    let again = send(&application, &whole, json!([{"hash": sha256("2"), "owner": "a"}, good])).await;
    again.problem_at(422, "invalid_request", "keys[1].hash");
    assert_eq!(service.count("SELECT COUNT(*) FROM issued_keys").await, 1);
    for number in 0..11 {
        let rule = with(&whole, "pepper", json!(format!("pepper {number}")));
        let answer =
            send(&application, &rule, json!([{"hash": sha256(&format!("p{number}")), "owner": "a"}])).await;
        if number < 10 {
            assert_eq!(answer.status, 201, "{}", answer.text);
        } else {
            answer.problem_at(422, "invalid_request", "rule");
        }
    }
}

async fn a_hash_is_unique_within_its_application_only(service: &Service) {
    let (here, there) = (service.application(json!({})).await, service.application(json!({})).await);
    let rule = json!({"algorithm": "sha256", "input": "whole", "encoding": "hex"});
    let one = import(&here, &rule, json!({"hash": sha256("shared")})).await;
    let other = import(&there, &rule, json!({"hash": sha256("shared")})).await;
    let revoke = format!("/keys/{}/revoke", one["id"].as_str().unwrap());
    service.post(&here.path(&revoke)).bearer(&here.manager).await;
    assert_eq!(here.code("shared").await, "revoked");
    let answer = there.verify("shared", json!({})).await;
    assert_eq!((&answer["code"], &answer["key"]["id"]), (&json!("valid"), &other["id"]));
}

async fn a_thousand_are_taken_over_at_once(service: &Service) {
    let application = service.application(json!({})).await;
    let rule =
        json!({"algorithm": "sha256", "input": "after_first", "id_part": "before_first", "encoding": "hex"});
    let metadata = json!({"note": "x".repeat(1000)});
    let keys: Vec<_> = (0..1000)
        .map(|number| {
            let (hash, owner) = (sha256(&format!("secret{number}")), format!("cust_{}", number % 100));
            json!({"hash": hash, "id_part": number.to_string(), "owner": owner, "metadata": metadata})
        })
        .collect();
    let answer = send(&application, &rule, json!(keys)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let told = answer.json();
    assert_eq!(told["imported"], 1000);
    assert_eq!(told["keys"][7]["owner"], "cust_7");
    for number in [0, 7, 999] {
        let found = application.verify(&format!("{number}_secret{number}"), json!({})).await;
        assert_eq!(found["key"]["id"], told["keys"][number]["id"]);
    }
    let owner = service.get(&application.path("/owners/cust_7")).bearer(&application.manager).await.json();
    assert_eq!(owner["keys"], 10);
}

async fn an_imported_key_lives_on_as_any_other(service: &Service) {
    let application = service.application(json!({})).await;
    let rule = json!({"algorithm": "sha512", "input": "whole", "encoding": "hex"});
    let hash = hex(&Sha512::digest(b"old key"));
    let times = json!({"hash": hash, "created_at": "2020-01-01T00:00:00Z", "expires_at": "2026-11-20T11:00:00Z", "environment": "test"});
    let key = import(&application, &rule, times).await;
    assert_eq!((&key["created_at"], &key["masked"]), (&json!("2020-01-01T00:00:00Z"), &json!("…")));
    let path = application.path(&format!("/keys/{}/rotate", key["id"].as_str().unwrap()));
    let rotated = service.post(&path).bearer(&application.manager).json(json!({"overlap_seconds": 60})).await;
    assert_eq!(rotated.status, 201, "{}", rotated.text);
    let successor = rotated.json();
    assert!(successor["secret"].as_str().unwrap().starts_with("acme_test_"));
    assert_eq!(successor["expires_at"], "2026-11-20T11:00:00Z", "neither life is extended");
    assert_eq!(successor["replaced"]["expires_at"], "2026-11-20T10:01:00Z");
    for key in ["old key", successor["secret"].as_str().unwrap()] {
        assert_eq!(application.code(key).await, "valid");
    }
    service.pass(jiff::SignedDuration::from_mins(1));
    assert_eq!(application.code("old key").await, "expired");
}

async fn an_end_that_other_databases_call_never_is_one(service: &Service) {
    let application = service.application(json!({})).await;
    let rule = json!({"algorithm": "sha256", "input": "whole", "encoding": "hex"});
    for end in
        ["9999-12-31T23:59:59.999Z", "9999-12-31T00:00:00Z", "9999-12-30T22:00:00.5Z", "9999-12-30T22:00:00Z"]
    {
        let key = import(&application, &rule, json!({"hash": sha256(end), "expires_at": end})).await;
        assert_eq!(key["expires_at"], "9999-12-30T22:00:00Z", "{end}");
        let found = application.verify(end, json!({})).await;
        assert_eq!((&found["code"], &found["key"]["expires_at"]), (&json!("valid"), &key["expires_at"]));
    }
    let listed = service.get(&application.path("/keys")).bearer(&application.manager).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 4, "{listed}");
}

async fn a_key_that_was_tried_before_is_known_after(service: &Service) {
    let application = service.application(json!({})).await;
    assert_eq!(application.code("tried").await, "not_found");
    for rule in [
        json!({"algorithm": "sha256", "input": "whole", "encoding": "hex"}),
        json!({"algorithm": "sha256", "input": "after_first", "separator": "r", "id_part": "before_first", "encoding": "hex"}),
    ] {
        let is_whole = rule["input"] == "whole";
        let (shown, hashed) = if is_whole { ("tried", "tried") } else { ("stress", "ess") };
        assert_eq!(application.code(shown).await, "not_found");
        let mut key = json!({"hash": sha256(hashed)});
        if !is_whole {
            key["id_part"] = json!("st");
        }
        import(&application, &rule, key).await;
        assert_eq!(application.code(shown).await, "valid", "{rule}");
    }
}

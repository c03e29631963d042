//! A key that stands where an id, a name or a search text belongs is sent
//! nowhere.

use keylatch::lifecycle::{Client, Credential, Filter, KeyInfo, Lifetime, NewKey, Overlap};
use keylatch::{Code, Error, Secret};

use super::script::{Script, client, declared, expect, run, told, with_key};

const KEY: &str = "kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms";
const SPEC: &str = r#""format":{"parts":["ak_",{"alphabet":"hex","length":16}],"certainty":"observed"},
    "endpoints":{"create":{"path":"/keys","body":{"name":"{name}","scopes":"{scopes}","end":"{expires_at}"}},
        "list":{"path":"/keys","query":{"q":"{search}"}},"get":"/keys/{id}","rotate":{"path":"/keys/{id}/rotate","body":{"for":"{overlap}"}},
        "revoke":{"path":"/keys/{id}/revoke"},"delete":{"method":"DELETE","path":"/keys/{id}"},
        "signIn":"/login"}"#;

async fn keep(_: Secret, _: KeyInfo) -> Result<(), Error> {
    Ok(())
}

fn named(name: &str) -> NewKey {
    NewKey { name: name.into(), lifetime: Some(Lifetime::For("never".into())), scopes: Vec::new() }
}

/// Each way to give a text to a client, with the argument that it is.
fn given(client: &Client, script: &Script, text: &str) -> Vec<(&'static str, Result<(), Error>)> {
    run(async {
        let search = Filter { status: None, search: Some(text.into()) };
        let scoped = NewKey { scopes: vec!["read".into(), text.into()], ..named("ci") };
        let ending = NewKey { lifetime: Some(Lifetime::Until(text.into())), ..named("ci") };
        vec![
            ("id", client.get(script, text).await.map(drop)),
            ("id", client.revoke(script, text).await.map(drop)),
            ("id", client.delete(script, text).await),
            ("id", client.rotate(script, text, &Overlap::None, keep).await.map(drop)),
            ("overlap", client.rotate(script, "k1", &Overlap::For(text.into()), keep).await.map(drop)),
            ("search", client.list(script, &search, None).await.map(drop)),
            ("cursor", client.list(script, &Filter::default(), Some(text)).await.map(drop)),
            ("name", client.create(script, &named(text)).await.map(drop)),
            ("scopes", client.create(script, &scoped).await.map(drop)),
            ("expiresIn", client.create(script, &ending).await.map(drop)),
            ("user", client.sign_in(script, text, "pw".into()).await.map(drop)),
        ]
    })
}

#[test]
fn a_key_is_refused_before_anything_is_sent() {
    let own = "my-own-credential-of-no-format";
    for text in [
        // By the format of the service, of keylatch, and the client's own.
        "ak_0123456789abcdef",
        KEY,
        own,
        // Whatever stands around it.
        " ak_0123456789abcdef\n",
        "Bearer ak_0123456789abcdef",
        "ACME_KEY=ak_0123456789abcdef",
        "\"ak_0123456789abcdef\"",
        "robot ak_0123456789abcdef",
        "https://h/keys/ak_0123456789abcdef?x=1",
        "{\"key\":\"kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms\"}",
        "mine: my-own-credential-of-no-format!",
    ] {
        let script = Script::new([]);
        let acme = declared(&script, SPEC, Credential::Key(own.into()));
        for (argument, result) in given(&acme, &script, text) {
            let (code, sentence) = told(result);
            assert_eq!(code, Code::InvalidArgument, "{argument} {text}: {sentence}");
            assert!(sentence.starts_with(&format!("{argument}: ")), "{sentence}");
            for part in ["0123456789", "T7mQ2vXbN9", "my-own-credential"] {
                assert!(!sentence.contains(part), "{sentence}");
            }
        }
    }
}

#[test]
fn what_is_no_key_is_sent() {
    let script = Script::new([
        expect("GET https://h/keys/ak_0123 | x-key: KEY", 200, r#"{"id":"ak_0123"}"#),
        expect("GET https://h/keys/KEYS | x-key: KEY", 200, r#"{"id":"KEYS"}"#),
        expect("GET https://h/keys?q=kl_test_%E2%80%A6HBms | x-key: KEY", 200, r#"{"items":[]}"#),
        expect("GET https://h/keys?q=my%20KEY | x-key: KEY", 200, r#"{"items":[]}"#),
    ]);
    let acme = declared(&script, SPEC, Credential::Key("KEY".into()));
    run(async {
        acme.get(&script, "ak_0123").await.unwrap();
        // A credential that short may be a part of any text.
        acme.get(&script, "KEYS").await.unwrap();
        for search in ["kl_test_…HBms", "my KEY"] {
            let filter = Filter { status: None, search: Some(search.into()) };
            acme.list(&script, &filter, None).await.unwrap();
        }
    });
    script.done();
    assert_eq!(told(run(acme.get(&script, "KEY"))).0, Code::InvalidArgument);
}

#[test]
fn a_service_that_knows_a_key_by_itself_takes_it_where_it_deletes_one() {
    let (mine, other) = ("6f1d2c1e-0000-4000-8000-000000000001", "6f1d2c1e-0000-4000-8000-000000000002");
    let script = Script::new([expect(
        &format!(
            r#"POST https://h/conduce/api/v1/apikeys/delete | Authorization: Bearer {mine} | {{"apikey":"{other}"}}"#
        ),
        200,
        "{}",
    )]);
    let conduce = with_key(&script, "conduce", mine);
    run(conduce.delete(&script, other)).unwrap();
    // But it is looked up by its fingerprint, and no name of another.
    assert_eq!(told(run(conduce.get(&script, other))).0, Code::InvalidArgument);
    assert_eq!(told(run(conduce.create(&script, &named(mine)))).0, Code::InvalidArgument);
    script.done();
}

#[test]
fn the_only_key_is_not_replaced_by_its_own_text() {
    let script = Script::new([]);
    let key = "impact-key-0123456789";
    let rotated = run(with_key(&script, "modelon", key).rotate(&script, key, &Overlap::None, keep));
    assert_eq!(told(rotated).0, Code::InvalidArgument);
}

#[test]
fn the_cookie_and_the_password_of_a_session_are_no_names_either() {
    let login = r#"POST https://h/conduce/api/v1/user/login | {"email":"kim","password":"correct horse","keep":false}"#;
    let script = Script::new([expect(login, 200, "").header("set-cookie", "s=0123456789abcdef0123; Path=/")]);
    let anyone = client(&script, "conduce", Credential::None, None);
    let kim = run(anyone.sign_in(&script, "kim", "correct horse".into())).unwrap();
    for name in
        ["0123456789abcdef0123", "s=0123456789abcdef0123", "correct horse", "my correct horse battery"]
    {
        assert_eq!(told(run(kim.create(&script, &named(name)))).0, Code::InvalidArgument, "{name}");
    }
    script.done();
}

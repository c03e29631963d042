//! A service that only a declaration describes goes through the same life.

use keylatch::lifecycle::{Client, Credential, Filter, NewKey, Options, Overlap, Time};
use keylatch::{Code, Error, Secret, provider};

use crate::nimbus::{DECLARATION, NOW, Nimbus};
use crate::support::{Fault, Faulty, InProcess, Times, lasting, named, no_store, outcome, verdict};
use Fault::*;
use Times::*;

struct Scene {
    nimbus: Nimbus,
    client: Client,
}

impl Scene {
    fn new() -> Scene {
        let nimbus = Nimbus::default();
        let client = client(Credential::Key(nimbus.first_token()));
        Scene { nimbus, client }
    }

    fn line(&self) -> Faulty {
        Faulty::new(InProcess::new(self.nimbus.router()))
    }
}

fn client(credential: Credential) -> Client {
    let spec = serde_json::from_str(DECLARATION).unwrap();
    let options = Options {
        provider: provider::declare(&spec).unwrap().into(),
        base_url: None,
        credential,
        scheme: None,
        retries: 2,
        allow_insecure: false,
    };
    Client::new(&Faulty::new(InProcess::new(axum::Router::new())), options).unwrap()
}

fn millis(time: Option<&Time>) -> Option<i64> {
    time.map(|time| time.millis())
}

fn said(error: &Error) -> (Option<&str>, Option<&str>, Option<&str>) {
    let said = error.service().unwrap();
    (said.code.as_deref(), said.message.as_deref(), said.suggestion.as_deref())
}

#[test]
fn it_can_do_what_its_endpoints_say() {
    let can = client(Credential::None).provider().capabilities();
    let all = [can.sign_in, can.whoami, can.create, can.list, can.get, can.rotate, can.revoke, can.delete];
    assert!(all.iter().all(|can| *can) && can.validate && can.expiry && can.scopes && can.overlap);
}

#[tokio::test]
async fn a_key_is_created_used_listed_revoked_and_deleted() {
    let scene = Scene::new();
    let (client, line) = (&scene.client, scene.line());

    let new = NewKey { scopes: vec!["read".into()], ..named("robot") };
    let made = client.create(&line, &new).await.unwrap();
    let key = made.key;
    assert_eq!((key.id.as_str(), key.name.as_str(), key.status.as_str()), ("1001", "robot", "active"));
    assert_eq!(key.scopes, ["read"]);
    assert_eq!(millis(key.created_at.as_ref()), Some(NOW * 1000));
    assert_eq!(millis(key.expires_at.as_ref()), Some((NOW + 92 * 86_400) * 1000));
    assert!(key.masked.unwrap().starts_with("nb_…"));
    let secret = made.secret.reveal().unwrap();

    let robot = self::client(Credential::Key(secret.clone()));
    let account = robot.whoami(&line).await.unwrap();
    assert_eq!((account.id.as_str(), account.user.as_deref()), ("7", Some("kim@example.com")));
    let sent = line.sent();
    assert_eq!(sent.last().unwrap().line, "GET /api/me");
    assert_eq!(sent.last().unwrap().header("x-nimbus-token"), Some(secret.expose()));
    assert!(
        sent.iter()
            .all(|sent| sent.header("Authorization").is_none() && sent.header("Idempotency-Key").is_none())
    );

    let told = client.get(&line, "1001").await.unwrap();
    assert_eq!(told.name, "robot");
    assert_eq!(verdict(&client.validate(&line, &secret).await.unwrap()), "valid");
    assert_eq!(outcome(client.delete(&line, "1001").await, |()| "gone"), "conflict");

    let revoked = client.revoke(&line, "1001").await.unwrap();
    assert_eq!(revoked.status.as_str(), "revoked");
    assert_eq!(millis(revoked.revoked_at.as_ref()), Some(NOW * 1000));
    assert_eq!(verdict(&client.validate(&line, &secret).await.unwrap()), "revoked");
    let refused = robot.whoami(&line).await.err().unwrap();
    assert!(refused.code() == Code::Unauthorized);
    let expected = (Some("who_are_you"), Some("This token does not work."), Some("Ask for another one."));
    assert_eq!(said(&refused), expected);
    assert!(refused.to_string().contains("This token does not work. Ask for another one."), "{refused}");

    client.delete(&line, "1001").await.unwrap();
    assert_eq!(outcome(client.get(&line, "1001").await, |_| "found"), "not_found");
    assert_eq!(verdict(&client.validate(&line, &secret).await.unwrap()), "unknown");
    assert_eq!(scene.nimbus.working(), ["first"]);
}

#[tokio::test]
async fn what_the_service_does_not_filter_is_filtered_here() {
    let scene = Scene::new();
    let (client, line) = (&scene.client, scene.line());
    for name in ["Deploy", "deploy old", "backup", "report"] {
        client.create(&line, &named(name)).await.unwrap();
    }
    client.revoke(&line, "1002").await.unwrap();
    for (status, search, names) in [
        (None, None, &["first", "Deploy", "deploy old", "backup", "report"][..]),
        (Some("active"), None, &["first", "Deploy", "backup", "report"]),
        (Some("inactive"), None, &["deploy old"]),
        (Some("expired"), None, &[]),
        (None, Some("DEPLOY"), &["Deploy", "deploy old"]),
        (Some("revoked"), Some("old"), &["deploy old"]),
    ] {
        let filter = Filter { status: status.map(Into::into), search: search.map(Into::into) };
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let page = client.list(&line, &filter, cursor.as_deref()).await.unwrap();
            found.extend(page.items.into_iter().map(|key| key.name));
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, names, "{status:?} {search:?}");
    }
}

#[tokio::test]
async fn a_key_is_rotated_with_and_without_an_overlap() {
    let scene = Scene::new();
    let (client, line) = (&scene.client, scene.line());
    client.create(&line, &lasting("robot", "never")).await.unwrap();

    let rotated = client.rotate(&line, "1001", &Overlap::For("PT1H".into()), no_store).await.unwrap();
    assert_eq!((rotated.key.id.as_str(), rotated.key.name.as_str()), ("1002", "robot"));
    assert!(rotated.key.expires_at.is_none());
    let old = client.get(&line, "1001").await.unwrap();
    assert_eq!(millis(old.expires_at.as_ref()), Some((NOW + 3600) * 1000));
    assert_eq!(old.replaced_by.as_deref(), Some("1002"));

    let rotated = client.rotate(&line, "1002", &Overlap::None, no_store).await.unwrap();
    assert_eq!(rotated.key.id, "1003");
    assert_eq!(client.get(&line, "1002").await.unwrap().status.as_str(), "revoked");
    let again = client.rotate(&line, "1002", &Overlap::None, no_store).await.err().unwrap();
    assert_eq!(said(&again), (Some("too_late"), Some("This token is over."), Some("Make a new one.")));
}

#[tokio::test]
async fn a_store_that_fails_leaves_the_old_key() {
    let scene = Scene::new();
    let (client, line) = (&scene.client, scene.line());
    client.create(&line, &named("robot")).await.unwrap();
    let full = async |_: Secret, _| Err(Error::new(Code::StoreFailed));
    let failed = client.rotate(&line, "1001", &Overlap::None, full).await;
    assert_eq!(outcome(failed, |_| "rotated"), "store_failed");
    assert_eq!(scene.nimbus.working(), ["first", "robot"]);
}

#[tokio::test]
async fn a_lost_answer_is_reported_where_nothing_can_be_done_about_it() {
    let scene = Scene::new();
    let (client, plain) = (&scene.client, scene.line());
    client.create(&plain, &named("robot")).await.unwrap();
    // It keeps no idempotency keys, so nothing is repeated and nothing found.
    for fault in [AnswerLost, EndsAfter(Code::Timeout), Mangled(|_, _| crate::support::answer(502, &[], ""))]
    {
        let line = scene.line().on("POST /api/tokens", Always, fault.clone());
        let created = client.create(&line, &named("unseen")).await.err().unwrap();
        assert!(
            created.code() == Code::OutcomeUnknown && created.to_string().contains("\"unseen\""),
            "{created}"
        );
        assert_eq!(line.sent().len(), 1);

        let line = scene.line().on("PUT /api/tokens/*/renewal", Always, fault);
        let rotated = client.rotate(&line, "1001", &Overlap::None, no_store).await;
        assert_eq!(outcome(rotated, |_| "rotated"), "outcome_unknown");
        assert_eq!(line.sent().len(), 1);
    }
    let line = scene.line().on("POST /api/tokens", Always, Unreachable);
    let unreachable = client.create(&line, &named("robot")).await;
    assert_eq!(outcome(unreachable, |_| "made"), "network_error");
}

#[tokio::test]
async fn a_session_stands_for_a_token() {
    let scene = Scene::new();
    let line = scene.line();
    let refused = client(Credential::None).sign_in(&line, "kim@example.com", "wrong".into()).await;
    assert_eq!(outcome(refused, |_| "in"), "invalid_credentials");
    let kim =
        client(Credential::None).sign_in(&line, "kim@example.com", "correct horse".into()).await.unwrap();
    assert_eq!(kim.whoami(&line).await.unwrap().id, "7");
    assert_eq!(line.sent().last().unwrap().header("Cookie"), Some("nimbus=1; theme=dark"));
    kim.sign_out(&line).await.unwrap();
}

#[tokio::test]
async fn what_was_not_declared_cannot_be_done_and_a_person_is_told_where() {
    let spec = r#"{"id": "dash", "title": "Dash", "baseUrl": "https://dash.example", "keysPage": "https://dash.example/keys",
        "endpoints": {"whoami": "/me"}}"#;
    let provider = provider::declare(&serde_json::from_str(spec).unwrap()).unwrap().into();
    let line = Faulty::new(InProcess::new(axum::Router::new()));
    let credential = Credential::Key("dash-key-0123456789".into());
    let options =
        Options { provider, base_url: None, credential, scheme: None, retries: 2, allow_insecure: false };
    let dash = Client::new(&line, options).unwrap();
    for (what, result) in [
        ("create keys", dash.create(&line, &named("robot")).await.map(drop)),
        ("list keys", dash.list(&line, &Filter::default(), None).await.map(drop)),
        ("rotate keys", dash.rotate(&line, "1", &Overlap::None, no_store).await.map(drop)),
        ("revoke keys", dash.revoke(&line, "1").await.map(drop)),
        ("delete keys", dash.delete(&line, "1").await),
        ("validate keys", dash.validate(&line, &"x".into()).await.map(drop)),
    ] {
        let error = result.err().unwrap();
        assert!(error.code() == Code::Unsupported, "{what}: {error}");
        let text = error.to_string();
        assert!(text.contains(what) && text.contains("https://dash.example/keys"), "{text}");
    }
    assert!(line.sent().is_empty(), "an endpoint that is not there is not tried");
}

//! No key leaks: whatever a service, a proxy or the platform says about a
//! request, and however it repeats what was in it, no error tells a secret.

use keylatch::http::{Body, Response};
use keylatch::lifecycle::{Client, Credential, Filter, KeyInfo, Options, Overlap};
use keylatch::value::Value;
use keylatch::{Code, Error, Secret, provider};
use serde_json::json;

use crate::support::{
    BASE_URL, Fault, Faulty, KIM, PASSWORD, Sent, Service, Times, answer, managing, named, no_store,
};
use Fault::*;
use Times::*;

/// Everything that is secret in a request.
fn secrets_in(sent: &Sent) -> Vec<String> {
    let after = |header: &str, separator: char| {
        sent.header(header).and_then(|value| value.rsplit(separator).next()).map(str::to_owned)
    };
    let member = |name: &str| sent.body.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    let places = [after("Authorization", ' '), after("Cookie", '='), member("password"), member("secret")];
    places.into_iter().flatten().collect()
}

/// Fails when a part of a secret stands anywhere in the error that can be
/// reached from outside.
fn assert_silent(error: &Error, secrets: &[String], what: &str) {
    let mut told = vec![format!("{error}"), format!("{error:?}"), format!("{error:#?}")];
    told.extend(error.details().iter().map(|detail| detail.to_string()));
    told.extend(error.request_id().map(str::to_owned));
    if let Some((name, message)) = error.cause() {
        told.extend([name.to_owned(), message.to_owned()]);
    }
    if let Some(said) = error.service() {
        told.extend([&said.code, &said.message, &said.suggestion].into_iter().flatten().cloned());
    }
    let mut source = std::error::Error::source(error);
    while let Some(below) = source {
        told.push(format!("{below} {below:?}"));
        source = below.source();
    }
    for secret in secrets {
        let letters: Vec<char> = secret.trim_start_matches("kl_live_").chars().collect();
        assert!(letters.len() >= 10, "{what}: too short to look for");
        for part in letters.windows(10) {
            let part: String = part.iter().collect();
            for told in &told {
                assert!(!told.contains(&part), "{what}: \"{part}\" of a secret stands in: {told}");
            }
        }
    }
}

/// An answer of a status that repeats the request in a place of its body.
macro_rules! repeats {
    ($status:literal, $body:expr) => {
        Instead(|sent| {
            let body: fn(String) -> String = $body;
            answer($status, &[], body(sent.echo()))
        })
    };
}

/// A sentence so long that it is cut, in the middle of a secret.
fn cut<const BEFORE: usize>(sent: &Sent) -> Response {
    let secret = secrets_in(sent).pop().unwrap_or_default();
    let text = "x".repeat(BEFORE) + &secret;
    answer(400, &[], json!({ "detail": text }).to_string())
}

fn cut_page<const BEFORE: usize>(sent: &Sent) -> Response {
    let secret = secrets_in(sent).pop().unwrap_or_default();
    answer(418, &[], "x".repeat(BEFORE) + &secret)
}

fn careless() -> Vec<(&'static str, Fault)> {
    vec![
        (
            "in the detail",
            repeats!(400, |echo| json!({"type": "/problems/invalid_request", "detail": echo}).to_string()),
        ),
        ("in the title", repeats!(422, |echo| json!({ "title": echo }).to_string())),
        ("as the code", repeats!(409, |echo| json!({ "type": echo }).to_string())),
        ("as a code of ours", repeats!(409, |echo| json!({"type": format!("/problems/{echo}")}).to_string())),
        (
            "of a 401",
            repeats!(401, |echo| json!({"type": "/problems/unauthorized", "detail": echo}).to_string()),
        ),
        ("of a 403", repeats!(403, |echo| json!({ "detail": echo }).to_string())),
        ("of a 404", repeats!(404, |echo| json!({ "detail": echo }).to_string())),
        (
            "of a 429",
            Instead(|sent| {
                answer(429, &[("retry-after", "900")], json!({"detail": sent.echo()}).to_string())
            }),
        ),
        ("of a 500", repeats!(500, |echo| json!({ "detail": echo }).to_string())),
        ("on a page of a 400", repeats!(400, |echo| format!("<pre>{echo}</pre>"))),
        ("on a page of a 502", repeats!(502, |echo| format!("<pre>{echo}</pre>"))),
        ("on a page of a 200", repeats!(200, |echo| format!("<pre>{echo}</pre>"))),
        ("in JSON of another shape", repeats!(200, |echo| json!({"echo": echo, "items": echo}).to_string())),
        ("in a list of another shape", repeats!(200, |echo| json!({"items": [{"name": echo}]}).to_string())),
        ("as the id of the request", Instead(|sent| answer(400, &[("x-request-id", &sent.echo())], "{}"))),
        ("as the time to wait", Instead(|sent| answer(429, &[("retry-after", &sent.echo())], "{}"))),
        ("cut at the end", Instead(cut::<390>)),
        ("cut in the middle", Instead(cut::<380>)),
        ("cut at the beginning", Instead(cut::<365>)),
        ("cut on a page", Instead(cut_page::<385>)),
        (
            "between spaces",
            Instead(|sent| answer(400, &[], json!({"detail": secrets_in(sent).join("\t")}).to_string())),
        ),
        ("by the platform", Fails(|sent| ("TypeError".into(), sent.echo()))),
        ("as the name of the platform's error", Fails(|sent| (sent.echo(), String::new()))),
    ]
}

#[derive(Clone, Copy, Debug)]
enum Operation {
    Whoami,
    List,
    Get,
    Create,
    Rotate,
    Revoke,
    Delete,
    Validate,
}

use Operation::*;

async fn run(operation: Operation, client: &Client, line: &Faulty) -> Result<(), Error> {
    let other = keylatch::format::generate(keylatch::format::keylatch(), "kl_live_").unwrap();
    match operation {
        Whoami => client.whoami(line).await.map(drop),
        List => client.list(line, &Filter::default(), None).await.map(drop),
        Get => client.get(line, "key_1").await.map(drop),
        Create => client.create(line, &named("robot")).await.map(drop),
        Rotate => client.rotate(line, "key_1", &Overlap::None, no_store).await.map(drop),
        Revoke => client.revoke(line, "key_1").await.map(drop),
        Delete => client.delete(line, "key_1").await,
        Validate => client.validate(line, &other).await.map(drop),
    }
}

/// Clients with each kind of credential.
async fn clients(service: &Service) -> Vec<(&'static str, Client)> {
    let (_, key) = service.key(&managing("robot")).await;
    let declared = |scheme: &str| {
        let spec = json!({
            "id": "careless", "title": "Careless", "schemes": [serde_json::from_str::<serde_json::Value>(scheme).unwrap()],
            "endpoints": {
                "whoami": "/whoami", "list": "/keys", "get": "/keys/{id}", "create": "/keys", "rotate": "/keys/{id}/rotate",
                "revoke": "/keys/{id}/revoke", "delete": "/keys/{id}", "validate": "/validate",
            },
        });
        let spec: Value = serde_json::from_value(spec).unwrap();
        let provider = provider::declare(&spec).unwrap().into();
        let options = Options {
            provider,
            base_url: Some(BASE_URL.into()),
            credential: Credential::Key(key.clone()),
            scheme: None,
            retries: 1,
            allow_insecure: false,
        };
        Client::new(&service.line(), options).unwrap()
    };
    vec![
        ("a key as bearer", service.with_key(&key)),
        ("a session", service.signed_in(KIM).await),
        ("a key as user of basic", declared(r#"{"type": "basic"}"#)),
        ("a key as password of basic", declared(r#"{"type": "basic", "user": "api"}"#)),
        ("a key in a header of its own", declared(r#"{"type": "header", "name": "x-api-key"}"#)),
    ]
}

#[tokio::test]
async fn no_answer_to_any_operation_gets_a_secret_into_an_error() {
    let service = Service::start().await;
    let mut errors = 0;
    for (credential, client) in clients(&service).await {
        for operation in [Whoami, List, Get, Create, Rotate, Revoke, Delete, Validate] {
            for (place, fault) in careless() {
                let what = format!("{operation:?} with {credential}, repeated {place}");
                let line = service.line().on("*", Always, fault);
                // Some answers will do: any JSON is a good answer to delete.
                let Err(error) = run(operation, &client, &line).await else { continue };
                let secrets: Vec<String> = line.sent().iter().flat_map(secrets_in).collect();
                let in_header = line
                    .sent()
                    .iter()
                    .filter_map(|sent| sent.header("x-api-key"))
                    .map(str::to_owned)
                    .collect();
                assert_silent(&error, &[secrets, in_header].concat(), &what);
                errors += 1;
            }
        }
    }
    assert!(errors > 700, "only {errors} errors were looked at");
}

#[tokio::test]
async fn no_answer_to_a_sign_in_gets_the_password_into_an_error() {
    let service = Service::start().await;
    for password in [PASSWORD, "quotes \" and \\ and 'such'", "umläuts, £ and spaces"] {
        for (place, fault) in careless() {
            let line = service.line().on("*", Always, fault);
            let client = service.client(Credential::None);
            let Err(error) = client.sign_in(&line, KIM, password.into()).await else { continue };
            assert_silent(&error, &[password.to_owned()], &format!("{password} repeated {place}"));
        }
    }
}

fn text_of(response: &Response) -> String {
    let Body::Json(body) = &response.body else { panic!("no JSON") };
    serde_json::to_string(body).unwrap()
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_keeps_its_new_key_to_itself() {
    for (what, mangle) in [
        (
            "half of it",
            (|_, response| {
                let text = text_of(&response);
                answer(201, &[], &text[..text.len() - 1])
            }) as fn(&Sent, Response) -> Response,
        ),
        ("on a page", |_, response| answer(200, &[], format!("<pre>{}</pre>", text_of(&response)))),
        ("with words before it", |_, response| answer(201, &[], format!("OK {}", text_of(&response)))),
        ("without the key's data", |_, response| {
            let text = text_of(&response);
            let mut body: serde_json::Value = serde_json::from_str(&text).unwrap();
            body.as_object_mut().unwrap().remove("key");
            answer(201, &[], body.to_string())
        }),
        ("by a proxy", |_, response| {
            answer(502, &[], format!("<pre>upstream said {}</pre>", text_of(&response)))
        }),
    ] {
        let service = Service::start().await;
        let (old, _) = service.key(&named("robot")).await;
        let kim = service.signed_in(KIM).await;
        for operation in ["create", "rotate"] {
            let line = service.line().on("POST /v1/keys", Always, Mangled(mangle)).on(
                "POST /v1/keys/*/rotate",
                Always,
                Mangled(mangle),
            );
            let error = match operation {
                "create" => kim.create(&line, &named("another")).await.err().unwrap(),
                _ => kim.rotate(&line, &old.id, &Overlap::None, no_store).await.err().unwrap(),
            };
            let new: Vec<String> = line.lost().iter().map(|key| key.expose().to_owned()).collect();
            assert!(!new.is_empty());
            assert_silent(&error, &new, &format!("{operation}, {what}"));
        }
    }
}

#[tokio::test]
async fn a_store_that_complains_with_the_key_is_not_quoted() {
    let service = Service::start().await;
    let (old, _) = service.key(&named("robot")).await;
    let kim = service.signed_in(KIM).await;
    let mut seen = Vec::new();
    let complain = async |secret: Secret, _: KeyInfo| {
        seen.push(secret.expose().to_owned());
        let message = format!("cannot write \"KEY={}\" to .env", secret.expose());
        Err(Error::new(Code::StoreFailed).with_cause("Error".into(), message))
    };
    let error = kim.rotate(&service.line(), &old.id, &Overlap::None, complain).await.err().unwrap();
    assert_silent(&error, &seen, "store");
    assert!(error.cause().unwrap().1.contains("to .env"), "the rest of the complaint is kept");
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_told_either() {
    let service = Service::start().await;
    let key = keylatch::format::generate(keylatch::format::keylatch(), "kl_live_").unwrap();
    for broken in [
        format!("{}\n", key.expose()),
        format!("Bearer {}", key.expose()),
        format!("\"{}\"", key.expose()),
        format!("KEYLATCH_API_KEY={}", key.expose()),
        key.expose().replace("kl_live_", "kl_dead_"),
        format!("{}x", key.expose()),
        key.expose().replace(&key.expose()[20..21], "é"),
    ] {
        let options = Options {
            provider: provider::builtin("keylatch").unwrap().into(),
            base_url: Some(BASE_URL.into()),
            credential: Credential::Key(Secret::from(broken.as_str())),
            scheme: None,
            retries: 0,
            allow_insecure: false,
        };
        let error = Client::new(&service.line(), options).err().unwrap();
        assert!(error.code() == Code::InvalidKey, "{error}");
        assert_silent(&error, &[key.expose().to_owned()], "an unusable key");
    }
}

//! Which source wins, and what is said of the others.

use std::cell::RefCell;

use crate::credential::{Answer, Ask, Found, Host, Interactive, Question, resolve};
use crate::error::{Code, Error};
use crate::notice::{Notice, Reason};
use crate::provider::{self, FileKind};
use crate::secret::Secret;
use crate::value::{Object, Value};

type Facts = [(&'static str, &'static str)];

/// A computer, from a text: `KEY=value` is the environment, `.env:KEY=value`
/// the file, `~/path` a file's content, `shared ~/path` one that others can read;
/// `prompt`, `renew` and `login` what comes of them; `refuses` a key that the
/// service refuses.
struct Machine {
    facts: Vec<(&'static str, &'static str)>,
    asked: RefCell<Vec<String>>,
}

impl Machine {
    fn new(facts: &Facts) -> Self {
        Machine { facts: facts.to_vec(), asked: RefCell::default() }
    }

    fn fact(&self, name: &str) -> Option<&'static str> {
        self.facts.iter().find(|(fact, _)| *fact == name).map(|(_, value)| *value)
    }

    /// What came of asking, and the order of the questions that touch more than
    /// the environment.
    fn found(&self, ask: &Ask<'_>) -> Result<Found, Error> {
        pollster::block_on(resolve(self, ask))
    }
}

impl Host for Machine {
    async fn ask(&self, question: Question<'_>) -> Result<Answer, Error> {
        let typed = |name: &str, missing: Reason| match self.fact(name) {
            Some(text) => Answer { path: "~/login".into(), ..Answer::text(text) },
            None => Answer::not(Notice::new(missing).with("~/login")),
        };
        let noted = |what: &str| self.asked.borrow_mut().push(what.into());
        Ok(match question {
            Question::Env(name) => self.fact(name).map_or(Answer::nothing(), Answer::text),
            Question::Command(command, name) => {
                noted(command);
                let failed =
                    || Answer::not(Notice::new(Reason::CommandFailed).with(name.to_owned()).with("1"));
                self.fact(command).map_or_else(failed, Answer::text)
            }
            Question::Keychain(item) => {
                noted(item);
                let none = || Answer::not(Notice::new(Reason::KeychainWithoutKey).with(item.to_owned()));
                let found = |text| Answer { path: item.into(), ..Answer::text(text) };
                self.fact(item).map_or_else(none, found)
            }
            Question::Dotenv => {
                noted(".env");
                let dotenv: Vec<_> = self
                    .facts
                    .iter()
                    .filter_map(|(name, value)| Some((name.strip_prefix(".env:")?, *value)))
                    .collect();
                if dotenv.is_empty() {
                    return Ok(Answer::not(Notice::new(Reason::DotenvMissing).with("/app")));
                }
                let json =
                    dotenv.into_iter().map(|(name, value)| (name.into(), Value::from(value))).collect();
                Answer { json: Value::Map(json), path: ".env".into(), ..Answer::nothing() }
            }
            Question::File(path, kind) => {
                noted(path);
                let shared = self.fact(&format!("shared {path}"));
                let Some(text) = shared.or(self.fact(path)) else {
                    return Ok(Answer { path: path.into(), ..Answer::nothing() });
                };
                let json = match kind {
                    FileKind::Profiles => serde_json::from_str(text).unwrap(),
                    _ => Value::Null,
                };
                Answer { json, path: path.into(), shared: shared.is_some(), ..Answer::text(text) }
            }
            Question::Renew => {
                noted("renew");
                typed("renew", Reason::LoginMissing)
            }
            Question::Prompt(asked) => {
                noted("prompt");
                typed(&format!("prompt {asked}"), Reason::NotATerminal)
            }
            Question::Check(service, key) => match service.check_key(key) {
                Ok(()) => Answer::nothing(),
                Err(error) => Answer::text(&error.problem().unwrap().to_string()),
            },
            Question::Accept(key) => {
                noted("accept");
                match self.fact("refuses") {
                    Some(refused) if refused == key.expose() => {
                        Answer::not(Notice::new(Reason::PromptRefused))
                    }
                    _ => Answer::nothing(),
                }
            }
            Question::Store(key) => {
                noted(&format!("store {}", key.expose()));
                Answer::nothing()
            }
            Question::Login => {
                noted("login");
                typed("login", Reason::LoginNotRenewed)
            }
        })
    }
}

fn ask(id: &str) -> Ask<'static> {
    Ask::of(provider::builtin(id).unwrap())
}

/// `kind name: key`, or the codes of everything that was tried.
fn outcome(id: &str, facts: &Facts) -> String {
    match Machine::new(facts).found(&ask(id)) {
        Ok(found) => format!("{} {}: {}", found.source.kind(), found.source.name(), found.secret.expose()),
        Err(error) if error.code() == Code::NoCredential => {
            error.tried().iter().map(|notice| notice.reason.as_str()).collect::<Vec<_>>().join(" ")
        }
        Err(error) => error.code().as_str().into(),
    }
}

const STORE: &str = "~/.config/keylatch/credentials.json";
const PROFILES: &str = r#"{"profiles":{"default":{"lambda":{"key":"k-default"},"luminary":{"key":""},
    "keylatch":{"key":"kl_bad"},"modelon":{"key":"k","baseUrl":"https://one.example"}},
    "ci":{"lambda":{"key":"k-ci"}}}}"#;
const KEPT: &str = r#"{"profiles":{"default":{"lambda":{"key":"keychain:keylatch/lambda/ci"}}}}"#;
const CONDUCE: &str = "default-host: app.conduce.com\ndefault-user: kim@example.test\nkim@example.test:\n  api-keys: {app: k-app}\n";

#[test]
fn the_first_source_in_the_documented_order_wins() {
    let modelon = "MODELON_IMPACT_CLIENT_API_KEY";
    let cases: &[(&str, &Facts, &str)] = &[
        // A program stands for what it prints, and for nothing else when it fails.
        (
            "luminary",
            &[("LC_API_KEY", "command: op read x"), ("op read x", "from-op"), (".env:LC_API_KEY", "file")],
            "command LC_API_KEY: from-op",
        ),
        ("luminary", &[("LC_API_KEY", "command:false"), (".env:LC_API_KEY", "file")], "command_failed"),
        // A project's file runs none.
        (
            "luminary",
            &[(".env:LC_API_KEY", "command:op read x"), ("op read x", "from-op"), ("renew", "t")],
            "stored-login ~/login: t",
        ),
        (
            "luminary",
            &[(".env:LC_API_KEY", "command:x")],
            "env_unset command_in_dotenv file_missing login_missing",
        ),
        // A key of the keychain is what it was named for, and nothing else when it is not there.
        (
            "luminary",
            &[
                ("LC_API_KEY", " keychain:work/ci "),
                ("work/ci", "from-keychain"),
                (".env:LC_API_KEY", "file"),
            ],
            "keychain work/ci: from-keychain",
        ),
        ("luminary", &[("LC_API_KEY", "keychain:work"), (".env:LC_API_KEY", "file")], "keychain_without_key"),
        // A project's file names none, as the address beside it would get it.
        (
            "luminary",
            &[(".env:LC_API_KEY", "keychain:work"), ("work", "from-keychain")],
            "env_unset keychain_in_dotenv file_missing login_missing",
        ),
        // keylatch's own file does.
        ("lambda", &[(STORE, KEPT), ("keylatch/lambda/ci", "k-kept")], "keychain keylatch/lambda/ci: k-kept"),
        ("lambda", &[(STORE, KEPT), ("renew", "t")], "env_unset dotenv_missing keychain_without_key"),
        // Luminary: variable, then .env, then the stored login.
        (
            "luminary",
            &[("LC_API_KEY", "env"), (".env:LC_API_KEY", "file"), ("renew", "t")],
            "env LC_API_KEY: env",
        ),
        ("luminary", &[("LC_API_KEY", ""), (".env:LC_API_KEY", "file")], "dotenv LC_API_KEY: file"),
        (
            "luminary",
            &[(".env:LC_API_KEY", ""), (STORE, PROFILES), ("renew", "t")],
            "stored-login ~/login: t",
        ),
        ("luminary", &[], "env_unset dotenv_missing file_missing login_missing"),
        (
            "luminary",
            &[("LC_API_KEY", " "), (".env:OTHER", "x")],
            "env_empty dotenv_unset file_missing login_missing",
        ),
        // Modelon: variable, then its file; no .env.
        (
            "modelon",
            &[(modelon, "env"), ("~/.impact/api.key", "file")],
            "env MODELON_IMPACT_CLIENT_API_KEY: env",
        ),
        ("modelon", &[("~/.impact/api.key", " file\n")], "file ~/.impact/api.key: file"),
        (
            "modelon",
            &[(".env:MODELON_IMPACT_CLIENT_API_KEY", "dotenv")],
            "env_unset file_missing file_missing",
        ),
        ("modelon", &[("~/.impact/api.key", "\n")], "env_unset file_empty file_missing"),
        // Conduce: its file alone.
        ("conduce", &[("~/.conduceconfig", CONDUCE)], "file ~/.conduceconfig: k-app"),
        ("conduce", &[("~/.conduceconfig", "a: 1")], "file_without_key file_missing"),
        ("conduce", &[("~/.conduceconfig", "- a")], "file_not_understood file_missing"),
        // Lambda: the documentation's variable; keylatch's file holds keys of any service.
        ("lambda", &[("LAMBDA_API_KEY", "env"), (STORE, PROFILES)], "env LAMBDA_API_KEY: env"),
        ("lambda", &[(STORE, PROFILES)], "file ~/.config/keylatch/credentials.json: k-default"),
        ("lambda", &[(STORE, "[]")], "env_unset dotenv_missing file_not_understood"),
        // What is set and certainly wrong ends the search.
        ("luminary", &[("LC_API_KEY", "{MY_API_KEY}"), (".env:LC_API_KEY", "good")], "invalid_key"),
        ("keylatch", &[(STORE, PROFILES)], "invalid_key"),
    ];
    for (id, facts, expected) in cases {
        assert_eq!(outcome(id, facts), *expected, "{id} {facts:?}");
    }
}

#[test]
fn an_argument_comes_before_everything() {
    let machine = Machine::new(&[("LAMBDA_API_KEY", "env")]);
    let given = |text: &str| Ask { explicit: Some(Secret::from(text)), ..ask("lambda") };
    assert_eq!(machine.found(&given("argument")).unwrap().source.kind(), "argument");
    let found = machine.found(&given("")).unwrap();
    assert_eq!((found.source.kind(), found.tried[0].reason), ("env", Reason::ArgumentEmpty));
    assert!(machine.asked.borrow().is_empty());
}

#[test]
fn the_profile_and_the_address_choose_the_key() {
    let machine = Machine::new(&[(STORE, PROFILES), ("~/.conduceconfig", CONDUCE)]);
    let ci = machine.found(&Ask { profile: "ci", ..ask("lambda") }).unwrap();
    assert_eq!(ci.secret.expose(), "k-ci");
    let none = machine.found(&Ask { profile: "none", ..ask("lambda") }).err().unwrap();
    assert!(none.to_string().contains("has no key for lambda in the profile none"), "{none}");

    let modelon = machine.found(&ask("modelon")).unwrap();
    assert_eq!(modelon.base_url.as_deref(), Some("https://one.example"));
    let elsewhere = Ask { base_url: Some("https://two.example".into()), ..ask("modelon") };
    let error = machine.found(&elsewhere).err().unwrap();
    assert!(error.to_string().contains("has a key for https://one.example and none for https://two.example"));

    let conduce = machine.found(&ask("conduce")).unwrap();
    assert_eq!(conduce.base_url.as_deref(), Some("https://app.conduce.com"));
    assert!(
        machine.found(&Ask { base_url: Some("https://dev.conduce.com".into()), ..ask("conduce") }).is_err()
    );
    assert!(machine.found(&Ask { user: Some("lee@example.test".into()), ..ask("conduce") }).is_err());
}

#[test]
fn an_address_in_dotenv_is_used_with_a_key_that_is_there_too_and_with_no_other() {
    const THERE: (&str, &str) = (".env:LC_DOMAIN", "there.example");
    const BESIDE: &str =
        r#"{"profiles":{"default":{"luminary":{"key":"k","baseUrl":"https://there.example/"}}}}"#;
    const ELSEWHERE: &str =
        r#"{"profiles":{"default":{"luminary":{"key":"k","baseUrl":"https://other.example/"}}}}"#;
    let passed = Ask { explicit: Some("passed".into()), ..ask("luminary") };
    let said = Ask { base_url: Some("https://said.example".into()), ..ask("luminary") };
    let login = Ask { interactive: Interactive::Login, fresh: true, ..ask("luminary") };
    let cases: &[(&Ask<'_>, &Facts, &str)] = &[
        (&ask("luminary"), &[THERE, (".env:LC_API_KEY", "k")], "dotenv https://there.example"),
        (&ask("luminary"), &[(".env:LC_DOMAIN", " "), (".env:LC_API_KEY", "k")], "dotenv"),
        (&ask("luminary"), &[THERE, ("LC_API_KEY", "k")], "env unused"),
        (&ask("luminary"), &[THERE, ("LC_API_KEY", "k"), (".env:LC_API_KEY", "k")], "env unused"),
        (&ask("luminary"), &[THERE, ("renew", "t")], "stored-login unused"),
        (&ask("luminary"), &[THERE, (STORE, ELSEWHERE)], "file https://other.example/ unused"),
        (&passed, &[THERE], "argument unused"),
        (&login, &[THERE, ("login", "t")], "login unused"),
        // Nothing is lost that somebody would have to be told of.
        (&said, &[THERE, ("LC_API_KEY", "k")], "env"),
        (&ask("luminary"), &[THERE, (STORE, BESIDE)], "file https://there.example/"),
        (&ask("luminary"), &[(".env:LC_DOMAIN", "apis.luminarycloud.com"), ("LC_API_KEY", "k")], "env"),
        (
            &ask("modelon"),
            &[(".env:MODELON_IMPACT_CLIENT_URL", "there.example"), ("~/.impact/api.key", "k")],
            "file",
        ),
    ];
    for (ask, facts, expected) in cases {
        let found = Machine::new(facts).found(ask).unwrap();
        let unused = Notice::new(Reason::DotenvAddressUnused).with(".env").with("LC_DOMAIN");
        let warned = found.warnings.iter().inspect(|warning| assert_eq!(**warning, unused)).map(|_| "unused");
        let told: Vec<_> =
            [found.source.kind()].into_iter().chain(found.base_url.as_deref()).chain(warned).collect();
        assert_eq!(told.join(" "), *expected, "{facts:?}");
    }
}

#[test]
fn the_message_names_every_source_and_no_value() {
    let machine = Machine::new(&[("LC_API_KEY", ""), (STORE, PROFILES)]);
    let asked = Ask { interactive: Interactive::Prompt, ..ask("luminary") };
    let error = machine.found(&asked).err().unwrap();
    assert_eq!(
        error.to_string(),
        "No key for Luminary Cloud was found: LC_API_KEY is set but empty; .env not found in /app; \
         ~/.config/keylatch/credentials.json has no key for luminary; no login is stored in ~/login; \
         there is no terminal to ask on."
    );
}

#[test]
fn a_wrong_key_names_its_source_and_not_itself() {
    let machine = Machine::new(&[(".env:LC_API_KEY", "\"lc-0123456789\"")]);
    let error = machine.found(&ask("luminary")).err().unwrap();
    let message = error.to_string();
    assert!(
        message.starts_with("This is not a key for Luminary Cloud (from LC_API_KEY in .env): "),
        "{message}"
    );
    assert!(!message.contains("0123456789"));
}

#[test]
fn a_file_that_others_can_read_is_a_warning_or_when_strict_no_source() {
    let machine = Machine::new(&[("shared ~/.impact/api.key", "key")]);
    let found = machine.found(&ask("modelon")).unwrap();
    assert_eq!(found.warnings, [Notice::new(Reason::FileReadableByOthers).with("~/.impact/api.key")]);
    let error = machine.found(&Ask { strict: true, ..ask("modelon") }).err().unwrap();
    assert!(error.to_string().contains("~/.impact/api.key is readable by others"), "{error}");
}

#[test]
fn a_person_is_asked_last_and_only_when_that_is_wanted() {
    let prompt = |facts: &Facts| {
        let machine = Machine::new(facts);
        let found = machine.found(&Ask { interactive: Interactive::Prompt, ..ask("modelon") });
        let asked = machine
            .asked
            .borrow()
            .iter()
            .filter(|what| !what.starts_with(['.', '~']))
            .cloned()
            .collect::<Vec<_>>();
        (found.map(|found| found.secret.expose().to_owned()).map_err(|error| error.code()), asked.join(" "))
    };
    let cases: &[(&Facts, Result<&str, Code>, &str)] = &[
        (&[("~/.impact/api.key", "file"), ("prompt 0", "typed")], Ok("file"), ""),
        (&[("prompt 0", " typed\n")], Ok("typed"), "prompt accept store typed"),
        // Refused by the service: asked again, and only the accepted one is kept.
        (
            &[("prompt 0", "bad"), ("refuses", "bad"), ("prompt 1", "good")],
            Ok("good"),
            "prompt accept prompt accept store good",
        ),
        // Certainly no key: the service is not even asked.
        (
            &[("prompt 0", "{MY_API_KEY}"), ("prompt 1", "good")],
            Ok("good"),
            "prompt prompt accept store good",
        ),
        (
            &[("prompt 0", "bad"), ("prompt 1", "bad"), ("prompt 2", "bad"), ("refuses", "bad")],
            Err(Code::NoCredential),
            "prompt accept prompt accept prompt accept",
        ),
        (&[("prompt 0", " ")], Err(Code::NoCredential), "prompt"),
        (&[], Err(Code::NoCredential), "prompt"),
    ];
    for (facts, expected, asked) in cases {
        assert_eq!(prompt(facts), (expected.map(str::to_owned), (*asked).to_owned()), "{facts:?}");
    }
}

#[test]
fn a_person_who_wants_to_give_a_new_key_is_asked_though_there_is_one() {
    let machine = Machine::new(&[("~/.impact/api.key", "old"), ("prompt 0", "new")]);
    let found =
        machine.found(&Ask { interactive: Interactive::Prompt, fresh: true, ..ask("modelon") }).unwrap();
    assert_eq!(
        (found.secret.expose(), machine.asked.take().concat()),
        ("new", "promptacceptstore new".into())
    );
}

#[test]
fn a_browser_is_opened_only_without_a_stored_login_and_only_where_there_is_one() {
    let login = |id, facts: &Facts| {
        let machine = Machine::new(facts);
        let found = machine.found(&Ask { interactive: Interactive::Login, ..ask(id) });
        found.map(|found| (found.source.kind(), found.is_token())).map_err(|error| error.to_string())
    };
    assert_eq!(login("luminary", &[("renew", "t"), ("login", "t")]), Ok(("stored-login", true)));
    assert_eq!(login("luminary", &[("login", "t")]), Ok(("login", true)));
    assert!(login("lambda", &[("login", "t")]).unwrap_err().contains("Lambda Cloud has no login by browser"));
}

#[test]
fn what_is_written_is_read_back_and_the_rest_of_the_file_stays() {
    use crate::credential::{Content, Entry, Slot, read, write};
    let before: Value = serde_json::from_str(
        r#"{"mine":[1],"profiles":{"default":{"lambda":{"key":"old","note":"x"}},"ci":{}}}"#,
    )
    .unwrap();
    let slot = Slot { provider: "lambda", profile: "default", user: None, host: None };
    let empty = Secret::from("");
    let entry = Entry { secret: "new".into(), base_url: Some("https://x.example".into()) };
    let after = write(FileKind::Profiles, &Content { text: &empty, json: &before }, &slot, Some(&entry))
        .ok()
        .unwrap();
    assert_eq!(
        serde_json::to_string(&after).unwrap(),
        r#"{"mine":[1],"profiles":{"default":{"lambda":{"key":"new","note":"x","baseUrl":"https://x.example"}},"ci":{}}}"#
    );
    let found = read(FileKind::Profiles, &Content { text: &empty, json: &after }, &slot).ok().unwrap();
    assert_eq!(found.secret.expose(), "new");
    let removed =
        write(FileKind::Profiles, &Content { text: &empty, json: &after }, &slot, None).ok().unwrap();
    assert_eq!(serde_json::to_string(&removed).unwrap(), r#"{"mine":[1],"profiles":{"default":{},"ci":{}}}"#);
    for wrong in [Value::List(Vec::new()), Object::new().with("profiles", "x").into()] {
        assert!(
            write(FileKind::Profiles, &Content { text: &empty, json: &wrong }, &slot, Some(&entry)).is_err()
        );
    }
}

//! The credential chain, files of keys and the browser login, as `keylatch/node`
//! drives them.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

use zeroize::Zeroizing;

use super::client::error::{Thrown, notice, notices};
use super::client::fetch::{self, Call, Fetch, Parser};
use super::client::task::{Task, Turn};
use super::client::{bytes, member_text, needed_text, plain, secret};
use crate::credential::{
    self, Answer, Ask, Content, Entry, Host, Interactive, PendingLogin, Progress, Question, Settings, Slot,
    Tokens,
};
use crate::error::{Code, Error};
use crate::json;
use crate::notice::{Notice, Reason};
use crate::provider::{self, FileKind, Provider};
use crate::secret::Secret;
use crate::value::{Object, Value};

#[wasm_bindgen]
extern "C" {
    /// The computer: `pkg/node/host.js`.
    pub type CredentialHost;

    /// Resolves to the members of [`Answer`] as bytes of JSON; to none after something
    /// was thrown, which ends the chain and which the host keeps for the caller.
    #[wasm_bindgen(method)]
    fn ask(this: &CredentialHost, question: &str, name: &str, more: JsValue) -> Promise;
}

/// The host of one chain.
struct Machine {
    turn: Turn,
    host: CredentialHost,
}

impl Host for Machine {
    async fn ask(&self, question: Question<'_>) -> Result<Answer, Error> {
        let secret = |secret: &Secret| bytes(secret).into();
        let (what, name, more) = match question {
            Question::Env(name) => ("env", name, JsValue::UNDEFINED),
            Question::Command(command, name) => ("command", name, command.into()),
            Question::Keychain(item) => ("keychain", item, JsValue::UNDEFINED),
            Question::Dotenv => ("dotenv", "", JsValue::UNDEFINED),
            Question::File(path, kind) => ("file", path, kind.as_str().into()),
            Question::Renew => ("renew", "", JsValue::UNDEFINED),
            Question::Prompt(asked) => ("prompt", "", asked.into()),
            Question::Check(_, key) => ("check", "", secret(key)),
            Question::Accept(key) => ("accept", "", secret(key)),
            Question::Store(key) => ("store", "", secret(key)),
            Question::Login => ("login", "", JsValue::UNDEFINED),
        };
        let answer: fetch::Answer = self.turn.settled(self.host.ask(what, name, more)).await.unchecked_into();
        match answer.bytes() {
            Some(bytes) => Ok(answer_of(&data(bytes))),
            None => Err(Error::new(Code::Internal).with("the host threw.")),
        }
    }
}

/// A service with its sources of keys, by its description.
fn service(description: &str) -> Result<Provider, Error> {
    provider::declare(&json::parse(description.as_bytes()).unwrap_or(Value::Null))
}

/// Data that crosses as bytes of JSON, since keys are in it; the other side wipes its
/// copy.
fn data(given: Vec<u8>) -> Value {
    json::parse(&Zeroizing::new(given)).unwrap_or(Value::Null)
}

fn answer_of(data: &Value) -> Answer {
    let text = |name| data.member(name).and_then(Value::text);
    Answer {
        text: text("text").map(Secret::from),
        json: data.member("json").cloned().unwrap_or(Value::Null),
        path: text("path").unwrap_or_default().into(),
        shared: data.member("shared").and_then(Value::bool).unwrap_or(false),
        notice: data.member("notice").and_then(notice_of),
    }
}

fn notice_of(data: &Value) -> Option<Notice> {
    let reason = Reason::parse(data.member("reason")?.text()?)?;
    let details = data.member("details").map(Value::items).unwrap_or_default();
    Some(details.iter().filter_map(Value::to_text).fold(Notice::new(reason), Notice::with))
}

/// Walks the chain for a service, whose description is JSON as are the options;
/// comes to `[{ kind, name, baseUrl, token, tried, warnings }, bytes]`.
#[wasm_bindgen(js_name = resolveCredential)]
pub fn resolve_credential(
    provider: &str,
    host: CredentialHost,
    options: &str,
    explicit: Option<Vec<u8>>,
) -> Result<Task, Thrown> {
    let provider = service(provider)?;
    let options = json::parse(options.as_bytes()).unwrap_or(Value::Null);
    let explicit = explicit.map(secret).transpose()?;
    Ok(Task::new(|turn| async move {
        Ok(resolve(&Machine { turn, host }, &provider, &options, explicit).await?.into())
    }))
}

async fn resolve(
    machine: &Machine,
    provider: &Provider,
    options: &Value,
    explicit: Option<Secret>,
) -> Result<Array, Error> {
    let profile = member_text(options, "profile")?;
    let ask = Ask {
        provider,
        explicit,
        base_url: member_text(options, "baseUrl")?,
        user: member_text(options, "user")?,
        profile: profile.as_deref().unwrap_or("default"),
        strict: options.find("strict").and_then(Value::bool).unwrap_or(false),
        fresh: options.find("fresh").and_then(Value::bool).unwrap_or(false),
        interactive: match member_text(options, "interactive")?.as_deref() {
            None => Interactive::No,
            Some("prompt") => Interactive::Prompt,
            Some("login") => Interactive::Login,
            Some(_) => return Err(Error::argument("interactive", "use \"prompt\" or \"login\".")),
        },
    };
    let found = credential::resolve(machine, &ask).await?;
    let data = Object::new()
        .with("kind", found.source.kind())
        .with("name", found.source.name())
        .with("token", found.is_token())
        .with("tried", notices(&found.tried))
        .with("warnings", notices(&found.warnings))
        .with_some("baseUrl", found.base_url);
    Ok(Array::of2(&plain(&data.into())?, &bytes(&found.secret)))
}

/// The key in a file: `[{ baseUrl }, bytes]`, or `[notice]` when there is none.
/// `file` is bytes of JSON, `{ kind, path, text, json, provider, profile, user, host }`.
#[wasm_bindgen(js_name = readKeyFile)]
pub fn read_key_file(file: Vec<u8>) -> Result<Array, Thrown> {
    let file = data(file);
    let of = KeyFile::new(&file)?;
    Ok(match credential::read(of.kind()?, &of.content(), &of.slot) {
        Ok(entry) => {
            let data = Object::new().with_some("baseUrl", entry.base_url);
            Array::of2(&plain(&data.into())?, &bytes(&entry.secret))
        }
        Err(miss) => Array::of1(&plain(&notice(&miss.at(of.path)))?),
    })
}

/// The file with the key, or without one: `{ text }`, `{ json }` or
/// `{ notice }` when it cannot be written. Of `file`, see [`read_key_file`];
/// and `baseUrl`; `name` of the variable for the kind `dotenv`.
#[wasm_bindgen(js_name = editKeyFile)]
pub fn edit_key_file(file: Vec<u8>, key: Option<Vec<u8>>) -> Result<JsValue, Thrown> {
    let file = data(file);
    let of = KeyFile::new(&file)?;
    let secret = key.map(secret).transpose()?;
    let out = if of.kind == "dotenv" {
        let name = needed_text(&file, "name")?;
        let text = credential::set_dotenv(of.text.expose(), &name, secret.as_ref().map(Secret::expose));
        text.map(Value::from).ok_or_else(|| {
            let why = "the key has characters that readers of .env take for something else";
            Notice::new(Reason::FileNotUnderstood).with(String::from(of.path)).with(why)
        })
    } else {
        let base_url = member_text(&file, "baseUrl")?;
        let entry = secret.map(|secret| Entry { secret, base_url });
        credential::write(of.kind()?, &of.content(), &of.slot, entry.as_ref())
            .map_err(|miss| miss.at(of.path))
    };
    let out = match out {
        Ok(text @ Value::Text(_)) => Object::new().with("text", text),
        Ok(json) => Object::new().with("json", json),
        Err(miss) => Object::new().with("notice", notice(&miss)),
    };
    Ok(plain(&out.into())?)
}

struct KeyFile<'a> {
    kind: &'a str,
    path: &'a str,
    text: Secret,
    json: &'a Value,
    slot: Slot<'a>,
}

impl<'a> KeyFile<'a> {
    fn new(file: &'a Value) -> Result<Self, Error> {
        let text = |name| file.find(name).and_then(Value::text);
        Ok(KeyFile {
            kind: text("kind").unwrap_or_default(),
            path: text("path").unwrap_or_default(),
            text: Secret::from(text("text").unwrap_or_default()),
            json: file.member("json").unwrap_or(&Value::Null),
            slot: Slot {
                provider: text("provider").unwrap_or_default(),
                profile: text("profile").unwrap_or("default"),
                user: text("user"),
                host: text("host"),
            },
        })
    }

    fn kind(&self) -> Result<FileKind, Error> {
        FileKind::parse(self.kind)
            .ok_or_else(|| Error::argument("kind", "use text, conduce-config, profiles or dotenv."))
    }

    fn content(&self) -> Content<'_> {
        Content { text: &self.text, json: self.json }
    }
}

/// The address of a host: https in front, on this computer http.
#[wasm_bindgen(js_name = hostAddress)]
pub fn host_address(host: &str) -> String {
    credential::address(host)
}

/// A login by browser: one that is under way, or the renewal of its token.
#[wasm_bindgen(js_name = Login)]
pub struct LoginHandle {
    settings: Rc<Settings>,
    pending: Rc<PendingLogin>,
    /// That the browser came back with, or that asks for another computer.
    code: Rc<RefCell<Option<Secret>>>,
}

#[wasm_bindgen(js_class = Login)]
impl LoginHandle {
    /// For a service; `overrides` are issuer, client id and audience or null, as JSON.
    #[wasm_bindgen(constructor)]
    pub fn new(provider: &str, overrides: &str) -> Result<LoginHandle, Thrown> {
        let provider = service(provider)?;
        let Some(login) = &provider.sources.login else {
            let why = provider.title.clone().into_owned() + " has no login by browser.";
            return Err(Error::argument("provider", why).into());
        };
        let overrides = json::parse(overrides.as_bytes()).unwrap_or(Value::Null);
        let text = |index| overrides.items().get(index).and_then(Value::text).map(String::from);
        Ok(LoginHandle {
            settings: Rc::new(Settings::new(login, [text(0), text(1), text(2)])),
            pending: Rc::new(PendingLogin::new()?),
            code: Rc::default(),
        })
    }

    /// The issuer's address.
    #[wasm_bindgen(getter)]
    pub fn issuer(&self) -> String {
        self.settings.issuer().into()
    }

    /// Where the browser is sent.
    #[wasm_bindgen(js_name = authorizeUrl)]
    pub fn authorize_url(&self, redirect: &str) -> Result<String, Thrown> {
        Ok(self.settings.authorize_url(&Parser, &self.pending, redirect)?)
    }

    /// Takes the query that the browser came back with, as bytes of JSON.
    pub fn callback(&self, query: Vec<u8>) -> Result<(), Thrown> {
        let code = self.pending.callback(&self.settings, &data(query))?;
        self.code.replace(Some(code));
        Ok(())
    }

    /// Turns the code into tokens, once: `{ accessToken, refreshToken, expiresIn }`.
    pub fn exchange(&self, call: Call, redirect: &str) -> Result<Task, Thrown> {
        let code =
            self.code.take().ok_or_else(|| Error::argument("code", "there is none, or it was used."))?;
        let (settings, pending) = (Rc::clone(&self.settings), Rc::clone(&self.pending));
        let redirect = String::from(redirect);
        Ok(Task::new(|turn| async move {
            let fetch = Fetch::new(turn, call, settings.issuer(), false);
            tokens(credential::exchange(&fetch, &settings, &pending, &code, &redirect).await?)
        }))
    }

    /// Begins a login by a code that is typed on another computer:
    /// `{ userCode, page, wholePage, interval, expiresIn }`, times in seconds.
    pub fn device(&self, call: Call) -> Task {
        let (settings, code) = (Rc::clone(&self.settings), Rc::clone(&self.code));
        Task::new(|turn| async move {
            let fetch = Fetch::new(turn, call, settings.issuer(), false);
            let device = credential::device(&fetch, &settings).await?;
            let data = Object::new()
                .with("userCode", device.user_code)
                .with("page", device.page)
                .with_some("wholePage", device.whole_page)
                .with("interval", Value::Number(device.interval))
                .with("expiresIn", Value::Number(device.expires_in));
            code.replace(Some(device.code));
            Ok(plain(&data.into())?)
        })
    }

    /// Asks whether the code was typed: tokens, as [`LoginHandle::exchange`] has them,
    /// or `{ slowDown }`.
    pub fn poll(&self, call: Call) -> Result<Task, Thrown> {
        let code = self.code.borrow().clone().ok_or_else(|| Error::argument("code", "there is none."))?;
        let settings = Rc::clone(&self.settings);
        Ok(Task::new(|turn| async move {
            let fetch = Fetch::new(turn, call, settings.issuer(), false);
            let waits = |slow_down: bool| plain(&Object::new().with("slowDown", slow_down).into());
            match credential::poll(&fetch, &settings, &code).await? {
                Progress::Done(done) => tokens(done),
                Progress::Pending => Ok(waits(false)?),
                Progress::SlowDown => Ok(waits(true)?),
            }
        }))
    }

    /// A new access token by a refresh token.
    pub fn refresh(&self, call: Call, token: Vec<u8>) -> Result<Task, Thrown> {
        let token = secret(token)?;
        let settings = Rc::clone(&self.settings);
        Ok(Task::new(|turn| async move {
            let fetch = Fetch::new(turn, call, settings.issuer(), false);
            tokens(credential::refresh(&fetch, &settings, &token).await?)
        }))
    }
}

fn tokens(tokens: Tokens) -> Result<JsValue, Thrown> {
    let data = Object::new()
        .with("accessToken", tokens.access)
        .with_some("refreshToken", tokens.refresh)
        .with_some("expiresIn", tokens.expires_in.map(Value::Number));
    Ok(plain(&data.into())?)
}

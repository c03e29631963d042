//! A service from a declaration that JavaScript has checked: the `Provider` of
//! `pkg/types/providers.d.ts`, plain JSON.
//!
//! `pkg/client/declare.js` checks what a user declares and names the field that
//! is wrong. Checking and describing in Rust took 22.6 KB (gzip) of the offline
//! module, whose budget is 28.4 KB; in JavaScript it is less than 4 KB, which only
//! a bundle that declares a service holds. So nothing is checked here again, but
//! for what it takes to read the data.
//!
//! To add a field: one line here, and one row in a table of `declare.js`.

use std::borrow::Cow;

use super::answer::{Answer, States, Statuses};
use super::endpoint::{Endpoint, Endpoints, Operation, Template};
use super::fields::{ErrorShape, Fields, TimeUnit};
use super::keylatch::ENDPOINTS;
use super::sources::{FileKind, KeyFile, Login, Sources};
use super::{Discovery, Provider, Text};
use crate::error::{Code, Error};
use crate::format::{Alphabet, Certainty, Coverage, KeyFormat, Part};
use crate::http::Method;
use crate::scheme::Scheme;
use crate::value::Value;

/// Reads a declaration. What it leaves out is as in keylatch's own API.
///
/// ```
/// use keylatch::{Code, provider};
///
/// let spec = serde_json::from_str(r#"{
///     "id": "acme",
///     "title": "Acme",
///     "schemes": [{"type": "header", "name": "x-acme-key"}],
///     "endpoints": {"list": "/tokens", "revoke": {"method": "DELETE", "path": "/tokens/{id}"}}
/// }"#).unwrap();
/// let acme = provider::declare(&spec)?;
/// assert!(acme.capabilities().revoke && !acme.capabilities().create);
///
/// let wrong = serde_json::from_str(r#"{"id": "acme", "title": "Acme", "schemes": [{"type": "digest"}]}"#).unwrap();
/// assert_eq!(provider::declare(&wrong).err().unwrap().code(), Code::InvalidProvider);
/// # Ok::<(), keylatch::Error>(())
/// ```
///
/// # Errors
/// [`Code::InvalidProvider`] when it cannot be read.
pub fn declare(spec: &Value) -> Result<Provider, Error> {
    let mut provider = declare_api(spec)?;
    sources(spec, &mut provider.sources).ok_or_else(unreadable)?;
    Ok(provider)
}

/// The same as far as a client needs it: without the sources of keys.
///
/// # Errors
/// [`Code::InvalidProvider`] when it cannot be read.
pub fn declare_api(spec: &Value) -> Result<Provider, Error> {
    provider(spec).ok_or_else(unreadable)
}

fn unreadable() -> Error {
    Error::new(Code::InvalidProvider).with("the declaration").with("it was not made by defineProvider().")
}

fn provider(spec: &Value) -> Option<Provider> {
    let mut own = Provider::like_keylatch(needed(spec, "id", text)?, needed(spec, "title", text)?);
    set(&mut own.base_url, spec, "baseUrl", some_text)?;
    set(&mut own.keys_page, spec, "keysPage", some_text)?;
    set(&mut own.keys_help, spec, "keysHelp", some_text)?;
    set(&mut own.format, spec, "format", format)?;
    set(&mut own.schemes, spec, "schemes", |schemes| items(schemes, scheme))?;
    set(&mut own.one_key, spec, "oneKey", Value::bool)?;
    set(&mut own.ends_by_default, spec, "endsByDefault", Value::bool)?;
    set(&mut own.lists_working_keys_only, spec, "listsWorkingKeysOnly", Value::bool)?;
    set(&mut own.discovery, spec, "discovery", discovery)?;
    set(&mut own.fields, spec, "fields", fields)?;
    set(&mut own.time_unit, spec, "timeUnit", |unit| word(unit, &TimeUnit::ALL, TimeUnit::as_str))?;
    set(&mut own.errors, spec, "errors", errors)?;
    let tells_validity = spec.find("fields.valid").is_some();
    let mut endpoints = Vec::new();
    for (name, given) in members(spec, "endpoints")? {
        let operation = Operation::ALL.into_iter().find(|operation| operation.name() == name)?;
        endpoints.push((operation, endpoint(operation, given, tells_validity)?));
    }
    own.endpoints = Endpoints(Cow::Owned(endpoints));
    Some(own)
}

fn sources(spec: &Value, own: &mut Sources) -> Option<()> {
    set(&mut own.env, spec, "env", texts)?;
    set(&mut own.env_base_url, spec, "envBaseUrl", texts)?;
    set(&mut own.dotenv, spec, "dotenv", Value::bool)?;
    set(&mut own.files, spec, "files", |files| items(files, key_file))?;
    set(&mut own.login, spec, "login", login)
}

fn key_file(file: &Value) -> Option<KeyFile> {
    let mut own = KeyFile { path: needed(file, "path", text)?, kind: FileKind::Text };
    set(&mut own.kind, file, "kind", |kind| FileKind::parse(kind.text()?))?;
    Some(own)
}

fn login(login: &Value) -> Option<Option<Login>> {
    let mut own = Login {
        issuer: needed(login, "issuer", text)?,
        client_id: needed(login, "clientId", text)?,
        audience: Text::default(),
        scope: Cow::Borrowed("openid offline_access"),
        ports: Cow::default(),
        env: Default::default(),
        env_directory: Text::default(),
        files: Cow::default(),
    };
    set(&mut own.audience, login, "audience", text)?;
    set(&mut own.scope, login, "scope", text)?;
    set(&mut own.ports, login, "ports", numbers)?;
    let mut names = Cow::default();
    set(&mut names, login, "env", texts)?;
    for (place, name) in own.env.iter_mut().zip(names.iter()) {
        place.clone_from(name);
    }
    set(&mut own.env_directory, login, "envDirectory", text)?;
    set(&mut own.files, login, "files", texts)?;
    Some(Some(own))
}

fn discovery(discovery: &Value) -> Option<Option<Discovery>> {
    let mut endpoint = Endpoint::new(Method::Get, "", &[], Answer::stating(States::Anything));
    endpoint.path = needed(discovery, "path", text)?;
    let mut own = Discovery { endpoint, member: needed(discovery, "member", text)?, suffix: Text::default() };
    set(&mut own.suffix, discovery, "suffix", text)?;
    Some(Some(own))
}

fn scheme(scheme: &Value) -> Option<Scheme> {
    match needed(scheme, "type", Value::text)? {
        "bearer" => Some(Scheme::Bearer),
        "basic" => {
            let mut user = None;
            set(&mut user, scheme, "user", some_text)?;
            Some(Scheme::Basic { user })
        }
        "header" => Some(Scheme::Header { name: needed(scheme, "name", text)? }),
        _ => None,
    }
}

fn format(format: &Value) -> Option<Option<KeyFormat>> {
    let parts = needed(format, "parts", |parts| items(parts, part))?;
    let mut own = KeyFormat { parts, certainty: Certainty::Documented };
    set(&mut own.certainty, format, "certainty", |said| word(said, &Certainty::ALL, Certainty::as_str))?;
    Some(Some(own))
}

fn part(part: &Value) -> Option<Part> {
    if let Some(fixed) = text(part) {
        return Some(Part::Literal(vec![fixed].into()));
    }
    if let Value::List(_) = part {
        return Some(Part::Literal(texts(part)?));
    }
    let length = part.member("length")?;
    // A number is both bounds.
    let bound = |name| number(length.member(name).unwrap_or(length)).map(usize::from);
    let (min, max) = (bound("min")?, bound("max")?);
    match part.member("covers") {
        Some(covers) => {
            Some(Part::Checksum { covers: word(covers, &Coverage::ALL, Coverage::as_str)?, length: max })
        }
        None => {
            Some(Part::Run { alphabet: Alphabet::parse(needed(part, "alphabet", Value::text)?), min, max })
        }
    }
}

/// What is not declared is as in keylatch's own API, so a path alone is enough.
fn endpoint(operation: Operation, given: &Value, tells_validity: bool) -> Option<Endpoint> {
    let own = ENDPOINTS.iter().find(|(o, _)| *o == operation).map(|(_, endpoint)| endpoint.clone());
    // keylatch's own API has no call for a session alone.
    let answer = Answer::stating(States::Anything);
    let mut endpoint = own.unwrap_or(Endpoint::new(Method::Get, "/", &[], answer));
    if let Some(path) = text(given) {
        endpoint.path = path;
    } else {
        request(given, &mut endpoint)?;
    }
    // Said in the declaration, or else it follows from the request.
    endpoint.answer = Answer::derived(operation, &endpoint, tells_validity);
    if let Some(said) = given.member("answer") {
        let states = |said: &Value| word(said, &States::ALL, States::as_str).map(Answer::stating);
        set(&mut endpoint.answer, said, "states", states)?;
        set(&mut endpoint.answer.statuses, said, "statuses", |said| Some(Statuses::of(&numbers(said)?)))?;
    }
    Some(endpoint)
}

/// A declared path is another service's: it does not take keylatch's query, and it
/// keeps idempotency keys only if it says so.
fn request(given: &Value, own: &mut Endpoint) -> Option<()> {
    own.path = needed(given, "path", text)?;
    own.idempotency = None;
    set(&mut own.method, given, "method", |method| word(method, &Method::ALL, Method::as_str))?;
    if own.method == Method::Get {
        own.body = None;
    }
    if let Some(body) = given.member("body") {
        // Said to be null, it is not as in keylatch's own API: there is none.
        own.body = if let Value::Null = body { None } else { Some(template(body)) };
    }
    let mut query = Vec::new();
    for (name, value) in members(given, "query")? {
        query.push((name.clone(), text(value)?));
    }
    own.query = Cow::Owned(query);
    set(&mut own.idempotency, given, "idempotencyHeader", some_text)?;
    set(&mut own.refusals, given, "refusals", numbers)
}

fn template(given: &Value) -> Template {
    match given {
        Value::Text(text) => Template::Text(Cow::Owned(text.expose().into())),
        Value::Map(members) => {
            Template::Object(members.iter().map(|(name, value)| (name.clone(), template(value))).collect())
        }
        constant => Template::Constant(constant.clone()),
    }
}

fn fields(paths: &Value) -> Option<Fields> {
    let Value::Map(paths) = paths else { return None };
    let mut fields = Fields::KEYLATCH;
    for (name, path) in paths {
        fields.set(name, text(path)?)?;
    }
    Some(fields)
}

/// A place that is not named is none.
fn errors(errors: &Value) -> Option<ErrorShape> {
    let mut own = ErrorShape { code: Text::default(), message: Text::default(), suggestion: Text::default() };
    set(&mut own.code, errors, "code", text)?;
    set(&mut own.message, errors, "message", text)?;
    set(&mut own.suggestion, errors, "suggestion", text)?;
    Some(own)
}

/// Reads a value; nothing when it is of another kind.
type Read<'v, T> = fn(&'v Value) -> Option<T>;

/// A member that must be there.
fn needed<'v, T>(of: &'v Value, name: &str, read: Read<'v, T>) -> Option<T> {
    of.member(name).and_then(read)
}

/// Sets what a member says. One that is missing, or null, leaves it as it is.
fn set<'v, T>(place: &mut T, of: &'v Value, name: &str, read: Read<'v, T>) -> Option<()> {
    match of.member(name) {
        None | Some(Value::Null) => {}
        Some(value) => *place = read(value)?,
    }
    Some(())
}

/// The members of an object that may be missing, or null.
fn members<'v>(of: &'v Value, name: &str) -> Option<&'v [(Text, Value)]> {
    match of.member(name) {
        None | Some(Value::Null) => Some(&[]),
        Some(Value::Map(members)) => Some(members),
        Some(_) => None,
    }
}

fn items<T: Clone + 'static>(of: &Value, read: fn(&Value) -> Option<T>) -> Option<Cow<'static, [T]>> {
    let Value::List(items) = of else { return None };
    let mut out = Vec::new();
    for item in items {
        out.push(read(item)?);
    }
    Some(Cow::Owned(out))
}

fn texts(of: &Value) -> Option<Cow<'static, [Text]>> {
    items(of, text)
}

fn numbers(of: &Value) -> Option<Cow<'static, [u16]>> {
    items(of, number)
}

fn text(value: &Value) -> Option<Text> {
    value.text().map(|text| Cow::Owned(text.into()))
}

fn some_text(value: &Value) -> Option<Option<Text>> {
    text(value).map(Some)
}

fn number(value: &Value) -> Option<u16> {
    let number = value.number()?;
    (f64::from(number as u16) == number).then_some(number as u16)
}

// Not inlined, so that one of them serves all kinds of words.
#[inline(never)]
fn word<T: Copy>(value: &Value, all: &[T], as_str: fn(T) -> &'static str) -> Option<T> {
    let text = value.text()?;
    all.iter().copied().find(|one| as_str(*one) == text)
}

#[cfg(test)]
mod tests {
    use super::super::builtins;
    use super::*;

    #[test]
    fn what_a_description_says_is_read_again() {
        for service in builtins() {
            let told = Value::from(*service);
            let again = Value::from(&declare(&told).unwrap());
            assert_eq!(serde_json::to_value(&again).unwrap(), serde_json::to_value(&told).unwrap());
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for wrong in [
            "null",
            "[]",
            r#"{"title":"Acme"}"#,
            r#"{"id":"acme","title":7}"#,
            r#"{"id":"acme","title":"Acme","baseUrl":7}"#,
            r#"{"id":"acme","title":"Acme","env":"ACME_KEY"}"#,
            r#"{"id":"acme","title":"Acme","files":[{"path":"~/.acme","kind":"ini"}]}"#,
            r#"{"id":"acme","title":"Acme","login":{"issuer":"acme"}}"#,
            r#"{"id":"acme","title":"Acme","format":{"parts":[{"alphabet":"hex","length":1.5}]}}"#,
            r#"{"id":"acme","title":"Acme","schemes":[{"type":"digest"}]}"#,
            r#"{"id":"acme","title":"Acme","endpoints":{"frobnicate":"/x"}}"#,
            r#"{"id":"acme","title":"Acme","endpoints":{"list":{"method":"GET"}}}"#,
            r#"{"id":"acme","title":"Acme","endpoints":{"list":{"path":"/x","method":"get"}}}"#,
            r#"{"id":"acme","title":"Acme","endpoints":{"validate":{"path":"/x","refusals":[65936]}}}"#,
            r#"{"id":"acme","title":"Acme","fields":{"idd":"x"}}"#,
            r#"{"id":"acme","title":"Acme","timeUnit":"min"}"#,
        ] {
            let error = declare(&serde_json::from_str(wrong).unwrap()).err().unwrap();
            assert_eq!(error.code(), Code::InvalidProvider, "{wrong}");
            assert!(error.to_string().contains("the declaration: it was not made by defineProvider()."));
        }
    }
}

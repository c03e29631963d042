//! A service from a declaration that JavaScript has checked: the `Provider` of
//! `index.d.ts`, plain JSON.
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
use super::{Provider, Text};
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
    provider(spec).ok_or_else(|| {
        Error::new(Code::InvalidProvider).with("the declaration").with("it was not made by defineProvider().")
    })
}

fn provider(spec: &Value) -> Option<Provider> {
    let own = Provider::like_keylatch(needed(spec, "id", text)?, needed(spec, "title", text)?);
    Some(Provider {
        base_url: optional(spec, "baseUrl", text)?,
        keys_page: optional(spec, "keysPage", text)?,
        keys_help: optional(spec, "keysHelp", text)?,
        sources: Sources {
            env: list(spec, "env", text)?,
            env_base_url: list(spec, "envBaseUrl", text)?,
            dotenv: optional(spec, "dotenv", Value::bool)?.unwrap_or(true),
            files: list(spec, "files", key_file)?,
            login: optional(spec, "login", login)?,
        },
        format: optional(spec, "format", format)?,
        schemes: optional(spec, "schemes", |schemes| items(schemes, scheme))?.unwrap_or(own.schemes),
        endpoints: match spec.member("endpoints") {
            None | Some(Value::Null) => own.endpoints,
            Some(given) => endpoints(given, spec.find("fields.valid").is_some())?,
        },
        one_key: optional(spec, "oneKey", Value::bool)?.unwrap_or(false),
        lists_working_keys_only: optional(spec, "listsWorkingKeysOnly", Value::bool)?.unwrap_or(false),
        fields: optional(spec, "fields", fields)?.unwrap_or(own.fields),
        time_unit: optional(spec, "timeUnit", |value| word(value, &TimeUnit::ALL, TimeUnit::as_str))?
            .unwrap_or(own.time_unit),
        errors: optional(spec, "errors", errors)?.unwrap_or(own.errors),
        ..own
    })
}

fn key_file(file: &Value) -> Option<KeyFile> {
    let kind = optional(file, "kind", |kind| FileKind::parse(kind.text()?))?;
    Some(KeyFile { path: needed(file, "path", text)?, kind: kind.unwrap_or(FileKind::Text) })
}

fn login(login: &Value) -> Option<Login> {
    let names = list(login, "env", text)?;
    let name = |number: usize| names.get(number).cloned().unwrap_or_default();
    Some(Login {
        issuer: needed(login, "issuer", text)?,
        client_id: needed(login, "clientId", text)?,
        audience: optional(login, "audience", text)?.unwrap_or_default(),
        scope: optional(login, "scope", text)?.unwrap_or(Cow::Borrowed("openid offline_access")),
        ports: list(login, "ports", number)?,
        env: [name(0), name(1), name(2)],
        env_directory: optional(login, "envDirectory", text)?.unwrap_or_default(),
        files: list(login, "files", text)?,
    })
}

fn scheme(scheme: &Value) -> Option<Scheme> {
    match needed(scheme, "type", Value::text)? {
        "bearer" => Some(Scheme::Bearer),
        "basic" => Some(Scheme::Basic { user: optional(scheme, "user", text)? }),
        "header" => Some(Scheme::Header { name: needed(scheme, "name", text)? }),
        _ => None,
    }
}

fn format(format: &Value) -> Option<KeyFormat> {
    let certainty = optional(format, "certainty", |value| word(value, &Certainty::ALL, Certainty::as_str))?;
    Some(KeyFormat {
        parts: needed(format, "parts", |parts| items(parts, part))?,
        certainty: certainty.unwrap_or(Certainty::Documented),
    })
}

fn part(part: &Value) -> Option<Part> {
    if let Some(fixed) = text(part) {
        return Some(Part::Literal(vec![fixed].into()));
    }
    if let Value::List(_) = part {
        return Some(Part::Literal(items(part, text)?));
    }
    let length = part.member("length")?;
    // A number is both bounds.
    let bound = |name| number(length.member(name).unwrap_or(length)).map(usize::from);
    let (min, max) = (bound("min")?, bound("max")?);
    match optional(part, "covers", |value| word(value, &Coverage::ALL, Coverage::as_str))? {
        Some(covers) => Some(Part::Checksum { covers, length: max }),
        None => {
            Some(Part::Run { alphabet: Alphabet::parse(needed(part, "alphabet", Value::text)?), min, max })
        }
    }
}

fn endpoints(given: &Value, tells_validity: bool) -> Option<Endpoints> {
    let mut endpoints = members(given, |name, value| {
        let operation = Operation::ALL.into_iter().find(|operation| operation.name() == name)?;
        Some((operation, endpoint(operation, value)?))
    })?;
    for (operation, endpoint) in endpoints.to_mut() {
        // Said in the declaration, or else it follows from the request.
        endpoint.answer = Answer::derived(*operation, endpoint, tells_validity);
        let said = given.member(operation.name()).and_then(|endpoint| endpoint.member("answer"));
        if let Some(said) = said {
            if let Some(states) = optional(said, "states", |value| word(value, &States::ALL, States::as_str))?
            {
                endpoint.answer = Answer::stating(states);
            }
            let statuses: Cow<'_, [u16]> = list(said, "statuses", success)?;
            if !statuses.is_empty() {
                endpoint.answer.statuses = Statuses::of(&statuses);
            }
        }
    }
    Some(Endpoints(endpoints))
}

/// What is not declared is as in keylatch's own API: a path alone will do.
fn endpoint(operation: Operation, given: &Value) -> Option<Endpoint> {
    let own = ENDPOINTS.iter().find(|(o, _)| *o == operation).map(|(_, endpoint)| endpoint.clone());
    // keylatch's own API has no call for a session alone.
    let answer = Answer::stating(States::Anything);
    let mut endpoint = own.unwrap_or(Endpoint::new(Method::Get, "/", &[], answer));
    if let Some(path) = text(given) {
        endpoint.path = path;
        return Some(endpoint);
    }
    endpoint.path = needed(given, "path", text)?;
    if let Some(method) = optional(given, "method", |value| word(value, &Method::ALL, Method::as_str))? {
        endpoint.method = method;
    }
    if endpoint.method == Method::Get {
        endpoint.body = None;
    }
    if let Some(body) = given.member("body") {
        // Said to be null, it is not as in keylatch's own API: there is none.
        endpoint.body = if let Value::Null = body { None } else { Some(template(body)) };
    }
    // A declared path is another service's: it does not take keylatch's query, and
    // it keeps idempotency keys only if it says so.
    endpoint.query = optional(given, "query", |query| {
        members(query, |name, value| Some((Cow::Owned(name.into()), text(value)?)))
    })?
    .unwrap_or_default();
    endpoint.idempotency = optional(given, "idempotencyHeader", text)?;
    endpoint.refusals = list(given, "refusals", number)?;
    Some(endpoint)
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

fn errors(errors: &Value) -> Option<ErrorShape> {
    let path = |name| Some(optional(errors, name, text)?.unwrap_or_default());
    Some(ErrorShape { code: path("code")?, message: path("message")?, suggestion: path("suggestion")? })
}

/// Reads a value; nothing when it is of another kind.
type Read<'v, T> = fn(&'v Value) -> Option<T>;

/// A member that must be there.
fn needed<'v, T>(of: &'v Value, name: &str, read: Read<'v, T>) -> Option<T> {
    of.member(name).and_then(read)
}

/// A member that may be missing, or null.
fn optional<'v, T>(of: &'v Value, name: &str, read: Read<'v, T>) -> Option<Option<T>> {
    match of.member(name) {
        None | Some(Value::Null) => Some(None),
        Some(value) => read(value).map(Some),
    }
}

/// The items of a member, none when it is missing.
fn list<'v, T: Clone + 'static>(of: &'v Value, name: &str, read: Read<'v, T>) -> Option<Cow<'static, [T]>> {
    match of.member(name) {
        None | Some(Value::Null) => Some(Cow::Borrowed(&[])),
        Some(value) => items(value, read),
    }
}

fn items<'v, T: Clone + 'static>(of: &'v Value, read: Read<'v, T>) -> Option<Cow<'static, [T]>> {
    let Value::List(items) = of else { return None };
    items.iter().map(read).collect()
}

fn members<T: Clone + 'static>(of: &Value, read: fn(&str, &Value) -> Option<T>) -> Option<Cow<'static, [T]>> {
    let Value::Map(members) = of else { return None };
    members.iter().map(|(name, value)| read(name, value)).collect()
}

fn text(value: &Value) -> Option<Text> {
    value.text().map(|text| Cow::Owned(text.into()))
}

fn number(value: &Value) -> Option<u16> {
    let number = value.number()?;
    (f64::from(number as u16) == number).then_some(number as u16)
}

/// A status that says success.
fn success(value: &Value) -> Option<u16> {
    number(value).filter(|status| Statuses::of(&[*status]).has(*status))
}

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
            r#"{"id":"acme","title":"Acme","endpoints":{"list":{"path":"/x","answer":{"statuses":[404]}}}}"#,
            r#"{"id":"acme","title":"Acme","fields":{"idd":"x"}}"#,
            r#"{"id":"acme","title":"Acme","timeUnit":"min"}"#,
        ] {
            let error = declare(&serde_json::from_str(wrong).unwrap()).err().unwrap();
            assert_eq!(error.code(), Code::InvalidProvider, "{wrong}");
            assert!(error.to_string().contains("the declaration: it was not made by defineProvider()."));
        }
    }
}

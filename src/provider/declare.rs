//! A service from the user's own declaration: the `ProviderSpec` of
//! `index.d.ts`, plain JSON. Every error names the field.

use std::borrow::Cow;

use super::answer::{Answer, States, Statuses};
use super::endpoint::{Endpoint, Endpoints, Operation, Template};
use super::fields::{ErrorShape, Fields, TimeUnit};
use super::keylatch::ENDPOINTS;
use super::sources::{FileKind, KeyFile, Login, Sources};
use super::{BUILTIN, Provider, Text, is_id};
use crate::error::{Code, Error};
use crate::format::{Alphabet, Certainty, Coverage, KeyFormat, Part};
use crate::http::Method;
use crate::scheme::{Scheme, is_token};
use crate::text::{concat, cut, integer, join, parts};
use crate::value::Value;

/// Reads a declaration.
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
/// let error = provider::declare(&wrong).err().unwrap();
/// assert_eq!(error.code(), Code::InvalidProvider);
/// assert!(error.to_string().contains("schemes[0].type"));
/// # Ok::<(), keylatch::Error>(())
/// ```
///
/// # Errors
/// [`Code::InvalidProvider`] with the path of the field and what is wrong there.
pub fn declare(spec: &Value) -> Result<Provider, Error> {
    let spec = Field::root("", spec);
    let Value::Map(_) = spec.value else {
        return Err(spec.wrong_kind("an object"));
    };
    spec.only(&[
        "envBaseUrl",
        "dotenv",
        "files",
        "login",
        "oneKey",
        "listsWorkingKeysOnly",
        "id",
        "title",
        "baseUrl",
        "keysPage",
        "keysHelp",
        "env",
        "format",
        "schemes",
        "endpoints",
        "fields",
        "timeUnit",
        "errors",
        "capabilities",
        "certainty",
    ])?;
    let id = spec.at("id");
    let name = text(&id)?;
    if !is_id(&name) || name.len() > 64 {
        return Err(id.wrong("use lower-case letters, digits and \"-\", beginning with a letter."));
    }
    if BUILTIN.iter().any(|provider| provider.id == name) {
        return Err(id.wrong("this is the id of a built-in service; choose another."));
    }
    let mut provider = Provider::like_keylatch(name, text(&spec.at("title"))?);
    provider.base_url = spec.optional("baseUrl", web_address)?;
    provider.keys_page = spec.optional("keysPage", web_address)?;
    provider.keys_help = spec.optional("keysHelp", text)?;
    provider.sources = Sources {
        env: spec.list_of("env", environment_name)?,
        env_base_url: spec.list_of("envBaseUrl", environment_name)?,
        dotenv: spec.optional("dotenv", boolean)?.unwrap_or(true),
        files: spec.list_of("files", key_file)?,
        login: spec.optional("login", login)?,
    };
    provider.format = spec.optional("format", format)?;
    if let Some(schemes) = spec.optional("schemes", schemes)? {
        provider.schemes = schemes;
    }
    if let Some(endpoints) = spec.optional("endpoints", endpoints)? {
        provider.endpoints = answered(endpoints, &spec)?;
    }
    if provider.endpoints.get(Operation::Whoami).is_none() {
        let all = spec.at("endpoints");
        if let Some((operation, _)) = provider.endpoints.0.iter().find(|(_, e)| e.uses("account")) {
            return Err(all
                .at(operation.name())
                .wrong("{account} needs the endpoint whoami, which tells it."));
        }
    }
    provider.one_key = spec.optional("oneKey", boolean)?.unwrap_or(false);
    provider.lists_working_keys_only = spec.optional("listsWorkingKeysOnly", boolean)?.unwrap_or(false);
    if let Some(fields) = spec.optional("fields", fields)? {
        provider.fields = fields;
    }
    if let Some(unit) = spec.optional("timeUnit", |f| f.one_of(&TimeUnit::ALL, TimeUnit::as_str))? {
        provider.time_unit = unit;
    }
    if let Some(errors) = spec.optional("errors", errors)? {
        provider.errors = errors;
    }
    Ok(provider)
}

/// A key format from its declaration, as `generateKey` takes it.
///
/// # Errors
/// [`Code::InvalidProvider`] with the path of the field.
pub fn declare_format(spec: &Value) -> Result<KeyFormat, Error> {
    format(&Field::root("format", spec))
}

/// A place in the declaration. Its path is put together when it is wrong.
struct Field<'a> {
    parent: Option<&'a Field<'a>>,
    name: &'a str,
    /// Its number, when it is an item of a list.
    number: Option<usize>,
    value: &'a Value,
}

/// Reads what stands in a field.
type Read<T> = fn(&Field<'_>) -> Result<T, Error>;

impl<'a> Field<'a> {
    fn root(name: &'a str, value: &'a Value) -> Self {
        Field { parent: None, name, number: None, value }
    }

    /// The member of this name; one that is not there is null.
    fn at(&'a self, name: &'a str) -> Field<'a> {
        self.member(name, self.value.member(name).unwrap_or(&Value::Null))
    }

    fn member(&'a self, name: &'a str, value: &'a Value) -> Field<'a> {
        Field { parent: Some(self), name, number: None, value }
    }

    fn item(&'a self, number: usize, value: &'a Value) -> Field<'a> {
        Field { parent: Some(self), name: "", number: Some(number), value }
    }

    fn path(&self) -> String {
        let mut path = self.parent.map(Field::path).unwrap_or_default();
        if let Some(number) = self.number {
            path.push_str(&concat(&["[", &integer(number as i64), "]"]));
        } else {
            path.push_str(if path.is_empty() { "" } else { "." });
            path.push_str(self.name);
        }
        path
    }

    #[inline(never)]
    fn wrong(&self, why: &'static str) -> Error {
        self.wrong_as(why.into())
    }

    fn wrong_as(&self, why: Text) -> Error {
        let path = self.path();
        let path = if path.is_empty() { "the top".into() } else { path };
        Error::new(Code::InvalidProvider).with(path).with(why)
    }

    fn wrong_kind(&self, expected: &str) -> Error {
        if self.is_missing() {
            return self.wrong("it is missing.");
        }
        self.wrong_as(concat(&["expected ", expected, ", found ", self.value.kind(), "."]).into())
    }

    /// The error for a name that is none of these.
    fn unknown(&self, what: &str, known: &mut dyn Iterator<Item = &str>) -> Error {
        let known = join(known, ", ");
        self.wrong_as(concat(&["there is no such ", what, ". Known are ", &known, "."]).into())
    }

    fn is_missing(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    fn optional<T>(&self, name: &str, read: Read<T>) -> Result<Option<T>, Error> {
        let field = self.at(name);
        if field.is_missing() { Ok(None) } else { read(&field).map(Some) }
    }

    /// Refuses members that nobody would read: mostly typing errors.
    fn only(&self, names: &[&str]) -> Result<(), Error> {
        for (name, value) in self.value.members() {
            if !names.contains(&name.as_ref()) {
                return Err(self.member(name, value).unknown("field", &mut names.iter().copied()));
            }
        }
        Ok(())
    }

    /// A whole number within these bounds.
    fn number(&self, least: u16, most: u16) -> Result<u16, Error> {
        match self.value.number() {
            Some(n) if f64::from(n as u16) == n && (least..=most).contains(&(n as u16)) => Ok(n as u16),
            _ if self.is_missing() => Err(self.wrong_kind("a number")),
            _ => {
                let (least, most) = (integer(least.into()), integer(most.into()));
                let why = concat(&["expected a whole number from ", &least, " to ", &most, "."]);
                Err(self.wrong_as(why.into()))
            }
        }
    }

    fn one_of<T: Copy>(&self, all: &[T], word: fn(T) -> &'static str) -> Result<T, Error> {
        let text = text(self)?;
        let found = all.iter().copied().find(|one| word(*one) == text);
        found.ok_or_else(|| self.unknown("word", &mut all.iter().map(|one| word(*one))))
    }

    fn list<T>(&self, read: Read<T>) -> Result<Vec<T>, Error> {
        let Value::List(items) = self.value else {
            return Err(self.wrong_kind("an array"));
        };
        let mut out = Vec::new();
        for (number, item) in items.iter().enumerate() {
            out.push(read(&self.item(number, item))?);
        }
        Ok(out)
    }

    /// The items of a member, none when it is not there.
    fn list_of<T: Clone>(&self, name: &str, read: Read<T>) -> Result<Cow<'static, [T]>, Error> {
        let field = self.at(name);
        if field.is_missing() { Ok(Cow::Borrowed(&[])) } else { field.list(read).map(Cow::Owned) }
    }

    fn map<T>(&self, read: Read<T>) -> Result<Vec<T>, Error> {
        let Value::Map(members) = self.value else {
            return Err(self.wrong_kind("an object"));
        };
        let mut out = Vec::new();
        for (name, value) in members {
            out.push(read(&self.member(name, value))?);
        }
        Ok(out)
    }
}

fn text(field: &Field<'_>) -> Result<Text, Error> {
    let text = path_text(field)?;
    if text.is_empty() { Err(field.wrong("it is empty.")) } else { Ok(text) }
}

/// A path of [`Value::find`], which may be empty.
fn path_text(field: &Field<'_>) -> Result<Text, Error> {
    match field.value.text() {
        Some(text) => Ok(Cow::Owned(text.into())),
        None => Err(field.wrong_kind("a string")),
    }
}

fn boolean(field: &Field<'_>) -> Result<bool, Error> {
    field.value.bool().ok_or_else(|| field.wrong_kind("true or false"))
}

/// The host's parser reads it before anything is sent; here it is kept from
/// being another thing.
fn web_address(field: &Field<'_>) -> Result<Text, Error> {
    let address = text(field)?;
    let host = address.strip_prefix("https://").or(address.strip_prefix("http://")).unwrap_or_default();
    if host.is_empty() || address.bytes().any(|b| b <= b' ') {
        return Err(field.wrong("an address begins with \"https://\" and a host."));
    }
    Ok(address)
}

fn environment_name(field: &Field<'_>) -> Result<Text, Error> {
    let name = text(field)?;
    if name.starts_with(|c: char| c.is_ascii_digit())
        || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    {
        return Err(field.wrong("an environment variable has letters, digits and \"_\" only."));
    }
    Ok(name)
}

fn key_file(field: &Field<'_>) -> Result<KeyFile, Error> {
    field.only(&["path", "kind"])?;
    let path = field.at("path");
    let text = text(&path)?;
    if !text.starts_with("~/") && !text.starts_with('/') {
        return Err(path.wrong("a file is named from the home, as in \"~/.acme/key\", or from the root."));
    }
    // Conduce's YAML is Conduce's alone.
    let kind =
        field.optional("kind", |f| f.one_of(&[FileKind::Text, FileKind::Profiles], FileKind::as_str))?;
    Ok(KeyFile { path: text, kind: kind.unwrap_or(FileKind::Text) })
}

fn login(field: &Field<'_>) -> Result<Login, Error> {
    field.only(&["issuer", "clientId", "audience", "scope", "ports", "env", "envDirectory", "files"])?;
    let env = field.list_of("env", environment_name)?;
    let name = |number: usize| env.get(number).cloned().unwrap_or_default();
    Ok(Login {
        issuer: text(&field.at("issuer"))?,
        client_id: text(&field.at("clientId"))?,
        audience: field.optional("audience", text)?.unwrap_or_default(),
        scope: field.optional("scope", text)?.unwrap_or(Cow::Borrowed("openid offline_access")),
        ports: field.at("ports").list(|f| f.number(1, 65535))?.into(),
        env: [name(0), name(1), name(2)],
        env_directory: field.optional("envDirectory", environment_name)?.unwrap_or_default(),
        files: field.at("files").list(text)?.into(),
    })
}

fn schemes(field: &Field<'_>) -> Result<Cow<'static, [Scheme]>, Error> {
    let schemes = field.list(scheme)?;
    if schemes.is_empty() { Err(field.wrong("it needs at least one scheme.")) } else { Ok(schemes.into()) }
}

fn scheme(field: &Field<'_>) -> Result<Scheme, Error> {
    let kind = field.at("type");
    match text(&kind)?.as_ref() {
        "bearer" => field.only(&["type"]).map(|()| Scheme::Bearer),
        "basic" => {
            field.only(&["type", "user"])?;
            Ok(Scheme::Basic { user: field.optional("user", user)? })
        }
        "header" => {
            field.only(&["type", "name"])?;
            Ok(Scheme::Header { name: header_name(&field.at("name"))? })
        }
        _ => Err(kind.wrong("expected bearer, basic or header.")),
    }
}

fn user(field: &Field<'_>) -> Result<Text, Error> {
    let user = text(field)?;
    if user.chars().any(|c| c == ':' || c.is_control()) {
        return Err(field.wrong("it must not have a colon or a control character."));
    }
    Ok(user)
}

fn header_name(field: &Field<'_>) -> Result<Text, Error> {
    let name = text(field)?;
    if is_token(&name) { Ok(name) } else { Err(field.wrong("it is not the name of an HTTP header.")) }
}

fn format(field: &Field<'_>) -> Result<KeyFormat, Error> {
    field.only(&["parts", "certainty"])?;
    let parts = field.at("parts").list(part)?;
    let certainty = field.optional("certainty", |f| f.one_of(&Certainty::ALL, Certainty::as_str))?;
    let format = KeyFormat { parts: parts.into(), certainty: certainty.unwrap_or(Certainty::Documented) };
    match format.validate() {
        Ok(()) => Ok(format),
        Err((path, why)) => Err(field.at(&path).wrong_as(why.into())),
    }
}

fn part(field: &Field<'_>) -> Result<Part, Error> {
    match field.value {
        Value::Text(_) => Ok(Part::Literal(vec![text(field)?].into())),
        Value::List(_) => Ok(Part::Literal(field.list(text)?.into())),
        Value::Map(_) if !field.at("checksum").is_missing() => {
            field.only(&["checksum", "covers", "length"])?;
            let checksum = field.at("checksum");
            if text(&checksum)? != "crc32" {
                return Err(checksum.wrong("expected crc32."));
            }
            let covers = field.at("covers").one_of(&Coverage::ALL, Coverage::as_str)?;
            Ok(Part::Checksum { covers, length: length(&field.at("length"))? })
        }
        Value::Map(_) => {
            field.only(&["alphabet", "length"])?;
            let alphabet = Alphabet::parse(&text(&field.at("alphabet"))?);
            let given = field.at("length");
            let (min, max) = match given.value {
                Value::Map(_) => (length(&given.at("min"))?, length(&given.at("max"))?),
                _ => {
                    let exactly = length(&given)?;
                    (exactly, exactly)
                }
            };
            Ok(Part::Run { alphabet, min, max })
        }
        _ => Err(field.wrong_kind("a string, an array of strings or an object")),
    }
}

fn length(field: &Field<'_>) -> Result<usize, Error> {
    field.number(1, 512).map(usize::from)
}

fn endpoints(field: &Field<'_>) -> Result<Endpoints, Error> {
    Ok(Endpoints(field.map(endpoint)?.into()))
}

/// What is not declared is as in keylatch's own API: a path alone will do.
fn endpoint(field: &Field<'_>) -> Result<(Operation, Endpoint), Error> {
    let Some(operation) = Operation::ALL.into_iter().find(|operation| operation.name() == field.name) else {
        return Err(field.unknown("operation", &mut Operation::ALL.iter().map(|operation| operation.name())));
    };
    let default = ENDPOINTS.iter().find(|(o, _)| *o == operation).map(|(_, endpoint)| endpoint.clone());
    // keylatch's own API has no call for a session alone.
    let answer = Answer::new(&[200], States::Anything);
    let mut endpoint = default.unwrap_or(Endpoint::new(Method::Get, "/", &[], answer));
    if let Value::Text(_) = field.value {
        endpoint.path = path(field, operation)?;
        return Ok((operation, endpoint));
    }
    field.only(&["method", "path", "query", "body", "idempotencyHeader", "refusals", "answer"])?;
    endpoint.path = path(&field.at("path"), operation)?;
    if let Some(method) = field.optional("method", |f| f.one_of(&Method::ALL, Method::as_str))? {
        endpoint.method = method;
        if method == Method::Get {
            endpoint.body = None;
        }
    }
    // A declared path is another service's: it does not know our query, and it
    // keeps idempotency keys only if it says so.
    endpoint.query = field
        .optional("query", |f| f.map(|f| Ok((Cow::Owned(f.name.into()), text(f)?))))?
        .unwrap_or_default()
        .into();
    let query = field.at("query");
    for (name, value) in query.value.members() {
        variables(&query.member(name, value), operation, Place::Query)?;
    }
    endpoint.idempotency = field.optional("idempotencyHeader", header_name)?;
    match field.value.member("body") {
        None => {}
        // Said to be null, it is not as in keylatch's own API: there is none.
        Some(Value::Null) => endpoint.body = None,
        Some(_) if endpoint.method == Method::Get => {
            return Err(field.at("body").wrong("a GET request has no body; use query."));
        }
        Some(body) => endpoint.body = Some(template(&field.member("body", body), operation)?),
    }
    if let Some(refusals) = field.optional("refusals", |f| f.list(|f| f.number(400, 599)))? {
        endpoint.refusals = refusals.into();
    }
    Ok((operation, endpoint))
}

/// The endpoints with what their answers must state: said in the declaration, or
/// else following from it.
fn answered(mut endpoints: Endpoints, spec: &Field<'_>) -> Result<Endpoints, Error> {
    let fields = spec.at("fields");
    let tells_validity = fields.at("valid").value.text().is_some_and(|path| !path.is_empty());
    let all = spec.at("endpoints");
    for (operation, endpoint) in endpoints.0.to_mut() {
        endpoint.answer = Answer::derived(*operation, endpoint, tells_validity);
        let declared = all.at(operation.name());
        let said = declared.at("answer");
        if !said.is_missing() {
            answer(&said, *operation, &mut endpoint.answer)?;
        }
    }
    Ok(endpoints)
}

fn answer(field: &Field<'_>, operation: Operation, answer: &mut Answer) -> Result<(), Error> {
    let Value::Map(_) = field.value else {
        return Err(field.wrong_kind("an object"));
    };
    field.only(&["statuses", "states"])?;
    let states = field.at("states");
    if !states.is_missing() {
        answer.states = states.one_of(States::of(operation), States::as_str)?;
        answer.statuses = answer.states.statuses();
    }
    if let Some(statuses) = field.optional("statuses", |f| f.list(|f| f.number(200, 231)))? {
        if statuses.is_empty() {
            return Err(field.at("statuses").wrong("it needs at least one status."));
        }
        answer.statuses = Statuses::of(&statuses);
    }
    Ok(())
}

fn path(field: &Field<'_>, operation: Operation) -> Result<Text, Error> {
    let path = text(field)?;
    variables(field, operation, Place::Path)?;
    if path.starts_with('/') && !path.starts_with("//") {
        Ok(path)
    } else {
        Err(field.wrong("a path begins with one \"/\"; the host stands in baseUrl."))
    }
}

fn template(field: &Field<'_>, operation: Operation) -> Result<Template, Error> {
    match field.value {
        Value::Text(text) => {
            variables(field, operation, Place::Body)?;
            Ok(Template::Text(Cow::Owned(text.expose().into())))
        }
        Value::Map(members) => {
            let mut out = Vec::new();
            for (name, value) in members {
                out.push((name.clone(), template(&field.member(name, value), operation)?));
            }
            Ok(Template::Object(out.into()))
        }
        other => {
            constant(field)?;
            Ok(Template::Constant(other.clone()))
        }
    }
}

/// A list is sent as it is, so a variable within it would be sent as its name.
fn constant(field: &Field<'_>) -> Result<(), Error> {
    if cut(field.value.text().unwrap_or_default(), "{").is_some() {
        return Err(field.wrong("variables are not filled in within a list; name one in place of the list."));
    }
    for (number, item) in field.value.items().iter().enumerate() {
        constant(&field.item(number, item))?;
    }
    for (name, value) in field.value.members() {
        constant(&field.member(name, value))?;
    }
    Ok(())
}

/// Where a template stands.
#[derive(PartialEq)]
enum Place {
    Path,
    Query,
    Body,
}

/// What a call may have no value for: a path would have a hole there.
const OPTIONAL: &[&str] =
    &["expires_in", "expires_at", "scopes", "status", "search", "cursor", "overlap", "hold", "attempt"];

/// Refuses variables that the operation does not have, and those that an
/// address must not show: servers and proxies write addresses down.
fn variables(field: &Field<'_>, operation: Operation, place: Place) -> Result<(), Error> {
    for rest in parts(field.value.text().unwrap_or_default(), "{").skip(1) {
        let Some((name, _)) = cut(rest, "}") else {
            return Err(field.wrong("a \"{\" has no \"}\"."));
        };
        let known = operation.variables();
        if !known.contains(&name) && (name != "account" || operation == Operation::Whoami) {
            return Err(field.unknown("variable", &mut known.iter().copied().chain(["account"])));
        }
        if place != Place::Body && matches!(name, "secret" | "password") {
            return Err(field.wrong("a key or a password must not stand in an address; send it in the body."));
        }
        if place == Place::Path && OPTIONAL.contains(&name) {
            return Err(
                field.wrong("a variable that may have no value cannot stand in a path; use query or body.")
            );
        }
    }
    Ok(())
}

fn fields(field: &Field<'_>) -> Result<Fields, Error> {
    let mut fields = Fields::KEYLATCH;
    for (name, path) in field.map(|f| Ok((f.name.to_owned(), path_text(f)?)))? {
        if fields.set(&name, path).is_none() {
            return Err(field.at(&name).unknown("field", &mut fields.iter().map(|(name, _)| name)));
        }
    }
    Ok(fields)
}

fn errors(field: &Field<'_>) -> Result<ErrorShape, Error> {
    field.only(&["code", "message", "suggestion"])?;
    let path = |name| Ok::<Text, Error>(field.optional(name, path_text)?.unwrap_or_default());
    Ok(ErrorShape { code: path("code")?, message: path("message")?, suggestion: path("suggestion")? })
}

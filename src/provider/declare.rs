//! A service from the user's own declaration: the `ProviderSpec` of
//! `index.d.ts`, plain JSON. Every error names the field.

use std::borrow::Cow;

use super::endpoint::{Endpoint, Endpoints, Operation, Template};
use super::fields::{ErrorShape, Fields, TimeUnit};
use super::keylatch::ENDPOINTS;
use super::sources::{FileKind, KeyFile, Login, Sources};
use super::{BUILTIN, Provider, Text, is_id};
use crate::error::{Code, Error};
use crate::format::{Alphabet, Certainty, Coverage, KeyFormat, Part};
use crate::http::Method;
use crate::scheme::{Scheme, is_token};
use crate::text::integer;
use crate::value::Value;

/// Reads a declaration.
///
/// # Errors
/// [`Code::InvalidProvider`] with the path of the field and what is wrong there.
pub fn declare(spec: &Value) -> Result<Provider, Error> {
    let spec = Field::root(spec);
    let Value::Map(_) = spec.value else {
        return Err(spec.wrong_kind("an object"));
    };
    spec.only(&[
        "envBaseUrl",
        "files",
        "login",
        "oneKey",
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
    let id = spec.need("id")?;
    let name = id.text()?;
    if !is_id(&name) || name.len() > 64 {
        return Err(id.wrong("use lower-case letters, digits and \"-\", beginning with a letter."));
    }
    if BUILTIN.iter().any(|provider| provider.id == name) {
        return Err(id.wrong("this is the id of a built-in service; choose another."));
    }
    let title = spec.need("title")?;
    Ok(Provider {
        id: name,
        title: title.text()?,
        base_url: spec.optional("baseUrl", Field::text)?,
        keys_page: spec.optional("keysPage", Field::text)?,
        keys_help: spec.optional("keysHelp", Field::text)?,
        sources: Sources {
            env: spec.optional("env", |f| f.list(environment_name))?.unwrap_or_default().into(),
            env_base_url: spec
                .optional("envBaseUrl", |f| f.list(environment_name))?
                .unwrap_or_default()
                .into(),
            files: spec.optional("files", |f| f.list(key_file))?.unwrap_or_default().into(),
            login: spec.optional("login", login)?,
        },
        format: spec.optional("format", format)?,
        schemes: spec.optional("schemes", schemes)?.unwrap_or(Cow::Borrowed(&[Scheme::Bearer])),
        endpoints: Endpoints(spec.optional("endpoints", endpoints)?.unwrap_or_default().into()),
        one_key: spec.optional("oneKey", Field::bool)?.unwrap_or(false),
        discovery: None,
        fields: spec.optional("fields", fields)?.unwrap_or(Fields::KEYLATCH),
        time_unit: spec.optional("timeUnit", time_unit)?.unwrap_or(TimeUnit::Seconds),
        errors: spec.optional("errors", errors)?.unwrap_or(ErrorShape::PROBLEM),
    })
}

/// A place in the declaration.
struct Field<'a> {
    path: String,
    value: &'a Value,
}

impl<'a> Field<'a> {
    fn root(value: &'a Value) -> Self {
        Field { path: String::new(), value }
    }

    fn wrong(&self, why: impl Into<Cow<'static, str>>) -> Error {
        let path = if self.path.is_empty() { "the top".into() } else { self.path.clone() };
        Error::new(Code::InvalidProvider).with(path).with(why)
    }

    fn wrong_kind(&self, expected: &str) -> Error {
        self.wrong(String::from("expected ") + expected + ", found " + self.value.kind() + ".")
    }

    fn at(&self, name: &str, value: &'a Value) -> Field<'a> {
        let mut path = self.path.clone();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
        Field { path, value }
    }

    fn member(&self, name: &str) -> Option<Field<'a>> {
        let value = self.value.member(name).filter(|value| !matches!(value, Value::Null))?;
        Some(self.at(name, value))
    }

    fn need(&self, name: &str) -> Result<Field<'a>, Error> {
        self.member(name).ok_or_else(|| self.at(name, &Value::Null).wrong("it is missing."))
    }

    fn optional<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Field<'a>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.member(name).map(|field| read(&field)).transpose()
    }

    /// Refuses members that nobody would read: mostly typing errors.
    fn only(&self, names: &[&str]) -> Result<(), Error> {
        for (name, value) in self.value.members() {
            if !names.contains(&name.as_ref()) {
                let why = String::from("there is no such field. Known are ") + &names.join(", ") + ".";
                return Err(self.at(name, value).wrong(why));
            }
        }
        Ok(())
    }

    fn text(&self) -> Result<Text, Error> {
        match self.value.text() {
            Some("") => Err(self.wrong("it is empty.")),
            Some(text) => Ok(Cow::Owned(text.into())),
            None => Err(self.wrong_kind("a string")),
        }
    }

    /// A path of [`Value::find`], which may be empty.
    fn path_text(&self) -> Result<Text, Error> {
        self.value.text().map(|text| Cow::Owned(text.into())).ok_or_else(|| self.wrong_kind("a string"))
    }

    fn bool(&self) -> Result<bool, Error> {
        self.value.bool().ok_or_else(|| self.wrong_kind("true or false"))
    }

    fn length(&self) -> Result<usize, Error> {
        match self.value.number() {
            Some(n) if (1.0..=512.0).contains(&n) && n as u32 as f64 == n => Ok(n as usize),
            _ => Err(self.wrong("expected a whole number from 1 to 512.")),
        }
    }

    fn list<T>(&self, read: impl Fn(&Field<'a>) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let Value::List(items) = self.value else {
            return Err(self.wrong_kind("an array"));
        };
        items.iter().enumerate().map(|(i, item)| read(&self.item(i, item))).collect()
    }

    fn item(&self, index: usize, value: &'a Value) -> Field<'a> {
        Field { path: self.path.clone() + "[" + &integer(index as i64) + "]", value }
    }

    fn map<T>(&self, read: impl Fn(&str, &Field<'a>) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let Value::Map(members) = self.value else {
            return Err(self.wrong_kind("an object"));
        };
        members.iter().map(|(name, value)| read(name, &self.at(name, value))).collect()
    }
}

fn environment_name(field: &Field<'_>) -> Result<Text, Error> {
    let name = field.text()?;
    if name.starts_with(|c: char| c.is_ascii_digit())
        || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    {
        return Err(field.wrong("an environment variable has letters, digits and \"_\" only."));
    }
    Ok(name)
}

fn key_file(field: &Field<'_>) -> Result<KeyFile, Error> {
    field.only(&["path", "kind"])?;
    let path = field.need("path")?;
    let text = path.text()?;
    if !text.starts_with("~/") && !text.starts_with('/') {
        return Err(path.wrong("a file is named from the home, as in \"~/.acme/key\", or from the root."));
    }
    let kind = field.optional("kind", |f| match f.text()?.as_ref() {
        "text" => Ok(FileKind::Text),
        "profiles" => Ok(FileKind::Profiles),
        _ => Err(f.wrong("expected text or profiles.")),
    })?;
    Ok(KeyFile { path: text, kind: kind.unwrap_or(FileKind::Text) })
}

fn login(field: &Field<'_>) -> Result<Login, Error> {
    field.only(&["issuer", "clientId", "audience", "scope", "ports", "env", "envDirectory", "files"])?;
    let env = field.optional("env", |f| f.list(environment_name))?.unwrap_or_default();
    let name = |number: usize| env.get(number).cloned().unwrap_or_default();
    Ok(Login {
        issuer: field.need("issuer")?.text()?,
        client_id: field.need("clientId")?.text()?,
        audience: field.optional("audience", Field::text)?.unwrap_or_default(),
        scope: field.optional("scope", Field::text)?.unwrap_or(Cow::Borrowed("openid offline_access")),
        ports: field.need("ports")?.list(port)?.into(),
        env: [name(0), name(1), name(2)],
        env_directory: field.optional("envDirectory", environment_name)?.unwrap_or_default(),
        files: field.need("files")?.list(Field::text)?.into(),
    })
}

fn port(field: &Field<'_>) -> Result<u16, Error> {
    match field.value.number() {
        Some(n) if (1.0..65536.0).contains(&n) && f64::from(n as u16) == n => Ok(n as u16),
        _ => Err(field.wrong("expected a port from 1 to 65535.")),
    }
}

fn schemes(field: &Field<'_>) -> Result<Cow<'static, [Scheme]>, Error> {
    let schemes = field.list(scheme)?;
    if schemes.is_empty() { Err(field.wrong("it needs at least one scheme.")) } else { Ok(schemes.into()) }
}

fn scheme(field: &Field<'_>) -> Result<Scheme, Error> {
    let kind = field.need("type")?;
    match kind.text()?.as_ref() {
        "bearer" => field.only(&["type"]).map(|()| Scheme::Bearer),
        "basic" => {
            field.only(&["type", "user"])?;
            let user = field.optional("user", |user| {
                let text = user.text()?;
                let bad = text.contains(|c: char| c == ':' || c.is_control());
                if bad {
                    Err(user.wrong("it must not have a colon or a control character."))
                } else {
                    Ok(text)
                }
            })?;
            Ok(Scheme::Basic { user })
        }
        "header" => {
            field.only(&["type", "name"])?;
            let name = field.need("name")?;
            let text = name.text()?;
            if is_token(&text) {
                Ok(Scheme::Header { name: text })
            } else {
                Err(name.wrong("it is not the name of an HTTP header."))
            }
        }
        _ => Err(kind.wrong("expected bearer, basic or header.")),
    }
}

fn format(field: &Field<'_>) -> Result<KeyFormat, Error> {
    read_format(field)
}

/// A key format from its declaration, as `generateKey` takes it.
///
/// # Errors
/// [`Code::InvalidProvider`] with the path of the field.
pub fn declare_format(spec: &Value) -> Result<KeyFormat, Error> {
    read_format(&Field { path: "format".into(), value: spec })
}

fn read_format(field: &Field<'_>) -> Result<KeyFormat, Error> {
    field.only(&["parts", "certainty"])?;
    let parts = field.need("parts")?.list(part)?;
    let certainty = field.optional("certainty", |f| match f.text()?.as_ref() {
        "documented" => Ok(Certainty::Documented),
        "observed" => Ok(Certainty::Observed),
        "unknown" => Ok(Certainty::Unknown),
        _ => Err(f.wrong("expected documented, observed or unknown.")),
    })?;
    let format = KeyFormat { parts: parts.into(), certainty: certainty.unwrap_or(Certainty::Documented) };
    match format.validate() {
        Ok(()) => Ok(format),
        Err((path, why)) => Err(field.at(&path, field.value).wrong(why)),
    }
}

fn part(field: &Field<'_>) -> Result<Part, Error> {
    match field.value {
        Value::Text(_) => Ok(Part::Literal(vec![field.text()?].into())),
        Value::List(_) => Ok(Part::Literal(field.list(Field::text)?.into())),
        Value::Map(_) if field.member("checksum").is_some() => {
            field.only(&["checksum", "covers", "length"])?;
            let checksum = field.need("checksum")?;
            if checksum.text()? != "crc32" {
                return Err(checksum.wrong("expected crc32."));
            }
            let covers = field.need("covers")?;
            Ok(Part::Checksum {
                covers: match covers.text()?.as_ref() {
                    "body" => Coverage::Body,
                    "all" => Coverage::All,
                    _ => return Err(covers.wrong("expected body or all.")),
                },
                length: field.need("length")?.length()?,
            })
        }
        Value::Map(_) => {
            field.only(&["alphabet", "length"])?;
            let alphabet = Alphabet::parse(&field.need("alphabet")?.text()?);
            let length = field.need("length")?;
            let (min, max) = match length.value {
                Value::Map(_) => (length.need("min")?.length()?, length.need("max")?.length()?),
                _ => {
                    let exactly = length.length()?;
                    (exactly, exactly)
                }
            };
            Ok(Part::Run { alphabet, min, max })
        }
        _ => Err(field.wrong_kind("a string, an array of strings or an object")),
    }
}

fn endpoints(field: &Field<'_>) -> Result<Vec<(Operation, Endpoint)>, Error> {
    field.map(|name, field| {
        let operation = Operation::ALL.into_iter().find(|operation| operation.name() == name);
        let Some(operation) = operation else {
            let names: Vec<&str> = Operation::ALL.iter().map(|operation| operation.name()).collect();
            return Err(
                field.wrong(String::from("there is no such operation. Known are ") + &names.join(", ") + ".")
            );
        };
        Ok((operation, endpoint(operation, field)?))
    })
}

/// What is not declared is as in keylatch's own API: a path alone will do.
fn endpoint(operation: Operation, field: &Field<'_>) -> Result<Endpoint, Error> {
    let default = ENDPOINTS.iter().find(|(o, _)| *o == operation).map(|(_, endpoint)| endpoint.clone());
    // keylatch's own API has no call for a session alone.
    let mut endpoint = default.unwrap_or(Endpoint::new(Method::Get, "/", &[]));
    if let Value::Text(_) = field.value {
        endpoint.path = path(field)?;
        return Ok(endpoint);
    }
    field.only(&["method", "path", "query", "body", "idempotencyHeader", "refusals"])?;
    endpoint.path = path(&field.need("path")?)?;
    if let Some(method) = field.optional("method", method)? {
        endpoint.method = method;
        if method == Method::Get {
            endpoint.body = None;
        }
    }
    // A declared path is another service's: it does not know our query, and it
    // keeps idempotency keys only if it says so.
    endpoint.query = field
        .optional("query", |f| f.map(|name, field| Ok((Cow::Owned(name.into()), field.text()?))))?
        .unwrap_or_default()
        .into();
    endpoint.idempotency = field.optional("idempotencyHeader", header_name)?;
    if let Some(body) = field.member("body") {
        if endpoint.method == Method::Get {
            return Err(body.wrong("a GET request has no body; use query."));
        }
        endpoint.body = Some(template(&body));
    }
    if let Some(refusals) = field.optional("refusals", |f| f.list(status))? {
        endpoint.refusals = refusals.into();
    }
    Ok(endpoint)
}

fn path(field: &Field<'_>) -> Result<Text, Error> {
    let path = field.text()?;
    if path.starts_with('/') && !path.starts_with("//") {
        Ok(path)
    } else {
        Err(field.wrong("a path begins with one \"/\"; the host stands in baseUrl."))
    }
}

fn method(field: &Field<'_>) -> Result<Method, Error> {
    let text = field.text()?;
    let found = Method::ALL.into_iter().find(|method| method.as_str() == text);
    found.ok_or_else(|| field.wrong("expected GET, POST, PUT, PATCH or DELETE."))
}

fn header_name(field: &Field<'_>) -> Result<Text, Error> {
    let name = field.text()?;
    if is_token(&name) { Ok(name) } else { Err(field.wrong("it is not the name of an HTTP header.")) }
}

fn status(field: &Field<'_>) -> Result<u16, Error> {
    match field.value.number() {
        Some(n) if (400.0..600.0).contains(&n) => Ok(n as u16),
        _ => Err(field.wrong("expected an HTTP status from 400 to 599.")),
    }
}

fn template(field: &Field<'_>) -> Template {
    match field.value {
        Value::Text(text) => Template::Text(Cow::Owned(text.expose().into())),
        Value::Map(members) => {
            let member = |(name, value): &(Text, Value)| (name.clone(), template(&field.at(name, value)));
            Template::Object(members.iter().map(member).collect())
        }
        other => Template::Constant(other.clone()),
    }
}

fn fields(field: &Field<'_>) -> Result<Fields, Error> {
    let mut fields = Fields::KEYLATCH;
    for (name, value) in field.value.members() {
        let here = field.at(name, value);
        if fields.set(name, here.path_text()?).is_none() {
            let names: Vec<&str> = fields.iter().map(|(name, _)| name).collect();
            return Err(
                here.wrong(String::from("there is no such field. Known are ") + &names.join(", ") + ".")
            );
        }
    }
    if let Value::Map(_) = field.value { Ok(fields) } else { Err(field.wrong_kind("an object")) }
}

fn time_unit(field: &Field<'_>) -> Result<TimeUnit, Error> {
    match field.text()?.as_ref() {
        "s" => Ok(TimeUnit::Seconds),
        "ms" => Ok(TimeUnit::Milliseconds),
        _ => Err(field.wrong("expected \"s\" or \"ms\".")),
    }
}

fn errors(field: &Field<'_>) -> Result<ErrorShape, Error> {
    field.only(&["code", "message", "suggestion"])?;
    let path = |name| Ok::<Text, Error>(field.optional(name, Field::path_text)?.unwrap_or_default());
    Ok(ErrorShape { code: path("code")?, message: path("message")?, suggestion: path("suggestion")? })
}

//! A provider as plain data: the `Provider` of
//! `pkg/types/providers.d.ts`.

use super::{Answer, Discovery, Endpoint, Login, Provider, Template, Text};
use crate::http::Method;
use crate::scheme::Scheme;
use crate::value::{Object, Value};

impl From<&Provider> for Value {
    fn from(provider: &Provider) -> Value {
        let mut out = Object::new().with("id", &*provider.id).with("title", &*provider.title);
        let optional = [
            ("baseUrl", &provider.base_url),
            ("keysPage", &provider.keys_page),
            ("keysHelp", &provider.keys_help),
        ];
        for (name, text) in optional {
            if let Some(text) = text {
                out = out.with(name, &**text);
            }
        }
        let sources = &provider.sources;
        out = out
            .with("env", list(&sources.env))
            .with("envBaseUrl", list(&sources.env_base_url))
            .with("dotenv", sources.dotenv);
        let files = sources
            .files
            .iter()
            .map(|file| Object::new().with("path", &*file.path).with("kind", file.kind.as_str()).into());
        out = out.with("files", files.collect::<Value>()).with_some("login", sources.login.as_ref());
        if let Some(format) = &provider.format {
            out = out.with("format", format);
        }
        let endpoints =
            provider.endpoints.0.iter().map(|(operation, endpoint)| (operation.name(), endpoint.into()));
        let errors = &provider.errors;
        out.with("oneKey", provider.one_key)
            .with("endsByDefault", provider.ends_by_default)
            .with("listsWorkingKeysOnly", provider.lists_working_keys_only)
            .with("schemes", provider.schemes.iter().map(Value::from).collect::<Value>())
            .with("endpoints", endpoints.collect::<Object>())
            .with_some("discovery", provider.discovery.as_ref())
            .with(
                "fields",
                provider.fields.iter().map(|(name, path)| (name, path.into())).collect::<Object>(),
            )
            .with("timeUnit", provider.time_unit.as_str())
            .with(
                "errors",
                texts(&[
                    ("code", &errors.code),
                    ("message", &errors.message),
                    ("suggestion", &errors.suggestion),
                ]),
            )
            .with(
                "capabilities",
                provider
                    .capabilities()
                    .iter()
                    .map(|(name, can)| (name, Value::Bool(can)))
                    .collect::<Object>(),
            )
            .with("certainty", provider.certainty().as_str())
            .into()
    }
}

impl From<&Scheme> for Value {
    fn from(scheme: &Scheme) -> Value {
        let out = Object::new().with("type", scheme.name());
        match scheme {
            Scheme::Basic { user: Some(user) } => out.with("user", &**user),
            Scheme::Header { name } => out.with("name", &**name),
            Scheme::Bearer | Scheme::Basic { user: None } => out,
        }
        .into()
    }
}

impl From<&Endpoint> for Value {
    fn from(endpoint: &Endpoint) -> Value {
        let mut out = Object::new().with("method", endpoint.method.as_str()).with("path", &*endpoint.path);
        if !endpoint.query.is_empty() {
            let query = endpoint.query.iter().map(|(name, value)| (name.clone(), Value::from(&**value)));
            out = out.with("query", Value::Map(query.collect()));
        }
        // What is left out would be as in keylatch's own API if it were declared again.
        if let Some(body) = &endpoint.body {
            out = out.with("body", body);
        } else if endpoint.method != Method::Get {
            out = out.with("body", Value::Null);
        }
        if let Some(header) = &endpoint.idempotency {
            out = out.with("idempotencyHeader", &**header);
        }
        if !endpoint.refusals.is_empty() {
            let refusals = endpoint.refusals.iter().map(|status| Value::from(u32::from(*status)));
            out = out.with("refusals", refusals.collect::<Value>());
        }
        let Answer { statuses, states } = endpoint.answer;
        let mut answer = Object::new();
        if statuses != states.statuses() {
            let statuses = statuses.iter().map(|status| Value::from(u32::from(status)));
            answer = answer.with("statuses", statuses.collect::<Value>());
        }
        out.with("answer", answer.with("states", states.as_str())).into()
    }
}

impl From<&Discovery> for Value {
    fn from(discovery: &Discovery) -> Value {
        let Discovery { endpoint, member, suffix } = discovery;
        texts(&[("path", &endpoint.path), ("member", member), ("suffix", suffix)]).into()
    }
}

impl From<&Template> for Value {
    fn from(template: &Template) -> Value {
        match template {
            Template::Text(text) => Value::from(&**text),
            Template::Constant(value) => value.clone(),
            Template::Object(members) => {
                Value::Map(members.iter().map(|(name, template)| (name.clone(), template.into())).collect())
            }
        }
    }
}

impl From<&Login> for Value {
    fn from(login: &Login) -> Value {
        let members = [
            ("issuer", &login.issuer),
            ("clientId", &login.client_id),
            ("audience", &login.audience),
            ("scope", &login.scope),
        ];
        texts(&members)
            .with("ports", login.ports.iter().map(|port| Value::from(u32::from(*port))).collect::<Value>())
            // What is not named is left out, so that this can be declared again.
            .with(
                "env",
                login
                    .env
                    .iter()
                    .filter(|name| !name.is_empty())
                    .map(|name| (&**name).into())
                    .collect::<Value>(),
            )
            .with_some("envDirectory", Some(&*login.env_directory).filter(|name| !name.is_empty()))
            .with("files", list(&login.files))
            .into()
    }
}

fn list(texts: &[Text]) -> Value {
    texts.iter().map(|text| Value::from(&**text)).collect()
}

fn texts(members: &[(&'static str, &Text)]) -> Object {
    members.iter().map(|(name, text)| (*name, Value::from(&***text))).collect()
}

//! One request of a key API, as data: a method, a path, and templates for what
//! goes with it.

use std::borrow::Cow;

use super::Text;
use super::answer::Answer;
use crate::error::Error;
use crate::http::Method;
use crate::text::{cut, parts, percent_encode};
use crate::value::Value;

/// What can be asked of a key API.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// User and password for a session.
    SignIn,
    /// The end of the session.
    SignOut,
    /// Whose credential this is.
    Whoami,
    /// A new key.
    Create,
    /// The keys.
    List,
    /// One key.
    Get,
    /// A successor for a key.
    Rotate,
    /// The end of a key's working life.
    Revoke,
    /// The end of a key.
    Delete,
    /// Whether a key works.
    Validate,
    /// Whether the session still stands.
    CheckSession,
    /// The end of what was made under an idempotency key, and of that key.
    TakeBack,
}

impl Operation {
    /// All of them.
    pub const ALL: [Operation; 12] = [
        Operation::SignIn,
        Operation::SignOut,
        Operation::Whoami,
        Operation::Create,
        Operation::List,
        Operation::Get,
        Operation::Rotate,
        Operation::Revoke,
        Operation::Delete,
        Operation::Validate,
        Operation::CheckSession,
        Operation::TakeBack,
    ];

    /// Its name in declarations.
    pub fn name(self) -> &'static str {
        match self {
            Operation::SignIn => "signIn",
            Operation::SignOut => "signOut",
            Operation::Whoami => "whoami",
            Operation::Create => "create",
            Operation::List => "list",
            Operation::Get => "get",
            Operation::Rotate => "rotate",
            Operation::Revoke => "revoke",
            Operation::Delete => "delete",
            Operation::Validate => "validate",
            Operation::CheckSession => "checkSession",
            Operation::TakeBack => "takeBack",
        }
    }

    /// As it stands in "… cannot _ through its API".
    pub fn verb(self) -> &'static str {
        match self {
            Operation::SignIn => "sign in with user and password",
            Operation::SignOut => "sign out",
            Operation::Whoami => "tell whose key it is",
            Operation::Create => "create keys",
            Operation::List => "list keys",
            Operation::Get => "look up a key",
            Operation::Rotate => "rotate keys",
            Operation::Revoke => "revoke keys",
            Operation::Delete => "delete keys",
            Operation::Validate => "validate keys",
            Operation::CheckSession => "check a session",
            Operation::TakeBack => "take back keys",
        }
    }

    /// Whether asking twice does no more than asking once. For create and rotate
    /// that takes a service with idempotency keys.
    pub fn is_repeatable(self) -> bool {
        !matches!(self, Operation::SignIn | Operation::Create | Operation::Rotate)
    }
}

/// The endpoints that a service has.
#[derive(Clone)]
pub struct Endpoints(pub Cow<'static, [(Operation, Endpoint)]>);

impl Endpoints {
    /// The endpoint of an operation, if the service has one.
    pub fn get(&self, operation: Operation) -> Option<&Endpoint> {
        self.0.iter().find(|(o, _)| *o == operation).map(|(_, endpoint)| endpoint)
    }
}

/// One request of a key API.
#[derive(Clone)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path below the base address; variables in braces.
    pub path: Text,
    /// The query; members whose variable has no value are left out.
    pub query: Cow<'static, [(Text, Text)]>,
    /// The body, sent as JSON.
    pub body: Option<Template>,
    /// The header for an idempotency key, where the service keeps them.
    pub idempotency: Option<Text>,
    /// For validate: the statuses beside 401 that say "no such key" and are no
    /// failure.
    pub refusals: Cow<'static, [u16]>,
    /// What its answer must state to be a success.
    pub answer: Answer,
}

impl Endpoint {
    /// An endpoint of a built-in service. No members, no body.
    pub const fn new(
        method: Method,
        path: &'static str,
        body: &'static [(Text, Template)],
        answer: Answer,
    ) -> Self {
        Endpoint::with(method, path, &[], body, None, answer)
    }

    /// The same with a query and the header for an idempotency key. All at
    /// once, because a constant that owns text cannot be taken apart.
    pub const fn with(
        method: Method,
        path: &'static str,
        query: &'static [(Text, Text)],
        body: &'static [(Text, Template)],
        idempotency: Option<Text>,
        answer: Answer,
    ) -> Self {
        Endpoint {
            method,
            path: Cow::Borrowed(path),
            query: Cow::Borrowed(query),
            body: if body.is_empty() { None } else { Some(Template::Object(Cow::Borrowed(body))) },
            idempotency,
            refusals: Cow::Borrowed(&[]),
            answer,
        }
    }

    /// One for validate, with the statuses that say "no such key".
    pub const fn refusing(
        method: Method,
        path: &'static str,
        body: &'static [(Text, Template)],
        refusals: &'static [u16],
        answer: Answer,
    ) -> Self {
        Endpoint {
            method,
            path: Cow::Borrowed(path),
            query: Cow::Borrowed(&[]),
            body: Some(Template::Object(Cow::Borrowed(body))),
            idempotency: None,
            refusals: Cow::Borrowed(refusals),
            answer,
        }
    }

    /// Whether a variable stands anywhere in it.
    pub fn uses(&self, variable: &str) -> bool {
        mentions(&self.path, variable)
            || self.query.iter().any(|(_, template)| mentions(template, variable))
            || self.body.as_ref().is_some_and(|body| body.mentions(variable))
    }

    /// Path and query with the variables in place.
    ///
    /// # Errors
    /// `invalid_argument` when a variable of the path has no value, or one that
    /// would change the path.
    pub fn address(&self, vars: &Vars) -> Result<String, Error> {
        let mut out = String::new();
        let mut rest = self.path.as_ref();
        while let Some((before, after)) = cut(rest, "{") {
            out.push_str(before);
            let (name, after) = cut(after, "}").unwrap_or((after, ""));
            let value = vars.get(name).and_then(Value::to_text).unwrap_or_default();
            if matches!(value.as_str(), "" | "." | "..") {
                return Err(Error::argument(
                    String::from(name),
                    "it is no id. Use one that the list of keys shows.",
                ));
            }
            percent_encode(&value, &mut out);
            rest = after;
        }
        out.push_str(rest);
        let mut separator = if cut(&out, "?").is_some() { '&' } else { '?' };
        for (name, template) in self.query.iter() {
            if let Some(value) = render(template, vars).and_then(|value| value.to_text()) {
                out.push(separator);
                percent_encode(name, &mut out);
                out.push('=');
                percent_encode(&value, &mut out);
                separator = '&';
            }
        }
        Ok(out)
    }
}

/// A template of a body.
#[derive(Clone)]
pub enum Template {
    /// A text with variables in braces. When it is one variable and nothing
    /// else, the variable's value keeps its type.
    Text(Text),
    /// A value as it is.
    Constant(Value),
    /// An object of templates; members without a value are left out.
    Object(Cow<'static, [(Text, Template)]>),
}

impl Template {
    /// The constant `false`.
    pub const FALSE: Template = Template::Constant(Value::Bool(false));

    /// The template of one variable, for constants: `"{name}"`.
    pub const fn text(template: &'static str) -> Self {
        Template::Text(Cow::Borrowed(template))
    }

    /// The body with the variables in place.
    pub fn render(&self, vars: &Vars) -> Option<Value> {
        match self {
            Template::Text(template) => render(template, vars),
            Template::Constant(value) => Some(value.clone()),
            Template::Object(members) => Some(Value::Map(
                members
                    .iter()
                    .filter_map(|(name, template)| Some((name.clone(), template.render(vars)?)))
                    .collect(),
            )),
        }
    }

    fn mentions(&self, variable: &str) -> bool {
        match self {
            Template::Text(template) => mentions(template, variable),
            Template::Constant(_) => false,
            Template::Object(members) => members.iter().any(|(_, template)| template.mentions(variable)),
        }
    }
}

/// The variables of one call.
#[derive(Clone, Default)]
pub struct Vars(Vec<(&'static str, Value)>);

impl Vars {
    /// No variables.
    pub fn new() -> Self {
        Vars::default()
    }

    /// The same, for calls that have none.
    pub fn none() -> &'static Self {
        static NONE: Vars = Vars(Vec::new());
        &NONE
    }

    /// The same with one more; `null` counts as no value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.set(name, value.into());
        self
    }

    /// Adds one.
    pub fn set(&mut self, name: &'static str, value: Value) {
        self.0.push((name, value));
    }

    /// Names and values, all of them.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    /// The value of one, unless it is null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(n, value)| *n == name && !matches!(value, Value::Null)).map(|(_, value)| value)
    }
}

fn render(template: &str, vars: &Vars) -> Option<Value> {
    let variable = template.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    if let Some(name) = variable.filter(|name| cut(name, "{").is_none()) {
        return vars.get(name).cloned();
    }
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = cut(rest, "{") {
        let (name, after) = cut(after, "}")?;
        out.push_str(before);
        out.push_str(&vars.get(name)?.to_text()?);
        rest = after;
    }
    out.push_str(rest);
    Some(out.into())
}

fn mentions(template: &str, variable: &str) -> bool {
    parts(template, "{").skip(1).any(|rest| cut(rest, "}").is_some_and(|(name, _)| name == variable))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::answer::States;

    const ANSWER: Answer = Answer::new(&[200], States::Anything);

    #[test]
    fn an_id_stays_in_its_segment() {
        let endpoint = Endpoint::new(Method::Get, "/v1/keys/{id}", &[], ANSWER);
        let address = |id: &str| endpoint.address(&Vars::new().with("id", id)).map_err(|e| e.to_string());
        assert_eq!(address("key_1").unwrap(), "/v1/keys/key_1");
        assert_eq!(address("../account?x#y").unwrap(), "/v1/keys/..%2Faccount%3Fx%23y");
        for bad in ["", ".", ".."] {
            assert!(address(bad).unwrap_err().starts_with("id: "), "{bad}");
        }
    }

    #[test]
    fn members_without_a_value_are_left_out() {
        static BODY: &[(Text, Template)] = &[
            (Cow::Borrowed("name"), Template::text("{name}")),
            (Cow::Borrowed("scopes"), Template::text("{scopes}")),
            (Cow::Borrowed("note"), Template::text("made for {name}")),
        ];
        let endpoint = Endpoint::new(Method::Post, "/", BODY, ANSWER);
        let body = endpoint.body.as_ref().unwrap().render(&Vars::new().with("name", "ci")).unwrap();
        assert_eq!(serde_json::to_string(&body).unwrap(), r#"{"name":"ci","note":"made for ci"}"#);
        assert!(endpoint.uses("scopes") && !endpoint.uses("scope") && !endpoint.uses("overlap"));
    }

    #[test]
    fn the_query_holds_what_was_given() {
        let mut endpoint = Endpoint::new(Method::Get, "/keys", &[], ANSWER);
        endpoint.query = vec![("q".into(), "{search}".into()), ("c".into(), "{cursor}".into())].into();
        assert_eq!(endpoint.address(&Vars::new()).unwrap(), "/keys");
        let vars = Vars::new().with("search", "a&b").with("cursor", "x");
        assert_eq!(endpoint.address(&vars).unwrap(), "/keys?q=a%26b&c=x");
    }
}

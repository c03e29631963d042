//! Conduce, as of `docs/wire.md`, section 3: a password for a session, keys that are
//! their own ids, and a list that prints them whole.

use std::borrow::Cow;

use super::answer::{Answer, States};
use super::endpoint::{Endpoint, Endpoints, Operation, Template};
use super::fields::{ErrorShape, Field, Fields, TimeUnit};
use super::sources::{FileKind, KeyFile, Sources};
use super::{Provider, Text};
use crate::format;
use crate::http::Method;
use crate::scheme::Scheme;

const fn member(name: &'static str, template: &'static str) -> (Text, Template) {
    (Cow::Borrowed(name), Template::text(template))
}

const SIGN_IN: &[(Text, Template)] =
    &[member("email", "{user}"), member("password", "{password}"), (Cow::Borrowed("keep"), Template::FALSE)];
const CREATE: &[(Text, Template)] = &[member("description", "{name}")];
const DELETE: &[(Text, Template)] = &[member("apikey", "{secret}")];

/// Its own client looks at the status and does not read these bodies
/// (`docs/wire.md`, 3.2).
const UNREAD: Answer = Answer::stating(States::Anything);

/// The service.
pub static CONDUCE: Provider = Provider {
    id: Cow::Borrowed("conduce"),
    title: Cow::Borrowed("Conduce"),
    base_url: Some(Cow::Borrowed("https://app.conduce.com")),
    keys_page: None,
    keys_help: None,
    sources: Sources {
        env: Cow::Borrowed(&[]),
        env_base_url: Cow::Borrowed(&[]),
        dotenv: true,
        files: Cow::Borrowed(&[KeyFile {
            path: Cow::Borrowed("~/.conduceconfig"),
            kind: FileKind::ConduceConfig,
        }]),
        login: None,
    },
    format: Some(format::CONDUCE),
    schemes: Cow::Borrowed(&[Scheme::Bearer]),
    endpoints: Endpoints(Cow::Borrowed(&[
        (Operation::SignIn, Endpoint::new(Method::Post, "/conduce/api/v1/user/login", SIGN_IN, UNREAD)),
        (
            Operation::CheckSession,
            Endpoint::new(
                Method::Get,
                "/conduce/api/v1/user/validate-session",
                &[],
                Answer::new(&[200], States::Anything),
            ),
        ),
        (
            Operation::Create,
            Endpoint::new(
                Method::Post,
                "/conduce/api/v1/apikeys/create",
                CREATE,
                Answer::stating(States::NewKey),
            ),
        ),
        (
            Operation::List,
            Endpoint::new(Method::Get, "/conduce/api/v1/apikeys/list", &[], Answer::stating(States::Keys)),
        ),
        (Operation::Delete, Endpoint::new(Method::Post, "/conduce/api/v1/apikeys/delete", DELETE, UNREAD)),
        // Any call tells whether a key works; this one is in the client.
        (Operation::Validate, Endpoint::new(Method::Get, "/conduce/api/v1/apikeys/list", &[], UNREAD)),
    ])),
    one_key: false,
    // How long a key lives is unknown, so a listed one may have ended.
    ends_by_default: false,
    lists_working_keys_only: false,
    discovery: None,
    fields: Fields::differing(&[
        (Field::Key, Cow::Borrowed("")),
        (Field::Secret, Cow::Borrowed("apikey")),
        (Field::Items, Cow::Borrowed("")),
        (Field::WholeKey, Cow::Borrowed("apikey")),
        (Field::CreatedAt, Cow::Borrowed("created")),
        // Not in the answer to list.
        (Field::Name, Cow::Borrowed("")),
        (Field::LastUsedAt, Cow::Borrowed("")),
        (Field::ValidKey, Cow::Borrowed("")),
    ]),
    time_unit: TimeUnit::Seconds,
    // Unknown, so nothing is looked for.
    errors: ErrorShape { code: Cow::Borrowed(""), message: Cow::Borrowed(""), suggestion: Cow::Borrowed("") },
};

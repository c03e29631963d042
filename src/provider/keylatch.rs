//! keylatch's own API, which `keylatch-server` speaks. Its semantics are those
//! of the Luminary document; its wire is described by the server's
//! `/openapi.json`. Declared services begin from this shape.

use std::borrow::Cow;

use super::answer::{Answer, States};
use super::endpoint::{Endpoint, Endpoints, Operation, Template};
use super::fields::{ErrorShape, Fields, TimeUnit};
use super::sources::{FileKind, KeyFile, Sources};
use super::{Provider, Text};
use crate::format;
use crate::http::Method;
use crate::scheme::Scheme;

/// The service.
pub static KEYLATCH: Provider = Provider {
    id: Cow::Borrowed("keylatch"),
    title: Cow::Borrowed("keylatch"),
    base_url: None,
    keys_page: None,
    keys_help: None,
    sources: Sources {
        env: Cow::Borrowed(&[Cow::Borrowed("KEYLATCH_API_KEY")]),
        env_base_url: Cow::Borrowed(&[Cow::Borrowed("KEYLATCH_URL")]),
        dotenv: true,
        files: Cow::Borrowed(&[KeyFile {
            path: Cow::Borrowed("~/.config/keylatch/credentials.json"),
            kind: FileKind::Profiles,
        }]),
        login: None,
    },
    format: Some(format::KEYLATCH),
    schemes: Cow::Borrowed(&[Scheme::Bearer]),
    endpoints: Endpoints(Cow::Borrowed(&OWN)),
    one_key: false,
    // Three calendar months, cut to the end of the key that asks.
    ends_by_default: true,
    lists_working_keys_only: false,
    discovery: None,
    fields: Fields::KEYLATCH,
    time_unit: TimeUnit::Seconds,
    errors: ErrorShape::PROBLEM,
};

/// A member of a body and its template.
const fn member(name: &'static str, template: &'static str) -> (Text, Template) {
    (Cow::Borrowed(name), Template::text(template))
}

const SIGN_IN: &[(Text, Template)] = &[member("user", "{user}"), member("password", "{password}")];
const CREATE: &[(Text, Template)] = &[
    member("name", "{name}"),
    member("expires_in", "{expires_in}"),
    member("expires_at", "{expires_at}"),
    member("scopes", "{scopes}"),
    member("attempt", "{attempt}"),
];
const LIST: &[(Text, Text)] = &[
    (Cow::Borrowed("status"), Cow::Borrowed("{status}")),
    (Cow::Borrowed("search"), Cow::Borrowed("{search}")),
    (Cow::Borrowed("cursor"), Cow::Borrowed("{cursor}")),
];
/// As many on a page as the server gives, so that a long list takes few requests.
const LONG_PAGES: &[(Text, Text)] = &[
    (Cow::Borrowed("status"), Cow::Borrowed("{status}")),
    (Cow::Borrowed("search"), Cow::Borrowed("{search}")),
    (Cow::Borrowed("cursor"), Cow::Borrowed("{cursor}")),
    (Cow::Borrowed("limit"), Cow::Borrowed("100")),
];
const ROTATE: &[(Text, Template)] =
    &[member("overlap", "{overlap}"), member("hold", "{hold}"), member("attempt", "{attempt}")];
const REVOKE: &[(Text, Text)] = &[(Cow::Borrowed("overlap"), Cow::Borrowed("{overlap}"))];
const VALIDATE: &[(Text, Template)] = &[member("secret", "{secret}")];
const TAKE_BACK: &[(Text, Text)] = &[(Cow::Borrowed("idempotency_key"), Cow::Borrowed("{idempotency_key}"))];
const IDEMPOTENT: Option<Text> = Some(Cow::Borrowed("Idempotency-Key"));

/// What is made is answered with 201; a 200 with the same body states the same.
const MADE: &[u16] = &[200, 201];

static OWN: [(Operation, Endpoint); 11] = endpoints(LONG_PAGES);

/// The defaults of a declared service: the same without the size of a page, of which
/// nobody knows whether that service has it.
pub static ENDPOINTS: &[(Operation, Endpoint)] = &endpoints(LIST);

/// The endpoints, and what each answers by the document of the server,
/// `server/openapi.json`.
const fn endpoints(list: &'static [(Text, Text)]) -> [(Operation, Endpoint); 11] {
    [
        (
            Operation::SignIn,
            Endpoint::new(Method::Post, "/v1/session", SIGN_IN, Answer::new(MADE, States::Account)),
        ),
        (
            Operation::SignOut,
            Endpoint::new(Method::Delete, "/v1/session", &[], Answer::new(&[204], States::Nothing)),
        ),
        (
            Operation::Whoami,
            Endpoint::new(Method::Get, "/v1/account", &[], Answer::new(&[200], States::Account)),
        ),
        (
            Operation::Create,
            Endpoint::with(
                Method::Post,
                "/v1/keys",
                &[],
                CREATE,
                IDEMPOTENT,
                Answer::new(MADE, States::NewKey),
            ),
        ),
        (
            Operation::List,
            Endpoint::with(Method::Get, "/v1/keys", list, &[], None, Answer::new(&[200], States::Keys)),
        ),
        (Operation::Get, Endpoint::new(Method::Get, "/v1/keys/{id}", &[], Answer::new(&[200], States::Key))),
        (
            Operation::Rotate,
            Endpoint::with(
                Method::Post,
                "/v1/keys/{id}/rotate",
                &[],
                ROTATE,
                IDEMPOTENT,
                Answer::new(MADE, States::NewKey),
            ),
        ),
        (
            Operation::Revoke,
            Endpoint::with(
                Method::Post,
                "/v1/keys/{id}/revoke",
                REVOKE,
                &[],
                None,
                Answer::new(&[200], States::Key),
            ),
        ),
        (
            Operation::Delete,
            Endpoint::new(Method::Delete, "/v1/keys/{id}", &[], Answer::new(&[204], States::Nothing)),
        ),
        (
            Operation::Validate,
            Endpoint::new(Method::Post, "/v1/keys/validate", VALIDATE, Answer::new(&[200], States::Valid)),
        ),
        (
            Operation::TakeBack,
            Endpoint::with(
                Method::Delete,
                "/v1/keys",
                TAKE_BACK,
                &[],
                None,
                Answer::new(&[204], States::Nothing),
            ),
        ),
    ]
}

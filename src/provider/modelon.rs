//! Modelon Impact, as of `docs/wire.md`, section 1: a header of its own, one key per
//! user, and two places for the API, with a hub in front of it and without.

use std::borrow::Cow;

use super::answer::{Answer, States};
use super::endpoint::{Endpoint, Endpoints, Operation, Template};
use super::fields::{ErrorShape, Field, Fields, TimeUnit};
use super::sources::{FileKind, KeyFile, Sources};
use super::{Discovery, Provider, Text};
use crate::http::Method;
use crate::scheme::Scheme;

/// One signs in with the key itself: it takes the password's place.
const SIGN_IN: &[(Text, Template)] = &[(Cow::Borrowed("secretKey"), Template::text("{password}"))];
const VALIDATE: &[(Text, Template)] = &[(Cow::Borrowed("secret"), Template::text("{secret}"))];

/// The service.
pub static MODELON: Provider = Provider {
    id: Cow::Borrowed("modelon"),
    title: Cow::Borrowed("Modelon Impact"),
    base_url: Some(Cow::Borrowed("https://impact.modelon.cloud")),
    keys_page: Some(Cow::Borrowed("https://impact.modelon.cloud/")),
    keys_help: Some(Cow::Borrowed(
        "open Server Management, then IMPACT API KEY, and choose \"Regenerate and replace key\". The old key is \
         deleted at once, and the new one is shown only once.",
    )),
    sources: Sources {
        env: Cow::Borrowed(&[Cow::Borrowed("MODELON_IMPACT_CLIENT_API_KEY")]),
        env_base_url: Cow::Borrowed(&[Cow::Borrowed("MODELON_IMPACT_CLIENT_URL")]),
        // Its document has the environment, its file and the prompt, and no more.
        dotenv: false,
        files: Cow::Borrowed(&[KeyFile { path: Cow::Borrowed("~/.impact/api.key"), kind: FileKind::Text }]),
        login: None,
    },
    // Unknown: one sample in public code has 40 characters of URL-safe base64.
    format: None,
    schemes: Cow::Borrowed(&[Scheme::Header { name: Cow::Borrowed("impact-api-key") }]),
    endpoints: Endpoints(Cow::Borrowed(&[
        (
            Operation::SignIn,
            Endpoint::new(Method::Post, "/api/login", SIGN_IN, Answer::new(&[200, 201], States::Anything)),
        ),
        (
            Operation::Whoami,
            Endpoint::new(Method::Get, "/api/users/me", &[], Answer::new(&[200], States::Account)),
        ),
        (
            Operation::Create,
            Endpoint::new(
                Method::Post,
                "/api/users/{account}/keys",
                &[],
                Answer::new(&[200], States::NewKey),
            ),
        ),
        (
            Operation::List,
            Endpoint::new(Method::Get, "/api/users/{account}/keys", &[], Answer::new(&[200], States::Keys)),
        ),
        (
            Operation::Delete,
            Endpoint::new(
                Method::Delete,
                "/api/users/{account}/keys/{id}",
                &[],
                // "200, no body"; 204 means the same in HTTP.
                Answer::new(&[200, 204], States::Nothing),
            ),
        ),
        (
            Operation::Validate,
            // A wrong key is a 400 here, so that is no failure. A good key is
            // answered with the id of its owner.
            Endpoint::refusing(
                Method::Post,
                "/api/keys/validation",
                VALIDATE,
                &[400],
                Answer::new(&[200], States::Account),
            ),
        ),
    ])),
    one_key: true,
    // Its document knows one end of a key: "Regenerate and replace key" deletes
    // the old one, and a user has a single key at a time. Nothing that has ended
    // can be in the list.
    ends_by_default: false,
    lists_working_keys_only: true,
    discovery: Some(Discovery {
        endpoint: Endpoint::new(Method::Get, "/hub/api/user", &[], Answer::stating(States::Anything)),
        member: Cow::Borrowed("server"),
        suffix: Cow::Borrowed("impact"),
    }),
    fields: Fields::differing(&[
        (Field::Key, Cow::Borrowed("data")),
        (Field::Secret, Cow::Borrowed("data.secret")),
        (Field::Items, Cow::Borrowed("data.items")),
        // The answer to create says created_at, the list createdAt.
        (Field::CreatedAt, Cow::Borrowed("createdAt|created_at")),
        // Not in the answer to list.
        (Field::Name, Cow::Borrowed("")),
        (Field::LastUsedAt, Cow::Borrowed("")),
        (Field::Account, Cow::Borrowed("data.id")),
        (Field::User, Cow::Borrowed("data.username")),
        // What validation calls id is the owner's.
        (Field::ValidKey, Cow::Borrowed("")),
    ]),
    time_unit: TimeUnit::Seconds,
    errors: ErrorShape {
        code: Cow::Borrowed("error.code"),
        message: Cow::Borrowed("error.message"),
        suggestion: Cow::Borrowed(""),
    },
};

//! Lambda Cloud, as of `docs/wire.md`, section 2: Bearer or Basic, an error body with
//! a suggestion, and keys that only a person makes, in the dashboard.

use std::borrow::Cow;

use super::answer::{Answer, States};
use super::endpoint::{Endpoint, Endpoints, Operation};
use super::fields::{ErrorShape, Fields, TimeUnit};
use super::{Provider, Sources};
use crate::format;
use crate::http::Method;
use crate::scheme::Scheme;

/// The service.
pub static LAMBDA: Provider = Provider {
    id: Cow::Borrowed("lambda"),
    title: Cow::Borrowed("Lambda Cloud"),
    base_url: Some(Cow::Borrowed("https://cloud.lambdalabs.com")),
    keys_page: Some(Cow::Borrowed("https://cloud.lambdalabs.com/api-keys")),
    keys_help: Some(Cow::Borrowed(
        "generate or delete a key there, and store a new one at once: it is shown only once.",
    )),
    // No client reads it; the documentation's example does.
    sources: Sources::env(&[Cow::Borrowed("LAMBDA_API_KEY")]),
    format: Some(format::LAMBDA),
    schemes: Cow::Borrowed(&[Scheme::Bearer, Scheme::Basic { user: None }]),
    // No endpoint for keys is published. This is the cheapest call that needs one.
    endpoints: Endpoints(Cow::Borrowed(&[(
        Operation::Validate,
        Endpoint::new(Method::Get, "/api/v1/instances", &[], Answer::stating(States::Anything)),
    )])),
    one_key: false,
    ends_by_default: false,
    lists_working_keys_only: false,
    discovery: None,
    fields: Fields::KEYLATCH,
    time_unit: TimeUnit::Seconds,
    errors: ErrorShape {
        code: Cow::Borrowed("error.code"),
        message: Cow::Borrowed("error.message"),
        suggestion: Cow::Borrowed("error.suggestion"),
    },
};

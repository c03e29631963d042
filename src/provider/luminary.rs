//! Luminary Cloud, as of `docs/wire.md`, section 4, and its document: `x-api-key`,
//! keys that a person makes in the web application, and a browser login.

use std::borrow::Cow;

use super::Provider;
use super::answer::{Answer, States};
use super::endpoint::{Endpoint, Endpoints, Operation};
use super::fields::{ErrorShape, Fields, TimeUnit};
use super::sources::{Login, Sources};
use crate::http::Method;
use crate::scheme::Scheme;

/// The service.
pub static LUMINARY: Provider = Provider {
    id: Cow::Borrowed("luminary"),
    title: Cow::Borrowed("Luminary Cloud"),
    base_url: Some(Cow::Borrowed("https://apis.luminarycloud.com")),
    keys_page: Some(Cow::Borrowed("https://app.luminarycloud.com/")),
    keys_help: Some(Cow::Borrowed(
        "open My Account > Profile > API Keys. Create: name it and choose a duration (three months unless you \
         choose another), and store the key at once, it is shown only once. Revoke: the three dots of an active \
         key. Delete: the three dots of an inactive one.",
    )),
    sources: Sources {
        env: Cow::Borrowed(&[Cow::Borrowed("LC_API_KEY")]),
        env_base_url: Cow::Borrowed(&[Cow::Borrowed("LC_DOMAIN")]),
        dotenv: true,
        files: Cow::Borrowed(&[]),
        login: Some(Login {
            issuer: Cow::Borrowed("luminarycloud-prod.us.auth0.com"),
            // The public client of the vendor's own SDK; it is no secret.
            client_id: Cow::Borrowed("JTsXa4fbArSCl6i9xylUpwrwpovtkss1"),
            audience: Cow::Borrowed("https://apis.luminarycloud.com"),
            scope: Cow::Borrowed("openid profile email offline_access"),
            ports: Cow::Borrowed(&[10001, 9876, 22223, 5000]),
            env: [
                Cow::Borrowed("LC_AUTH_DOMAIN"),
                Cow::Borrowed("LC_AUTH_CLIENT_ID"),
                Cow::Borrowed("LC_AUTH_SERVICE_ID"),
            ],
            env_directory: Cow::Borrowed("LC_CREDENTIALS_DIR"),
            // The document's place, and the one where the SDK keeps it now.
            files: Cow::Borrowed(&[
                Cow::Borrowed("~/.luminarycloud/config"),
                Cow::Borrowed("~/.config/luminarycloud/tokens2"),
            ]),
        }),
    },
    // Unknown.
    format: None,
    schemes: Cow::Borrowed(&[Scheme::Header { name: Cow::Borrowed("x-api-key") }, Scheme::Bearer]),
    // No endpoint for keys is published. This is what the SDK itself asks.
    endpoints: Endpoints(Cow::Borrowed(&[(
        Operation::Validate,
        Endpoint::new(
            Method::Get,
            "/rest/v0/pipelines?skip=0&limit=100",
            &[],
            Answer::stating(States::Anything),
        ),
    )])),
    one_key: false,
    ends_by_default: false,
    lists_working_keys_only: false,
    discovery: None,
    fields: Fields::KEYLATCH,
    time_unit: TimeUnit::Seconds,
    // Unknown, so nothing is looked for.
    errors: ErrorShape { code: Cow::Borrowed(""), message: Cow::Borrowed(""), suggestion: Cow::Borrowed("") },
};

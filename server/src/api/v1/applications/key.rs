//! What is told of an application's key.

use jiff::Timestamp;
use keylatch_format::Secret;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::api::v1::key::expose;
use crate::applications::create::NewlyIssued;
use crate::config::KeyEnvironment;
use crate::limits::declare::{Declaration, Limit};
use crate::store::issued::{IssuedKey, IssuedStatus};

/// A key of an application as it is told of; never the key itself.
#[derive(Serialize, ToSchema)]
pub(super) struct ApplicationKey {
    #[schema(example = "key_9fK2mVb7Qx0LrT4sYz1C")]
    id: String,
    application_id: String,
    /// The application's own id of its customer.
    #[schema(example = "cust_7")]
    owner: String,
    /// May be empty.
    name: String,
    #[schema(example = "acme_live_…Ab12")]
    masked: String,
    /// Empty where it is not known: of a key that was issued elsewhere.
    #[schema(example = "acme_live_")]
    prefix: String,
    /// The same.
    #[schema(example = "Ab12")]
    last_four: String,
    environment: KeyEnvironment,
    scopes: Vec<String>,
    /// The application's own.
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    /// How much it may use. `null`: as much as the application says.
    #[schema(value_type = Option<Vec<Declaration>>, required)]
    limits: Option<Vec<Limit>>,
    /// Networks from which it may be used; empty: from anywhere.
    #[schema(example = json!(["10.0.0.0/8"]))]
    allowed_addresses: Vec<String>,
    status: Status,
    /// It works again when this is taken back.
    disabled: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// `null`: it does not expire.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    expires_at: Option<Timestamp>,
    /// To the minute. `null`: it was never used.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    last_used_at: Option<Timestamp>,
    /// As it was told then. `null`: it was not.
    #[schema(required)]
    last_used_address: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    revoked_at: Option<Timestamp>,
    /// Id of the key that it was rotated into.
    #[schema(required)]
    replaced_by: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ApplicationKeyStatus)]
enum Status {
    Active,
    Expired,
    Revoked,
    Disabled,
}

impl ApplicationKey {
    pub(super) fn told(key: IssuedKey, now: Timestamp) -> Self {
        ApplicationKey {
            masked: key.masked(),
            status: match key.status(now) {
                IssuedStatus::Active => Status::Active,
                IssuedStatus::Expired => Status::Expired,
                IssuedStatus::Revoked => Status::Revoked,
                IssuedStatus::Disabled => Status::Disabled,
            },
            id: key.id,
            application_id: key.application_id,
            owner: key.owner,
            name: key.name,
            prefix: key.prefix,
            last_four: key.last_four,
            environment: key.environment,
            scopes: key.scopes,
            metadata: key.metadata,
            limits: key.limits,
            allowed_addresses: key.allowed_addresses.iter().map(ToString::to_string).collect(),
            disabled: key.disabled_at.is_some(),
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            last_used_address: key.last_used_address,
            revoked_at: key.revoked_at,
            replaced_by: key.replaced_by,
        }
    }
}

/// A new key, the only time that it is told.
#[derive(Serialize, ToSchema)]
pub(super) struct NewApplicationKey {
    #[serde(flatten)]
    key: ApplicationKey,
    /// The key itself. It is not stored and cannot be told again.
    #[schema(value_type = String, example = "acme_live_…")]
    #[serde(serialize_with = "expose")]
    secret: Secret,
    /// The key that was rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    replaced: Option<ApplicationKey>,
}

impl NewApplicationKey {
    pub(super) fn told(issued: NewlyIssued, now: Timestamp) -> Self {
        let NewlyIssued { key, secret, replaced } = issued;
        let replaced = replaced.map(|replaced| ApplicationKey::told(replaced, now));
        NewApplicationKey { key: ApplicationKey::told(key, now), secret, replaced }
    }
}

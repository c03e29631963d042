//! Issuing a key to an owner.

use ipnet::IpNet;
use jiff::Timestamp;
use keylatch_format::Secret;
use serde_json::json;

use super::access::{Power, done, reach};
use super::format::Format;
use super::metadata::{self, Metadata};
use super::repeat::again;
use super::{addresses, owner, scopes};
use crate::auth::Caller;
use crate::config::KeyEnvironment;
use crate::http::problem::Problem;
use crate::keys::idempotency::Repeat;
use crate::keys::issue::new_id;
use crate::keys::lifetime::Lifetime;
use crate::keys::name;
use crate::limits::declare::{self, Declaration, Limit};
use crate::state::App;
use crate::store::applications::Application;
use crate::store::issued::IssuedKey;
use crate::token::PlainKey;

/// What the new key is to be.
pub(crate) struct IssueOrder {
    pub(crate) owner: String,
    pub(crate) expires_in: Option<String>,
    pub(crate) expires_at: Option<String>,
    pub(crate) more: Particulars,
}

/// What a key has beside its owner and its end, however it comes here.
pub(crate) struct Particulars {
    pub(crate) name: Option<String>,
    pub(crate) environment: Option<KeyEnvironment>,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) metadata: Option<Metadata>,
    pub(crate) limits: Option<Vec<Declaration>>,
    pub(crate) allowed_addresses: Option<Vec<String>>,
}

/// The same, and everything in it can be used.
pub(super) struct Usable {
    pub(super) name: String,
    pub(super) environment: KeyEnvironment,
    pub(super) scopes: Vec<String>,
    pub(super) metadata: Metadata,
    pub(super) limits: Option<Vec<Limit>>,
    pub(super) allowed_addresses: Vec<IpNet>,
}

/// A new key, the only time that it is told.
pub(crate) struct NewlyIssued {
    pub(crate) key: IssuedKey,
    pub(crate) secret: Secret,
    /// The key that was rotated.
    pub(crate) replaced: Option<IssuedKey>,
}

impl Particulars {
    /// `at` goes before the names of members, such as `keys[3].`.
    ///
    /// # Errors
    /// 422, naming what cannot be used.
    pub(super) fn read(self, application: &Application, at: &str) -> Result<Usable, Problem> {
        let field = |member: &str| format!("{at}{member}");
        let name = self.name.map(|name| name::read(&field("name"), &name).map(str::to_owned));
        let environments = || application.formats.iter().map(|format| format.environment);
        let environment = match self.environment {
            Some(wished) if environments().any(|known| known == wished) => wished,
            Some(wished) => {
                let field = field("environment");
                let detail = format!(
                    "`{field}`: this application has no format for {}. Add one to its `formats`.",
                    wished.as_str()
                );
                return Err(Problem::field(field, detail));
            }
            None => environments().next().ok_or_else(Problem::internal)?,
        };
        let addresses = self.allowed_addresses.unwrap_or_default();
        Ok(Usable {
            name: name.transpose()?.unwrap_or_default(),
            environment,
            scopes: scopes::read_for(&field("scopes"), &application.scopes, self.scopes)?,
            metadata: metadata::read(&field("metadata"), self.metadata.unwrap_or_default())?,
            limits: self.limits.map(|limits| declare::read(&field("limits"), limits)).transpose()?,
            allowed_addresses: addresses::read(&field("allowed_addresses"), &addresses)?,
        })
    }
}

/// Issues a key.
///
/// # Errors
/// 404, and 422, naming what cannot be used.
pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    application_id: &str,
    order: IssueOrder,
    repeat: &Repeat,
) -> Result<NewlyIssued, Problem> {
    let application = reach(app, caller, application_id, Power::Create).await?;
    let owner = owner::read_id("owner", &order.owner)?;
    let now = app.now();
    let expires_at = end(&application, order.expires_in.as_deref(), order.expires_at.as_deref(), now)?;
    let wished = order.more.environment;
    let usable = order.more.read(&application, "")?;
    let Usable { name, environment: _, scopes, metadata, limits, allowed_addresses } = &usable;
    let asked = json!([
        "issue",
        owner,
        name,
        wished.map(KeyEnvironment::as_str),
        scopes,
        metadata,
        limits,
        allowed_addresses,
        order.expires_in,
        order.expires_at,
    ]);
    let id = new_id()?;

    let mut tx = app.store().begin().await?;
    let (key, plain) =
        match again(app, &mut tx, repeat, &asked.to_string(), (application_id, &id), now).await? {
            Some(earlier) => earlier,
            None => {
                let (key, plain) = generate(&application, id, owner, usable, expires_at, now)?;
                tx.add_owner(&application.id, owner, now).await?;
                tx.insert_issued(std::slice::from_ref(&key)).await?;
                (key, plain)
            }
        };
    tx.commit().await?;

    done(app, caller, "key.created", application_id, Some(&key.id));
    app.metrics().keys_created.inc();
    Ok(NewlyIssued { key, secret: plain.into_secret(), replaced: None })
}

/// A key of the application's format, and its row.
pub(super) fn generate(
    application: &Application,
    id: String,
    owner: &str,
    usable: Usable,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(IssuedKey, PlainKey), Problem> {
    let Usable { name, environment, scopes, metadata, limits, allowed_addresses } = usable;
    // The first of an environment is the one that new keys get; one that has gone
    // from the application since leaves the first of all.
    let formats = || application.formats.iter();
    let format = formats().find(|format| format.environment == environment).or_else(|| formats().next());
    let prefix = format.map(|format| format.prefix.as_str()).ok_or_else(Problem::internal)?;
    let plain = PlainKey::generate(&Format::of(prefix), prefix)?;
    let key = IssuedKey {
        id,
        application_id: application.id.clone(),
        owner: owner.to_owned(),
        name,
        prefix: prefix.to_owned(),
        last_four: plain.last_four().to_owned(),
        environment,
        hash: plain.hashed(),
        rule: None,
        id_part: None,
        scopes,
        metadata,
        limits,
        allowed_addresses,
        created_at: now,
        expires_at,
        last_used_at: None,
        last_used_address: None,
        revoked_at: None,
        disabled_at: None,
        replaced_by: None,
    };
    Ok((key, plain))
}

/// When the new key ends, within what the application allows. What nobody wished is cut to that: a
/// month is longer than 30 days in some months only.
fn end(
    application: &Application,
    expires_in: Option<&str>,
    expires_at: Option<&str>,
    now: Timestamp,
) -> Result<Option<Timestamp>, Problem> {
    let is_wished = expires_in.is_some() || expires_at.is_some();
    let expires_in = expires_in.or((!is_wished).then_some(application.default_lifetime.as_str()));
    let end = Lifetime::read(expires_in, expires_at)?.end(now)?;
    let Some(longest) = &application.longest_lifetime else { return Ok(end) };
    let Some(latest) = Lifetime::read(Some(longest), None)?.end(now)? else { return Ok(end) };
    if end.is_some_and(|end| end <= latest) {
        return Ok(end);
    }
    if !is_wished {
        return Ok(Some(latest));
    }
    let field = if expires_at.is_some() { "expires_at" } else { "expires_in" };
    let detail = format!(
        "`{field}`: keys of this application live {longest} at most, so until {latest}. Choose an earlier end."
    );
    Err(Problem::field(field, detail))
}

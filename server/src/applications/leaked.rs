//! Ending keys that somebody has found where they should not be.

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use keylatch_format::Secret;

use super::rule::Rule;
use crate::auth::throttle::household;
use crate::http::problem::{Problem, ProblemCode};
use crate::http::source::Source;
use crate::state::App;
use crate::store::Result as Stored;
use crate::store::applications::Application;
use crate::store::audit::Subject;
use crate::store::issued::{IssuedKey, IssuedStatus};
use crate::store::keys::KeyStatus;
use crate::store::management::Manager;
use crate::token::{HashedKey, fingerprint};

/// Reports of one address count for this time, …
const WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// … and are this many at most.
const REPORTS: i64 = 60;
/// So many keys stand in one.
const MOST_KEYS: usize = 100;

/// A key that was ended because it got out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeakedKey {
    /// `key_…` or `mgmt_…`
    pub id: String,
    /// Enough to recognise it by.
    pub masked: String,
    /// In whose account it was, …
    pub user_id: String,
    /// … and in which of their applications, if in one.
    pub application_id: Option<String>,
}

/// Ends all of these keys that are known, whoever's they are, and tells nobody
/// which: only who has a key can report it.
///
/// # Errors
/// 422 for too many keys, 429 for too many reports.
pub(crate) async fn report(app: &App, source: &Source, keys: &[Secret]) -> Result<(), Problem> {
    if !(1..=MOST_KEYS).contains(&keys.len()) {
        let detail = format!("`keys` has {} entries; send 1 to {MOST_KEYS} with each request.", keys.len());
        return Err(Problem::field("keys", detail));
    }
    throttle(app, source).await?;
    end(app, keys, source, "nobody").await?;
    Ok(())
}

/// Counts the report; failures of passwords are counted in the same way.
async fn throttle(app: &App, source: &Source) -> Result<(), Problem> {
    let place = source.address.map(|address| household(address).to_string()).unwrap_or_default();
    let bucket = [fingerprint(&format!("leaked {place}"))];
    let now = app.now();
    let since = now.saturating_sub(WINDOW).unwrap_or(Timestamp::MIN);
    let count = app.store().failures(&bucket, since).await?.into_iter().next().unwrap_or_default();
    if count.failures >= REPORTS {
        let oldest = count.since.map_or(SignedDuration::ZERO, |since| now.duration_since(since));
        let wait = WINDOW.saturating_sub(oldest).clamp(SignedDuration::ZERO, WINDOW);
        let seconds = u64::try_from(wait.as_secs()).unwrap_or(0) + 1;
        let detail = format!(
            "{REPORTS} reports came from this address within an hour. Send up to {MOST_KEYS} keys with one report, and try again in {seconds} seconds."
        );
        return Err(Problem::new(ProblemCode::RateLimited, detail).retry_after(seconds));
    }
    app.store().insert_failures(&bucket, now).await?;
    Ok(())
}

impl App {
    /// Ends a key by itself, whoever's it is: for whoever runs the server and finds
    /// one where it should not be. One that was imported may be a key of several
    /// applications; empty: there is no such key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_leaked(&self, secret: &Secret) -> Stored<Vec<LeakedKey>> {
        end(self, std::slice::from_ref(secret), &Source::default(), "command").await
    }
}

/// Ends keys in whatever form they are known.
async fn end(app: &App, keys: &[Secret], source: &Source, actor: &str) -> Stored<Vec<LeakedKey>> {
    let keys: Vec<_> = keys.iter().flat_map(meant).collect();
    let mut ended = Vec::new();
    for key in &keys {
        let hash = HashedKey::of(key);
        ended.extend(end_of_user(app, &hash).await?);
        ended.extend(end_of_management(app, &hash).await?);
    }
    for found in issued(app, &keys).await? {
        ended.extend(end_issued(app, found).await?);
    }
    for key in &ended {
        tracing::warn!(user_id = key.user_id, key_id = key.id, "leaked key revoked");
        let subject = Subject { key_id: Some(key.id.clone()), application_id: key.application_id.clone() };
        app.audit_of(source, &key.user_id, "key.leaked", actor, subject);
    }
    Ok(ended)
}

/// A key as it was sent, and without white space around it: who copies one takes some along, and
/// is not told that it is unknown so. One that was issued elsewhere may have it.
fn meant(key: &Secret) -> impl Iterator<Item = Secret> {
    let text = key.expose();
    let trimmed = Some(text.trim()).filter(|trimmed| trimmed.len() < text.len());
    std::iter::once(text).chain(trimmed).map(Secret::from)
}

/// What these are keys of applications by. One that was imported may be a key of several
/// applications, and several of one, by several rules.
async fn issued(app: &App, keys: &[Secret]) -> Stored<Vec<IssuedKey>> {
    let imported = app.store().applications_with_rules().await?;
    // Most have one of a few rules, unless they have a pepper.
    let mut rules: Vec<&Rule> = Vec::new();
    for rule in imported.iter().flat_map(|application| &application.rules) {
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    let by_rule = |key| rules.iter().filter_map(move |rule| rule.apply(key)).map(|(hash, _)| hash);
    let hashes: BTreeSet<_> = keys
        .iter()
        .flat_map(|key| std::iter::once(HashedKey::of(key)).chain(by_rule(key)))
        .map(|hash| hash.as_str().to_owned())
        .collect();
    let imported: HashMap<_, _> =
        imported.iter().map(|application| (application.id.as_str(), &application.rules)).collect();
    let rule_of = |found: &IssuedKey| {
        let number = usize::try_from(found.rule?).ok()?;
        imported.get(found.application_id.as_str())?.get(number)
    };
    let mut found = app.store().issued_anywhere(hashes.into_iter().collect()).await?;
    found.retain(|found| {
        let is = |key: &Secret| match (found.rule, rule_of(found)) {
            (None, _) => HashedKey::of(key) == found.hash,
            (Some(_), rule) => rule
                .and_then(|rule| rule.apply(key))
                .is_some_and(|(hash, rest)| hash == found.hash && rest == found.id_part.as_deref()),
        };
        keys.iter().any(is)
    });
    Ok(found)
}

async fn end_of_user(app: &App, hash: &HashedKey) -> Stored<Option<LeakedKey>> {
    let Some(found) = app.store().key_by_hash(hash).await? else { return Ok(None) };
    let now = app.now();
    let mut tx = app.store().begin().await?;
    let Some(mut key) = tx.lock_key(&found.owner.id, &found.key.id).await? else { return Ok(None) };
    let ends = key.status(now) == KeyStatus::Active;
    if ends {
        key.revoked_at = Some(now);
        tx.update_key_end(&key).await?;
    }
    tx.commit().await?;
    count(app, ends);
    Ok(Some(LeakedKey { masked: key.masked(), id: key.id, user_id: key.user_id, application_id: None }))
}

async fn end_of_management(app: &App, hash: &HashedKey) -> Stored<Option<LeakedKey>> {
    let Some(Manager { key, application, .. }) = app.store().manager(hash).await? else { return Ok(None) };
    let mut tx = app.store().begin().await?;
    tx.revoke_management_key(&application.id, &key.id, app.now()).await?;
    tx.commit().await?;
    count(app, key.status(app.now()) == KeyStatus::Active);
    let Application { id: application_id, user_id, .. } = application;
    Ok(Some(LeakedKey { masked: key.masked(), id: key.id, user_id, application_id: Some(application_id) }))
}

async fn end_issued(app: &App, found: IssuedKey) -> Stored<Option<LeakedKey>> {
    let now = app.now();
    let mut tx = app.store().begin().await?;
    let Some(user_id) = tx.user_of_application(&found.application_id).await? else { return Ok(None) };
    let Some(mut key) = tx.lock_issued(&found.application_id, &found.id).await? else { return Ok(None) };
    // A disabled one too: it might be enabled again.
    let ends = matches!(key.status(now), IssuedStatus::Active | IssuedStatus::Disabled);
    if ends {
        key.revoked_at = Some(now);
        tx.update_issued(&key).await?;
    }
    tx.commit().await?;
    count(app, ends);
    let application_id = Some(key.application_id.clone());
    Ok(Some(LeakedKey { masked: key.masked(), id: key.id, user_id, application_id }))
}

/// Not again what had ended before.
fn count(app: &App, ends: bool) {
    app.metrics().keys_revoked.inc_by(u64::from(ends));
}

//! Rotating a key of an application: a successor takes its place.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::access::{Power, done, reach};
use super::create::{NewlyIssued, Usable, generate};
use super::look::no_such_key;
use super::repeat::again;
use crate::auth::Caller;
use crate::http::problem::{Problem, ProblemCode};
use crate::keys::idempotency::Repeat;
use crate::keys::issue::new_id;
use crate::keys::key_id;
use crate::state::App;
use crate::store::Tx;
use crate::store::issued::{IssuedKey, IssuedStatus};

/// Some ten years: no key lives longer.
const LONGEST_OVERLAP: i64 = 10 * 366 * 86_400;

/// Makes a successor with the same owner, name, scopes, metadata, addresses and
/// end, in the application's format. The old key lives on for the overlap, but
/// never past its own end; neither life is extended.
///
/// # Errors
/// 404, 409 when the key is not active or has an active successor.
pub(crate) async fn rotate(
    app: &App,
    caller: &Caller,
    application_id: &str,
    id: &str,
    overlap_seconds: i64,
    repeat: &Repeat,
) -> Result<NewlyIssued, Problem> {
    let application = reach(app, caller, application_id, Power::Create).await?;
    if !(0..=LONGEST_OVERLAP).contains(&overlap_seconds) {
        return Err(Problem::field(
            "overlap_seconds",
            "`overlap_seconds` is how long the old key lives on: a number of seconds from 0 to ten years.",
        ));
    }
    let id = key_id(id).map_err(|_| no_such_key())?;
    let now = app.now();
    let successor_id = new_id()?;
    let asked = json!(["rotate", id, overlap_seconds]).to_string();
    let mut tx = app.store().begin().await?;
    let repeated = again(app, &mut tx, repeat, &asked, (application_id, &successor_id), now).await?;
    let mut old = tx.lock_issued(&application.id, id).await?.ok_or_else(no_such_key)?;
    let (successor, plain) = match repeated {
        Some(earlier) => earlier,
        None => {
            refuse_unless_rotatable(&mut tx, &old, now).await?;
            let end = old.expires_at;
            let (successor, plain) =
                generate(&application, successor_id, &old.owner, usable(&old), end, now)?;
            tx.insert_issued(std::slice::from_ref(&successor)).await?;
            old.replaced_by = Some(successor.id.clone());
            if overlap_seconds == 0 {
                old.revoked_at = Some(now);
            } else {
                let end = now.saturating_add(SignedDuration::from_secs(overlap_seconds)).ok();
                old.expires_at = old.expires_at.into_iter().chain(end).min();
            }
            tx.update_issued(&old).await?;
            (successor, plain)
        }
    };
    tx.commit().await?;

    done(app, caller, "key.rotated", application_id, Some(&old.id));
    done(app, caller, "key.created", application_id, Some(&successor.id));
    app.metrics().keys_created.inc();
    app.noted().tell_issued(&mut old);
    Ok(NewlyIssued { key: successor, secret: plain.into_secret(), replaced: Some(old) })
}

/// Only an active key is rotated, and only into one that lives.
async fn refuse_unless_rotatable(tx: &mut Tx, old: &IssuedKey, now: Timestamp) -> Result<(), Problem> {
    if old.status(now) != IssuedStatus::Active {
        return Err(Problem::new(
            ProblemCode::KeyInactive,
            "This key is not active, so it cannot be rotated. Create a new one, or enable it first if it is disabled.",
        ));
    }
    let Some(successor) = &old.replaced_by else { return Ok(()) };
    match tx.lock_issued(&old.application_id, successor).await? {
        Some(successor) if successor.status(now) == IssuedStatus::Active => {
            let detail = format!(
                "This key was rotated into {} already, which is active. Rotate or revoke that one.",
                successor.id
            );
            Err(Problem::new(ProblemCode::Conflict, detail))
        }
        _ => Ok(()),
    }
}

/// What the successor has of the old key.
fn usable(old: &IssuedKey) -> Usable {
    let IssuedKey { name, environment, scopes, metadata, limits, allowed_addresses, .. } = old.clone();
    Usable { name, environment, scopes, metadata, limits, allowed_addresses }
}

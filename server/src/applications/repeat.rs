//! `Idempotency-Key` for keys of an application: as for keys of one's own, who lost
//! the answer asks again, and the same row gets another secret.

use jiff::Timestamp;

use super::format::Format;
use crate::http::problem::Problem;
use crate::keys::idempotency::{Repeat, refuse_if_used, refuse_unless_active, was_deleted};
use crate::state::App;
use crate::store::Tx;
use crate::store::attempts::Asker;
use crate::store::issued::{IssuedKey, IssuedStatus};
use crate::store::uses::Kind;
use crate::token::PlainKey;

/// Writes down that a key with this id is going to be made for the request (operation
/// and parameters). When the request is a repeat, the key that was made for it first is
/// returned, with another secret in its row.
///
/// # Errors
/// 409 when that key is gone, has ended or was used, or the idempotency key stands
/// for something else.
pub(super) async fn again(
    app: &App,
    tx: &mut Tx,
    repeat: &Repeat,
    request: &str,
    (application_id, key_id): (&str, &str),
    now: Timestamp,
) -> Result<Option<(IssuedKey, PlainKey)>, Problem> {
    let asker = Asker::Application(application_id);
    let Some(id) = repeat.claim(tx, asker, request, key_id, now).await? else { return Ok(None) };
    let earlier = tx.lock_issued(application_id, &id).await?.ok_or_else(|| was_deleted("key"))?;
    refuse_unless_active(earlier.status(now) == IssuedStatus::Active)?;
    let (store, last) = (app.store(), earlier.last_used_at);
    refuse_if_used(app.noted().was_used(store, Kind::Issued, &earlier.id, last).await)?;
    let plain = PlainKey::generate(&Format::of(&earlier.prefix), &earlier.prefix)?;
    let (last_four, hash) = (plain.last_four().to_owned(), plain.hashed());
    tx.reissue_issued(&earlier, &last_four, &hash).await?;
    Ok(Some((IssuedKey { last_four, hash, ..earlier }, plain)))
}

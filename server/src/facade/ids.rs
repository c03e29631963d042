//! Our ids, and the clouds'.

use crate::keys::ID_PREFIX;
use crate::store::keys::StoredKey;

/// The id of a key as a cloud has it: letters and digits, like the clouds' own.
pub(super) fn short_id(key: &StoredKey) -> &str {
    key.id.strip_prefix(ID_PREFIX).unwrap_or(&key.id)
}

/// Our id again.
pub(super) fn own_id(short_id: &str) -> String {
    format!("{ID_PREFIX}{short_id}")
}

//! Our ids, and the clouds'.

use crate::store::keys::StoredKey;

/// What our ids begin with. Without it they are letters and digits, like the
/// clouds'.
const ID_PREFIX: &str = "key_";

/// The id of a key as a cloud has it.
pub(super) fn short_id(key: &StoredKey) -> &str {
    key.id.strip_prefix(ID_PREFIX).unwrap_or(&key.id)
}

/// Our id again.
pub(super) fn own_id(short_id: &str) -> String {
    format!("{ID_PREFIX}{short_id}")
}

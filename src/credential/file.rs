//! One interface for the formats of files of keys: read, write, remove. All of it works on
//! text; the host reads and writes the disk.

use super::entry::{Entry, Miss, Slot};
use super::{conduce, profiles};
use crate::provider::FileKind;
use crate::secret::Secret;
use crate::value::Value;

/// What is in a file.
pub struct Content<'a> {
    /// As text; empty for a file that is not there yet.
    pub text: &'a Secret,
    /// As data, where it is JSON.
    pub json: &'a Value,
}

/// The key in a file.
///
/// # Errors
/// Why there is none.
pub fn read(kind: FileKind, content: &Content<'_>, slot: &Slot<'_>) -> Result<Entry, Miss> {
    match kind {
        FileKind::Text => match content.text.expose().trim() {
            "" => Err(Miss::Empty),
            key => Ok(Secret::from(key).into()),
        },
        FileKind::ConduceConfig => conduce::get(content.text.expose(), slot.user, slot.host),
        FileKind::Profiles => profiles::get(content.json, slot),
    }
}

/// The file with this key in place of the slot's, or without one: as
/// [`Value::Text`], or as data where it is JSON. Everything else stays.
///
/// # Errors
/// When the file is not understood, so that nothing is written to it.
pub fn write(
    kind: FileKind,
    content: &Content<'_>,
    slot: &Slot<'_>,
    entry: Option<&Entry>,
) -> Result<Value, Miss> {
    match kind {
        FileKind::Text => {
            // With a line's end, as every text file; the readers strip it.
            Ok(entry.map_or(Value::from(""), |entry| Value::from(String::from(entry.secret.expose()) + "\n")))
        }
        FileKind::ConduceConfig => {
            let key = entry.map(|entry| entry.secret.expose());
            conduce::set(content.text.expose(), slot.user, slot.host, key).map(Value::from)
        }
        FileKind::Profiles => profiles::set(content.json, slot, entry),
    }
}

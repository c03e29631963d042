//! One face for the formats of files of keys: read, write, remove. All of it on
//! text; what is on the disk is the host's affair.

use super::reason::{Notice, Reason};
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

/// Which of a file's keys is meant.
#[derive(Clone, Copy)]
pub struct Slot<'a> {
    /// Id of the service.
    pub provider: &'a str,
    /// The profile, where there are profiles.
    pub profile: &'a str,
    /// The user, where keys are kept by user; the file's default one if `None`.
    pub user: Option<&'a str>,
    /// Host and port, where keys are kept by host; the file's default one if `None`.
    pub host: Option<&'a str>,
}

/// A key in a file.
#[derive(Clone)]
pub struct Entry {
    /// The key.
    pub secret: Secret,
    /// The address that it is for, where the file says it.
    pub base_url: Option<String>,
}

impl From<Secret> for Entry {
    fn from(secret: Secret) -> Self {
        Entry { secret, base_url: None }
    }
}

/// Why a file holds no key for the slot; the path comes in by [`Miss::at`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Miss {
    /// There is nothing in it.
    Empty,
    /// There is none for this.
    For(String),
    /// The format is not its owner's; where.
    NotUnderstood(String),
}

impl Miss {
    /// The notice about the file at this path.
    pub fn at(self, path: &str) -> Notice {
        let (reason, detail) = match self {
            Miss::Empty => (Reason::FileEmpty, None),
            Miss::For(what) => (Reason::FileWithoutKey, Some(what)),
            Miss::NotUnderstood(place) => (Reason::FileNotUnderstood, Some(place)),
        };
        let notice = Notice::new(reason).with(String::from(path));
        match detail {
            Some(detail) => notice.with(detail),
            None => notice,
        }
    }
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

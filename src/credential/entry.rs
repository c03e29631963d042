//! A key in a file: which one is meant, what it is, and why there is none.

use crate::notice::{Notice, Reason};
use crate::secret::Secret;

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
    /// It has no key for this slot.
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

//! What has ended, and the text that tells other processes of it.

use crate::token::HashedKey;

/// What no kept answer may say any more. "Ended" is also what can do less, or
/// more, than it could: whatever an answer says otherwise than the database.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    Everything,
    /// A key of a user, or of an application's management.
    Key(HashedKey),
    /// A key that an application has issued.
    Issued {
        application_id: String,
        hash: HashedKey,
    },
    /// All keys of one of an application's owners.
    Owner {
        application_id: String,
        owner: String,
    },
    /// All keys of an application, and that there are no others.
    Application(String),
}

const EVERYTHING: &str = "*";
/// Stands in no id, and in no hash.
const KEY: char = ':';
/// Stands in no id of an owner.
const OWNER: char = ' ';

impl Ended {
    /// As the other processes are told it: at most some 200 characters, of the 8,000
    /// that PostgreSQL takes.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Ended::Everything => EVERYTHING.to_owned(),
            Ended::Key(hash) => hash.as_str().to_owned(),
            Ended::Issued { application_id, hash } => place(application_id, hash),
            Ended::Owner { application_id, owner } => format!("{application_id}{OWNER}{owner}"),
            Ended::Application(id) => id.clone(),
        }
    }

    /// Reads what another process has told. A process of the version before tells
    /// of everything and of keys only.
    pub(crate) fn from_text(text: &str) -> Self {
        if text == EVERYTHING {
            return Ended::Everything;
        }
        if !text.starts_with(crate::applications::ID_PREFIX) {
            return Ended::Key(HashedKey::stored(text.to_owned()));
        }
        if let Some((id, owner)) = text.split_once(OWNER) {
            return Ended::Owner { application_id: id.to_owned(), owner: owner.to_owned() };
        }
        match text.split_once(KEY) {
            Some((id, hash)) => {
                Ended::Issued { application_id: id.to_owned(), hash: HashedKey::stored(hash.to_owned()) }
            }
            None => Ended::Application(text.to_owned()),
        }
    }
}

/// Where an answer about an issued key is kept: two applications may have the same hash.
pub(in crate::store) fn place(application_id: &str, hash: &HashedKey) -> String {
    format!("{application_id}{KEY}{}", hash.as_str())
}

/// Whether that is a place of this application.
pub(super) fn is_in(place: &str, application_id: &str) -> bool {
    place.strip_prefix(application_id).is_some_and(|rest| rest.starts_with(KEY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_what_is_heard() {
        let (application_id, hash) =
            ("app_0123456789abcdefghij".to_owned(), HashedKey::stored("ab12".into()));
        for ended in [
            Ended::Everything,
            Ended::Key(hash.clone()),
            Ended::Issued { application_id: application_id.clone(), hash },
            Ended::Owner { application_id: application_id.clone(), owner: "a:b*@c".into() },
            Ended::Application(application_id),
        ] {
            assert!(Ended::from_text(&ended.to_text()) == ended, "{}", ended.to_text());
        }
    }

    #[test]
    fn a_place_is_in_its_application_alone() {
        let place = place("app_a", &HashedKey::stored("ab12".into()));
        assert!(is_in(&place, "app_a"));
        assert!(!is_in(&place, "app_") && !is_in(&place, "app_ab"));
    }
}

//! How a counter is called: by the guards, which repeat what they were told, and
//! in the database, where the application stands before it. So no guard reaches
//! the limits of another application.

use serde::Serialize;
use utoipa::ToSchema;

use crate::applications::owner;
use crate::keys::key_id;

/// Whose a limit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LimitHolder)]
pub(crate) enum Of {
    /// Of the key itself.
    Key,
    /// Of its owner, who shares it among all keys.
    Owner,
}

impl Of {
    const fn as_str(self) -> &'static str {
        match self {
            Of::Key => "key",
            Of::Owner => "owner",
        }
    }
}

/// `key:key_1:calls`
pub(super) fn of_limit(of: Of, holder: &str, name: &str) -> String {
    format!("{}:{holder}:{name}", of.as_str())
}

/// Whose limit it is, and its name. The id of an owner may have colons, names have none. What
/// cannot be anybody's is not looked up at all.
pub(super) fn parse(id: &str) -> Option<(Of, &str, &str)> {
    let (of, rest) = id.split_once(':')?;
    let (holder, name) = rest.rsplit_once(':')?;
    let of = [Of::Key, Of::Owner].into_iter().find(|known| known.as_str() == of)?;
    let is_holder = match of {
        Of::Key => key_id(holder).is_ok(),
        Of::Owner => owner::is_id(holder),
    };
    is_holder.then_some((of, holder, name))
}

/// What is used of a quota stays used when its declaration changes.
pub(super) fn of_quota(application: &str, limit: &str) -> String {
    format!("{application}/{limit}")
}

/// Windows of another length are counted anew.
pub(super) fn of_rate(application: &str, limit: &str, window_seconds: i64) -> String {
    format!("{application}/{limit}@{window_seconds}")
}

/// A guard of an application.
pub(super) fn of_guard(application: &str, guard: &str) -> String {
    format!("{application}/{guard}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        for (of, holder, name) in [
            (Of::Key, "key_9fK2mVb7Qx0LrT4sYz1C", "calls"),
            (Of::Owner, "cust_7", "a-b_9"),
            (Of::Owner, "a:b:c@60", "calls"),
        ] {
            assert_eq!(parse(&of_limit(of, holder, name)), Some((of, holder, name)));
        }
        for nonsense in [
            "",
            "key",
            "key:key_1",
            "keys:key_9fK2mVb7Qx0LrT4sYz1C:calls",
            ":a:b",
            "key:key_9fK2mVb7Qx0LrT4s\0z1C:calls",
            "owner:a\0b:calls",
            "owner::calls",
        ] {
            assert_eq!(parse(nonsense), None, "{nonsense}");
        }
    }
}

//! What happens to keys. Each operation is a function that takes who asks and
//! what is asked, and knows no HTTP: keylatch's own API (`api/v1`) and the
//! facades call the same ones.

pub(crate) mod create;
pub(crate) mod end;
pub(crate) mod idempotency;
pub(crate) mod issue;
pub(crate) mod kind;
pub(crate) mod lifetime;
pub(crate) mod look;
pub(crate) mod name;
pub(crate) mod rotate;
pub(crate) mod scopes;

use crate::http::problem::Problem;

/// What our ids begin with.
pub(crate) const ID_PREFIX: &str = "key_";

/// The id as somebody sent it. What cannot be an id is not looked up at all.
///
/// # Errors
/// 404.
pub(crate) fn key_id(text: &str) -> Result<&str, Problem> {
    let random = text.strip_prefix(ID_PREFIX).ok_or_else(Problem::no_such_key)?;
    let is_id = (16..=64).contains(&random.len()) && random.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_id { Ok(text) } else { Err(Problem::no_such_key()) }
}

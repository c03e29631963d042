//! What the keys of an application look like: keylatch's own format behind a
//! prefix of the application's, so that whoever has the prefix can check a key
//! without asking anybody.

use keylatch_format::{Certainty, KeyFormat, Part, keylatch};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::management;
use crate::config::KeyEnvironment;
use crate::http::object::objects;
use crate::http::problem::Problem;

const MOST: usize = 10;
const SHORTEST: usize = 2;
const LONGEST: usize = 24;

/// A prefix, and what the keys with it are for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
pub(crate) struct Format {
    pub(crate) environment: KeyEnvironment,
    /// 2 to 24 characters of `a-z`, `0-9` and `_`, the last of them `_`.
    #[schema(example = "acme_live_", min_length = 2, max_length = 24, pattern = "^[a-z0-9_]{1,23}_$")]
    pub(crate) prefix: String,
}

objects!(told Format);

impl Format {
    /// What `keylatch_format` makes keys by.
    pub(crate) fn of(prefix: &str) -> KeyFormat {
        let mut parts = vec![Part::literal(vec![prefix.to_owned()])];
        parts.extend(keylatch().parts.iter().skip(1).cloned());
        KeyFormat::new(parts, Certainty::Documented)
    }
}

/// The formats of an application, as somebody wishes them.
///
/// # Errors
/// 422, naming the one that cannot be used.
pub(crate) fn read(formats: Vec<Format>) -> Result<Vec<Format>, Problem> {
    if !(1..=MOST).contains(&formats.len()) {
        let detail = format!(
            "`formats` has {} entries; give 1 to {MOST}, such as {{\"environment\": \"live\", \"prefix\": \"acme_live_\"}}.",
            formats.len()
        );
        return Err(Problem::field("formats", detail));
    }
    for (index, Format { prefix, .. }) in formats.iter().enumerate() {
        let field = format!("formats[{index}].prefix");
        if !is_prefix(prefix) {
            let detail = format!(
                "`{field}` must have {SHORTEST} to {LONGEST} characters of a-z, 0-9 and _, the last of them _, such as \"acme_live_\"."
            );
            return Err(Problem::field(field, detail));
        }
        if is_ours(prefix) {
            let detail =
                format!("`{field}` is that of keylatch's own keys. Choose one that names your service.");
            return Err(Problem::field(field, detail));
        }
        if formats.iter().take(index).any(|earlier| earlier.prefix == *prefix) {
            let detail = format!("`{field}` stands in an earlier format already. Each prefix stands once.");
            return Err(Problem::field(field, detail));
        }
    }
    Ok(formats)
}

fn is_prefix(text: &str) -> bool {
    let allowed = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    (SHORTEST..=LONGEST).contains(&text.len()) && text.bytes().all(allowed) && text.ends_with('_')
}

fn is_ours(prefix: &str) -> bool {
    let own = [KeyEnvironment::Live, KeyEnvironment::Test].map(KeyEnvironment::prefix);
    own.contains(&prefix) || prefix == management::PREFIX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formats(prefixes: &[&str]) -> Vec<Format> {
        let format =
            |prefix: &&str| Format { environment: KeyEnvironment::Live, prefix: (*prefix).to_owned() };
        prefixes.iter().map(format).collect()
    }

    #[test]
    fn a_prefix_names_the_service_and_stands_once() {
        let longest = format!("{}_", "a".repeat(23));
        for (prefixes, field) in [
            (vec!["a_"], None),
            (vec!["acme_live_", "acme_test_", "9__"], None),
            (vec![longest.as_str()], None),
            (vec![], Some("formats")),
            (vec!["a_"; 11], Some("formats")),
            (vec!["a_", "a_"], Some("formats[1].prefix")),
            (vec!["_"], Some("formats[0].prefix")),
            (vec!["acme"], Some("formats[0].prefix")),
            (vec!["Acme_"], Some("formats[0].prefix")),
            (vec!["acme-live_"], Some("formats[0].prefix")),
            (vec!["a_", "kl_live_"], Some("formats[1].prefix")),
            (vec!["kl_mgmt_"], Some("formats[0].prefix")),
        ] {
            let refused = read(formats(&prefixes)).err().and_then(|problem| problem.field);
            assert_eq!(refused.as_deref(), field, "{prefixes:?}");
        }
        assert!(read(formats(&[&format!("a{longest}")])).is_err());
    }

    #[test]
    fn a_key_is_good_offline_and_a_typing_error_is_not() {
        let format = Format::of("acme_live_");
        let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).is_ok();
        let key = keylatch_format::generate(&format, "acme_live_", &mut random).unwrap();
        assert!(keylatch_format::is_key_of(&format, key.expose().as_bytes()));
        assert!(!keylatch_format::is_key_of(&format, format!("{}x", key.expose()).as_bytes()));
    }
}

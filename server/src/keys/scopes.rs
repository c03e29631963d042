//! What a key may do.

use crate::http::problem::Problem;

const MOST: usize = 32;
const LONGEST: usize = 64;

/// The scopes in order and each once, so that the same set is always the same
/// text; `field` is the member that they stand in.
pub(crate) fn read(field: &str, scopes: Option<Vec<String>>) -> Result<Vec<String>, Problem> {
    let mut scopes = scopes.unwrap_or_default();
    if scopes.len() > MOST {
        let detail = format!("`{field}` has {} entries; at most {MOST} are allowed.", scopes.len());
        return Err(Problem::field(field, detail));
    }
    let faulty = scopes.iter().position(|scope| !is_scope(scope));
    if let Some(index) = faulty {
        let detail = format!(
            "`{field}[{index}]` must have 1 to {LONGEST} characters of a-z, 0-9, and . _ : -, such as \"keys:read\"."
        );
        return Err(Problem::field(format!("{field}[{index}]"), detail));
    }
    scopes.sort_unstable();
    scopes.dedup();
    Ok(scopes)
}

/// Whether the text can be a scope.
pub(crate) fn is_scope(text: &str) -> bool {
    let allowed = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b':' | b'.' | b'_' | b'-');
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_short_words_each_once() {
        let read =
            |scopes: &[&str]| read("scopes", Some(scopes.iter().map(|scope| (*scope).to_owned()).collect()));
        assert_eq!(read(&["keys:write", "keys:read", "keys:write"]).unwrap(), ["keys:read", "keys:write"]);
        assert_eq!(read(&[]).unwrap(), Vec::<String>::new());
        assert_eq!(read(&[&"a".repeat(64), "a.b_c-d:9"]).unwrap().len(), 2);
        for faulty in ["", "Keys:read", "keys read", "keys:réad", "a\0", &"a".repeat(65)] {
            assert_eq!(read(&["ok", faulty]).unwrap_err().field.as_deref(), Some("scopes[1]"), "{faulty:?}");
        }
        let many: Vec<_> = (0..33).map(|number| format!("scope{number}")).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert_eq!(read(&many).unwrap_err().field.as_deref(), Some("scopes"));
        assert_eq!(read(&many[1..]).unwrap().len(), 32);
    }
}

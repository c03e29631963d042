//! Which scopes the keys of an application may have.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::object::objects;
use crate::http::problem::Problem;
use crate::keys::scopes::{is_scope, read};

const MOST: usize = 100;
const LONGEST_DESCRIPTION: usize = 200;

/// A scope that an application's keys may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
pub(crate) struct Scope {
    #[schema(example = "mesh:read", min_length = 1, max_length = 64, pattern = "^[a-z0-9:._-]{1,64}$")]
    pub(crate) name: String,
    /// For whoever chooses scopes for a key.
    #[serde(default)]
    #[schema(example = "Look at meshes", max_length = 200)]
    pub(crate) description: String,
}

objects!(told Scope);

/// The scopes that exist in an application; none: any may be used.
///
/// # Errors
/// 422, naming the one that cannot be used.
pub(crate) fn read_list(scopes: Vec<Scope>) -> Result<Vec<Scope>, Problem> {
    if scopes.len() > MOST {
        let detail = format!("`scopes` has {} entries; at most {MOST} are allowed.", scopes.len());
        return Err(Problem::field("scopes", detail));
    }
    for (index, Scope { name, description }) in scopes.iter().enumerate() {
        let field = format!("scopes[{index}]");
        if !is_scope(name) {
            let field = format!("{field}.name");
            let detail = format!(
                "`{field}` must have 1 to 64 characters of a-z, 0-9, and . _ : -, such as \"mesh:read\"."
            );
            return Err(Problem::field(field, detail));
        }
        if description.chars().count() > LONGEST_DESCRIPTION || description.contains(char::is_control) {
            let field = format!("{field}.description");
            let detail = format!(
                "`{field}` may have at most {LONGEST_DESCRIPTION} characters, none of them a control character."
            );
            return Err(Problem::field(field, detail));
        }
        if scopes.iter().take(index).any(|earlier| earlier.name == *name) {
            let field = format!("{field}.name");
            return Err(Problem::field(&field, format!("`{field}` stands in the list already.")));
        }
    }
    Ok(scopes)
}

/// The scopes of a key, each once and in order; `field` is the member that they
/// stand in.
///
/// # Errors
/// 422 for what is no scope, or none of this application.
pub(crate) fn read_for(
    field: &str,
    listed: &[Scope],
    scopes: Option<Vec<String>>,
) -> Result<Vec<String>, Problem> {
    let scopes = read(field, scopes)?;
    let is_listed = |scope: &String| listed.is_empty() || listed.iter().any(|one| one.name == *scope);
    match scopes.iter().find(|scope| !is_listed(scope)) {
        None => Ok(scopes),
        Some(scope) => {
            let names: Vec<_> = listed.iter().map(|one| one.name.as_str()).collect();
            let detail = format!(
                "`{field}` has {scope}, which is no scope of this application. There are {}. Add it to the application first, or leave it out.",
                names.join(", ")
            );
            Err(Problem::field(field, detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(names: &[&str]) -> Vec<Scope> {
        let scope = |name: &&str| Scope { name: (*name).to_owned(), description: String::new() };
        names.iter().map(scope).collect()
    }

    #[test]
    fn a_key_has_scopes_that_its_application_lists() {
        let read = |names: &[&str], scopes: &[&str]| {
            read_for("scopes", &listed(names), Some(scopes.iter().map(|scope| (*scope).to_owned()).collect()))
        };
        assert_eq!(read(&["a", "b"], &["b", "a", "b"]).unwrap(), ["a", "b"]);
        assert_eq!(read(&["a"], &[]).unwrap(), Vec::<String>::new());
        assert_eq!(read(&[], &["anything:goes"]).unwrap(), ["anything:goes"]);
        let problem = read(&["a"], &["a", "c"]).unwrap_err();
        assert!(problem.detail.contains("has c,"), "{}", problem.detail);
    }

    #[test]
    fn a_list_of_scopes_has_each_once() {
        assert!(read_list(listed(&["a", "b"])).is_ok());
        for (names, field) in [(["a", "a"], "scopes[1].name"), (["a", "B"], "scopes[1].name")] {
            assert_eq!(read_list(listed(&names)).unwrap_err().field.as_deref(), Some(field));
        }
        let many: Vec<_> = (0..101).map(|number| format!("scope{number}")).collect();
        assert!(read_list(listed(&many.iter().map(String::as_str).collect::<Vec<_>>())).is_err());
        let long = Scope { name: "a".into(), description: "x".repeat(201) };
        assert_eq!(read_list(vec![long]).unwrap_err().field.as_deref(), Some("scopes[0].description"));
    }
}

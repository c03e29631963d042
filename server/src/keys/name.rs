//! The name of a key.

use crate::problem::Problem;

const LONGEST: usize = 100;

/// The name without the white space around it; `field` is the member that it
/// stands in.
pub(crate) fn read<'t>(field: &str, text: &'t str) -> Result<&'t str, Problem> {
    let name = text.trim();
    let refuse = |detail: String| Err(Problem::field(field, detail));
    if name.is_empty() {
        return refuse(format!("`{field}` is empty. Give the key a name that says what it is for."));
    }
    let length = name.chars().count();
    if length > LONGEST {
        return refuse(format!(
            "`{field}` has {length} characters; at most {LONGEST} are allowed. Shorten it."
        ));
    }
    if let Some(index) = name.chars().position(char::is_control) {
        return refuse(format!(
            "`{field}` has a control character (such as a line break) at index {index}. Take it out."
        ));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_100_characters_after_trimming() {
        let (long, too_long) = ("ü".repeat(100), "ü".repeat(101));
        for (text, name) in [
            ("deploy", Some("deploy")),
            ("  two words \n", Some("two words")),
            ("Schlüssel 🔑", Some("Schlüssel 🔑")),
            (&long, Some(long.as_str())),
            (&too_long, None),
            ("", None),
            (" \t\n", None),
            ("a\nb", None),
            ("a\0b", None),
            ("a\u{85}b", None),
        ] {
            assert_eq!(read("name", text).ok(), name, "{text:?}");
        }
    }
}

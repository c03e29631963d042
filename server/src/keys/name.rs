//! The name of a key, or of an application.

use crate::http::problem::Problem;

const LONGEST: usize = 100;

/// White space by Unicode, which is trimmed.
macro_rules! space {
    () => {
        r"[\u0009-\u000D\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]*"
    };
}

/// What a name may be, for the description of the API, but that something of it
/// must be visible.
pub(crate) const PATTERN: &str = concat!(
    "^",
    space!(),
    r"[^\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]{1,100}",
    space!(),
    "$"
);
/// What may be searched for in names.
pub(crate) const SEARCH_PATTERN: &str =
    concat!("^", space!(), r"[^\u0000-\u001F\u007F-\u009F]{0,100}", space!(), "$");

/// The name without the white space around it; `field` is the member that it
/// stands in.
pub(crate) fn read<'t>(field: &str, text: &'t str) -> Result<&'t str, Problem> {
    let name = text.trim();
    let refuse = |detail: String| Err(Problem::field(field, detail));
    if name.chars().all(is_invisible) {
        return refuse(format!(
            "`{field}` is empty, or nothing of it can be seen. Give a name that says what it is for."
        ));
    }
    let length = name.chars().count();
    if length > LONGEST {
        return refuse(format!(
            "`{field}` has {length} characters; at most {LONGEST} are allowed. Shorten it."
        ));
    }
    if let Some(index) = name.chars().position(is_control) {
        return refuse(format!(
            "`{field}` has a control character (such as a line break) at index {index}. Take it out."
        ));
    }
    Ok(name)
}

/// Controls, and what acts as one: breaks of line and paragraph, and what turns
/// the direction of writing, so that a name reads as another one.
fn is_control(ch: char) -> bool {
    ch.is_control()
        || matches!(ch, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// White space, and what is drawn as nothing by itself. In between others these
/// have their uses: joiners and selectors make emoji, and Persian its words.
fn is_invisible(ch: char) -> bool {
    ch.is_whitespace()
        || matches!(
            ch,
            '\u{AD}'
                | '\u{34F}'
                | '\u{61C}'
                | '\u{115F}'
                | '\u{1160}'
                | '\u{17B4}'
                | '\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFB}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
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
            ("a\u{2028}b", None),
            ("a\u{202E}b", None),
            ("a\u{2066}b", None),
            ("\u{200B}", None),
            ("\u{FEFF} \u{AD}\u{3164}\u{2800}", None),
            ("\u{E0041}\u{FE0F}", None),
            ("می\u{200C}خواهم 👩\u{200D}💻 ❤\u{FE0F}", Some("می\u{200C}خواهم 👩\u{200D}💻 ❤\u{FE0F}")),
        ] {
            assert_eq!(read("name", text).ok(), name, "{text:?}");
        }
    }
}

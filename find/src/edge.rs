//! Whether a key can begin at a place: what stands before it must not be a part of the same
//! word. Escapes end with a letter and are none: `\n`, `%3D`, `%253D`, `\u003d`, `=3D` of mails, a
//! colour of a terminal.

/// How far before a place it is looked.
pub(crate) const CONTEXT: usize = 12;

/// Whether a key can begin at `at`.
pub(crate) fn is_edge(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(CONTEXT)..at).unwrap_or_default();
    match before {
        [] => true,
        [.., last] if !last.is_ascii_alphanumeric() => true,
        [.., b'\\', escape] => matches!(escape, b'n' | b'r' | b't' | b'b' | b'f' | b'v' | b'0'),
        [.., b'=', b'3', b'D'] => true,
        [before @ .., high, low] if is_percent(before) => high.is_ascii_hexdigit() && low.is_ascii_hexdigit(),
        [.., b'\\', b'x', high, low] => high.is_ascii_hexdigit() && low.is_ascii_hexdigit(),
        [.., b'\\', b'u', a, b, c, d] => [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()),
        [.., b'm'] => {
            // ESC [ 3 1 m
            let numbers =
                before.iter().rev().skip(1).take_while(|byte| byte.is_ascii_digit() || **byte == b';');
            let length = numbers.count();
            let rest = before.get(..before.len() - 1 - length).unwrap_or_default();
            matches!(rest, [.., 0x1B, b'['] | [.., b'b', b'['])
        }
        _ => false,
    }
}

/// Whether a text ends with `%`, or with that escaped again: `%25`, `%2525`.
fn is_percent(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some(before) = rest.strip_suffix(b"25") {
        rest = before;
    }
    rest.ends_with(b"%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_begins_where_no_word_goes_on() {
        for before in [
            "",
            " ",
            "=",
            "\"",
            "_",
            "-",
            "\\n",
            "a\\t",
            "%3D",
            "%2f",
            "%253D",
            "%25253d",
            "=3D",
            "\\u003d",
            "\\x3d",
            "\u{1b}[31m",
            "\u{1b}[1;31m",
            "é",
        ] {
            assert!(is_edge(before.as_bytes(), before.len()), "{before}");
        }
        for before in ["a", "Z", "9", "\\q", "%3", "\\u03", "31m", "%zz", "[31m", "253D", "=3d"] {
            assert!(!is_edge(before.as_bytes(), before.len()), "{before}");
        }
    }
}

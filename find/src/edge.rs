//! Whether a key can begin at a place: what stands before it must not be a part of the same
//! word. Escapes end with a letter and are none: `\n`, `%3D`, `%253D`, `\u003d`, `%u003D`,
//! `=3D` of mails, and what a terminal obeys: a colour, `ESC [ K`, `ESC ( B`.

/// How far before a place it is looked: a colour of three numbers, escaped, has 25 bytes.
/// As `CONTEXT` in pkg/find/engine.js.
pub(crate) const CONTEXT: usize = 32;

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
        [.., b'\\' | b'%', b'u', a, b, c, d] => [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()),
        [before @ .., _] => is_sequence(before),
    }
}

/// Whether a text ends with a sequence for a terminal (`ESC`, `ESC (`, `ESC [ 31`, and as others write it: `\x1b[`,
/// `\033[`, `\e[`, `^[[`), but for the letter that ends that.
fn is_sequence(mut text: &[u8]) -> bool {
    while let [before @ .., b' '..=b'?'] = text {
        text = before;
    }
    matches!(text, [.., 0x1B] | [.., 0x1B | b'b' | b'B' | b'3' | b'e' | b'[', b'['])
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
            "\u{1b}[38;2;255;255;255m",
            "\\u001B[48;2;255;255;255m",
            "\u{1b}[38:2::1:2:3m",
            "\u{1b}[01;31m\u{1b}[K",
            "\u{1b}[?25h",
            "\u{1b}(B",
            "\u{1b}7",
            "\\033[31m",
            "\\e[1m",
            "^[[31m",
            "%u003D",
            "é",
        ] {
            assert!(is_edge(before.as_bytes(), before.len()), "{before}");
        }
        for before in
            ["a", "Z", "9", "\\q", "%3", "\\u03", "31m", "%zz", "[31m", "253D", "=3d", "(B", "^[31m"]
        {
            assert!(!is_edge(before.as_bytes(), before.len()), "{before}");
        }
    }
}

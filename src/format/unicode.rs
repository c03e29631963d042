//! Characters that look like others, or like nothing. Small tables of our own:
//! the ones of the standard library weigh more than this whole module.

use std::borrow::Cow;

/// White space that can be seen as such, line breaks included. The no-break
/// spaces are not here: they pass for nothing or for a plain space, so
/// [`invisible`] names them.
pub(super) fn is_space(ch: char) -> bool {
    is_line_break(ch)
        || matches!(ch, '\t' | ' ' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{205F}' | '\u{3000}')
            && ch != '\u{2007}'
}

/// Whether a character ends a line.
pub(super) fn is_line_break(ch: char) -> bool {
    matches!(ch, '\n'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What people and word processors put around a text.
pub(super) fn is_quote(ch: char) -> bool {
    matches!(ch, '"' | '\'' | '`' | '´' | '«' | '»' | '‹' | '›' | '\u{2018}'..='\u{201F}')
}

/// The name of a character that cannot be seen.
pub(super) fn invisible(ch: char) -> Option<&'static str> {
    Some(match ch {
        '\u{A0}' | '\u{2007}' | '\u{202F}' => "no-break space",
        '\u{AD}' => "soft hyphen",
        '\u{200B}' => "zero-width space",
        '\u{FEFF}' => "byte order mark",
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            "mark of writing direction"
        }
        '\u{34F}' | '\u{180E}' | '\u{200C}' | '\u{200D}' | '\u{2060}'..='\u{2065}' => "zero-width character",
        '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' => "filler",
        '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E0FFF}' => "tag or selector",
        _ => return None,
    })
}

/// The ASCII character that another one looks like.
pub(super) fn lookalike(ch: char) -> Option<char> {
    // The full-width forms are ASCII, moved.
    if let '\u{FF01}'..='\u{FF5E}' = ch {
        return char::from_u32(u32::from(ch) - 0xFEE0);
    }
    let at = LOOKALIKES.binary_search_by(|(other, _)| other.cmp(&ch)).ok()?;
    LOOKALIKES.get(at).map(|(_, ascii)| char::from(*ascii))
}

/// What kind of character a look-alike is.
pub(super) fn kind(ch: char) -> &'static str {
    match ch {
        '\u{370}'..='\u{3FF}' => "a Greek letter",
        '\u{400}'..='\u{52F}' => "a Cyrillic letter",
        '\u{530}'..='\u{58F}' => "an Armenian letter",
        '\u{2010}'..='\u{2BFF}' => "a typographic sign",
        '\u{FF01}'..='\u{FF5E}' => "a full-width character",
        _ => "another character",
    }
}

/// A character as it can be shown in a sentence: itself, and its number unless
/// it is visible ASCII.
pub(super) fn shown(ch: char) -> Cow<'static, str> {
    let mut text = String::new();
    if !ch.is_control() {
        text.push('"');
        text.push(ch);
        text.push('"');
    }
    if !ch.is_ascii_graphic() {
        if !text.is_empty() {
            text.push_str(" (");
        }
        text.push_str(&number(ch));
        if text.starts_with('"') {
            text.push(')');
        }
    }
    Cow::Owned(text)
}

/// The number of a character as Unicode writes it, `U+00A0`.
pub(super) fn number(ch: char) -> Cow<'static, str> {
    let code = u32::from(ch);
    let mut text = String::from("U+");
    for place in (0..6).rev() {
        let digit = code >> (4 * place) & 15;
        if place < 4 || code >> (4 * place) > 0 {
            text.extend(char::from_digit(digit, 16).map(|digit| digit.to_ascii_uppercase()));
        }
    }
    Cow::Owned(text)
}

/// In the order of their code points.
const LOOKALIKES: &[(char, u8)] = &[
    ('·', b'.'),
    ('ı', b'i'),
    ('ſ', b'f'),
    ('ɑ', b'a'),
    ('ɡ', b'g'),
    ('ɩ', b'i'),
    // Greek
    ('Α', b'A'),
    ('Β', b'B'),
    ('Ε', b'E'),
    ('Ζ', b'Z'),
    ('Η', b'H'),
    ('Ι', b'I'),
    ('Κ', b'K'),
    ('Μ', b'M'),
    ('Ν', b'N'),
    ('Ο', b'O'),
    ('Ρ', b'P'),
    ('Τ', b'T'),
    ('Υ', b'Y'),
    ('Χ', b'X'),
    ('α', b'a'),
    ('γ', b'y'),
    ('ι', b'i'),
    ('κ', b'k'),
    ('ν', b'v'),
    ('ο', b'o'),
    ('ρ', b'p'),
    ('υ', b'u'),
    ('χ', b'x'),
    ('ω', b'w'),
    ('ϲ', b'c'),
    ('ϳ', b'j'),
    ('Ϲ', b'C'),
    // Cyrillic
    ('Ѕ', b'S'),
    ('І', b'I'),
    ('Ј', b'J'),
    ('А', b'A'),
    ('В', b'B'),
    ('Е', b'E'),
    ('З', b'3'),
    ('К', b'K'),
    ('М', b'M'),
    ('Н', b'H'),
    ('О', b'O'),
    ('Р', b'P'),
    ('С', b'C'),
    ('Т', b'T'),
    ('У', b'Y'),
    ('Х', b'X'),
    ('Ь', b'b'),
    ('а', b'a'),
    ('б', b'6'),
    ('в', b'B'),
    ('е', b'e'),
    ('к', b'k'),
    ('о', b'o'),
    ('р', b'p'),
    ('с', b'c'),
    ('у', b'y'),
    ('х', b'x'),
    ('ѕ', b's'),
    ('і', b'i'),
    ('ј', b'j'),
    ('ѵ', b'v'),
    ('Ү', b'Y'),
    ('һ', b'h'),
    ('Ӏ', b'I'),
    ('ӏ', b'l'),
    ('ԁ', b'd'),
    ('Ԛ', b'Q'),
    ('ԛ', b'q'),
    ('Ԝ', b'W'),
    ('ԝ', b'w'),
    // Armenian
    ('հ', b'h'),
    ('ո', b'n'),
    ('ս', b'u'),
    ('օ', b'o'),
    // Typography
    ('‐', b'-'),
    ('‑', b'-'),
    ('‒', b'-'),
    ('–', b'-'),
    ('—', b'-'),
    ('―', b'-'),
    ('‘', b'\''),
    ('’', b'\''),
    ('‚', b','),
    ('“', b'"'),
    ('”', b'"'),
    ('․', b'.'),
    ('⁃', b'-'),
    ('⁄', b'/'),
    ('⁎', b'*'),
    ('ⅰ', b'i'),
    ('ⅼ', b'l'),
    ('−', b'-'),
    ('∕', b'/'),
    ('∗', b'*'),
    ('∣', b'|'),
    ('∶', b':'),
    ('∼', b'~'),
    ('꞉', b':'),
    ('﹣', b'-'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_so_that_every_entry_is_found() {
        assert!(LOOKALIKES.is_sorted_by(|a, b| a.0 < b.0));
        for (ch, ascii) in LOOKALIKES {
            assert!(!ch.is_ascii() && ascii.is_ascii_graphic());
            assert_eq!(lookalike(*ch), Some(char::from(*ascii)), "{ch}");
        }
    }

    #[test]
    fn full_width_forms_are_moved_ascii() {
        assert_eq!(lookalike('Ａ'), Some('A'));
        assert_eq!(lookalike('！'), Some('!'));
        assert_eq!(lookalike('～'), Some('~'));
        assert_eq!(lookalike('ж'), None);
        assert_eq!(lookalike('a'), None);
    }

    #[test]
    fn no_character_is_of_two_kinds() {
        for ch in '\0'..=char::MAX {
            let kinds =
                [is_space(ch), invisible(ch).is_some(), lookalike(ch).is_some(), ch.is_ascii_graphic()];
            assert!(kinds.iter().filter(|kind| **kind).count() <= 1, "{}", number(ch));
        }
    }

    #[test]
    fn all_white_space_of_unicode_is_known() {
        for ch in ('\0'..=char::MAX).filter(|ch| ch.is_whitespace()) {
            assert!(is_space(ch) || invisible(ch).is_some(), "{}", number(ch));
        }
    }

    #[test]
    fn characters_are_shown_as_what_they_are_and_by_number_when_that_says_little() {
        assert_eq!(shown('!'), "\"!\"");
        assert_eq!(shown('а'), "\"а\" (U+0430)");
        assert_eq!(shown('😀'), "\"😀\" (U+1F600)");
        assert_eq!(shown('\u{7}'), "U+0007");
        assert_eq!(number('\u{10FFFF}'), "U+10FFFF");
    }
}

//! Characters that look like others, or like nothing. Small tables of our own:
//! the ones of the standard library weigh more than this whole module.

use alloc::borrow::Cow;
use alloc::string::String;

/// What a character outside of ASCII counts as, in one byte beside the
/// characters of ASCII: so the steps of the diagnosis walk along bytes.
pub(super) mod kind {
    /// White space other than a line break.
    pub const SPACE: u8 = 0x80;
    /// The end of a line.
    pub const LINE_BREAK: u8 = 0x81;
    /// A typographic quotation mark.
    pub const QUOTE: u8 = 0x82;
    /// What cannot be seen.
    pub const INVISIBLE: u8 = 0x83;
    /// What stands for characters that are left out.
    pub const ELLIPSIS: u8 = 0x84;
    /// Anything else.
    pub const OTHER: u8 = 0xFF;
}

/// A character as one byte: itself where it is ASCII, else a [`kind`].
#[inline]
pub(super) fn narrow(ch: char) -> u8 {
    match ch {
        '\0'..='\x7F' => ch as u8,
        '\u{85}' | '\u{2028}' | '\u{2029}' => kind::LINE_BREAK,
        // The no-break spaces are not here: they pass for nothing or for a plain
        // space, so `invisible` names them.
        '\u{1680}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200A}' | '\u{205F}' | '\u{3000}' => {
            kind::SPACE
        }
        '´' | '«' | '»' | '‹' | '›' | '\u{2018}'..='\u{201F}' => kind::QUOTE,
        '…' | '•' | '●' => kind::ELLIPSIS,
        _ if invisible(ch).is_some() => kind::INVISIBLE,
        _ => kind::OTHER,
    }
}

/// White space that can be seen as such, line breaks included.
pub(super) fn is_space(byte: u8) -> bool {
    is_line_break(byte) || matches!(byte, b'\t' | b' ' | kind::SPACE)
}

/// Whether a character ends a line.
pub(super) fn is_line_break(byte: u8) -> bool {
    matches!(byte, b'\n'..=b'\r' | kind::LINE_BREAK)
}

/// What people and word processors put around a text.
#[inline]
pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`' | kind::QUOTE)
}

/// The name of a character that cannot be seen.
#[inline]
pub(super) fn invisible(ch: char) -> Option<&'static str> {
    Some(match ch {
        '\u{A0}' | '\u{2007}' | '\u{202F}' => "no-break space",
        '\u{AD}' => "soft hyphen",
        '\u{FEFF}' => "byte order mark",
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            "mark of writing direction"
        }
        // Joiners, fillers, selectors and tags.
        '\u{34F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200D}'
        | '\u{2060}'..='\u{2065}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FFA0}'
        | '\u{E0000}'..='\u{E0FFF}' => "zero-width character",
        _ => return None,
    })
}

/// The ASCII character that another one looks like.
///
/// ```
/// use keylatch_format::lookalike;
///
/// assert_eq!(lookalike('а'), Some('a'));
/// assert_eq!(lookalike('a'), None);
/// ```
#[inline]
pub fn lookalike(ch: char) -> Option<char> {
    // The full-width forms are ASCII, moved.
    if let '\u{FF01}'..='\u{FF5E}' = ch {
        return char::from_u32(u32::from(ch) - 0xFEE0);
    }
    let mut pairs = LOOKALIKES.chars();
    while let (Some(other), Some(ascii)) = (pairs.next(), pairs.next()) {
        if other == ch {
            return Some(ascii);
        }
    }
    None
}

/// A character as it can be shown in a sentence: itself, and its number unless
/// it is visible ASCII.
#[inline]
pub(super) fn shown(ch: char) -> Cow<'static, str> {
    if ch.is_control() {
        return number(ch);
    }
    let mark = if ch == '"' { '\'' } else { '"' };
    let mut text = String::from(mark);
    text.push(ch);
    text.push(mark);
    if !ch.is_ascii() {
        text.push_str(" (");
        text.push_str(&number(ch));
        text.push(')');
    }
    Cow::Owned(text)
}

/// The number of a character as Unicode writes it, `U+00A0`.
#[inline]
pub(super) fn number(ch: char) -> Cow<'static, str> {
    let mut text = String::from("U+");
    for place in (0..6).rev() {
        // Four digits, and more where it takes more.
        let digits = u32::from(ch) >> (4 * place);
        if place < 4 || digits > 0 {
            text.extend(char::from_digit(digits & 15, 16).map(|digit| digit.to_ascii_uppercase()));
        }
    }
    Cow::Owned(text)
}

/// How many UTF-16 code units a text has, as JavaScript counts.
#[inline]
pub(super) fn utf16_length(text: &str) -> usize {
    text.bytes().map(|byte| usize::from(byte & 0xC0 != 0x80) + usize::from(byte >= 0xF0)).sum()
}

/// How many characters a text has. Not `chars().count()`, whose code is made
/// for speed and five times as large.
#[inline]
pub(super) fn length(text: &str) -> usize {
    text.bytes().filter(|byte| byte & 0xC0 != 0x80).count()
}

/// Pairs of a character and the one that it looks like.
const LOOKALIKES: &str = concat!(
    // Latin
    "·.ıiſfɑaɡgɩi",
    // Greek
    "ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXαaγy",
    "ιiκkνvοoρpυuχxωwϲcϳjϹC",
    // Cyrillic
    "ЅSІIЈJАAВBЕEЗ3КKМMНHОOРPСCТTУYХX",
    "Ьbаaб6вBеeкkоoрpсcуyхxѕsіiјjѵvҮY",
    "һhӀIӏlԁdԚQԛqԜWԝw",
    // Armenian
    "հhոnսuօo",
    // Typography
    "‐-‑-‒-–-—-―-‘'’'‚,“\"”\"․.⁃-⁄/⁎*ⅰi",
    "ⅼl−-∕/∗*∣|∶:∼~꞉:﹣-",
);

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn the_table_pairs_each_character_with_one_of_ascii() {
        let chars: Vec<_> = LOOKALIKES.chars().collect();
        let (pairs, rest) = chars.as_chunks::<2>();
        assert!(rest.is_empty());
        for [ch, ascii] in pairs {
            assert!(!ch.is_ascii() && ascii.is_ascii_graphic(), "{ch}{ascii}");
            assert_eq!(lookalike(*ch), Some(*ascii), "{ch} is there twice");
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
            let space = is_space(narrow(ch));
            let kinds = [space, invisible(ch).is_some(), lookalike(ch).is_some(), ch.is_ascii_graphic()];
            assert!(kinds.iter().filter(|kind| **kind).count() <= 1, "{}", number(ch));
        }
    }

    #[test]
    fn all_white_space_of_unicode_is_known() {
        for ch in ('\0'..=char::MAX).filter(|ch| ch.is_whitespace()) {
            assert!(is_space(narrow(ch)) || invisible(ch).is_some(), "{}", number(ch));
        }
    }

    #[test]
    fn lengths_are_counted_as_javascript_and_as_people_do() {
        for text in ["", "a", "é", "\u{FFFF}", "😀", "aé😀b"] {
            assert_eq!(utf16_length(text), text.encode_utf16().count(), "{text}");
            assert_eq!(length(text), text.chars().count(), "{text}");
        }
    }

    #[test]
    fn characters_are_shown_as_what_they_are_and_by_number_when_that_says_little() {
        assert_eq!(shown('!'), "\"!\"");
        assert_eq!(shown('"'), "'\"'");
        assert_eq!(shown('а'), "\"а\" (U+0430)");
        assert_eq!(shown('😀'), "\"😀\" (U+1F600)");
        assert_eq!(shown('\u{7}'), "U+0007");
        assert_eq!(number('\u{10FFFF}'), "U+10FFFF");
    }
}

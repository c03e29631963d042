//! Characters of keys as other texts write them: in an address (`%2B`, also escaped again,
//! `%252B`), in JSON and in sources (`\/`, `\u002b`, `\x2b`), in Markdown (`\_`), on a page
//! (`&#43;`, `&#x2B;`) and in mails (`=3D`).

/// What stands at a place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// A character of ASCII, and how long it is written.
    Of { byte: u8, length: usize },
    /// Nothing that is escaped.
    No,
    /// The text ends before that can be told.
    More,
}

/// Texts within texts within texts: nobody escapes more often.
const LEVELS: usize = 4;
/// Each level doubles the backslashes of the one before, and adds one.
const BACKSLASHES: usize = (1 << LEVELS) - 1;
/// The digits of a character on a page: `&#x0002B;`.
const DIGITS: usize = 5;

/// The next place that a character is escaped at, perhaps.
pub(crate) fn next(text: &[u8], from: usize) -> Option<usize> {
    #[cfg(all(target_arch = "wasm32", feature = "simd"))]
    let from = match crate::simd::sign(text, from) {
        Ok(found) => return Some(found),
        Err(left) => left,
    };
    (from..text.len()).find(|at| could_be(text, *at))
}

/// Whether a character could be escaped at a place, by its first bytes.
#[inline]
pub(crate) fn could_be(text: &[u8], at: usize) -> bool {
    match text.get(at) {
        Some(b'%' | b'&') => true,
        // What most texts have.
        Some(b'\\') => !matches!(text.get(at + 1), Some(b'"' | b'n' | b'r' | b't')),
        // Behind most names there is another one.
        Some(b'=') => matches!(text.get(at + 1), None | Some(b'3')),
        _ => false,
    }
}

/// Reads what stands at a place of a text that may go on.
pub(crate) fn read(text: &[u8], at: usize) -> Escape {
    let rest = text.get(at..).unwrap_or_default();
    match rest {
        [b'%', after @ ..] => percent(after),
        [b'\\', ..] => backslash(rest),
        [b'&', after @ ..] => reference(after),
        [b'=', after @ ..] => match after {
            [b'3', b'D', ..] => Escape::Of { byte: b'=', length: 3 },
            [] | [b'3'] => Escape::More,
            _ => Escape::No,
        },
        _ => Escape::No,
    }
}

/// Behind `%`: `2B`, `252B`, `25252B`.
fn percent(after: &[u8]) -> Escape {
    let mut digits = after;
    for level in 1..=LEVELS {
        match digits {
            [b'2', b'5', inner @ ..] if inner.iter().take(2).all(u8::is_ascii_hexdigit) => digits = inner,
            [high, low, ..] => return value(&[*high, *low], 16, 1 + 2 * level),
            _ if digits.iter().all(u8::is_ascii_hexdigit) => return Escape::More,
            _ => return Escape::No,
        }
    }
    Escape::No
}

/// One or more backslashes, and what they stand before.
fn backslash(text: &[u8]) -> Escape {
    let count = text.iter().take(BACKSLASHES + 1).take_while(|byte| **byte == b'\\').count();
    match text.get(count..).unwrap_or_default() {
        _ if count > BACKSLASHES => Escape::No,
        [] => Escape::More,
        [b'u', digits @ ..] => digits_of(digits, b"00", count + 5),
        [b'x', digits @ ..] => digits_of(digits, b"", count + 3),
        [byte, ..] if byte.is_ascii_punctuation() => Escape::Of { byte: *byte, length: count + 1 },
        _ => Escape::No,
    }
}

/// Two hexadecimal digits behind zeros.
fn digits_of(text: &[u8], zeros: &[u8], length: usize) -> Escape {
    let two = text.strip_prefix(zeros);
    match two {
        Some([high, low, ..]) => value(&[*high, *low], 16, length),
        Some(few) if few.iter().all(u8::is_ascii_hexdigit) => Escape::More,
        None if zeros.starts_with(text) => Escape::More,
        _ => Escape::No,
    }
}

/// Behind `&`: `#43;`, `#x2B;`, `amp;#43;`.
fn reference(after: &[u8]) -> Escape {
    const AMPERSAND: &[u8] = b"amp;";
    let mut rest = after;
    for _ in 1..LEVELS {
        rest = rest.strip_prefix(AMPERSAND).unwrap_or(rest);
    }
    let Some(number) = rest.strip_prefix(b"#") else {
        return if AMPERSAND.starts_with(rest) { Escape::More } else { Escape::No };
    };
    let (number, radix) = match number {
        [b'x' | b'X', digits @ ..] => (digits, 16),
        digits => (digits, 10),
    };
    let digits = number.iter().take(DIGITS + 1).take_while(|byte| char::from(**byte).is_digit(radix)).count();
    match number.get(digits) {
        None if digits <= DIGITS => Escape::More,
        Some(b';') if (1..=DIGITS).contains(&digits) => {
            let length = 1 + after.len() - number.len() + digits + 1;
            value(number.get(..digits).unwrap_or_default(), radix, length)
        }
        _ => Escape::No,
    }
}

/// The character of a number, if it is one of ASCII.
fn value(digits: &[u8], radix: u32, length: usize) -> Escape {
    let number = digits
        .iter()
        .try_fold(0_u32, |number, digit| Some(number * radix + char::from(*digit).to_digit(radix)?));
    match number.and_then(|number| u8::try_from(number).ok()).filter(u8::is_ascii) {
        Some(byte) => Escape::Of { byte, length },
        None => Escape::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_read_as_other_texts_write_it_and_any_part_of_that_may_go_on() {
        for (text, byte) in [
            ("%2B", b'+'),
            ("%2b", b'+'),
            ("%252F", b'/'),
            ("%25252F", b'/'),
            ("%41", b'A'),
            ("\\/", b'/'),
            ("\\\\\\/", b'/'),
            ("\\_", b'_'),
            ("\\u002B", b'+'),
            ("\\\\u003d", b'='),
            ("\\x2d", b'-'),
            ("&#43;", b'+'),
            ("&#043;", b'+'),
            ("&#x2F;", b'/'),
            ("&#X3d;", b'='),
            ("&amp;#61;", b'='),
            ("&amp;amp;#x3D;", b'='),
            ("=3D", b'='),
        ] {
            let length = text.len();
            for after in ["", "x", "5", "%", "\\", "é"] {
                let text = [text, after].concat();
                assert_eq!(read(text.as_bytes(), 0), Escape::Of { byte, length }, "{text}");
            }
            for part in 1..length {
                assert_eq!(read(&text.as_bytes()[..part], 0), Escape::More, "{} of {text}", &text[..part]);
            }
        }
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "%",
            "%2",
            "%zz",
            "%C3%A9",
            "%u002b",
            "\\n",
            "\\u12ab",
            "\\xzz",
            "\\é",
            "&amp",
            "&lt;",
            "&#;",
            "&#x;",
            "&#999999;",
            "&#233;",
            "=3d",
            "=2",
            "=",
            "a",
            "é",
            "%25252525252F",
        ] {
            let text = [text, " "].concat();
            assert_eq!(read(text.as_bytes(), 0), Escape::No, "{text}");
        }
        assert_eq!(read(&[b'\\'; 99], 0), Escape::No);
    }
}

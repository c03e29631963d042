//! Keys in the header of Basic authentication (RFC 7617), where a key stands for the user or for
//! the password: `Basic ` and the base64 of `user:password`.

use alloc::vec::Vec;

use keylatch_format::alphabet::Alphabets;
use keylatch_format::shape::Shape;
use zeroize::Zeroizing;

/// What is looked for. It begins with a long word, by which it is found quickly: the base64 of
/// ASCII has `+` and `/` for `>`, `?` and `~` at some places only.
const SHAPE: &str = "(Basic |basic |BASIC )<b62:16><b64:0-1008><[=]:0-2>";
/// What stands before the base64.
const NAME: &str = "Basic ";

/// The shape of such a header.
pub(crate) fn shape(alphabets: &mut Alphabets) -> Option<Shape> {
    Shape::parse(SHAPE, alphabets).ok()
}

/// Where the base64 of a header begins.
pub(crate) fn encoded(start: usize) -> usize {
    start + NAME.len()
}

/// Where the header begins whose base64 could begin at a place, or that place.
pub(crate) fn begin(text: &[u8], at: usize) -> usize {
    let name = at
        .checked_sub(NAME.len())
        .filter(|start| text.get(*start..at).is_some_and(|name| name.eq_ignore_ascii_case(NAME.as_bytes())));
    name.unwrap_or(at)
}

/// The bytes that base64 stands for; it is left off at what is none.
pub(crate) fn decoded(base64: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(base64.len()));
    let mut bits = 0_u32;
    for (at, character) in base64.iter().enumerate() {
        let number = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        bits = bits << 6 | u32::from(number);
        // Behind the first of four characters no byte is whole.
        if at % 4 > 0 {
            bytes.push((bits >> (6 - 2 * (at % 4))) as u8);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_decoded_with_any_padding() {
        for (base64, expected) in [
            ("dXNlcjpwYXNz", "user:pass"),
            ("dXNlcjpwYXNzdw==", "user:passw"),
            ("dXNlcjpwYXNzd28=", "user:passwo"),
            ("dXNlcjpwYXNzd28", "user:passwo"),
            ("Pz8/Pn5+", "???>~~"),
            ("", ""),
        ] {
            assert_eq!(decoded(base64.as_bytes()).as_slice(), expected.as_bytes(), "{base64}");
        }
    }

    #[test]
    fn the_header_begins_before_its_base64() {
        for (text, expected) in [("a Basic ", 2), ("bAsIc ", 0), ("Basic", 5), ("Bearer ", 7), ("", 0)] {
            assert_eq!(begin(text.as_bytes(), text.len()), expected, "{text}");
        }
    }
}

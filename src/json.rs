//! JSON text to [`Value`] and back.
//!
//! Our own and not serde_json, for three reasons: a number that an `f64` cannot
//! hold keeps its digits, every text is a [`Secret`](crate::secret::Secret) from
//! the first copy on, and it is 3 KB of wasm instead of 20.

mod reader;

use alloc::string::String;

pub(crate) use reader::approximately;

use crate::text::integer;
use crate::value::{MAX_DEPTH, Value};

/// The largest whole number that an `f64` tells from its neighbours.
pub(crate) const LARGEST_SAFE: u64 = (1 << 53) - 1;

/// Reads a text of JSON (RFC 8259); nothing when it is none, or nested deeper
/// than [`MAX_DEPTH`].
pub fn parse(text: &[u8]) -> Option<Value> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut reader = reader::Reader { rest: text };
    let value = reader.value(MAX_DEPTH)?;
    reader.space();
    reader.rest.is_empty().then_some(value)
}

/// The most bytes that a value can take as JSON. A text with a secret in it is reserved that
/// large, because a text that grows leaves copies behind.
pub fn room(value: &Value) -> usize {
    // An escaped character of one byte takes at most six.
    let quoted = |text: &str| 2 + 6 * text.len();
    match value {
        Value::Null | Value::Bool(_) => 5,
        Value::Number(_) => 20,
        Value::Digits(digits) => digits.len(),
        Value::Text(text) => quoted(text.expose()),
        Value::List(items) => 2 + items.iter().map(|item| 1 + room(item)).sum::<usize>(),
        Value::Map(members) => {
            2 + members.iter().map(|(name, value)| 2 + quoted(name) + room(value)).sum::<usize>()
        }
    }
}

/// Writes a value as JSON.
pub fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        // All numbers of our own are whole; others keep their text, as `Digits`.
        Value::Number(number) => out.push_str(&integer(*number as i64)),
        Value::Digits(digits) => out.push_str(digits),
        Value::Text(text) => quote(text.expose(), out),
        Value::List(items) => {
            out.push('[');
            for (number, item) in items.iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Map(members) => {
            out.push('{');
            for (number, (name, value)) in members.iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                quote(name, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for ch in text.chars() {
        match ch {
            '"' | '\\' => out.extend(['\\', ch]),
            '\0'..='\x1F' => {
                out.push_str("\\u00");
                out.push_str(&crate::text::hex(&[ch as u8]));
            }
            _ => out.push(ch),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str) -> Option<String> {
        let mut out = String::new();
        write(&parse(text.as_bytes())?, &mut out);
        Some(out)
    }

    #[test]
    fn there_is_room_for_all_that_is_written() {
        for text in [
            "null",
            "[false,true,-9007199254740991,1e400,[],{}]",
            r#"{"\u0001\"":"\u0000\u001f\\é😀","":""}"#,
        ] {
            let value = parse(text.as_bytes()).unwrap();
            let mut out = String::with_capacity(room(&value));
            let before = out.capacity();
            write(&value, &mut out);
            assert!(out.len() <= room(&value) && out.capacity() == before, "{text}: {out}");
        }
    }

    #[test]
    fn what_is_read_is_written_again() {
        for text in [
            "null",
            "true",
            "false",
            "0",
            "-12",
            "9007199254740991",
            "\"\"",
            "[]",
            "{}",
            "[1,[2],{}]",
            r#"{"a":{"b":[null,"x"]},"ü":"é😀\"\\"}"#,
        ] {
            assert_eq!(round(text).as_deref(), Some(text));
        }
        assert_eq!(round(" [ 1 , { \"a\" : 2 } ]\n").as_deref(), Some(r#"[1,{"a":2}]"#));
        assert_eq!(round("\u{FEFF}[1]").as_deref(), Some("[1]"));
    }

    #[test]
    fn a_number_keeps_every_digit() {
        for digits in
            ["15793596808644609", "-15793596808644608", "18446744073709551616", "1.5", "1e300", "-0.1e-7"]
        {
            assert_eq!(round(digits).as_deref(), Some(digits));
            let exactly: f64 = digits.parse().unwrap();
            let number = parse(digits.as_bytes()).unwrap().number().unwrap();
            assert!((number - exactly).abs() <= exactly.abs() * 1e-14, "{digits}: {number}");
        }
        assert_eq!(parse(b"15793596808644609").unwrap().to_text().as_deref(), Some("15793596808644609"));
        assert_eq!(approximately("1e99999"), f64::INFINITY);
        assert_eq!(approximately("1700000000.125"), 1_700_000_000.125);
    }

    #[test]
    fn escapes() {
        let text = parse(r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud83d\ud83d\u0041\udc00""#.as_bytes());
        assert_eq!(text.unwrap().text(), Some("\"\\/\u{8}\u{c}\n\r\té😀\u{FFFD}\u{FFFD}A\u{FFFD}"));
        let mut out = String::new();
        write(&Value::from("\0\n\u{1f}"), &mut out);
        assert_eq!(out, r#""\u0000\u000a\u001f""#);
    }

    #[test]
    fn agrees_with_serde_json_on_what_is_json() {
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"", "\\", "\\u0", "1", "-", ".", "0", "e", "+", "true",
            "nul", " ", "\n", "\u{1}", "é", "01", "1.", "{\"a\":", "[1,",
        ];
        let mut state = 7_u64;
        let mut below = |bound: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % bound
        };
        let mut good = 0;
        for _ in 0..200_000 {
            let text: String = (0..below(8)).map(|_| pieces[below(pieces.len())]).collect();
            let expected = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            good += u32::from(expected);
            assert_eq!(parse(text.as_bytes()).is_some(), expected, "{text:?}");
        }
        assert!(good > 1000, "{good}");
    }

    #[test]
    fn nesting_has_an_end() {
        let text = |depth| ["[".repeat(depth), "]".repeat(depth)].concat();
        assert!(parse(text(20).as_bytes()).is_some());
        assert!(parse(text(40).as_bytes()).is_none() && parse("[".repeat(1_000_000).as_bytes()).is_none());
    }
}

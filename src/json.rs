//! JSON text to [`Value`] and back.
//!
//! Our own and not serde_json, for three reasons: a number that an `f64` cannot
//! hold keeps its digits, every text is a [`Secret`] from
//! the first copy on, and it is 3 KB of wasm instead of 20.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::text::integer;
use crate::value::{MAX_DEPTH, Value};

/// The largest whole number that an `f64` tells from its neighbours.
pub(crate) const LARGEST_SAFE: u64 = (1 << 53) - 1;

/// Reads a text of JSON (RFC 8259); nothing when it is none, or nested deeper
/// than [`MAX_DEPTH`].
pub fn parse(text: &[u8]) -> Option<Value> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut reader = Reader { rest: text };
    let value = reader.value(MAX_DEPTH)?;
    reader.space();
    reader.rest.is_empty().then_some(value)
}

/// No value takes more bytes as JSON: for a text that holds a secret, and must not
/// leave copies behind by growing.
pub fn room(value: &Value) -> usize {
    // A character of one byte has at most six when it is escaped.
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

struct Reader<'t> {
    rest: &'t [u8],
}

impl Reader<'_> {
    fn value(&mut self, depth: u8) -> Option<Value> {
        self.space();
        match self.rest.first()? {
            b'"' => self.string().map(|text| Value::Text(Secret::new(text))),
            b'[' => {
                let below = depth.checked_sub(1)?;
                let mut items = Vec::new();
                self.next();
                if !self.takes(b']') {
                    loop {
                        items.push(self.value(below)?);
                        if !self.takes(b',') {
                            break;
                        }
                    }
                    self.takes(b']').then_some(())?;
                }
                Some(Value::List(items))
            }
            b'{' => {
                let below = depth.checked_sub(1)?;
                let mut members = Vec::new();
                self.next();
                if !self.takes(b'}') {
                    loop {
                        self.space();
                        let name = self.string()?;
                        self.takes(b':').then_some(())?;
                        members.push((Cow::Owned(name), self.value(below)?));
                        if !self.takes(b',') {
                            break;
                        }
                    }
                    self.takes(b'}').then_some(())?;
                }
                Some(Value::Map(members))
            }
            b't' => self.word(b"true", Value::Bool(true)),
            b'f' => self.word(b"false", Value::Bool(false)),
            b'n' => self.word(b"null", Value::Null),
            _ => self.number(),
        }
    }

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn space(&mut self) {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// Whether this sign is next, behind white space; then it is passed.
    fn takes(&mut self, sign: u8) -> bool {
        self.space();
        let is_next = self.rest.first() == Some(&sign);
        if is_next {
            self.next();
        }
        is_next
    }

    fn word(&mut self, word: &[u8], value: Value) -> Option<Value> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(value)
    }

    /// A text in quotes. It may be a key, so it has room for all from the start:
    /// a text that grows leaves copies behind.
    fn string(&mut self) -> Option<String> {
        self.rest = self.rest.strip_prefix(b"\"")?;
        let mut room = 0;
        let mut escaped = false;
        for byte in self.rest {
            match byte {
                b'"' if !escaped => break,
                byte => escaped = *byte == b'\\' && !escaped,
            }
            room += 1;
        }
        let mut text = Zeroizing::new(Vec::with_capacity(room));
        let mut whole = self.plain(&mut text);
        while whole.is_none() && self.rest.first() == Some(&b'\\') {
            self.next();
            let ch = self.escape()?;
            text.extend_from_slice(ch.encode_utf8(&mut [0; 4]).as_bytes());
            whole = self.plain(&mut text);
        }
        whole?;
        String::from_utf8(core::mem::take(&mut *text)).ok()
    }

    /// Copies up to the next escape or the closing quote, which it passes.
    fn plain(&mut self, text: &mut Vec<u8>) -> Option<()> {
        let end = self.rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F))?;
        let (plain, rest) = self.rest.split_at_checked(end)?;
        text.extend_from_slice(plain);
        self.rest = rest;
        (rest.first() == Some(&b'"')).then(|| self.next()).map(drop)
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.next()? {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'b' => '\x08',
            b'f' => '\x0C',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.unit()?;
                if (0xD800..0xDC00).contains(&unit) {
                    let rest = self.rest;
                    let low = self.rest.strip_prefix(b"\\u").and_then(|after| {
                        self.rest = after;
                        self.unit().filter(|low| (0xDC00..0xE000).contains(low))
                    });
                    let Some(low) = low else {
                        // Half a pair alone, as JSON.parse takes it.
                        self.rest = rest;
                        return Some(char::REPLACEMENT_CHARACTER);
                    };
                    return char::from_u32(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
                }
                char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return None,
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit << 4 | char::from(self.next()?).to_digit(16)?;
        }
        Some(unit)
    }

    fn number(&mut self) -> Option<Value> {
        let text = self.rest;
        if self.rest.first() == Some(&b'-') {
            self.next();
        }
        let whole = self.digits()?;
        // RFC 8259, section 6: no zero in front of other digits.
        if whole.len() > 1 && whole.first() == Some(&b'0') {
            return None;
        }
        let mut is_whole = true;
        if self.rest.first() == Some(&b'.') {
            self.next();
            self.digits()?;
            is_whole = false;
        }
        if let [b'e' | b'E', rest @ ..] = self.rest {
            self.rest = rest.strip_prefix(b"-").or(rest.strip_prefix(b"+")).unwrap_or(rest);
            self.digits()?;
            is_whole = false;
        }
        let text = text.get(..text.len() - self.rest.len())?;
        let digits = core::str::from_utf8(text).ok()?;
        let number = approximately(digits);
        if is_whole && number.abs() <= LARGEST_SAFE as f64 {
            return Some(Value::Number(number));
        }
        Some(Value::Digits(digits.into()))
    }

    /// One digit or more.
    fn digits(&mut self) -> Option<&[u8]> {
        let end = self.rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!digits.is_empty()).then_some(digits)
    }
}

/// The number that digits of JSON stand for: exact up to [`LARGEST_SAFE`] and 22
/// decimal places, else within a few units of the last place. The parser of the
/// standard library is always exact, and has 10 KB of tables.
pub(crate) fn approximately(digits: &str) -> f64 {
    let (mut mantissa, mut exponent) = (0_u64, 0_i32);
    let mut given = 0_i32;
    let (mut is_fraction, mut is_exponent, mut is_down) = (false, false, false);
    for byte in digits.bytes() {
        match byte {
            b'.' => is_fraction = true,
            b'e' | b'E' => is_exponent = true,
            b'-' if is_exponent => is_down = true,
            b'0'..=b'9' if is_exponent => {
                given = given.saturating_mul(10).saturating_add(i32::from(byte - b'0')).min(100_000);
            }
            b'0'..=b'9' => {
                if mantissa < u64::MAX / 100 {
                    mantissa = mantissa * 10 + u64::from(byte - b'0');
                    exponent -= i32::from(is_fraction);
                } else {
                    exponent += i32::from(!is_fraction);
                }
            }
            _ => {}
        }
    }
    exponent += if is_down { -given } else { given };
    let mut number = mantissa as f64;
    let mut left = exponent.unsigned_abs().min(700);
    while left > 0 && number != 0.0 && number.is_finite() {
        let step = left.min(22);
        let power = (0..step).fold(1.0, |power, _| power * 10.0);
        number = if exponent < 0 { number / power } else { number * power };
        left -= step;
    }
    if digits.starts_with('-') { -number } else { number }
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

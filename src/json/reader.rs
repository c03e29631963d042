//! Reads a text of JSON (RFC 8259), one value after another.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::LARGEST_SAFE;
use crate::secret::Secret;
use crate::value::Value;

/// A text, of which some is read.
pub(super) struct Reader<'t> {
    /// What is not read yet.
    pub(super) rest: &'t [u8],
}

impl Reader<'_> {
    /// The next value, nested no deeper than this; nothing when there is none.
    pub(super) fn value(&mut self, depth: u8) -> Option<Value> {
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

    /// Passes over white space.
    pub(super) fn space(&mut self) {
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

//! A text that is looked for by value, in the forms that it can have in others.

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

/// A shorter value would be found in words that have nothing to do with it.
const LEAST: usize = 8;
const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Adds a value as it is, as it stands in JSON, in an address and on a page, in hexadecimal
/// digits, and within base64, wherever it stands there. One that is too short is left out.
pub fn forms(value: &str, to: &mut Vec<Zeroizing<Vec<u8>>>) {
    if value.len() < LEAST {
        return;
    }
    keylatch_format::forms(value, &mut |form| add(form.as_bytes(), to));
    let digits = Zeroizing::new(keylatch_format::hex(value.as_bytes()));
    add(digits.as_bytes(), to);
    add(Zeroizing::new(digits.to_ascii_uppercase()).as_bytes(), to);
    for alphabet in [STANDARD, URL] {
        for before in 0..3 {
            add(base64(value.as_bytes(), before, alphabet).as_bytes(), to);
        }
    }
}

fn add(form: &[u8], to: &mut Vec<Zeroizing<Vec<u8>>>) {
    if !to.iter().any(|own| own.as_slice() == form) {
        to.push(Zeroizing::new(Vec::from(form)));
    }
}

/// The characters of base64 that hold bytes of the value only, when so many bytes stand
/// before it.
fn base64(value: &[u8], before: usize, alphabet: &[u8; 64]) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(value.len() * 4 / 3 + 4));
    let bit = |at: usize| {
        let byte = value.get((at / 8).wrapping_sub(before)).copied().unwrap_or_default();
        byte >> (7 - at % 8) & 1
    };
    let first = (8 * before).div_ceil(6);
    let last = 8 * (before + value.len()) / 6;
    for character in first..last {
        let number = (0..6).fold(0, |number, at| number << 1 | bit(6 * character + at));
        out.extend(alphabet.get(usize::from(number)).copied().map(char::from));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_value_has_each_form_once() {
        let mut all = Vec::new();
        forms("a/b\"c d+", &mut all);
        let all: Vec<String> = all.iter().map(|form| String::from_utf8_lossy(form).to_string()).collect();
        for form in [
            "a/b\"c d+",
            "a/b\\\"c d+",
            "a\\/b\\\"c d+",
            "a%2Fb%22c%20d%2B",
            "a%2fb%22c%20d%2b",
            "a/b&quot;c d+",
            "612f622263206",
            "612F6222632064",
        ] {
            assert!(all.iter().any(|own| own.starts_with(form)), "{form} {all:?}");
        }
        let mut plain = Vec::new();
        forms("jklmnopq", &mut plain);
        // As it is, in hexadecimal digits of either case, and three in base64.
        assert_eq!(plain.len(), 1 + 2 + 3);
        let mut short = Vec::new();
        forms("abcdefg", &mut short);
        assert!(short.is_empty());
    }

    #[test]
    fn base64_is_found_wherever_the_value_stands_in_it() {
        // printf 'user:pass-word' | base64, and with one and two bytes more before it.
        let value = b"pass-word";
        for (encoded, before) in [
            ("dXNlcjpwYXNzLXdvcmQ=", 5 % 3),
            ("eHVzZXI6cGFzcy13b3Jk", 6 % 3),
            ("eHh1c2VyOnBhc3Mtd29yZA==", 7 % 3),
        ] {
            assert!(encoded.contains(base64(value, before, STANDARD).as_str()), "{encoded} {before}");
        }
    }
}

//! The forms in which a secret is sent, and so may come back.

use crate::secret::Secret;
use crate::text::{hex, percent_encode, replace};

/// What stands for characters in HTML.
const HTML: &[(&str, &str)] =
    &[("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;")];
/// What encodes a text for an address leaves these as they are in JavaScript.
const KEPT_BY_JAVASCRIPT: &[(&str, &str)] =
    &[("%21", "!"), ("%27", "'"), ("%28", "("), ("%29", ")"), ("%2A", "*")];

/// Adds a secret as it is, as it stands in JSON (also as other languages write
/// that), in an address and on a web page.
pub(super) fn add_forms(secret: &Secret, to: &mut Vec<Secret>) {
    let text = secret.expose();
    let mut percent = String::new();
    percent_encode(text, &mut percent);
    let json = json(text, false);
    let forms = [
        replace(&json, "/", "\\/"),
        self::json(text, true),
        json,
        replaced(&percent, KEPT_BY_JAVASCRIPT),
        lower_case(&percent),
        percent,
        replaced(text, HTML),
    ];
    for form in forms {
        let form = Secret::new(form);
        if form.expose() != text {
            to.push(form);
        }
    }
    to.push(secret.clone());
}

/// As in a JSON string (RFC 8259, section 7), with all but ASCII escaped or
/// without.
fn json(text: &str, only_ascii: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in text.chars() {
        let short = match ch {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            _ => "",
        };
        if !short.is_empty() {
            out.push_str(short);
        } else if ch < ' ' || (only_ascii && !ch.is_ascii()) {
            for unit in ch.encode_utf16(&mut [0; 2]) {
                out.push_str("\\u");
                out.push_str(&hex(&unit.to_be_bytes()));
            }
        } else {
            out.push(ch);
        }
    }
    out
}

fn replaced(text: &str, table: &[(&str, &str)]) -> String {
    table.iter().fold(text.into(), |text: String, (what, by)| replace(&text, what, by))
}

/// The same percent-encoding with its digits in lower case.
fn lower_case(percent: &str) -> String {
    let mut left = 0;
    let lower = |ch: char| {
        let is_digit = left > 0;
        left = if ch == '%' { 2 } else { left - i32::from(is_digit) };
        if is_digit { ch.to_ascii_lowercase() } else { ch }
    };
    percent.chars().map(lower).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::scrubber;

    fn scrubbed(secret: &str, text: &str) -> String {
        let mut secrets = Vec::new();
        add_forms(&secret.into(), &mut secrets);
        scrubber(&secrets)(text.into())
    }

    #[test]
    fn each_form_is_taken_out() {
        let secret = "a\"b\\c/d é🔑<&>'x!\n";
        for form in [
            secret,
            // JSON of JavaScript, of PHP and of Python.
            "a\\\"b\\\\c/d é🔑<&>'x!\\n",
            "a\\\"b\\\\c\\/d é🔑<&>'x!\\n",
            "a\\\"b\\\\c/d \\u00e9\\ud83d\\udd11<&>'x!\\n",
            // encodeURIComponent, RFC 3986, and its lower-case cousin.
            "a%22b%5Cc%2Fd%20%C3%A9%F0%9F%94%91%3C%26%3E'x!%0A",
            "a%22b%5Cc%2Fd%20%C3%A9%F0%9F%94%91%3C%26%3E%27x%21%0A",
            "a%22b%5cc%2fd%20%c3%a9%f0%9f%94%91%3c%26%3e%27x%21%0a",
            "a&quot;b\\c/d é🔑&lt;&amp;&gt;&#39;x!\n",
        ] {
            assert_eq!(scrubbed(secret, &format!("<{form}>")), "<[redacted]>", "{form}");
        }
    }

    #[test]
    fn a_plain_key_has_one_form() {
        let mut secrets = Vec::new();
        add_forms(&"kl_live_0123".into(), &mut secrets);
        assert_eq!(secrets.len(), 1);
    }

    #[test]
    fn what_is_no_escape_keeps_its_case() {
        assert_eq!(lower_case("%2FAB%C3%A9-C%2a"), "%2fAB%c3%a9-C%2a");
    }
}

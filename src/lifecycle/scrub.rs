//! The forms in which a secret is sent, and so may come back.

use crate::secret::Secret;
use crate::text::hex;

/// No character takes more bytes in any form for each byte that it has.
const LONGEST: usize = 6;

/// Writes a character in a form.
type Form<'a> = &'a dyn Fn(char, &mut String);

/// Adds a secret as it is, as it stands in JSON (also as other languages write
/// that), in an address and on a web page.
pub(super) fn add_forms(secret: &Secret, to: &mut Vec<Secret>) {
    let text = secret.expose();
    // Most keys are the same in every form.
    if !text.chars().all(is_unreserved) {
        let slashed = |ch, out: &mut String| if ch == '/' { out.push_str("\\/") } else { json(ch, out) };
        let ascii = |ch: char, out: &mut String| if ch.is_ascii() { json(ch, out) } else { escape(ch, out) };
        let upper = |ch, out: &mut String| percent(ch, true, out);
        let lower = |ch, out: &mut String| percent(ch, false, out);
        let javascript = |ch, out: &mut String| {
            // What `encodeURIComponent` leaves as it is.
            if matches!(ch, '!' | '\'' | '(' | ')' | '*') { out.push(ch) } else { percent(ch, true, out) }
        };
        let forms: [Form<'_>; 7] = [&json, &slashed, &ascii, &upper, &lower, &javascript, &html];
        for form in forms {
            // With room for all, so that no copy is left behind by growing.
            let mut out = String::with_capacity(text.len() * LONGEST);
            text.chars().for_each(|ch| form(ch, &mut out));
            to.push(Secret::new(out));
        }
    }
    to.push(secret.clone());
}

/// As in a JSON string (RFC 8259, section 7).
fn json(ch: char, out: &mut String) {
    match ch {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\0'..' ' => escape(ch, out),
        _ => out.push(ch),
    }
}

fn escape(ch: char, out: &mut String) {
    for unit in ch.encode_utf16(&mut [0; 2]) {
        out.push_str("\\u");
        out.push_str(&hex(&unit.to_be_bytes()));
    }
}

/// As in an address (RFC 3986, section 2.1); its digits come in both cases.
fn percent(ch: char, is_upper: bool, out: &mut String) {
    if is_unreserved(ch) {
        return out.push(ch);
    }
    for byte in ch.encode_utf8(&mut [0; 4]).bytes() {
        let digits = hex(&[byte]);
        out.push('%');
        out.push_str(&if is_upper { digits.to_ascii_uppercase() } else { digits });
    }
}

fn html(ch: char, out: &mut String) {
    match ch {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        _ => out.push(ch),
    }
}

fn is_unreserved(ch: char) -> bool {
    ch.is_ascii_alphanumeric() || matches!(ch, '-' | '.' | '_' | '~')
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
        add_forms(&"kl_live_0123.x-y~z".into(), &mut secrets);
        assert_eq!(secrets.len(), 1);
    }

    #[test]
    fn no_form_outgrows_its_buffer() {
        for text in ["\u{1f}\u{1f}\u{1f}", "\"\"\"", "éü", "🔑🔑", "\u{7ff}\u{800}\u{ffff}"] {
            let mut secrets = Vec::new();
            add_forms(&text.into(), &mut secrets);
            assert_eq!(secrets.len(), 8);
            assert!(secrets.iter().all(|form| form.expose().len() <= text.len() * LONGEST), "{text:?}");
        }
    }
}

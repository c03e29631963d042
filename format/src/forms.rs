//! The forms in which a text is written in other texts: JSON, addresses, pages.

use alloc::string::String;

use zeroize::Zeroizing;

use super::text::hex;

/// No character takes more bytes in any form for each byte that it has.
const LONGEST: usize = 6;

/// Writes a character in a form.
type Form<'a> = &'a dyn Fn(char, &mut String);

/// Gives a text as it is, as it stands in JSON (also as other languages write that), in an
/// address and on a web page.
pub fn forms(text: &str, give: &mut dyn FnMut(Zeroizing<String>)) {
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
            let mut out = Zeroizing::new(String::with_capacity(text.len() * LONGEST));
            text.chars().for_each(|ch| form(ch, &mut out));
            give(out);
        }
    }
    give(Zeroizing::new(String::from(text)));
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
    use alloc::vec::Vec;

    fn of(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        forms(text, &mut |form| all.push(form.as_str().into()));
        all
    }

    /// In the order of: JSON, with escaped slashes, all ASCII; an address with digits in upper and
    /// in lower case, and as JavaScript writes it; a web page; the text itself.
    #[test]
    fn each_form_is_written_as_other_texts_write_it() {
        let controls = "\"\\\n\r\t\u{8}\u{c}\u{1f} ";
        let json = r#"\"\\\n\r\t\b\f\u001f "#;
        let (upper, lower) = ("%22%5C%0A%0D%09%08%0C%1F%20", "%22%5c%0a%0d%09%08%0c%1f%20");
        let html = "&quot;\\\n\r\t\u{8}\u{c}\u{1f} ";
        assert_eq!(of(controls), [json, json, json, upper, lower, upper, html, controls]);

        let text = "a/é🔑";
        let (upper, lower) = ("a%2F%C3%A9%F0%9F%94%91", "a%2f%c3%a9%f0%9f%94%91");
        let slashed = "a\\/é🔑";
        assert_eq!(of(text), [text, slashed, "a/\\u00e9\\ud83d\\udd11", upper, lower, upper, text, text]);

        let signs = "!'()*&<>";
        let (upper, lower) = ("%21%27%28%29%2A%26%3C%3E", "%21%27%28%29%2a%26%3c%3e");
        let html = "!&#39;()*&amp;&lt;&gt;";
        assert_eq!(of(signs), [signs, signs, signs, upper, lower, "!'()*%26%3C%3E", html, signs]);
    }

    #[test]
    fn what_every_form_leaves_as_it_is_is_given_once() {
        assert_eq!(of("azAZ09-._~"), ["azAZ09-._~"]);
    }

    #[test]
    fn no_form_outgrows_its_buffer() {
        for text in ["\u{1f}\u{1f}\u{1f}", "\"\"\"", "éü", "🔑🔑", "\u{7ff}\u{800}\u{ffff}"] {
            let mut lengths = Vec::new();
            forms(text, &mut |form| lengths.push(form.len()));
            assert_eq!(lengths.len(), 8);
            assert!(lengths.iter().all(|length| *length <= text.len() * LONGEST), "{text:?}");
        }
    }
}

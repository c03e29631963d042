//! Writing `.env`: one line is replaced or added, every other byte stays.
//! Node's own parser reads it, so a value ends here where it ends for Node.

use zeroize::Zeroizing;

use crate::text::{before, contains, cut};

/// The file with the variable set to a value, or without it. Nothing when the
/// value cannot be written so that every reader of `.env` gets it back.
pub fn set(text: &str, name: &str, value: Option<&str>) -> Option<String> {
    let lines = assignments(text, name);
    let Some(value) = value else {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for line in &lines {
            out.push_str(text.get(from..line.start)?);
            from = line.next;
        }
        out.push_str(text.get(from..)?);
        return Some(out);
    };
    let value = quoted(value)?;
    let mut out = String::with_capacity(text.len() + name.len() + value.len() + 4);
    match lines.last() {
        // The last one is the one that counts.
        Some(line) => {
            out.push_str(text.get(..line.value_start)?);
            out.push_str(&value);
            let rest = text.get(line.value_end..)?;
            // Right behind a value, a comment would be a part of it for most readers.
            if rest.starts_with('#') {
                out.push(' ');
            }
            out.push_str(rest);
        }
        None => {
            let end = if contains(text, "\r\n") { "\r\n" } else { "\n" };
            out.push_str(text);
            if !text.is_empty() && !text.ends_with('\n') {
                out.push_str(end);
            }
            out.push_str(name);
            out.push('=');
            out.push_str(&value);
            out.push_str(end);
        }
    }
    Some(out)
}

/// Where a variable is set, in bytes.
struct Line {
    start: usize,
    /// Of the value with its quotes, without a comment after it.
    value_start: usize,
    value_end: usize,
    /// Where the next line starts.
    next: usize,
}

fn assignments(text: &str, name: &str) -> Vec<Line> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let line = before(rest, "\n");
        let mut next = start + (line.len() + 1).min(rest.len());
        if let Some((key, value)) = cut(line, "=").filter(|(key, _)| !key.trim().starts_with('#')) {
            let value_start = start + key.len() + 1 + (value.len() - value.trim_start().len());
            let end = value_end(text, value_start);
            // A quoted value may reach over several lines.
            if end > start + line.len() {
                let after = text.get(end..).unwrap_or_default();
                next = end + (before(after, "\n").len() + 1).min(after.len());
            }
            let key = key.trim();
            let key = key.strip_prefix("export ").map_or(key, str::trim);
            if key == name {
                found.push(Line { start, value_start, value_end: end, next });
            }
        }
        start = next;
    }
    found
}

fn value_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let close = match rest.split_at_checked(1) {
        Some((quote @ ("\"" | "'" | "`"), inner)) => {
            cut(inner, quote).map_or(0, |(inside, _)| inside.len() + 2)
        }
        _ => 0,
    };
    // What stands right behind a closing quote is no comment: it goes with the value.
    let line = before(rest.get(close..).unwrap_or_default(), "\n");
    let mut is_apart = true;
    let comment = line.bytes().position(|byte| {
        let is_comment = byte == b'#' && is_apart;
        is_apart = byte.is_ascii_whitespace();
        is_comment
    });
    let value = line.get(..comment.unwrap_or(line.len())).unwrap_or_default();
    start + close + value.trim_end().len()
}

/// The value as Node, python-dotenv and a shell all read it. Keys are plain
/// text nearly always.
fn quoted(value: &str) -> Option<Zeroizing<String>> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.~+/=:@%,".contains(&b);
    let is_plain = value.bytes().all(plain);
    // python-dotenv puts variables in even there, and takes backslashes.
    if !is_plain && (value.bytes().any(|byte| b"'\\\n\r".contains(&byte)) || contains(value, "${")) {
        return None;
    }
    let quote = if is_plain { "" } else { "'" };
    // A copy of a key: with room for all, so that growing leaves none behind.
    let mut out = Zeroizing::new(String::with_capacity(value.len() + 2));
    for part in [quote, value, quote] {
        out.push_str(part);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_replaced_or_added_and_the_rest_stays() {
        for (before, after) in [
            ("", "K=new\n"),
            ("A=1", "A=1\nK=new\n"),
            ("A=1\n", "A=1\nK=new\n"),
            ("A=1\r\n", "A=1\r\nK=new\r\n"),
            ("K=old\nB=2\n", "K=new\nB=2\n"),
            ("K=\n", "K=new\n"),
            ("K=", "K=new"),
            ("  export K = old  # mine\r\nB=2", "  export K = new  # mine\r\nB=2"),
            ("K=\"old # no comment\" # one\n", "K=new # one\n"),
            ("K='a\nb'\nB=2\n", "K=new\nB=2\n"),
            // What stands right behind a quoted value goes with it.
            ("K=\"old\"er # one\n", "K=new # one\n"),
            ("K='old''er'\nB=2\n", "K=new\nB=2\n"),
            ("K=\"old\"er one\r\nB=2", "K=new\r\nB=2"),
            ("K='old'#one", "K=new #one"),
            ("K=old#er\nB=2\n", "K=new\nB=2\n"),
            ("K=#one", "K=new #one"),
            ("K= #one", "K= new #one"),
            ("# K=no\nKK=1\nK=old\n", "# K=no\nKK=1\nK=new\n"),
            // A line inside a value of several lines is no assignment.
            ("A=\"x\nK=inside\ny\"\nK=old\n", "A=\"x\nK=inside\ny\"\nK=new\n"),
            // A quote that is never closed is a character like any other.
            ("A='x\nK=old\n", "A='x\nK=new\n"),
            // The last one counts.
            ("K=1\nK=2\n", "K=1\nK=new\n"),
            ("ä=ö\nK=ü\n", "ä=ö\nK=new\n"),
            ("no assignment\nK=old\n", "no assignment\nK=new\n"),
        ] {
            assert_eq!(set(before, "K", Some("new")).as_deref(), Some(after), "{before:?}");
        }
    }

    #[test]
    fn removing_takes_every_line_of_it_and_no_other() {
        for (before, after) in
            [("A=1\nK=x\nB=2\nK=y", "A=1\nB=2\n"), ("K='a\nb'\nB=2\n", "B=2\n"), ("A=1\n", "A=1\n"), ("", "")]
        {
            assert_eq!(set(before, "K", None).as_deref(), Some(after), "{before:?}");
        }
    }

    #[test]
    fn values_are_quoted_when_they_must_be_and_refused_when_they_cannot() {
        for (value, written) in [
            ("kl_live_0+/=", Some("K=kl_live_0+/=\n")),
            ("a b#c", Some("K='a b#c'\n")),
            ("it's", None),
            ("a\nb", None),
            ("${HOME}", None),
            ("a\\b", None),
        ] {
            assert_eq!(set("", "K", Some(value)).as_deref(), written, "{value:?}");
        }
    }
}

//! Makes the glue and the wasm smaller where neither wasm-bindgen nor wasm-opt
//! does: comments, indentation, and the hashes in the names that both share.
//! Random digits are what gzip cannot pack.

use std::collections::BTreeMap;

use crate::shell::{Context, Result};

/// The sections of a wasm that hold names.
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

/// The same wasm with short names instead of those that end with a hash, and
/// what is called how now.
pub fn shorten(wasm: &[u8]) -> Result<(Vec<u8>, BTreeMap<String, String>)> {
    let mut names = BTreeMap::new();
    let wasm = rename(wasm, &mut names).context("the wasm cannot be read, so its names stay as they are")?;
    Ok((wasm, names))
}

/// A text with the short names of [`shorten`].
pub fn renamed(text: &str, names: &BTreeMap<String, String>) -> String {
    names.iter().fold(text.to_owned(), |text, (long, short)| text.replace(long, short))
}

/// JavaScript of wasm-bindgen without comments and indentation. Its comments
/// have lines of their own, and no text of it spans lines.
pub fn stripped(script: &str) -> String {
    let is_code =
        |line: &&str| !(line.is_empty() || ["/**", "*", "//"].iter().any(|start| line.starts_with(start)));
    script.lines().map(str::trim).filter(is_code).flat_map(|line| [line, "\n"]).collect()
}

fn rename(wasm: &[u8], names: &mut BTreeMap<String, String>) -> Option<Vec<u8>> {
    let mut rest = Reader(wasm);
    let mut out = rest.take(8)?.to_vec();
    while !rest.0.is_empty() {
        let id = rest.byte()?;
        let length = rest.number()?;
        let section = rest.take(length)?;
        let section = match id {
            IMPORTS | EXPORTS => entries(section, id, names)?,
            _ => section.to_vec(),
        };
        out.push(id);
        push(section.len(), &mut out);
        out.extend(section);
    }
    Some(out)
}

/// The entries of a section: for imports module, name, 0 for a function, type;
/// for exports name, kind, index.
fn entries(section: &[u8], id: u8, names: &mut BTreeMap<String, String>) -> Option<Vec<u8>> {
    let mut rest = Reader(section);
    let mut out = Vec::new();
    let count = rest.number()?;
    push(count, &mut out);
    for _ in 0..count {
        if id == IMPORTS {
            put_text(rest.text()?, &mut out);
        }
        put_text(&short(rest.text()?, names), &mut out);
        let kind = rest.byte()?;
        if id == IMPORTS && kind != 0 {
            return None;
        }
        out.push(kind);
        push(rest.number()?, &mut out);
    }
    rest.0.is_empty().then_some(out)
}

fn short(name: &str, names: &mut BTreeMap<String, String>) -> String {
    let hash = name.len().checked_sub(16).and_then(|start| name.get(start..)).unwrap_or_default();
    if hash.is_empty() || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return name.to_owned();
    }
    let number = names.len();
    names.entry(name.to_owned()).or_insert_with(|| format!("w{number}")).clone()
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// LEB128, without a sign.
    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 127) << shift;
            if byte < 128 {
                return Some(number);
            }
        }
        None
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).ok()
    }
}

fn push(mut number: usize, out: &mut Vec<u8>) {
    while number > 127 {
        out.push(number as u8 | 128);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    push(text.len(), out);
    out.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wasm of these sections; only names matter.
    fn wasm(sections: &[(u8, &[u8])]) -> Vec<u8> {
        let mut out = b"\0asm\x01\0\0\0".to_vec();
        for (id, section) in sections {
            out.push(*id);
            push(section.len(), &mut out);
            out.extend(*section);
        }
        out
    }

    #[test]
    fn names_with_a_hash_get_short_ones_in_the_wasm_and_in_the_glue() {
        let before = wasm(&[
            (2, b"\x02\x02./\x1b__wbg_call_a410eb4b59ed5965\0\x80\x01\x02./\x05plain\0\x02"),
            (7, b"\x02\x06memory\x02\0\x19invoke__h5e84aab8614c9381\0\x05"),
            (10, b"code"),
        ]);
        let (after, names) = shorten(&before).unwrap();
        let expected = wasm(&[
            (2, b"\x02\x02./\x02w0\0\x80\x01\x02./\x05plain\0\x02"),
            (7, b"\x02\x06memory\x02\0\x02w1\0\x05"),
            (10, b"code"),
        ]);
        assert_eq!(after, expected);
        assert_eq!(renamed("__wbg_call_a410eb4b59ed5965: function() {}", &names), "w0: function() {}");
    }

    #[test]
    fn what_is_no_wasm_is_refused() {
        let good = wasm(&[(2, b"\x01\x01m\x01n\0\x01")]);
        assert!(shorten(&good).is_ok());
        assert!(shorten(&good[..good.len() - 1]).is_err());
        // An import that is a memory has another form.
        assert!(shorten(&wasm(&[(2, b"\x01\x01m\x01n\x02\x01")])).is_err());
    }

    #[test]
    fn comments_and_indentation_go() {
        let script = "/* @ts-self-types=\"./a.d.ts\" */\n\n/**\n * A.\n */\nfunction a() {\n    // Why.\n    return 1 * 2;\n}\n";
        assert_eq!(stripped(script), "/* @ts-self-types=\"./a.d.ts\" */\nfunction a() {\nreturn 1 * 2;\n}\n");
    }
}

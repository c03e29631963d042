//! The wasm as text: the one form that Node, every bundler and a bare browser
//! load alike. `pkg/platform/web/printable.js` reads it.
//!
//! Each byte is one printable character of ASCII, or two if it is rare. Base64
//! would shift a byte within three characters, differently each time, so that no
//! compressor finds what is repeated: it is a third larger, and after gzip still
//! a quarter.

use std::cmp::Reverse;

/// Not in the text: what ends or changes a string literal, and what begins a tag
/// in a script that somebody puts into HTML. The last two characters are the
/// shifts.
const LEFT_OUT: &[u8] = b"\"$<\\`";
const SHIFTS: &[u8] = b"}~";

/// The module that exports the bytes by these names, in one alphabet.
pub fn module(named: &[(&str, Vec<u8>)]) -> String {
    let alphabet = alphabet(named.iter().flat_map(|(_, bytes)| bytes));
    let numbers: Vec<String> = alphabet.iter().map(u8::to_string).collect();
    let mut module = format!(
        "// WebAssembly, as pkg/platform/web/printable.js reads it, written by `cargo xtask build`.\n\
         export const alphabet = [{}];\n",
        numbers.join(",")
    );
    for (name, bytes) in named {
        module.push_str(&format!("export const {name} = \"{}\";\n", encode(bytes, &alphabet)));
    }
    module
}

/// What one character stands for without a shift, with the first and with the
/// second: all bytes, the most frequent first.
fn alphabet<'b>(bytes: impl Iterator<Item = &'b u8>) -> Vec<u8> {
    let mut counts = [0_usize; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let mut alphabet: Vec<u8> = (0..=u8::MAX).collect();
    alphabet.sort_by_key(|byte| Reverse(counts.get(usize::from(*byte)).copied()));
    alphabet
}

fn encode(bytes: &[u8], alphabet: &[u8]) -> String {
    let characters: Vec<u8> =
        (b' '..=b'~').filter(|character| ![LEFT_OUT, SHIFTS].concat().contains(character)).collect();
    let prefixes = std::iter::once("").chain(["}", "~"]);
    let codes = prefixes.flat_map(|prefix| characters.iter().map(move |character| (prefix, *character)));
    let mut code_of = [("", 0_u8); 256];
    for (byte, code) in alphabet.iter().zip(codes) {
        if let Some(slot) = code_of.get_mut(usize::from(*byte)) {
            *slot = code;
        }
    }
    let mut text = String::with_capacity(bytes.len() * 5 / 4);
    for byte in bytes {
        let (prefix, character) = code_of.get(usize::from(*byte)).copied().unwrap_or_default();
        text.push_str(prefix);
        text.push(char::from(character));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_a_text_of_its_own_that_needs_no_quoting() {
        let texts: Vec<String> = {
            let all: Vec<u8> = (0..=u8::MAX).collect();
            let text = encode(&all, &alphabet(all.iter()));
            assert!(
                text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !LEFT_OUT.contains(&byte)),
                "{text}"
            );
            let mut letters = text.chars();
            let mut texts = Vec::new();
            while let Some(letter) = letters.next() {
                let shifted = matches!(letter, '}' | '~');
                texts.push(
                    [Some(letter), if shifted { letters.next() } else { None }]
                        .into_iter()
                        .flatten()
                        .collect(),
                );
            }
            texts
        };
        let distinct: std::collections::BTreeSet<&String> = texts.iter().collect();
        assert_eq!((texts.len(), distinct.len()), (256, 256));
    }

    #[test]
    fn frequent_bytes_take_one_character() {
        let mut bytes: Vec<u8> = (0..=u8::MAX).collect();
        bytes.extend([0xff; 10]);
        let alphabet = alphabet(bytes.iter());
        let text = encode(&bytes, &alphabet);
        assert_eq!(alphabet.first(), Some(&0xff));
        assert!(text.ends_with(&" ".repeat(11)), "{text}");
    }
}

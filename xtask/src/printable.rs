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

/// The module that exports the bytes by these names, in one alphabet. Of that it says which bytes
/// are frequent: four to a hexadecimal digit, the lowest bit first.
pub fn module(named: &[(&str, Vec<u8>)]) -> String {
    let alphabet = alphabet(named.iter().flat_map(|(_, bytes)| bytes));
    let frequent: Vec<u8> = alphabet.iter().take(characters().len()).copied().collect();
    let digit = |first: u8| -> u8 {
        (0..4).filter(|bit| frequent.contains(&(first + bit))).map(|bit| 1 << bit).sum()
    };
    let digits: String = (0..=u8::MAX).step_by(4).map(|first| format!("{:x}", digit(first))).collect();
    let mut module = format!(
        "// WebAssembly, as pkg/platform/web/printable.js reads it, written by `cargo xtask build`.\n\
         export const frequent = \"{digits}\";\n",
    );
    for (name, bytes) in named {
        module.push_str(&format!("export const {name} = \"{}\";\n", encode(bytes, &alphabet)));
    }
    module
}

/// What stands for a byte without a shift.
fn characters() -> Vec<u8> {
    (b' '..=b'~').filter(|character| ![LEFT_OUT, SHIFTS].concat().contains(character)).collect()
}

/// What one character stands for without a shift, with the first and with the
/// second: the bytes that are most frequent, then the others. Both are in their order, which
/// compresses better, and no byte is more than two characters either way.
fn alphabet<'b>(bytes: impl Iterator<Item = &'b u8>) -> Vec<u8> {
    let mut counts = [0_usize; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let mut alphabet: Vec<u8> = (0..=u8::MAX).collect();
    alphabet.sort_by_key(|byte| Reverse(counts.get(usize::from(*byte)).copied()));
    let (frequent, others) = alphabet.split_at_mut(characters().len());
    frequent.sort_unstable();
    others.sort_unstable();
    alphabet
}

fn encode(bytes: &[u8], alphabet: &[u8]) -> String {
    let characters = characters();
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
        let last = characters().pop().map(char::from).unwrap();
        assert_eq!(alphabet.get(characters().len() - 1), Some(&0xff));
        assert!(text.ends_with(&String::from(last).repeat(11)), "{text}");
    }
}

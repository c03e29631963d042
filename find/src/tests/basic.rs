//! Keys in the header of Basic authentication.

use std::format;
use std::string::String;
use std::vec::Vec;

use super::vectors::shared;
use super::ways::{in_pieces, scan};

const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// As RFC 4648 has it.
fn base64(text: &str) -> String {
    let group = |bytes: &[u8]| {
        let bits = (0..3).fold(0_u32, |bits, at| bits << 8 | u32::from(*bytes.get(at).unwrap_or(&0)));
        let digit = |at: usize| char::from(DIGITS[(bits >> (18 - 6 * at) & 63) as usize]);
        (0..4).map(|at| if at <= bytes.len() { digit(at) } else { '=' }).collect::<String>()
    };
    text.as_bytes().chunks(3).map(group).collect()
}

/// Headers with a key of each shape that is searched for. Where `~` stands among the first
/// characters, the base64 may not begin with letters and digits only.
fn headers() -> Vec<(String, String)> {
    let (engine, owners) = shared();
    let mut all = Vec::new();
    for (number, kind) in owners.iter().enumerate().filter(|(_, kind)| !kind.needs_context) {
        let key = engine.example(number as u32, 5);
        for credentials in [
            format!("{key}:"),
            format!("api:{key}"),
            format!("some.user@example.com:{key}"),
            format!("api.example.com/ü?~>:{key}"),
        ] {
            let encoded = base64(&credentials);
            if encoded[..16].contains(['+', '/']) {
                assert!(key.contains('~'), "{} {key}", kind.service);
            } else {
                all.push((encoded, key.clone()));
            }
        }
    }
    assert!(all.len() > 750, "{}", all.len());
    all
}

#[test]
fn a_key_is_found_in_the_header_whole_and_in_pieces() {
    let (engine, _) = shared();
    for (number, (encoded, key)) in headers().iter().enumerate() {
        let name = ["Basic", "basic", "BASIC"][number % 3];
        let text = format!("authorization: {name} {encoded}\r\nhost: example.com\r\n");
        let found = scan(engine, text.as_bytes());
        let one = found.first().unwrap_or_else(|| panic!("{key} in {text}"));
        assert_eq!(&text[one.start..one.end], encoded, "{text}");
        let (start, end) = one.encoded.unwrap();
        let plain = crate::basic::decoded(encoded.as_bytes());
        assert_eq!(&plain[usize::from(start)..usize::from(end)], key.as_bytes(), "{text}");
        for cut in 0..text.len() {
            assert_eq!(in_pieces(engine, text.as_bytes(), &[cut]), found, "{cut} of {text}");
        }
    }
}

#[test]
fn what_holds_no_key_and_what_is_no_header_stays() {
    let (engine, _) = shared();
    let key = "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";
    let encoded = base64(&format!("user:{key}"));
    for text in [
        format!("Basic {}", base64("user:correct horse battery staple")),
        // A typing error: the checksum does not fit.
        format!("Basic {}", base64(&format!("user:{}", key.replace('T', "t")))),
        format!("Basically {encoded}"),
        format!("Digest {encoded}"),
        format!("anti-Basic{encoded}"),
        String::from("a Basic introduction"),
    ] {
        assert_eq!(scan(engine, text.as_bytes()), [], "{text}");
    }
}

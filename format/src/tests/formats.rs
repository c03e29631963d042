//! The kinds of format that services have, declared, checked and generated.

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::{details, generate};
use crate::ProblemCode::*;
use crate::{Alphabet, Certainty, Coverage, KeyFormat, Part, keylatch};

fn text(text: &str) -> Part {
    Part::literal(vec![text.into()])
}

fn run(alphabet: Alphabet, length: usize) -> Part {
    Part::Run { alphabet, min: length, max: length }
}

fn base64url() -> KeyFormat {
    KeyFormat::new(vec![run(Alphabet::Base64Url, 40)], Certainty::Documented)
}

#[test]
fn the_details_say_what_could_stand_there() {
    let uuid =
        KeyFormat::new(vec![run(Alphabet::Hex, 8), text("-"), run(Alphabet::Hex, 4)], Certainty::Observed);
    assert_eq!(details(Some(&uuid), "123e45670e89b", BadCharacter), ["\"0\"", "\"-\""]);
    let varies = KeyFormat::new(
        vec![text("s_"), Part::Run { alphabet: Alphabet::Digits, min: 1, max: 64 }],
        Certainty::Observed,
    );
    assert_eq!(details(Some(&varies), "s_", WrongLength), ["3 to 66", "2"]);
    let texts = Part::literal(vec!["a".into(), "bcd".into()]);
    let two = KeyFormat::new(vec![text("sk-"), run(Alphabet::Digits, 4), texts], Certainty::Observed);
    assert_eq!(details(Some(&two), "sk-0123bce", BadCharacter), ["\"e\"", "\"a\" or \"bcd\""]);
}

#[test]
fn each_alphabet_is_described() {
    for (alphabet, wrong, expected) in [
        (Alphabet::Base62, "-", "letters and digits"),
        (Alphabet::Base64Url, "+", "letters, digits, - and _"),
        (Alphabet::Hex, "g", "hexadecimal digits"),
        (Alphabet::HexLower, "A", "lower-case hexadecimal digits"),
        (Alphabet::Digits, "a", "digits"),
        (Alphabet::parse("acb"), "d", "one of acb"),
    ] {
        let format = KeyFormat::new(vec![text("s_"), run(alphabet, 1)], Certainty::Documented);
        assert_eq!(details(Some(&format), &["s_", wrong].concat(), BadCharacter)[1], expected);
    }
}

#[test]
fn generating_picks_the_prefix() {
    assert!(generate(keylatch(), "").unwrap().expose().starts_with("kl_live_"));
    assert!(generate(keylatch(), "kl_test_").unwrap().expose().starts_with("kl_test_"));
    for (format, prefix) in [(keylatch(), "kl_"), (&base64url(), "x")] {
        let error = generate(format, prefix).unwrap_err();
        assert_eq!(error.to_string(), "prefix: no key of this format begins with it.");
    }
}

#[test]
fn generating_needs_a_valid_format_with_something_random() {
    let fixed = KeyFormat::new(vec![text("abc")], Certainty::Documented);
    let empty = KeyFormat::new(vec![run(Alphabet::parse(""), 4)], Certainty::Documented);
    assert!(generate(&fixed, "").unwrap_err().to_string().starts_with("format: it has no run"));
    assert!(generate(&empty, "").unwrap_err().to_string().starts_with("parts[0].alphabet: "));
}

#[test]
fn every_character_is_generated_about_as_often() {
    // 62 does not divide 256: without rejection the first eight characters would
    // come a quarter more often. 62 counts of 1000 on average have a standard
    // deviation of about 31; 200 apart is beyond six of them.
    let mut counts = [0_i64; 128];
    let long = KeyFormat::new(vec![run(Alphabet::Base62, 500)], Certainty::Documented);
    for _ in 0..124 {
        for byte in generate(&long, "").unwrap().expose().bytes() {
            counts[usize::from(byte)] += 1;
        }
    }
    for byte in (0..128_u8).filter(u8::is_ascii_alphanumeric) {
        assert!((counts[usize::from(byte)] - 1000).abs() < 200, "{}", char::from(byte));
    }
}

#[test]
fn each_random_byte_below_the_last_multiple_makes_a_character() {
    let format = KeyFormat::new(vec![run(Alphabet::Base62, 64)], Certainty::Documented);
    // 62 divides 248; what is beyond makes none, so of 64 bytes one is missing.
    for (byte, expected) in [(0, Some("0")), (62, Some("0")), (247, Some("z")), (248, None), (255, None)] {
        let mut is_first = true;
        let mut random = |bytes: &mut [u8]| {
            bytes.fill(byte);
            core::mem::take(&mut is_first)
        };
        let key = crate::generate(&format, "", &mut random);
        assert_eq!(key.ok().map(|key| key.expose().into()), expected.map(|one| one.repeat(64)), "{byte}");
    }
}

#[test]
fn declarations_that_cannot_be_used_are_refused_with_their_place() {
    let bits = |parts: Vec<Part>| KeyFormat::new(parts, Certainty::Documented).validate();
    let between = |min, max| Part::Run { alphabet: Alphabet::Hex, min, max };
    let sum = |length| Part::Checksum { covers: Coverage::All, length };
    // What JSON can say is in tests/vectors/formats.json.
    let huge = vec![between(usize::MAX, usize::MAX), between(2, 2)];
    assert_eq!(bits(huge).unwrap_err().0, "parts");
    assert_eq!(bits(vec![Part::literal(vec![])]).unwrap_err().0, "parts[0]");
    assert_eq!(bits(vec![between(1, 511), text("a")]), Ok(()));
    assert_eq!(bits(vec![between(4, 4), between(1, 2), sum(1)]), Ok(()));
}

#[test]
fn names_are_read_as_they_are_written() {
    for alphabet in
        [Alphabet::Base62, Alphabet::Hex, Alphabet::HexLower, Alphabet::Base64Url, Alphabet::parse("+-*/")]
    {
        assert_eq!(Alphabet::parse(alphabet.as_str()), alphabet);
    }
    assert_eq!(Certainty::ALL.map(Certainty::as_str), ["documented", "observed", "unknown"]);
    assert_eq!(Coverage::ALL.map(Coverage::as_str), ["body", "all"]);
}

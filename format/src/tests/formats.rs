//! The kinds of format that services have, declared, checked and generated.

use alloc::borrow::ToOwned;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::{details, found, generate};
use crate::ProblemCode::*;
use crate::{Alphabet, Certainty, Check, Coverage, KeyFormat, Part, check, keylatch, prefix_of};

fn text(text: &str) -> Part {
    Part::literal(vec![text.into()])
}

fn run(alphabet: Alphabet, length: usize) -> Part {
    Part::Run { alphabet, min: length, max: length }
}

fn github() -> KeyFormat {
    KeyFormat::new(
        vec![text("ghp_"), run(Alphabet::Base62, 30), Part::Checksum { covers: Coverage::Body, length: 6 }],
        Certainty::Documented,
    )
}

fn uuid() -> KeyFormat {
    let mut parts = vec![run(Alphabet::Hex, 8)];
    for length in [4, 4, 4, 12] {
        parts.push(text("-"));
        parts.push(run(Alphabet::Hex, length));
    }
    KeyFormat::new(parts, Certainty::Observed)
}

/// `secret_<name>_<32 hex>.<32 alphanumerics>`; the name varies in length and
/// may hold `_` itself.
fn lambda() -> KeyFormat {
    let name = Alphabet::parse("abcdefghijklmnopqrstuvwxyz0123456789-_");
    KeyFormat::new(
        vec![
            text("secret_"),
            Part::Run { alphabet: name, min: 1, max: 64 },
            text("_"),
            run(Alphabet::HexLower, 32),
            text("."),
            run(Alphabet::Alphanumeric, 32),
        ],
        Certainty::Observed,
    )
}

fn base64url() -> KeyFormat {
    KeyFormat::new(vec![run(Alphabet::Base64Url, 40)], Certainty::Documented)
}

const HEX: &str = "0123456789abcdef0123456789abcdef";
const ALPHANUMERIC: &str = "0123456789ABCDEFGHIJabcdefghijZZ";

#[test]
fn every_format_takes_the_keys_that_it_makes() {
    for format in [keylatch().clone(), github(), uuid(), lambda(), base64url()] {
        assert_eq!(format.validate(), Ok(()));
        for _ in 0..100 {
            let key = generate(&format, "").unwrap();
            assert_eq!(found(Some(&format), key.expose()), []);
            assert!(matches!(check(Some(&format), key.expose()), Check::Good { .. }));
        }
    }
}

#[test]
fn github_covers_the_body_only() {
    let github = github();
    assert_eq!(found(Some(&github), "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"), []);
    assert_eq!(found(Some(&github), "ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18"), [(WrongChecksum, 34)]);
    assert_eq!(found(Some(&github), "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"), [(WrongPrefix, 2)]);
}

#[test]
fn uuids() {
    let uuid = uuid();
    assert_eq!(found(Some(&uuid), "123e4567-e89b-12d3-a456-426614174000"), []);
    assert_eq!(found(Some(&uuid), "123E4567-E89B-12D3-A456-426614174000"), []);
    assert_eq!(found(Some(&uuid), "123e4567–e89b-12d3-a456-426614174000"), [(Lookalike, 8)]);
    assert_eq!(found(Some(&uuid), "123g4567-e89b-12d3-a456-426614174000"), [(BadCharacter, 3)]);
    assert_eq!(found(Some(&uuid), "123e45670e89b-12d3-a456-426614174000"), [(BadCharacter, 8)]);
    assert_eq!(
        details(Some(&uuid), "123e45670e89b-12d3-a456-426614174000", BadCharacter),
        ["\"0\"", "\"-\""]
    );
    // One digit is missing: the rest has moved, and is not complained of.
    assert_eq!(found(Some(&uuid), "123e456-e89b-12d3-a456-426614174000"), [(WrongLength, 35)]);
    assert_eq!(
        found(Some(&uuid), "123e456-e89b-12d3-a456-42661417400z"),
        [(BadCharacter, 34), (WrongLength, 35)]
    );
    assert_eq!(found(Some(&uuid), "123e4567-e89b-12d3-a456-4266141740001"), [(WrongLength, 36)]);
}

#[test]
fn a_part_of_variable_length_between_fixed_ones() {
    let lambda = lambda();
    let key = |name: &str| ["secret_", name, "_", HEX, ".", ALPHANUMERIC].concat();
    for name in ["a", "my-laptop", "with_underscore_", &"n".repeat(64)] {
        assert_eq!(found(Some(&lambda), &key(name)), [], "{name}");
    }
    assert_eq!(found(Some(&lambda), &key("")), [(WrongLength, 73)]);
    assert_eq!(details(Some(&lambda), &key(""), WrongLength), ["74 to 137", "73"]);
    assert_eq!(found(Some(&lambda), &key(&"n".repeat(65))), [(WrongLength, 137)]);
    assert_eq!(found(Some(&lambda), &key("Laptop")), [(BadCharacter, 7)]);
    assert_eq!(found(Some(&lambda), &key("laptop").replace('.', ",")), [(BadCharacter, 46)]);
    assert_eq!(found(Some(&lambda), &key("laptop").replace("f.", "F.")), [(BadCharacter, 45)]);
}

#[test]
fn texts_of_different_length_are_told_by_the_one_that_matches() {
    let format = KeyFormat::new(
        vec![
            Part::literal(vec!["sk-".into(), "sk-proj-".into()]),
            run(Alphabet::Digits, 4),
            Part::literal(vec!["a".into(), "bcd".into()]),
        ],
        Certainty::Observed,
    );
    for key in ["sk-0123a", "sk-0123bcd", "sk-proj-0123a", "sk-proj-0123bcd"] {
        assert_eq!(found(Some(&format), key), [], "{key}");
    }
    assert_eq!(prefix_of(&format, "sk-proj-0123a"), Some("sk-proj-"));
    assert_eq!(found(Some(&format), "sk-proj-012a"), [(WrongLength, 12)]);
    assert_eq!(found(Some(&format), "sk-0123bce"), [(BadCharacter, 9)]);
    assert_eq!(details(Some(&format), "sk-0123bce", BadCharacter), ["\"e\"", "\"a\" or \"bcd\""]);
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
fn declarations_that_cannot_be_used_are_refused_with_their_place() {
    let bits = |parts: Vec<Part>| KeyFormat::new(parts, Certainty::Documented).validate();
    let between = |min, max| Part::Run { alphabet: Alphabet::Hex, min, max };
    let sum = |length| Part::Checksum { covers: Coverage::All, length };
    let custom = |characters: &str| run(Alphabet::Custom(characters.to_owned().into()), 4);
    let cases: &[(Vec<Part>, &str)] = &[
        (vec![], "parts"),
        (vec![between(1, 512), text("a")], "parts"),
        (vec![between(usize::MAX, usize::MAX), between(2, 2)], "parts"),
        (vec![text("")], "parts[0]"),
        (vec![Part::literal(vec![])], "parts[0]"),
        (vec![text("a b")], "parts[0]"),
        (vec![between(4, 4), text("é")], "parts[1]"),
        (vec![between(0, 4)], "parts[0].length"),
        (vec![between(5, 4)], "parts[0].length"),
        (vec![between(1, 2), text("-"), between(1, 2)], "parts[2].length"),
        (vec![between(1, 2), Part::literal(vec!["a".into(), "bc".into()])], "parts[1]"),
        (vec![custom("")], "parts[0].alphabet"),
        (vec![custom("aba")], "parts[0].alphabet"),
        (vec![custom("a b")], "parts[0].alphabet"),
        (vec![custom("aé")], "parts[0].alphabet"),
        (vec![between(4, 4), sum(0)], "parts[1].length"),
        (vec![between(4, 4), sum(7)], "parts[1].length"),
        (vec![sum(6)], "parts[0]"),
        (vec![between(4, 4), sum(6), text("a")], "parts[1]"),
    ];
    for (parts, place) in cases {
        assert_eq!(bits(parts.clone()).unwrap_err().0, *place, "{parts:?}");
    }
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

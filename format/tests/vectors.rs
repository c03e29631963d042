//! `tests/vectors/formats.json` and `checks.json`, which the tests in JavaScript
//! read too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use keylatch_format::{
    Alphabet, Certainty, Coverage, KeyFormat, Part, check, diagnose, generate, is_key_of, keylatch, mask,
    prefix_of,
};
use serde_json::Value as Json;

fn formats() -> Json {
    serde_json::from_str(include_str!("../../tests/vectors/formats.json")).unwrap()
}

fn rows<'j>(table: &'j Json, name: &str) -> &'j [Json] {
    let rows = table[name].as_array().unwrap();
    assert!(!rows.is_empty(), "{name} is empty");
    rows
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap()
}

fn number(json: &Json) -> usize {
    json.as_u64().unwrap() as usize
}

fn texts(json: &Json) -> Part {
    Part::literal(json.as_array().unwrap().iter().map(|one| text(one).into()).collect())
}

fn part(json: &Json) -> Part {
    let length = &json["length"];
    match json {
        Json::String(fixed) => Part::literal(vec![fixed.clone()]),
        Json::Array(_) => texts(json),
        _ if json["checksum"] == "crc32" => {
            let covers = Coverage::ALL.into_iter().find(|covers| json["covers"] == covers.as_str());
            Part::Checksum { covers: covers.unwrap(), length: number(length) }
        }
        _ => {
            let bound = |name: &str| number(if length.is_object() { &length[name] } else { length });
            Part::Run {
                alphabet: Alphabet::parse(text(&json["alphabet"])),
                min: bound("min"),
                max: bound("max"),
            }
        }
    }
}

fn parts(json: &Json) -> Vec<Part> {
    json.as_array().unwrap().iter().map(part).collect()
}

/// The format of this name.
fn format(formats: &Json, name: &Json) -> Option<KeyFormat> {
    let json = &formats["formats"][name.as_str()?];
    let certainty = Certainty::ALL.into_iter().find(|certainty| json["certainty"] == certainty.as_str());
    let format = KeyFormat::new(parts(&json["parts"]), certainty.unwrap());
    assert_eq!(format.validate(), Ok(()), "{name}");
    Some(format)
}

/// Whether the quick check and the diagnosis both find nothing wrong.
fn is_good(format: &KeyFormat, text: &str) -> bool {
    let is_good = diagnose(Some(format), text).is_empty();
    assert_eq!(check(Some(format), text).is_good(), is_good, "{text}");
    assert_eq!(is_key_of(format, text.as_bytes()), is_good, "{text}");
    is_good
}

#[test]
fn each_format_is_that_of_its_keys() {
    let formats = formats();
    assert_eq!(format(&formats, &"keylatch".into()).as_ref(), Some(keylatch()));
    for row in rows(&formats, "keys") {
        let (format, key) = (format(&formats, &row["format"]).unwrap(), text(&row["text"]));
        assert!(is_good(&format, key), "{key}");
        assert_eq!(prefix_of(&format, key), row["prefix"].as_str(), "{key}");
        // One more or less, another beginning, and another end are noticed.
        for wrong in [&key[1..], &key[..key.len() - 1], &[key, "\u{7f}"].concat(), &["~", &key[1..]].concat()]
        {
            assert!(!is_good(&format, wrong), "{wrong}");
        }
    }
    for name in formats["formats"].as_object().unwrap().keys() {
        let format = format(&formats, &name.as_str().into()).unwrap();
        for _ in 0..50 {
            let key = generate(&format, "", &mut |bytes| getrandom::fill(bytes).is_ok()).unwrap();
            assert!(is_good(&format, key.expose()), "{name}");
        }
    }
}

#[test]
fn an_alphabet_has_its_characters_and_no_others() {
    for (name, characters) in formats()["alphabets"].as_object().unwrap() {
        let run = Part::Run { alphabet: Alphabet::parse(name), min: 1, max: 1 };
        let format = KeyFormat::new(vec![run], Certainty::Documented);
        for byte in 0..=127_u8 {
            let one = char::from(byte).to_string();
            assert_eq!(is_good(&format, &one), text(characters).contains(&one), "{name} {one:?}");
        }
    }
}

#[test]
fn a_checksum_is_the_last_digits_of_the_crc_32() {
    for row in rows(&formats(), "checksums") {
        let (over, digits) = (text(&row["over"]), text(&row["digits"]));
        let run = Part::Run { alphabet: Alphabet::Base62, min: over.len(), max: over.len() };
        for covers in Coverage::ALL {
            let sum = Part::Checksum { covers, length: digits.len() };
            let format = KeyFormat::new(vec![run.clone(), sum], Certainty::Documented);
            assert!(is_good(&format, &[over, digits].concat()), "{over}");
            for at in 0..digits.len() {
                let other = if &digits[at..=at] == "0" { "1" } else { "0" };
                let wrong = [over, &digits[..at], other, &digits[at + 1..]].concat();
                assert!(!is_good(&format, &wrong), "{wrong}");
            }
        }
    }
}

#[test]
fn a_mask_shows_what_it_may() {
    for row in rows(&formats(), "masks") {
        assert_eq!(mask(text(&row["text"])), text(&row["masked"]), "{row}");
    }
}

#[test]
fn a_format_that_cannot_be_used_is_refused_with_its_place() {
    for row in rows(&formats(), "refused") {
        let format = KeyFormat::new(parts(&row["parts"]), Certainty::Documented);
        assert_eq!(format.validate().unwrap_err().0, text(&row["at"]), "{row}");
    }
}

#[test]
fn every_problem_is_found_at_its_place_and_no_other() {
    let formats = formats();
    let checks: Json = serde_json::from_str(include_str!("../../tests/vectors/checks.json")).unwrap();
    for row in rows(&checks, "cases") {
        let (format, text) = (format(&formats, &row["format"]), text(&row["text"]));
        let problems = diagnose(format.as_ref(), text);
        let found: Vec<Json> = problems
            .iter()
            .map(|problem| serde_json::json!([problem.code.as_str(), problem.index]))
            .collect();
        assert_eq!(Json::from(found.clone()), row["problems"], "{row}");
        // What the quick check cannot tell it leaves to the diagnosis.
        assert!(!check(format.as_ref(), text).is_good() || found.is_empty(), "{row}");
    }
}

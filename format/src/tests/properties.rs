//! What must hold for all keys and all texts.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{KEY, found, generate};
use crate::declare::BASE62;
use crate::{ProblemCode, diagnose, keylatch};

/// Numbers that are the same in every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

fn is_good(text: &str) -> bool {
    diagnose(Some(keylatch()), text).is_empty()
}

#[test]
fn every_generated_key_is_good_and_none_comes_twice() {
    let keys: std::collections::HashSet<_> = (0..1000)
        .map(|_| {
            let key = generate(keylatch(), "kl_test_").unwrap();
            assert!(is_good(key.expose()));
            assert_eq!(key.expose().len(), 44);
            String::from(key.expose())
        })
        .collect();
    assert_eq!(keys.len(), 1000);
}

#[test]
fn every_change_of_one_character_is_noticed() {
    for at in 0..KEY.len() {
        for other in ('!'..='~').filter(|other| !KEY[at..].starts_with(*other)) {
            let text = [&KEY[..at], other.encode_utf8(&mut [0; 4]), &KEY[at + 1..]].concat();
            assert!(!is_good(&text), "{text}");
        }
    }
}

#[test]
fn every_exchange_of_two_neighbours_is_noticed() {
    let mut keys: Vec<String> =
        (0..50).map(|_| generate(keylatch(), "").unwrap().expose().to_owned()).collect();
    keys.push(KEY.into());
    for key in keys {
        for at in (1..key.len()).filter(|at| key[at - 1..*at] != key[*at..=*at]) {
            let text = [&key[..at - 1], &key[at..=at], &key[at - 1..at], &key[at + 1..]].concat();
            assert!(!is_good(&text), "{text}");
        }
    }
}

#[test]
fn every_missing_doubled_or_added_character_is_noticed() {
    for at in 0..KEY.len() {
        assert!(!is_good(&[&KEY[..at], &KEY[at + 1..]].concat()));
        for added in BASE62.chars() {
            assert!(!is_good(&[&KEY[..at], added.encode_utf8(&mut [0; 4]), &KEY[at..]].concat()));
        }
    }
}

#[test]
fn of_any_text_the_problems_are_few_in_order_and_within_it() {
    let pieces = [
        "kl_live_",
        "kl_",
        "Bearer ",
        "Authorization:",
        "KEY=",
        "export ",
        ":",
        "=",
        "\"",
        "'",
        "“",
        "`",
        " ",
        "\n",
        "\t",
        "\0",
        "\u{A0}",
        "\u{FEFF}",
        "а",
        "ж",
        "😀",
        "é",
        "{",
        "}",
        "<",
        ">",
        "$",
        "xxx",
        "...",
        "0",
        "abc",
        KEY,
        "-",
        "_",
        ",",
        ";",
        "\u{FFFD}",
        "\u{301}",
        "your-api-key",
    ];
    let mut numbers = Numbers(1);
    for _ in 0..50_000 {
        let count = numbers.below(8);
        let text: String = (0..count).map(|_| pieces[numbers.below(pieces.len())]).collect();
        for format in [Some(keylatch()), None] {
            let problems = found(format, &text);
            assert!(problems.is_sorted_by_key(|(_, index)| *index), "{text:?}: {problems:?}");
            assert!(problems.len() <= 32);
            let starts: Vec<_> = text
                .chars()
                .scan(0, |at, ch| Some(std::mem::replace(at, *at + ch.len_utf16())))
                .chain([text.encode_utf16().count()])
                .collect();
            assert!(problems.iter().all(|(_, index)| starts.contains(index)), "{text:?}: {problems:?}");
            // Fine is only what is fine: the key itself, or any visible ASCII.
            if problems.is_empty() {
                assert!(text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.is_empty(), "{text:?}");
                assert!(format.is_none() || text == KEY, "{text:?}");
            }
        }
    }
}

#[test]
fn no_problem_tells_the_key() {
    for text in [
        KEY.replace("3zX1CQ", "3zX1CR"),
        ["Bearer ", KEY, "x"].concat(),
        [KEY, "=", KEY].concat(),
        [KEY, ": ", KEY].concat(),
        ["\"", &KEY[8..], "\""].concat(),
    ] {
        for problem in diagnose(Some(keylatch()), &text).iter().chain(&diagnose(None, &text)) {
            let shown = [problem.to_string(), format!("{problem:?}"), problem.details.concat()].concat();
            assert!(
                KEY.as_bytes()[8..]
                    .windows(6)
                    .all(|part| { !shown.contains(std::str::from_utf8(part).unwrap()) })
            );
        }
    }
}

#[test]
fn a_text_of_any_size_is_checked_in_a_few_walks() {
    const SIZE: usize = 16_000;
    let pieces = [
        "a",
        "!",
        " ",
        "\n",
        "\"",
        "'a",
        "\u{A0}",
        "\0",
        "﹣",
        "а",
        "ж",
        "😀",
        "kl_live_",
        "Bearer ",
        "A_KEY=",
        "Authorization: ",
        "a b",
        "\" ",
        "{",
        "x",
        ".",
        "…",
        "export ",
        ",",
        "A:",
    ];
    let mut texts: Vec<_> = pieces.iter().map(|piece| piece.repeat(SIZE / piece.len())).collect();
    // Something to walk over again and again at one end, many layers at the other.
    let [spaces, commas, layers] = [" ", ",", "\" "].map(|piece| piece.repeat(SIZE / piece.len()));
    texts.push(["FOO", &spaces, "x", &layers].concat());
    texts.push(["Authorization", &spaces, "x", &layers].concat());
    texts.push([&layers, "x", &commas].concat());
    texts.push("a".repeat(500 * SIZE));
    for text in texts {
        for format in [Some(keylatch()), None] {
            // A walk for each character would take hours.
            assert!(diagnose(format, &text).len() <= 32);
        }
    }
}

#[test]
fn each_sentence_is_one_for_the_eye() {
    for code in ProblemCode::ALL {
        let sentence = code.sentence();
        assert!(sentence.ends_with('.') && sentence.is_ascii() && sentence.len() < 150, "{sentence}");
    }
}

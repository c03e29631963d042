//! Shapes: which can be read, and what becomes of laying them over a text.

use alloc::string::String;
use alloc::vec::Vec;

use crate::alphabet::Alphabets;
use crate::shape::{Found, Place, Runs, Shape};

fn parse(shape: &str) -> (Shape, Alphabets) {
    let mut alphabets = Alphabets::default();
    let parsed = Shape::parse(shape, &mut alphabets).unwrap_or_else(|why| panic!("{shape}: {why}"));
    (parsed, alphabets)
}

/// Lays a shape over a text that is whole, or of which more may come.
fn lay(shape: &str, text: &str, start: usize, is_whole: bool, is_exact: bool) -> Found {
    let (shape, alphabets) = parse(shape);
    let mut runs = Runs::new(&alphabets);
    let text = text.as_bytes();
    shape.lay(&mut Place { text, is_whole, alphabets: &alphabets, runs: &mut runs, is_exact }, start)
}

fn key(end: usize) -> Found {
    Found::Key { end, is_doubtful: false }
}

#[test]
fn what_cannot_be_looked_for_is_refused() {
    let number = "a length is no number below 8,192";
    let open = "what follows an open run could be a part of it";
    for (shape, why) in [
        ("", "it is empty"),
        ("k<b62:3", "a bracket is not closed"),
        ("(a|b", "a bracket is not closed"),
        ("<b62>", "a run needs a length"),
        ("<base62:3>", "there is no such alphabet"),
        ("<b62:>", number),
        ("<b62:8192>", number),
        ("<b62:1x>", number),
        ("<b62:1-x>", number),
        ("<crc32-b62:6@x>", number),
        ("<b62:4-3>", "a run is upside down"),
        ("<crc32-b62:7>", "the checksum has not so many characters"),
        ("<b62:2->x", open),
        ("<b62:2-><dig:1>", open),
        ("<b62:2->(.|x)", open),
        ("<[a]:1-><crc32-hex:8>", open),
    ] {
        assert_eq!(Shape::parse(shape, &mut Alphabets::default()).err(), Some(why), "{shape}");
    }
    for shape in
        ["<b62:8191>", "<b62:3-3>", "<crc32-b62:6>", "<b62:2->.", "<b62:2-5>x", "<dig:2->x", "x<b62:2->"]
    {
        parse(shape);
    }
}

#[test]
fn the_lengths_of_the_parts_are_added() {
    for (shape, expected) in [
        ("ab", (2, Some(2))),
        ("(a|bcd)<b62:3>", (4, Some(6))),
        ("x<b62:2-7>", (3, Some(8))),
        ("x<b62:2->", (3, None)),
        ("x<b62:2->.<b62:1>", (5, None)),
        ("x<b62:2><crc32-b62:6>", (9, Some(9))),
        ("<uuid>", (36, Some(36))),
    ] {
        assert_eq!(parse(shape).0.lengths(), expected, "{shape}");
    }
}

#[test]
fn an_example_is_made_of_the_numbers_that_it_is_given() {
    for (shape, expected) in [
        ("(a|bc)<[zyx]:4>", "ayzxy"),
        ("<dig:9><crc32-hex:8>", "123456789cbf43926"),
        ("<dig:10><crc32-hex:8@0-9>", "1234567890cbf43926"),
        ("<dig:10><crc32-hex:8@10>", "123456789000000000"),
    ] {
        let (shape, alphabets) = parse(shape);
        let mut number = 0;
        let mut next = || {
            number += 1;
            number
        };
        assert_eq!(shape.example(&alphabets, &mut next), expected);
    }
}

/// What becomes of a text that is whole, and of one of which more may come.
#[test]
fn a_shape_fits_where_all_its_parts_do() {
    use Found::{More, No};
    for (shape, text, whole, open) in [
        // A fixed text. No word goes on behind it.
        ("key", "key", key(3), More),
        ("key", "key.", key(3), key(3)),
        ("key", "keys", No(3), No(3)),
        ("key", "kex", No(2), No(2)),
        ("key", "ke", No(2), More),
        // The longest of several.
        ("(a|ab)<dig:1>", "ab1.", key(3), key(3)),
        ("(ab|a)<dig:1>", "ab1.", key(3), key(3)),
        ("(a|ab)<dig:1>", "a1.", key(2), key(2)),
        ("(abc|xyz)", "xya", No(2), No(2)),
        // A run, of one length, of several and of any.
        ("k<dig:3>", "k123", key(4), More),
        ("k<dig:3>", "k123x", key(4), key(4)),
        ("k<dig:3>", "k1234", No(4), No(4)),
        ("k<dig:3>", "k12", No(3), More),
        ("k<dig:3>", "k12x", No(3), No(3)),
        ("k<dig:2-3>", "k12.", key(3), key(3)),
        ("k<dig:2-3>", "k123.", key(4), key(4)),
        ("k<dig:2-3>", "k1234", No(4), No(4)),
        ("k<dig:3>abc", "k123abx", No(6), No(6)),
        // A run within, behind which begins what is none of its characters …
        ("<dig:1-3>x<dig:1>", "12x3.", key(4), key(4)),
        ("<dig:1-3>x<dig:1>", "12", No(2), More),
        ("<dig:1-3>x<dig:1>", "123", No(3), More),
        ("<dig:1-3>x<dig:1>", "1234x5.", No(3), No(3)),
        ("<dig:1->x<dig:1>", "1234x5.", key(6), key(6)),
        // … or what could be one: it takes as much as leaves room.
        ("<b62:1-4>x<dig:1>", "axx1", key(4), More),
        ("<b62:1-4>x<dig:1>", "axx1.", key(4), key(4)),
        ("<b62:1-4>x<dig:1>", "x1", No(2), More),
        ("<b62:1-4>x<dig:1>", "ax", No(2), More),
        ("<b62:1-4>x<dig:1>", "axxx", No(4), More),
        ("<b62:1-4>x<dig:1>", "axxxa.", No(4), No(4)),
        ("<w:1-5>x", "ax_", key(2), More),
        ("<b62:3><[=]:0-2>", "abc.", key(3), key(3)),
        ("<b62:2-3><[=]:0-2>", "abc.", key(3), key(3)),
        ("<b62:2>x<dig:1>", "xxx1.", key(4), key(4)),
        ("<b62:2>x<dig:1>", "xx11.", No(2), No(2)),
    ] {
        assert_eq!(lay(shape, text, 0, true, false), whole, "{shape} {text}");
        assert_eq!(lay(shape, text, 0, false, false), open, "{shape} {text} …");
        // The same behind something else.
        let moved = |found| match found {
            No(at) => No(at + 2),
            Found::Key { end, is_doubtful } => Found::Key { end: end + 2, is_doubtful },
            More => More,
        };
        let text = ["1x", text].concat();
        assert_eq!(lay(shape, &text, 2, true, false), moved(whole), "{shape} {text}");
        assert_eq!(lay(shape, &text, 2, false, false), moved(open), "{shape} {text} …");
    }
    // A run that ends the key has no greatest length, one within has.
    let long = "1".repeat(8_193);
    assert_eq!(lay("k<dig:2->", &["k", &long].concat(), 0, true, false), key(8_194));
    assert_eq!(lay("<dig:2->x", &[&long, "x"].concat(), 0, true, false), No(8_192));
}

#[test]
fn where_the_key_must_end_with_the_text_nothing_follows_it() {
    for (shape, good) in [("key", "key"), ("k<dig:3>", "k123"), ("<dig:9><crc32-hex:8>", "123456789cbf43926")]
    {
        assert_eq!(lay(shape, good, 0, true, true), key(good.len()), "{shape}");
        for after in [".", "x"] {
            let text = [good, after].concat();
            assert_eq!(lay(shape, &text, 0, true, true), Found::No(good.len()), "{shape} {after}");
        }
    }
}

#[test]
fn a_checksum_is_that_of_what_it_covers() {
    use Found::{More, No};
    let doubtful = |end| Found::Key { end, is_doubtful: true };
    let github = "ghp_<b62:30><crc32-b62:6@4>";
    let good = "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";
    let with = |end: &str| [&good[..34], end].concat();
    for (shape, text, whole, open) in [
        (github, with("0mLq17"), key(40), More),
        (github, with("0mLq17."), key(40), key(40)),
        (github, with("0mLq17a"), No(34), No(34)),
        (github, with("0mLq18"), No(34), No(34)),
        (github, with("0mLq1"), No(34), More),
        // It covers what is before it, from its first place to its last.
        ("<dig:9><crc32-hex:8>", "123456789cbf43926.".into(), key(17), key(17)),
        ("a<dig:11><crc32-hexle:8@1-10>", "a123456789012639f4cb.".into(), key(20), key(20)),
        ("a<dig:11><crc32-hexle:8@1-10>", "a223456789012639f4cb.".into(), No(12), No(12)),
        ("<dig:9><crc32-hex:8><dig:1>", "123456789cbf439261.".into(), key(18), key(18)),
        // One whose algorithm was only observed makes the key doubtful, if it can be one at all.
        ("<dig:9><~crc32-hex:8>", "123456789cbf43926.".into(), key(17), key(17)),
        ("<dig:9><~crc32-hex:8>", "123456789cbf43927.".into(), doubtful(17), doubtful(17)),
        ("<dig:9><~crc32-hex:8><dig:1>", "123456789cbf439271.".into(), doubtful(18), doubtful(18)),
        ("<dig:9><~crc32-hex:8>", "123456789cbf4392G.".into(), No(9), No(9)),
    ] {
        assert_eq!(lay(shape, &text, 0, true, false), whole, "{shape} {text}");
        assert_eq!(lay(shape, &text, 0, false, false), open, "{shape} {text} …");
    }
    assert_eq!(lay(github, &["x ", good].concat(), 2, true, false), key(42));
    assert_eq!(lay("a<dig:11><crc32-hexle:8@1-10>", "..a123456789012639f4cb", 2, true, false), key(22));
}

#[test]
fn what_is_remembered_of_runs_changes_no_answer() {
    let text = "aab.abaabb aab.1a.aaaa";
    for shape in
        ["<[ab]:2->", "<[ab]:1-2>.", "<[ab]:1-3>b<[ab]:1>", "<[a]:1-2><[ab]:2-3>", "<[ab]:2-3>.<[a1]:1->"]
    {
        let (parsed, alphabets) = parse(shape);
        for limit in [text.len(), 9] {
            let text = &text[..limit];
            let starts: Vec<usize> = (0..limit).collect();
            let backwards: Vec<usize> = starts.iter().rev().copied().collect();
            let jumping: Vec<usize> = (0..limit * 4).map(|number| number * 7 % limit).collect();
            for starts in [starts, backwards, jumping] {
                let mut runs = Runs::new(&alphabets);
                for start in starts {
                    let text = text.as_bytes();
                    let (is_whole, is_exact) = (true, false);
                    let mut place =
                        Place { text, is_whole, alphabets: &alphabets, runs: &mut runs, is_exact };
                    let found = parsed.lay(&mut place, start);
                    let alone = lay(shape, &String::from_utf8_lossy(text), start, is_whole, is_exact);
                    assert_eq!(found, alone, "{shape} {start}");
                }
            }
        }
    }
}

//! Every problem code, at its place.

use super::{KEY, details, found};
use crate::ProblemCode::{self, *};
use crate::{Alphabet, Certainty, KeyFormat, Part, diagnose, keylatch};
use alloc::borrow::Cow;
use alloc::vec;

/// Checks a table against keylatch's format; `@` stands for a good key.
fn table(cases: &[(&str, &[(ProblemCode, usize)])]) {
    for (text, problems) in cases {
        let text = text.replace('@', KEY);
        assert_eq!(found(Some(keylatch()), &text), *problems, "{text:?}");
    }
}

/// Checks a table without a format.
fn universal(cases: &[(&str, &[(ProblemCode, usize)])]) {
    for (text, problems) in cases {
        assert_eq!(found(None, text), *problems, "{text:?}");
    }
}

#[test]
fn a_good_key_has_no_problem() {
    table(&[("@", &[])]);
    universal(&[(KEY, &[]), ("user:pass", &[]), ("dGVzdA==", &[]), ("a.b.c", &[]), ("x", &[])]);
}

#[test]
fn nothing() {
    table(&[("", &[(Empty, 0)]), (" \t\r\n", &[(Empty, 0)]), ("\u{FEFF}", &[(Empty, 0)])]);
    table(&[
        ("\"\"", &[(Quotes, 0), (Empty, 2)]),
        ("\" \"", &[(Quotes, 0), (Empty, 1)]),
        ("Bearer", &[(SchemePrefix, 0), (Empty, 6)]),
        ("Bearer ", &[(SchemePrefix, 0), (SurroundingSpace, 6), (Empty, 6)]),
        ("LC_API_KEY=", &[(AssignmentPrefix, 0), (Empty, 11)]),
        ("export KEY_OF=''", &[(AssignmentPrefix, 0), (Quotes, 14), (Empty, 16)]),
    ]);
    universal(&[("", &[(Empty, 0)]), ("LC_API_KEY=", &[(AssignmentPrefix, 0), (Empty, 11)])]);
}

#[test]
fn white_space() {
    table(&[
        (" @", &[(SurroundingSpace, 0)]),
        ("@\n", &[(SurroundingSpace, 44)]),
        ("\t @ \r\n", &[(SurroundingSpace, 0), (SurroundingSpace, 46)]),
        ("\u{3000}@", &[(SurroundingSpace, 0)]),
        ("kl_live_0123456789ABC DEFGHIJKLMNOPQRST3zX1CQ", &[(InnerSpace, 21)]),
        ("kl_live_0123456789ABC  DEF GHIJKLMNOPQRST3zX1CQ", &[(InnerSpace, 21)]),
        ("kl_live_0123456789ABC\r\nDEFGHIJKLMNOPQRST3zX1CQ", &[(LineBreak, 21)]),
        ("kl_live_0123456789ABC \n  DEFGHIJKLMNOPQRST3zX1CQ", &[(LineBreak, 22)]),
        ("kl_live_0123456789ABC\u{2028}DEFGHIJKLMNOPQRST3zX1CQ", &[(LineBreak, 21)]),
        ("kl_live_0123 456789ABC\nDEFGHIJKLMNOPQRST3zX1CQ", &[(InnerSpace, 12), (LineBreak, 22)]),
    ]);
    universal(&[(
        " a b\nc ",
        &[(SurroundingSpace, 0), (InnerSpace, 2), (LineBreak, 4), (SurroundingSpace, 6)],
    )]);
}

#[test]
fn quotes() {
    for (open, close) in [
        ("\"", "\""),
        ("'", "'"),
        ("`", "`"),
        ("“", "”"),
        ("„", "“"),
        ("‘", "’"),
        ("«", "»"),
        ("\"", ""),
        ("\"", "\","),
        ("'", "';"),
        ("\"'", "'\""),
    ] {
        table(&[(&[open, "@", close].concat(), &[(Quotes, 0)])]);
    }
    table(&[
        ("@\"", &[(Quotes, 44)]),
        (" '@' ", &[(SurroundingSpace, 0), (Quotes, 1), (SurroundingSpace, 47)]),
        ("' @'", &[(Quotes, 0), (SurroundingSpace, 1)]),
    ]);
    universal(&[("\"abc\"", &[(Quotes, 0)]), ("it's", &[])]);
}

#[test]
fn pasted_headers() {
    table(&[
        ("Bearer @", &[(SchemePrefix, 0)]),
        ("bearer   @", &[(SchemePrefix, 0)]),
        ("BASIC @", &[(SchemePrefix, 0)]),
        ("token @", &[(SchemePrefix, 0)]),
        ("Authorization: @", &[(SchemePrefix, 0)]),
        ("authorization:Bearer @", &[(SchemePrefix, 0), (SchemePrefix, 14)]),
        ("x-api-key: @", &[(SchemePrefix, 0)]),
        ("\"Authorization\": \"Bearer @\"", &[(Quotes, 0), (SchemePrefix, 1), (SchemePrefix, 18)]),
    ]);
    universal(&[("Bearer abc", &[(SchemePrefix, 0)]), ("Bearerabc", &[]), ("token", &[])]);
    assert_eq!(details(None, "bEARER abc", SchemePrefix), ["Bearer"]);
    assert_eq!(details(None, "x-api-KEY : abc", SchemePrefix), ["X-API-Key"]);
}

#[test]
fn assignments() {
    table(&[
        ("LC_API_KEY=@", &[(AssignmentPrefix, 0)]),
        ("export FOO=@", &[(AssignmentPrefix, 0)]),
        ("FOO: @", &[(AssignmentPrefix, 0)]),
        ("foo = @", &[(AssignmentPrefix, 0)]),
        ("let foo := @", &[(AssignmentPrefix, 0)]),
        ("--api-key=@", &[(AssignmentPrefix, 0)]),
        ("$env:FOO=\"@\"", &[(AssignmentPrefix, 0), (Quotes, 9)]),
        ("const key = '@';", &[(AssignmentPrefix, 0), (Quotes, 12)]),
        ("\"api_key\": \"@\",", &[(Quotes, 0), (AssignmentPrefix, 1)]),
        // What begins as a key does is no name.
        ("kl_live_0123=", &[(BadCharacter, 12), (WrongLength, 13)]),
    ]);
    universal(&[
        ("LC_API_KEY=abc", &[(AssignmentPrefix, 0)]),
        ("export foo=abc", &[(AssignmentPrefix, 0)]),
        ("apiKey: abc", &[(AssignmentPrefix, 0)]),
        ("SECRET_KEY==", &[]),
        ("https://example.com", &[]),
        ("https://example.com", &[]),
        ("user:abc", &[]),
    ]);
    assert_eq!(details(None, "API_KEY : abc", AssignmentPrefix), [":"]);
}

#[test]
fn a_good_key_is_found_in_what_is_around_it() {
    table(&[
        ("-H \"Authorization: Bearer @\"", &[(SurroundingText, 26), (Quotes, 70)][..]),
        ("curl -H 'Authorization: Bearer @' https://x.example", &[(SurroundingText, 31)]),
        ("setx NAME @", &[(SurroundingText, 10)]),
        ("{\"key\":\"@\"}", &[(SurroundingText, 8)]),
        ("https://x.example/y?key=@&more", &[(SurroundingText, 24)]),
        ("**@**", &[(SurroundingText, 2)]),
        ("@.", &[(SurroundingText, 0)]),
        ("(@)", &[(SurroundingText, 1)]),
        ("é @ é", &[(SurroundingText, 2)]),
        ("the key @ works", &[(SurroundingText, 8)]),
        ("LC_API_KEY=x KEYLATCH_API_KEY=@", &[(AssignmentPrefix, 0), (SurroundingText, 30)]),
    ]);
    assert_eq!(
        details(Some(keylatch()), "<b>kl_live_0123456789ABCDEFGHIJKLMNOPQRST3zX1CQ</b>", SurroundingText),
        ["44"]
    );
    // A word goes on: that is no key with something around it.
    for text in ["@x", "x@", "@-1", "_@"] {
        let problems = found(Some(keylatch()), &text.replace('@', KEY));
        assert!(problems.iter().all(|(code, _)| *code != SurroundingText), "{text}: {problems:?}");
    }
}

#[test]
fn placeholders_are_named_and_nothing_else_of_them() {
    for text in [
        "{MY_API_KEY}",
        "<API-KEY>",
        "<your key here>",
        "[API_KEY]",
        "${VAR}",
        "{{ api_key }}",
        "%API_KEY%",
        "your-api-key",
        "YOUR_API_KEY",
        "your api key here",
        "my_secret_token",
        "insert-key-here",
        "api-key",
        "changeme",
        "CHANGE_ME",
        "undefined",
        "null",
        "process.env.API_KEY",
        "xxxx",
        "XXXX-XXXX-XXXX",
        "...",
        "…",
        "****",
        "••••••••",
        "None",
        "NIL",
        "NaN",
        "(null)",
        "(none)",
        "[object Object]",
        "[redacted]",
        "Secret { [redacted] }",
        "op://vault/item/key",
        "awssm://prod/key",
        "ref+vault://secret/data/app#/key",
        "${{ secrets.LC_API_KEY }}",
        "${LC_API_KEY:-none}",
        "$(pass show api/key)",
        "{{ vault_api_key | default('x') }}",
        "<%= ENV['KEY'] %>",
        "#{KEY}",
        "%{KEY}",
        "$LC_API_KEY",
        "$env:LC_API_KEY",
        "ENC[AES256_GCM,data:abc,iv:def]",
        "ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)",
        "vault:secret/data/app#key",
        "arn:aws:secretsmanager:eu-west-1:1:secret:k",
        "projects/p/secrets/k/versions/latest",
        "encrypted:BDqDBibm4wsYqMpCjTQ6BsDHmMadg9K3dAt",
        "os.environ['LC_API_KEY']",
        "import.meta.env.VITE_API_KEY",
    ] {
        universal(&[(text, &[(Placeholder, 0)])]);
        table(&[(text, &[(Placeholder, 0)])]);
        table(&[(&["kl_live_", text].concat(), &[(Placeholder, 0)])]);
    }
    table(&[
        ("kl_live_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", &[(Placeholder, 0)]),
        ("kl_live_…Ab12", &[(Placeholder, 0)]),
        ("Bearer {KL_KEY}", &[(SchemePrefix, 0), (Placeholder, 7)]),
        ("LC_API_KEY=\"<API-KEY>\"", &[(AssignmentPrefix, 0), (Quotes, 11), (Placeholder, 12)]),
    ]);
    universal(&[("@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/k)", &[(Placeholder, 0)])]);
    // An escape stands where it stands; the key before it may be a good one.
    universal(&[
        ("abcdefghijklmnop1234567\\n", &[(Placeholder, 23)]),
        ("abcdefghijklmnop1234567\\r\\n", &[(Placeholder, 23)]),
        ("abcdefghijklmnop1234567%0A", &[(Placeholder, 23)]),
    ]);
    table(&[
        ("kl_live_0123456789ABCDEFGHIJKLMNOPQRST3zX1CQ\\n", &[(Placeholder, 44)]),
        ("LC_API_KEY=$LC_API_KEY", &[(AssignmentPrefix, 0), (Placeholder, 11)]),
        ("API_KEY: vault:secret/app#key", &[(AssignmentPrefix, 0), (Placeholder, 9)]),
    ]);
    // What keys of a format can be is none, and neither is what only begins so.
    universal(&[
        ("nonesuch", &[]),
        ("vaulted", &[]),
        ("env", &[]),
        ("$2b$10$abcdefghijk", &[]),
        ("abc$KEY", &[]),
        ("ENC", &[]),
        ("n", &[]),
        ("user:pass", &[]),
        ("projects", &[]),
        ("a%0Ab", &[]),
    ]);
    let every = KeyFormat::new(
        vec![Part::Run { alphabet: Alphabet::Custom(Cow::Borrowed("$ABC:/\\nop")), min: 1, max: 40 }],
        Certainty::Documented,
    );
    for key in ["$ABC", "op://A/B/C", "ABC\\n"] {
        assert_eq!(diagnose(Some(&every), key), [], "{key}");
    }
    universal(&[("xx", &[]), ("mykeyhole", &[]), ("{}", &[]), ("my-4e9f7a-key", &[]), ("a..b", &[])]);
}

#[test]
fn characters_outside_the_alphabet() {
    table(&[
        ("kl_live_0123456789!BCDEFGHIJKLMNOPQRST3zX1CQ", &[(BadCharacter, 18)]),
        ("kl_live_0123456789ABCDEFGHIJKLMNOPQRST3zX1C-", &[(BadCharacter, 43)]),
        ("kl_live_0123456789жBCDEFGHIJKLMNOPQRST3zX1CQ", &[(BadCharacter, 18)]),
        // Beyond the BMP a character is two code units long, here and for what follows.
        ("kl_live_012345678😀!BCDEFGHIJKLMNOPQRST3zX1CQ", &[(BadCharacter, 17), (BadCharacter, 19)]),
        ("kl_live_!!!!!!!!!!BCDEFGHIJKLMNOPQRST3zX1CQE", &[8, 9, 10, 11, 12].map(|at| (BadCharacter, at))),
    ]);
    let text = KEY.replace('A', "!");
    assert_eq!(details(Some(keylatch()), &text, BadCharacter), ["\"!\"", "letters and digits"]);
    let text = KEY.replace('A', "ж");
    assert_eq!(details(Some(keylatch()), &text, BadCharacter), ["\"ж\" (U+0436)", "letters and digits"]);
}

#[test]
fn lookalikes_are_read_as_what_was_meant() {
    table(&[
        // Cyrillic А, Greek Β, full-width Ｃ: the checksum is right again.
        ("kl_live_0123456789АBCDEFGHIJKLMNOPQRST3zX1CQ", &[(Lookalike, 18)]),
        ("kl_live_0123456789AΒＣDEFGHIJKLMNOPQRST3zX1CQ", &[(Lookalike, 19), (Lookalike, 20)]),
        ("kl_lіve_0123456789ABCDEFGHIJKLMNOPQRST3zX1CQ", &[(Lookalike, 4)]),
        ("kl＿live_0123456789ABCDEFGHIJKLMNOPQRST3zX1CQ", &[(Lookalike, 2)]),
        // A smart quote within the key looks like nothing that a key could have.
        ("kl_live_0123456789“BCDEFGHIJKLMNOPQRST3zX1CQ", &[(BadCharacter, 18)]),
    ]);
    universal(&[
        ("a–b", &[(Lookalike, 1)]),
        ("a“b", &[(Lookalike, 1)]),
        ("аbс", &[(Lookalike, 0), (Lookalike, 2)]),
    ]);
    for (text, expected) in [
        ("xА", ["\"А\" (U+0410)", "\"A\""]),
        ("xΒ", ["\"Β\" (U+0392)", "\"B\""]),
        ("xＣ", ["\"Ｃ\" (U+FF23)", "\"C\""]),
        ("x–x", ["\"–\" (U+2013)", "\"-\""]),
    ] {
        assert_eq!(details(None, text, Lookalike), expected);
    }
}

#[test]
fn invisible_characters() {
    table(&[
        ("\u{FEFF}@", &[(Invisible, 0)]),
        ("@\u{A0}", &[(Invisible, 44)]),
        (" \u{200B}@", &[(SurroundingSpace, 0), (Invisible, 1)]),
        ("kl_live_0123456789\u{200B}ABCDEFGHIJKLMNOPQRST3zX1CQ", &[(Invisible, 18)]),
        ("kl_live_0123456789A\u{AD}BC\u{202E}DEFGHIJKLMNOPQRST3zX1CQ", &[(Invisible, 19), (Invisible, 22)]),
        ("Bearer\u{A0}@", &[(SchemePrefix, 0)]),
    ]);
    universal(&[("a\u{200D}b", &[(Invisible, 1)])]);
    for (text, name, number) in [
        ("a\u{A0}b", "no-break space", "U+00A0"),
        ("a\u{200B}b", "zero-width character", "U+200B"),
        ("a\u{FEFF}b", "byte order mark", "U+FEFF"),
        ("a\u{AD}b", "soft hyphen", "U+00AD"),
        ("a\u{200F}b", "mark of writing direction", "U+200F"),
        ("a\u{2060}b", "zero-width character", "U+2060"),
        ("a\u{FE0F}b", "zero-width character", "U+FE0F"),
        ("a\u{E0041}b", "zero-width character", "U+E0041"),
    ] {
        assert_eq!(details(None, text, Invisible), [name, number]);
    }
}

#[test]
fn what_a_header_cannot_carry() {
    table(&[
        ("kl_live_0123456789\0ABCDEFGHIJKLMNOPQRST3zX1CQ", &[(UnsafeInHeader, 18)]),
        ("@\u{7}", &[(UnsafeInHeader, 44)]),
    ]);
    universal(&[
        ("a\u{1B}b\u{7F}c", &[(UnsafeInHeader, 1), (UnsafeInHeader, 3)]),
        ("a£b", &[(UnsafeInHeader, 1)]),
        ("\u{FFFD}", &[(UnsafeInHeader, 0)]),
    ]);
    assert_eq!(details(None, "a\u{7}", UnsafeInHeader), ["U+0007"]);
    assert_eq!(details(None, "a£", UnsafeInHeader), ["\"£\" (U+00A3)"]);
}

#[test]
fn wrong_prefixes() {
    table(&[
        ("kl_life_0123456789ABCDEFGHIJKLMNOPQRST3zX1CQ", &[(WrongPrefix, 5)]),
        ("sk_live_0123456789ABCDEFGHIJKLMNOPQRST3zX1CQ", &[(WrongPrefix, 0)]),
        ("KL_LIVE_0123456789ABCDEFGHIJKLMNOPQRST3zX1CQ", &[(WrongPrefix, 0)]),
        // The key without its beginning.
        ("0123456789ABCDEFGHIJKLMNOPQRST3zX1CQ", &[(WrongPrefix, 0), (WrongLength, 36)]),
        // A key of another service.
        ("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", &[(WrongPrefix, 0), (WrongLength, 40)]),
    ]);
    assert_eq!(details(Some(keylatch()), "sk_live_", WrongPrefix), ["\"kl_live_\" or \"kl_test_\""]);
}

#[test]
fn wrong_lengths() {
    table(&[
        ("kl_live_0123456789ABCDEFGHIJKLMNOPQRST3zX1C", &[(WrongLength, 43)]),
        ("@0", &[(WrongLength, 44)]),
        ("@0!😀", &[(WrongLength, 44)]),
        // While it is being typed, the prefix is not wrong but unfinished.
        ("k", &[(WrongLength, 1)]),
        ("kl_li", &[(WrongLength, 5)]),
        ("kl_live_", &[(WrongLength, 8)]),
        ("kl_live_ab!", &[(BadCharacter, 10), (WrongLength, 11)]),
    ]);
    assert_eq!(details(Some(keylatch()), "kl_live_", WrongLength), ["44", "8"]);
}

#[test]
fn wrong_checksums() {
    table(&[
        ("kl_live_1123456789ABCDEFGHIJKLMNOPQRST3zX1CQ", &[(WrongChecksum, 38)]),
        ("kl_test_0123456789ABCDEFGHIJKLMNOPQRST3zX1CQ", &[(WrongChecksum, 38)]),
        (" kl_live_0123456789ABCDEFGHIJKLMNOPQRST3zX1Cq", &[(SurroundingSpace, 0), (WrongChecksum, 39)]),
    ]);
    assert_eq!(details(Some(keylatch()), &KEY.replace('0', "O"), WrongChecksum), ["6"]);
}

#[test]
fn decoration_is_taken_off_before_the_key_is_looked_at() {
    table(&[
        (" \"Bearer @\"", &[(SurroundingSpace, 0), (Quotes, 1), (SchemePrefix, 2)]),
        (
            "export LC_API_KEY='Bearer @'\n",
            &[(AssignmentPrefix, 0), (Quotes, 18), (SchemePrefix, 19), (SurroundingSpace, 71)],
        ),
    ]);
}

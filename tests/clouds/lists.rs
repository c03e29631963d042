//! A list of many pages has an end.

use keylatch::lifecycle::{Client, Credential, Filter};
use keylatch::{Code, Error};

use super::script::{Exchange, Script, declared, expect, run, told};

const LIST: &str = r#""endpoints":{"list":{"path":"/keys","query":{"after":"{cursor}"}}}"#;

fn page(asked: Option<&str>, items: &str, next: &str) -> Exchange {
    let query = asked.map(|cursor| format!("?after={cursor}")).unwrap_or_default();
    let body = format!(r#"{{"items":[{items}],"next_cursor":{next}}}"#);
    expect(&format!("GET https://h/keys{query} | x-key: KEY"), 200, &body)
}

fn acme(script: &Script) -> Client {
    declared(script, LIST, Credential::Key("KEY".into()))
}

/// The ids of all pages, and how it ended.
fn all(script: &Script, filter: &Filter) -> (Vec<String>, Result<(), Error>) {
    let (client, mut ids, mut cursor) = (acme(script), Vec::new(), None::<String>);
    loop {
        match run(client.list(script, filter, cursor.as_deref())) {
            Ok(page) => {
                ids.extend(page.items.into_iter().map(|key| key.id));
                cursor = page.cursor;
            }
            Err(error) => return (ids, Err(error)),
        }
        if cursor.is_none() {
            return (ids, Ok(()));
        }
    }
}

#[test]
fn a_list_that_leads_in_a_circle_ends_as_a_bad_response() {
    for cursors in [&["a", "b", "a"][..], &["a", "b", "c", "a"], &["a", "b", "c", "d", "c"], &["1", "2", "1"]]
    {
        let mut pages = Vec::new();
        let mut asked = None;
        for (number, next) in cursors.iter().enumerate() {
            pages.push(page(asked, &format!(r#"{{"id":"k{number}"}}"#), &format!("\"{next}\"")));
            asked = Some(*next);
        }
        let script = Script::new(pages);
        let (ids, end) = all(&script, &Filter::default());
        // Each page is read once, and what is in it is not lost.
        assert_eq!(ids.len(), cursors.len());
        let (code, sentence) = told(end);
        assert_eq!(code, Code::BadResponse);
        assert!(sentence.contains("leads back"), "{sentence}");
        script.done();
    }
}

#[test]
fn a_cursor_by_number_leads_in_a_circle_too() {
    let script = Script::new([page(None, "", "1"), page(Some("1"), "", "2"), page(Some("2"), "", "1")]);
    let (ids, end) = all(&script, &Filter::default());
    assert!(ids.is_empty());
    assert_eq!(told(end).0, Code::BadResponse);
    script.done();
}

#[test]
fn pages_without_a_key_come_to_an_end() {
    let asked: Vec<String> = (1..200).map(|number| number.to_string()).collect();
    let empty = (0..100).map(|n| {
        let before = if n == 0 { None } else { Some(asked[n - 1].as_str()) };
        page(before, "", &format!("\"{}\"", asked[n]))
    });
    let script = Script::new(empty);
    let (_, end) = all(&script, &Filter::default());
    let (code, sentence) = told(end);
    assert_eq!(code, Code::BadResponse);
    assert!(sentence.contains("without a key"), "{sentence}");
    script.done();

    // One key between them begins the count anew, and a filter does not count.
    let some = (0..150).map(|n| {
        let before = if n == 0 { None } else { Some(asked[n - 1].as_str()) };
        let next = if n == 149 { "null".into() } else { format!("\"{}\"", asked[n]) };
        page(before, if n == 75 { r#"{"id":"k1","status":"revoked"}"# } else { "" }, &next)
    });
    let script = Script::new(some);
    let filter = Filter { status: Some("active".into()), search: None };
    let (ids, end) = all(&script, &filter);
    assert!(ids.is_empty() && end.is_ok());
    script.done();
}

#[test]
fn a_key_that_is_looked_for_in_a_circle_is_not_looked_for_for_ever() {
    let script = Script::new([
        page(None, r#"{"id":"k1"}"#, "\"a\""),
        page(Some("a"), r#"{"id":"k2"}"#, "\"b\""),
        page(Some("b"), r#"{"id":"k3"}"#, "\"a\""),
    ]);
    assert_eq!(told(run(acme(&script).get(&script, "k9"))).0, Code::BadResponse);
    script.done();
}

#[test]
fn a_cursor_that_cannot_be_read_is_not_the_end_of_the_list() {
    for next in ["{}", "[]", "true", r#"["a"]"#, "1.5"] {
        let script = Script::new([page(None, r#"{"id":"k1"}"#, next)]);
        assert_eq!(told(all(&script, &Filter::default()).1).0, Code::BadResponse, "{next}");
    }
    for next in ["null", "false", r#""""#] {
        let script = Script::new([page(None, r#"{"id":"k1"}"#, next)]);
        let (ids, end) = all(&script, &Filter::default());
        assert!(ids == ["k1"] && end.is_ok(), "{next}");
    }
}

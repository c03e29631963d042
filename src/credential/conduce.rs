//! Conduce's `~/.conduceconfig`: YAML with a default host and user, and a key
//! for each user and host (`docs/wire.md`, section 3.3):
//!
//! ```yaml
//! default-host: app.conduce.com
//! default-user: kim@example.test
//! kim@example.test:
//!   api-keys: {app: 6f1d2c1e-0000-4000-8000-000000000001, dev-app: ''}
//! ```

use super::entry::{Entry, Miss};
use super::login::address;
use super::yaml::{self, Node};
use crate::secret::Secret;
use crate::text::{before, concat, contains, integer};

pub fn get(text: &str, user: Option<&str>, host: Option<&str>) -> Result<Entry, Miss> {
    let config = parse(text)?;
    let Owner { user, host, .. } = owner(&config, user, host)?;
    let name = name_of(&host);
    let key = keys(&config, &user)?.and_then(|keys| keys.get(name)).and_then(Node::text);
    match key.filter(|key| !key.is_empty()) {
        Some(key) => Ok(Entry { secret: Secret::from(key), base_url: Some(address(&host)) }),
        None => Err(Miss::For(user + " at " + name)),
    }
}

/// The file with the key in its place; without a key, with the empty text that
/// the owner's client leaves there.
pub fn set(text: &str, user: Option<&str>, host: Option<&str>, key: Option<&str>) -> Result<String, Miss> {
    let config = parse(text)?;
    let Owner { user, host, .. } = owner(&config, user, host)?;
    let name = name_of(&host);
    let value = yaml::quoted(key.unwrap_or_default());
    let pair = yaml::quoted(name) + ": " + &value;
    let line_end = if contains(text, "\r\n") { "\r\n" } else { "\n" };
    let keys = keys(&config, &user)?;
    if key.is_none() && keys.is_none_or(|keys| keys.get(name).is_none()) {
        return Ok(text.into());
    }
    let (from, to, insert) = match (keys, config.get(&user)) {
        (Some(keys), _) => match (keys.get(name), keys) {
            (Some(Node::Scalar(_, from, to)), _) => (*from, *to, value),
            (Some(Node::Nothing(from, to)), _) => (*from, *to, String::from(" ") + &value),
            (Some(_), _) => return Err(Miss::NotUnderstood(String::from("the key of ") + name)),
            (None, Node::Flow(members, close)) => match members.last() {
                Some(last) => (last.end, last.end, String::from(", ") + &pair),
                None => (*close, *close, pair),
            },
            (None, Node::Block(_, indent, end)) => {
                return Ok(insert_line(text, *end, &(" ".repeat(*indent) + &pair), line_end));
            }
            (None, Node::Nothing(from, to)) => (*from, *to, String::from(" {") + &pair + "}"),
            (None, _) => return Err(Miss::NotUnderstood("api-keys".into())),
        },
        (None, Some(Node::Block(_, indent, end))) => {
            let line = " ".repeat(*indent) + "api-keys: {" + &pair + "}";
            return Ok(insert_line(text, *end, &line, line_end));
        }
        (None, Some(Node::Nothing(from, to))) => {
            (*from, *to, String::from(line_end) + "  api-keys: {" + &pair + "}")
        }
        (None, Some(_)) => return Err(Miss::NotUnderstood(user)),
        (None, None) => {
            let mut out = String::from(text);
            for (member, value) in [("default-host", &host), ("default-user", &user)] {
                if config.get(member).is_none() {
                    out = insert_line(
                        &out,
                        out.len(),
                        &(String::from(member) + ": " + &yaml::quoted(value)),
                        line_end,
                    );
                }
            }
            out = insert_line(&out, out.len(), &(yaml::quoted(&user) + ":"), line_end);
            return Ok(insert_line(
                &out,
                out.len(),
                &(String::from("  api-keys: {") + &pair + "}"),
                line_end,
            ));
        }
    };
    let (before, after) = (text.get(..from).unwrap_or_default(), text.get(to..).unwrap_or_default());
    Ok(concat(&[before, &insert, after]))
}

struct Owner {
    user: String,
    host: String,
}

fn owner(config: &Node, user: Option<&str>, host: Option<&str>) -> Result<Owner, Miss> {
    let default = |given: Option<&str>, member: &str, what: &str| {
        let found = given.or_else(|| config.get(member).and_then(Node::text)).filter(|text| !text.is_empty());
        found.map(String::from).ok_or_else(|| Miss::For(String::from(what)))
    };
    let user = default(user, "default-user", "anyone: it has no default-user, and no user was named")?;
    let host = default(host, "default-host", "any host: it has no default-host, and none was named")?;
    Ok(Owner { user, host })
}

/// What a host is called in the file.
fn name_of(host: &str) -> &str {
    match before(host, ".") {
        "dev" => "dev-app",
        "stg" => "stg-app",
        "prd" => "prd-app",
        name => name,
    }
}

fn keys<'a>(config: &'a Node, user: &str) -> Result<Option<&'a Node>, Miss> {
    let keys = match config.get(user) {
        Some(Node::Other(line)) => return Err(fault(*line)),
        Some(node) => node.get("api-keys"),
        None => None,
    };
    match keys {
        Some(Node::Other(line)) => Err(fault(*line)),
        keys => Ok(keys),
    }
}

fn parse(text: &str) -> Result<Node, Miss> {
    yaml::parse(text).map_err(fault)
}

fn fault(line: usize) -> Miss {
    Miss::NotUnderstood(String::from("line ") + &integer(line as i64))
}

/// Puts a line at a place where one begins, or at the end.
fn insert_line(text: &str, at: usize, line: &str, line_end: &str) -> String {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let mut out = String::from(before);
    if !before.is_empty() && !before.ends_with('\n') {
        out.push_str(line_end);
    }
    out.push_str(line);
    out.push_str(line_end);
    out.push_str(after);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "default-host: app.conduce.com\n\
        default-user: kim@example.test\n\
        kim@example.test:\n  \
          api-keys: {app: 6f1d-1, dev-app: '', prd-app: '',\n    \
            stg-app: ''} # wrapped at 80\n";

    const BLOCK: &str = "# mine\n\
        ---\n\
        default-user: 'kim@example.test'\n\
        proxies:\n- http: x\n- |\n  raw: text\n\
        kim@example.test:\n    \
            theme: \"dark\"\n    \
            api-keys:\n        \
                app: 6f1d-1\n        \
                '127': 6f1d-2 # local\n\
        other@example.test:\n  api-keys:\n    app: theirs\n";

    #[test]
    fn the_key_of_a_user_and_host_is_found() {
        let kim = Some("kim@example.test");
        for (text, user, host, expected) in [
            (SAMPLE, None, None, Some("6f1d-1")),
            (SAMPLE, kim, Some("app.conduce.com"), Some("6f1d-1")),
            (SAMPLE, kim, Some("app.conduce.com:8443"), Some("6f1d-1")),
            (SAMPLE, kim, Some("dev.conduce.com"), None),
            (SAMPLE, kim, Some("stg-app.conduce.com"), None),
            (SAMPLE, Some("other"), None, None),
            (BLOCK, None, Some("127.0.0.1:8080"), Some("6f1d-2")),
            (BLOCK, None, None, None),
            (BLOCK, Some("other@example.test"), Some("app.conduce.com"), Some("theirs")),
            ("", kim, Some("app"), None),
            ("kim@example.test:\n", kim, Some("app"), None),
            ("kim@example.test: {api-keys: {app: x}}\n", kim, Some("app"), Some("x")),
            ("kim@example.test: {api-keys: {\"app\": \"x\"}}", kim, Some("app"), Some("x")),
        ] {
            let found = get(text, user, host).ok().map(|entry| entry.secret.expose().to_owned());
            assert_eq!(found.as_deref(), expected, "{text:?} {user:?} {host:?}");
        }
        assert_eq!(get(SAMPLE, None, None).ok().unwrap().base_url.unwrap(), "https://app.conduce.com");
    }

    #[test]
    fn one_key_is_written_and_every_other_byte_stays() {
        let kim = Some("kim@example.test");
        for (text, host, before, after) in [
            (SAMPLE, "app.conduce.com", "app: 6f1d-1,", "app: new,"),
            (SAMPLE, "stg.conduce.com", "stg-app: ''}", "stg-app: new}"),
            (SAMPLE, "127.0.0.1:1", "stg-app: ''}", "stg-app: '', '127': new}"),
            (BLOCK, "127.0.0.1:1", "6f1d-2 #", "new #"),
            (BLOCK, "dev.conduce.com", "# local\n", "# local\n        dev-app: new\n"),
            ("kim@example.test:\n", "app.x", "test:", "test:\n  api-keys: {app: new}"),
            ("kim@example.test:\n  a: 1\nb: 2\n", "app.x", "a: 1\n", "a: 1\n  api-keys: {app: new}\n"),
            ("kim@example.test:\n  api-keys:\nb: 2\n", "app.x", "api-keys:", "api-keys: {app: new}"),
            ("kim@example.test:\n  api-keys: {}\n", "app.x", "{}", "{app: new}"),
            ("kim@example.test:\n  api-keys: {app: }\n", "app.x", "app: ", "app: new "),
            ("kim@example.test:\n  api-keys: {app: null}\n", "app.x", "null", "new"),
            ("kim@example.test:\n  api-keys:\n    app: ~ # none\n", "app.x", "~", "new"),
            ("kim@example.test: null\n", "app.x", " null", "\n  api-keys: {app: new}"),
            ("kim@example.test:\r\n  api-keys:\r\n    a: 1\r\n", "app.x", "1\r\n", "1\r\n    app: new\r\n"),
        ] {
            let written = set(text, kim, Some(host), Some("new")).unwrap();
            assert_eq!(
                written.replace("app:  ", "app: "),
                text.replacen(before, after, 1).replace("app:  ", "app: "),
                "{host}"
            );
            assert_eq!(get(&written, kim, Some(host)).ok().unwrap().secret.expose(), "new");
        }
    }

    #[test]
    fn a_new_file_has_its_defaults() {
        let written = set("", Some("kim@example.test"), Some("app.conduce.com"), Some("6f1d-1")).unwrap();
        let expected = "default-host: app.conduce.com\ndefault-user: kim@example.test\nkim@example.test:\n  \
                        api-keys: {app: '6f1d-1'}\n";
        assert_eq!(written, expected);
        let second = set(&written, Some("lee@example.test"), Some("dev.conduce.com"), Some("k")).unwrap();
        assert!(second.starts_with(expected) && second.matches("default-").count() == 2, "{second}");
    }

    #[test]
    fn a_removed_key_leaves_the_empty_text() {
        let written = set(SAMPLE, None, None, None).unwrap();
        assert_eq!(written, SAMPLE.replace("6f1d-1", "''"));
        assert_eq!(set(SAMPLE, Some("nobody"), None, None).unwrap(), SAMPLE);
    }

    #[test]
    fn what_is_not_understood_is_named_and_never_written_to() {
        for (text, line) in [
            ("- a list\n", "line 1"),
            ("a: 1\nkim: [1, 2]\n", "line 2"),
            ("kim:\n  api-keys: {app: [x]}\n", "line 2"),
            ("kim:\n  api-keys: {app: x\n", "line 2"),
            ("kim: &anchor\n  api-keys: {app: x}\n", "line 1"),
            ("kim:\n\tapi-keys: {app: x}\n", "line 2"),
            ("kim:\n  api-keys: {app: x}#y\n", "line 2"),
            ("a: 1\n--- \nb: 2\n", "line 2"),
            ("kim:\n  api-keys: |\n    app: x\n", "line 2"),
        ] {
            for result in [
                get(text, Some("kim"), Some("app")).map(|_| ()),
                set(text, Some("kim"), Some("app"), Some("new")).map(|_| ()),
            ] {
                assert_eq!(result.err(), Some(Miss::NotUnderstood(line.into())), "{text:?}");
            }
        }
    }

    #[test]
    fn texts_are_quoted_so_that_yaml_reads_them_as_texts() {
        for (text, quoted) in [
            ("app", "app"),
            ("kim@example.test", "kim@example.test"),
            ("127", "'127'"),
            ("", "''"),
            ("no", "'no'"),
            ("6f1d2c1e-0000-4000-8000-000000000001", "'6f1d2c1e-0000-4000-8000-000000000001'"),
            ("a: b", "'a: b'"),
            ("it's", "'it''s'"),
            ("localhost:80", "'localhost:80'"),
        ] {
            assert_eq!(yaml::quoted(text), quoted);
        }
    }
}

//! Writes `pkg/wasm/messages.js`, and with the argument `node`
//! `pkg/wasm/node/messages.js`: the copy of the core's sentences that the
//! JavaScript face shows, to standard output. Run by `cargo xtask build`.

use keylatch::error::Code;
use keylatch::format::ProblemCode;
use keylatch::notice::Reason;

fn main() {
    println!("// The sentences of src/error.rs and src/format/, copied by `cargo xtask build`.");
    println!("// The wasm knows only the codes. Edit the sentences there, not here.");
    // Those of the credential chain, which only Node has, are a module of their own.
    if std::env::args().nth(1).as_deref() == Some("node") {
        table("reasons", Reason::ALL.iter().map(|reason| (reason.as_str(), reason.sentence())));
        return;
    }
    table("errors", Code::ALL.iter().map(|code| (code.as_str(), code.sentence())));
    table("problems", ProblemCode::ALL.iter().map(|code| (code.as_str(), code.sentence())));
}

fn table(name: &str, rows: impl Iterator<Item = (&'static str, &'static str)>) {
    println!("\n/** @type {{Record<string, string>}} */\nexport const {name} = {{");
    for (code, sentence) in rows {
        println!("  {code}: {},", quoted(sentence));
    }
    println!("}};");
}

/// The text as a JavaScript string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn quotes_and_backslashes_are_escaped() {
        assert_eq!(quoted(r#"say "a\b" …"#), r#""say \"a\\b\" …""#);
        assert_eq!(quoted("two\nlines"), r#""two\nlines""#);
    }
}

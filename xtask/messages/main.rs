//! Writes what the JavaScript face knows of the core to standard output, as an
//! ES module: the sentences of codes, the services as data, what headers carry.
//! With the argument `catalogue` the services that are known by their keys only, and what is told
//! of their good keys; with `client`
//! the sentences that come with the client's WebAssembly; with `node` those of the credential
//! chain, which only Node has. Run by `cargo xtask build`.

use keylatch::error::Code;
use keylatch::format::{CATALOGUE, ProblemCode, services};
use keylatch::http::Fault;
use keylatch::notice::Reason;
use keylatch::provider;
use keylatch::scheme;
use keylatch::value::{Object, Value};

fn main() {
    let argument = std::env::args().nth(1);
    if argument.as_deref() == Some("catalogue") {
        // Where facts are from is for readers of the file.
        let lines = services::lines().map(|line| line.split("; from: ").next().unwrap_or(line));
        export("catalogue", &Value::from(lines.collect::<Vec<_>>().join("\n").as_str()));
        problems("notes", &is_note);
        return;
    }
    if argument.as_deref() == Some("node") {
        export("version", &Value::from(env!("CARGO_PKG_VERSION")));
        table("reasons", Reason::ALL.iter().map(|reason| (reason.as_str(), reason.sentence())));
        return;
    }
    let errors = |name, is: &dyn Fn(&Code) -> bool| {
        table(name, Code::ALL.iter().filter(|code| is(code)).map(|code| (code.as_str(), code.sentence())));
    };
    if argument.as_deref() == Some("client") {
        errors("clientErrors", &|code| code.is_of_client() && !code.is_of_requests());
        return;
    }
    // Apart, so that who only checks keys does not download what becomes of requests, nor what
    // needs a secret.
    let of_secrets = |code: &Code| {
        matches!(code, Code::InvalidHeader | Code::AlreadyRevealed | Code::InsecureUrl | Code::NoEntropy)
    };
    errors("errors", &|code| !code.is_of_client() && !of_secrets(code));
    errors("secretErrors", &of_secrets);
    errors("requestErrors", &|code| code.is_of_requests());
    problems("problems", &|code| !is_note(code));
    // By number, as they come out of the offline module.
    export("codes", &ProblemCode::ALL.iter().map(|code| Value::from(code.as_str())).collect());
    export("baseFaults", &Fault::ALL.iter().map(|fault| Value::from(fault.sentence())).collect());
    let numbers = CATALOGUE.iter().zip(1_u32..).map(|((id, _), number)| (*id, Value::from(number)));
    export("formats", &numbers.collect::<Object>().into());
    export("doubtfulKey", &Value::from(scheme::DOUBTFUL));
    // What checks and headers need, and all that is known.
    let brief = ["id", "title", "format", "schemes", "certainty"];
    let services: Vec<Value> = provider::builtins().iter().map(|provider| Value::from(*provider)).collect();
    let some = |service: &Value| -> Value {
        let members = service.members().iter().filter(|(name, _)| brief.contains(&name.as_ref()));
        Value::Map(members.cloned().collect())
    };
    export("services", &services.iter().map(some).collect());
    // What a declaration leaves out of an endpoint is as in keylatch's own API.
    let own = services.first().and_then(|service| service.member("endpoints"));
    export("endpointDefaults", own.unwrap_or(&Value::Null));
    export("descriptions", &services.into_iter().collect());
}

/// Whether a problem is one that only keys of the catalogue have, beside which they are good.
fn is_note(code: &ProblemCode) -> bool {
    matches!(code, ProblemCode::PublishableKey | ProblemCode::Identifier | ProblemCode::TestKey)
}

fn problems(name: &str, is: &dyn Fn(&ProblemCode) -> bool) {
    table(name, ProblemCode::ALL.iter().filter(|code| is(code)).map(|code| (code.as_str(), code.sentence())));
}

fn table(name: &str, rows: impl Iterator<Item = (&'static str, &'static str)>) {
    export(name, &rows.map(|(code, sentence)| (code, Value::from(sentence))).collect::<Object>().into());
}

fn export(name: &str, value: &Value) {
    let mut json = String::new();
    keylatch::json::write(value, &mut json);
    // The types that the facade is checked by.
    let shape = match (name, value) {
        ("codes", _) => "import('../../../pkg/index.js').ProblemCode[]",
        ("formats", _) => "Record<string, number>",
        (_, Value::List(_)) => "any[]",
        (_, Value::Text(_)) => "string",
        _ => "Record<string, any>",
    };
    println!("/** @type {{{shape}}} */\nexport const {name} = {json};");
}

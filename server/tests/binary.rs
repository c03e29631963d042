//! The command: its flags, its one line, its refusals, its end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod client;
#[path = "service/redis_server.rs"]
#[allow(dead_code, reason = "a Redis is all that is needed of it here")]
mod redis_server;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use client::{call, sign_in};

const JSON: &str = "content-type: application/json\r\n";

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keylatch-server"));
    command.current_dir(directory).args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs to the end.
fn run(directory: &Path, arguments: &[&str]) -> Output {
    command(directory, arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A server that is ended, whatever becomes of the test.
struct Server {
    process: Child,
    address: SocketAddr,
    line: String,
}

impl Server {
    fn start(directory: &Path, arguments: &[&str]) -> Server {
        let mut process = command(directory, arguments).args(["--listen", "127.0.0.1:0"]).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().rsplit('/').next().unwrap().parse();
        Server { address: address.unwrap_or_else(|_| panic!("not ready: {line:?}")), process, line }
    }

    /// Sends the signal and waits for the end.
    #[cfg(unix)]
    fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        let status = self.process.wait().unwrap();
        let mut rest = String::new();
        self.process.stdout.as_mut().unwrap().read_to_string(&mut rest).unwrap();
        (status.code(), rest)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(unix)]
#[test]
fn one_line_says_where_it_listens_and_a_signal_ends_it() {
    for (signal, calls) in [("-INT", 1), ("-TERM", 1), ("-INT", 0), ("-TERM", 0)] {
        let directory = tempfile::tempdir().unwrap();
        let server = Server::start(directory.path(), &[]);
        assert_eq!(server.line, format!("keylatch-server listening on http://{}\n", server.address));
        for _ in 0..calls {
            assert_eq!(call(server.address, "GET", "/health", "", "").status, 200);
        }
        let (code, rest) = server.end(signal);
        assert_eq!((code, rest.as_str()), (Some(0), ""), "{signal}");
        let left: Vec<_> =
            fs::read_dir(directory.path()).unwrap().flatten().map(|file| file.file_name()).collect();
        assert_eq!(left, ["keylatch.db"], "the write-ahead log was worked in");
    }
}

#[test]
fn demo_makes_an_account_with_test_keys() {
    let directory = tempfile::tempdir().unwrap();
    for (arguments, prefix) in [
        (&["--demo"][..], "kl_test_"),
        (&["--demo"], "kl_test_"),
        (&["--demo", "--key-environment", "live"], "kl_live_"),
        (&[], "kl_live_"),
    ] {
        let server = Server::start(directory.path(), arguments);
        let cookie = sign_in(server.address, "demo@example.com", "reveal-once").cookie();
        let session = format!("cookie: {cookie}\r\n{JSON}");
        let answer = call(server.address, "POST", "/v1/keys", &session, "{\"name\":\"x\"}");
        let secret = answer.json()["secret"].as_str().unwrap().to_owned();
        assert!(secret.starts_with(prefix), "{arguments:?}");
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let server = Server::start(elsewhere.path(), &[]);
    assert_eq!(sign_in(server.address, "demo@example.com", "reveal-once").status, 401, "only with --demo");
}

#[test]
fn a_page_and_a_package_are_served() {
    let directory = tempfile::tempdir().unwrap();
    for (path, content) in [("www/index.html", "page"), ("pkg/index.js", "package")] {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let server = Server::start(directory.path(), &["--www", "www", "--pkg", "pkg"]);
    assert_eq!(call(server.address, "GET", "/", "", "").body, "page");
    assert_eq!(call(server.address, "GET", "/keylatch/index.js", "", "").body, "package");
}

#[test]
fn facades_are_there_when_asked_for_and_in_the_demo() {
    let directory = tempfile::tempdir().unwrap();
    let addresses =
        ["/conduce/api/v1/apikeys/list", "/api/v1/instances", "/rest/v0/pipelines", "/api/users/me"];
    for (arguments, there) in [
        (&[][..], [false; 4]),
        (&["--facade", "lambda,luminary"], [false, true, true, false]),
        (&["--facade", "modelon", "--facade", "modelon,conduce"], [true, false, false, true]),
        (&["--demo"], [true; 4]),
        (&["--demo", "--facade", "conduce"], [true, false, false, false]),
    ] {
        let server = Server::start(directory.path(), arguments);
        for (address, there) in addresses.iter().zip(there) {
            let answer = call(server.address, "GET", address, "", "");
            // Without a key: 401 of the facade, or 404 because there is none.
            let expected = if there { 401 } else { 404 };
            assert_eq!(answer.status, expected, "{arguments:?}: {address}");
        }
    }
}

#[test]
fn allowed_origins_may_be_several() {
    let directory = tempfile::tempdir().unwrap();
    let arguments = ["--allow-origin", "https://a.example", "--allow-origin", "http://localhost:5173"];
    let server = Server::start(directory.path(), &arguments);
    for (origin, allowed) in
        [("https://a.example", true), ("http://localhost:5173", true), ("https://b.example", false)]
    {
        let answer = call(server.address, "GET", "/health", &format!("origin: {origin}\r\n"), "");
        let line = format!("access-control-allow-origin: {origin}");
        assert_eq!(answer.head.contains(&line), allowed, "{origin}");
    }
}

#[test]
fn wrong_flags_end_with_2_and_touch_nothing() {
    let directory = tempfile::tempdir().unwrap();
    for (arguments, words) in [
        (&["--demo", "--listen", "0.0.0.0:0"][..], &["--demo", "other computers may reach"][..]),
        (&["--demo", "--listen", "0.0.0.0:0", "--secure-cookies"], &["--demo"]),
        (&["--demo", "--listen", "[::]:0"], &["--demo"]),
        (&["--listen", "0.0.0.0:0"], &["--secure-cookies", "plain http"]),
        (&["--listen", "8787"], &["--listen", "127.0.0.1:8787"]),
        (&["--listen", "example.com:80"], &["--listen"]),
        (&["--allow-origin", "*"], &["--allow-origin", "https://app.example.com"]),
        (&["--allow-origin", "https://a.example/page"], &["without a path"]),
        (&["--key-environment", "staging"], &["live", "test"]),
        (&["--facade", "amazon"], &["conduce, lambda, luminary, modelon"]),
        (&["--facade", "lambda,,modelon"], &["--facade"]),
        (&["--log", "loud=shout"], &["--log"]),
        (&["--nonsense"], &["--nonsense"]),
        (&["--database", "postgres://kim:s3cret@127.0.0.1:1/keys"], &["KEYLATCH_DATABASE", "password"]),
        (&["--redis", "redis://:s3cret@127.0.0.1:1"], &["KEYLATCH_REDIS", "--redis-password-file"]),
        (&["--trusted-proxy", "nginx"], &["10.0.0.0/8"]),
        (&["--config", "no/such.toml"], &["no/such.toml"]),
        (&["user"], &["add"]),
        (&["user", "add"], &["EMAIL"]),
    ] {
        let output = run(directory.path(), arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(!message.contains("s3cret"), "{message}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        for word in words {
            assert!(message.contains(word), "{arguments:?}: {message}");
        }
    }
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn a_variable_that_is_set_but_empty_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let with_empty =
        |name: &str, arguments: &[&str]| command(directory.path(), arguments).env(name, "").output().unwrap();
    for name in ["KEYLATCH_DATABASE", "KEYLATCH_WWW", "KEYLATCH_DEMO", "KEYLATCH_DATABASE_LISTENER"] {
        let refused = with_empty(name, &["doctor"]);
        let message = text(&refused.stderr);
        assert_eq!((refused.status.code(), message.lines().count()), (Some(2), 1), "{message}");
        assert!(message.contains(&format!("{name} is set but empty")), "{message}");
    }
    assert_eq!(with_empty("KEYLATCH_WWW", &["--help"]).status.code(), Some(0));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0, "no database was made");
}

#[test]
fn what_hinders_the_start_is_one_line_and_ends_with_1() {
    let directory = tempfile::tempdir().unwrap();
    let letter = "Dear Kim, ".repeat(1000);
    fs::write(directory.path().join("letter.txt"), &letter).unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (arguments, words) in [
        (&["--listen", &*taken][..], &[&*taken, "another program listens there", "--listen"][..]),
        (&["--database", "letter.txt"], &["letter.txt is not a keylatch database", "--database"]),
        (&["--database", "no/such/keys.db"], &["no/such does not exist", "Create it"]),
        (&["--database", "."], &["directory"]),
        (&["--database", "postgres://kim@127.0.0.1:1/keys"], &["PostgreSQL", "Check that it runs"]),
        (&["--www", "nothing"], &["nothing", "--www"]),
        (&["--redis", "http://127.0.0.1"], &["--redis", "redis://HOST:PORT"]),
    ] {
        // The last --listen wins.
        let mut all = vec!["--listen", "127.0.0.1:0"];
        if arguments[0] == "--listen" {
            all.clear();
        }
        all.extend(arguments);
        let output = run(directory.path(), &all);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {message}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        assert_eq!(message.lines().count(), 1, "{arguments:?}: {message}");
        assert!(message.starts_with("keylatch-server: ") && !message.contains("s3cret"), "{message}");
        for word in words {
            assert!(message.contains(word), "{arguments:?}: {message}");
        }
    }
    assert_eq!(fs::read_to_string(directory.path().join("letter.txt")).unwrap(), letter);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "a port in use touches no database");
}

#[test]
fn a_user_is_added_with_a_password_from_standard_input() {
    let directory = tempfile::tempdir().unwrap();
    let add = |email: &str, input: &str| {
        let mut command = command(directory.path(), &["user", "add", email, "--database", "keys.db"]);
        let mut process = command.stdin(Stdio::piped()).spawn().unwrap();
        process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        process.wait_with_output().unwrap()
    };
    let added = add("Kim@Example.com", "correct horse\nsecond line\n");
    assert_eq!(added.status.code(), Some(0), "{}", text(&added.stderr));
    assert!(text(&added.stdout).starts_with("added kim@example.com as usr_"), "{}", text(&added.stdout));
    for (email, input, word) in [
        ("kim@example.com", "correct horse\n", "already"),
        ("lee@example.com", "short\n", "at least 8"),
        ("lee@example.com", "", "at least 8"),
        ("lee", "correct horse\n", "not an e-mail address"),
    ] {
        let refused = add(email, input);
        let message = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{email}: {message}");
        assert!(message.contains(word) && !message.contains("correct horse"), "{message}");
        assert_eq!(message.lines().count(), 1, "no job complains that the database is gone: {message}");
    }
    let server = Server::start(directory.path(), &["--database", "sqlite://keys.db"]);
    assert_eq!(sign_in(server.address, "kim@example.com", "correct horse").status, 201);
    assert_eq!(sign_in(server.address, "lee@example.com", "correct horse").status, 401);
}

#[test]
fn help_tells_every_flag_and_where_the_password_comes_from() {
    let directory = tempfile::tempdir().unwrap();
    let help = text(&run(directory.path(), &["--help"]).stdout);
    for flag in [
        "--listen",
        "--database",
        "--demo",
        "--key-environment",
        "--www",
        "--pkg",
        "--facade",
        "--allow-origin",
        "--secure-cookies",
        "--log",
        "user",
    ] {
        assert!(help.contains(flag), "{flag}: {help}");
    }
    let help = text(&run(directory.path(), &["user", "add", "--help"]).stdout);
    assert!(help.contains("first line of standard input"), "{help}");
}

#[test]
fn doctor_says_whether_redis_can_be_used() {
    let directory = tempfile::tempdir().unwrap();
    let mut redis = redis_server::Redis::with("s3cret word", &[]);
    let url = format!("redis://127.0.0.1:{}", redis.port());
    fs::write(directory.path().join("password"), "s3cret word\n").unwrap();
    let doctor = |arguments: &[&str]| {
        let mut command = command(directory.path(), arguments);
        let output = command.arg("doctor").env("KEYLATCH_REDIS", &url).output().unwrap();
        let told = text(&output.stdout) + &text(&output.stderr);
        assert!(!told.contains("s3cret"), "{told}");
        (output.status.code().unwrap(), told)
    };
    let given = ["--redis-password-file", "password"];
    let (code, told) = doctor(&given);
    assert!(
        code == 0 && told.contains("can be written") && told.contains("good      it drops nothing"),
        "{told}"
    );
    let (code, told) = doctor(&[]);
    assert!(code == 1 && told.contains("Check user and password"), "{told}");
    redis.run(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    let (code, told) = doctor(&given);
    assert!(code == 0 && told.contains("doubtful  it drops counts"), "{told}");
    redis.stop();
    let (code, told) = doctor(&given);
    assert!(code == 1 && told.contains("bad       Redis is not available"), "{told}");
    let (code, told) =
        doctor(&["--redis-password-file", "password", "--redis", "redis://kim:other@127.0.0.1:1"]);
    assert!(code == 2 && told.contains("--redis"), "{told}");
}

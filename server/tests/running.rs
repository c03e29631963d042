//! The binary as whoever runs it meets it: many sockets, a log that nobody
//! reads, several processes that start at once, settings from three places.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod client;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;

use client::{PATIENCE, call, sign_in};

const JSON: &str = "content-type: application/json\r\n";

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keylatch-server"));
    command.current_dir(directory).args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// Runs to the end with this on standard input.
fn run(directory: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = command(directory, arguments);
    let mut process = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    process.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A server that is ended, whatever becomes of the test.
struct Server {
    process: Child,
    address: SocketAddr,
    /// What it said before it listened.
    said: Vec<String>,
}

impl Server {
    fn start(directory: &Path, arguments: &[&str]) -> Server {
        Server::of(command(directory, arguments).args(["--listen", "127.0.0.1:0"]))
    }

    fn of(command: &mut Command) -> Server {
        let mut process = command.spawn().unwrap();
        let mut said = Vec::new();
        let lines = BufReader::new(process.stdout.as_mut().unwrap()).lines().map_while(Result::ok);
        let address = lines
            .map(|line| {
                let address = line.strip_prefix("keylatch-server listening on http://").map(str::parse);
                said.push(line);
                address
            })
            .find_map(|address| address);
        let address = address.and_then(Result::ok).unwrap_or_else(|| {
            let _ = process.wait();
            panic!("it ended: {said:?}")
        });
        Server { process, address, said }
    }

    fn signal(&self, signal: &str) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    fn wait(mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn sockets_that_ask_nothing_keep_nobody_out() {
    let directory = tempfile::tempdir().unwrap();
    // As many files as most systems allow, and no more.
    let mut limited = Command::new("sh");
    limited.args(["-c", r#"ulimit -S -n 256 && ulimit -H -n 256 && exec "$0" --listen 127.0.0.1:0"#]);
    limited.arg(env!("CARGO_BIN_EXE_keylatch-server")).current_dir(directory.path());
    limited.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let server = Server::of(&mut limited);
    let mut idle = Vec::new();
    for number in 0..600 {
        let mut stream = TcpStream::connect(server.address).unwrap();
        if number % 2 == 0 {
            // A request that never gets whole.
            let _ = stream.write_all(b"GET /health HTTP/1.1\r\nhost: kl");
        }
        idle.push(stream);
        if number % 100 == 99 {
            assert_eq!(call(server.address, "GET", "/ready", "", "").status, 200, "after {number}");
        }
    }
    server.signal("-TERM");
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn a_connection_with_a_request_under_way_is_not_cut() {
    let directory = tempfile::tempdir().unwrap();
    let server =
        Server::start(directory.path(), &["--max-connections", "4", "--max-connections-per-address", "4"]);
    let body = "{\"user\":\"kim@example.com\",\"password\":\"wrong horse\"}";
    let mut busy = TcpStream::connect(server.address).unwrap();
    busy.set_read_timeout(Some(client::PATIENCE)).unwrap();
    let head = format!(
        "POST /v1/session HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nexpect: 100-continue\r\n{JSON}content-length: {}\r\n\r\n",
        body.len()
    );
    busy.write_all(head.as_bytes()).unwrap();
    // The server says when it has the head, and waits for the body; others come and go.
    let mut said = Vec::new();
    while !said.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        busy.read_exact(&mut byte).unwrap();
        said.extend(byte);
    }
    assert!(said.starts_with(b"HTTP/1.1 100 "), "{}", text(&said));
    let idle: Vec<_> = (0..20).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    assert_eq!(call(server.address, "GET", "/health", "", "").status, 200);
    busy.write_all(body.as_bytes()).unwrap();
    assert_eq!(client::receive(&mut busy).status, 401);
    drop(idle);
}

#[test]
fn a_log_that_nobody_reads_holds_nothing_up() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = command(directory.path(), &["--log", "trace", "--listen", "127.0.0.1:0"]);
    let mut server = Server::of(command.stderr(Stdio::piped()));
    // Far more than a pipe holds.
    for _ in 0..1000 {
        assert_eq!(call(server.address, "GET", "/ready", "", "").status, 200);
    }
    server.signal("-TERM");
    let status = server.process.wait().unwrap();
    assert_eq!(status.code(), Some(0), "nor does it hold up the end");
}

#[test]
fn several_processes_start_on_one_new_file_at_once() {
    for _ in 0..3 {
        let directory = tempfile::tempdir().unwrap();
        let starting: Vec<_> = (0..6)
            .map(|_| {
                let mut command = command(directory.path(), &["--demo", "--listen", "127.0.0.1:0"]);
                std::thread::spawn(move || Server::of(&mut command))
            })
            .collect();
        let servers: Vec<_> = starting.into_iter().map(|one| one.join().unwrap()).collect();
        for server in &servers {
            assert_eq!(sign_in(server.address, "demo@example.com", "reveal-once").status, 201);
        }
    }
}

#[test]
fn a_key_revoked_by_one_process_is_refused_there_at_once_and_soon_by_the_others() {
    let directory = tempfile::tempdir().unwrap();
    let servers =
        [Server::start(directory.path(), &["--demo"]), Server::start(directory.path(), &["--demo"])];
    let cookie = sign_in(servers[0].address, "demo@example.com", "reveal-once").cookie();
    let session = format!("cookie: {cookie}\r\n{JSON}");
    for (maker, ender) in [(0, 1), (1, 0)] {
        let made = call(servers[maker].address, "POST", "/v1/keys", &session, "{\"name\":\"x\"}").json();
        let bearer = format!("authorization: Bearer {}\r\n", made["secret"].as_str().unwrap());
        for server in &servers {
            assert_eq!(call(server.address, "GET", "/v1/account", &bearer, "").status, 200);
        }
        let revoke = format!("/v1/keys/{}/revoke", made["key"]["id"].as_str().unwrap());
        assert_eq!(call(servers[ender].address, "POST", &revoke, &session, "{}").status, 200);
        let check = |number: usize| call(servers[number].address, "GET", "/v1/account", &bearer, "").status;
        assert_eq!(check(ender), 401);
        let answered = Instant::now();
        while check(maker) != 401 {
            assert!(answered.elapsed() < PATIENCE, "the other process never hears of it");
        }
    }
}

#[test]
fn a_server_that_was_told_to_stop_goes_on_for_a_while_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &["--drain", "6"]);
    assert_eq!(call(server.address, "GET", "/ready", "", "").status, 200);
    server.signal("-TERM");
    let not_ready = || call(server.address, "GET", "/ready", "", "").status == 503;
    while !not_ready() {}
    assert_eq!(call(server.address, "GET", "/health", "", "").status, 200, "requests are still answered");
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn settings_come_from_the_command_line_the_environment_and_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("keylatch.toml");
    fs::write(
        &file,
        "database = \"of-the-file.db\"\nkey-environment = \"test\"\ndemo = true\nlisten = \"127.0.0.1:0\"\n",
    )
    .unwrap();
    for (arguments, variable, database) in [
        (&[][..], None, "of-the-file.db"),
        (&[], Some("of-the-environment.db"), "of-the-environment.db"),
        (&["--database", "of-the-command-line.db"], Some("of-the-environment.db"), "of-the-command-line.db"),
        (&["--database=of-the-command-line.db"], None, "of-the-command-line.db"),
    ] {
        let mut command = command(directory.path(), arguments);
        command.env("KEYLATCH_CONFIG", &file);
        if let Some(database) = variable {
            command.env("KEYLATCH_DATABASE", database);
        }
        let server = Server::of(&mut command);
        assert_eq!(sign_in(server.address, "demo@example.com", "reveal-once").status, 201);
        drop(server);
        let found = directory.path().join(database);
        assert!(found.is_file(), "{arguments:?} {variable:?}");
        fs::remove_file(found).unwrap();
    }
    for (content, word) in [
        ("lisen = \"127.0.0.1:0\"", "`lisen`, which is not a setting"),
        ("listen = {}", "`listen`"),
        ("listen = \"s3cret", "not TOML"),
        ("config = \"other.toml\"", "`config`"),
        ("redis = \"redis://:s3cret@127.0.0.1:1\"", "chmod 600"),
        ("database = \"postgres://kim:s3cret@127.0.0.1:1/keys\"", "chmod 600"),
    ] {
        fs::write(&file, content).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = run(directory.path(), &["--config", "keylatch.toml"], "");
        let message = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{content}: {message}");
        assert!(message.contains(word) && !message.contains("s3cret"), "{content}: {message}");
    }
    // For its owner only, the password is taken; and not told.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let refused = run(directory.path(), &["--config", "keylatch.toml", "--listen", "127.0.0.1:0"], "");
    let message = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{message}");
    assert!(message.contains("Check that it runs") && !message.contains("s3cret"), "{message}");
}

#[test]
fn whoever_runs_the_server_manages_users_and_leaked_keys() {
    let directory = tempfile::tempdir().unwrap();
    let manage = |arguments: &[&str], input: &str| {
        let output = run(directory.path(), arguments, input);
        (output.status.code().unwrap(), text(&output.stdout) + &text(&output.stderr))
    };
    assert_eq!(manage(&["user", "add", "kim@example.com"], "correct horse\n").0, 0);
    let server = Server::start(directory.path(), &[]);
    let signed_in = |password| sign_in(server.address, "kim@example.com", password).status;
    let cookie = sign_in(server.address, "kim@example.com", "correct horse").cookie();
    let session = format!("cookie: {cookie}\r\n{JSON}");
    let made = call(server.address, "POST", "/v1/keys", &session, "{\"name\":\"x\"}").json();
    let secret = made["secret"].as_str().unwrap();
    let bearer = format!("authorization: Bearer {secret}\r\n");
    let checked = || call(server.address, "GET", "/v1/account", &bearer, "").status;
    // What another process changes, a server finds out within moments.
    let soon = |status| {
        let begun = Instant::now();
        while checked() != status {
            assert!(begun.elapsed() < client::PATIENCE, "it is still not {status}");
        }
    };

    let (code, listed) = manage(&["user", "list"], "");
    assert!(code == 0 && listed.contains("kim@example.com\tactive\t1 keys"), "{listed}");
    assert_eq!(manage(&["user", "disable", "kim@example.com"], "").0, 0);
    soon(401);
    assert_eq!(signed_in("correct horse"), 401);
    assert!(manage(&["user", "list"], "").1.contains("disabled"));
    assert_eq!(manage(&["user", "enable", "kim@example.com"], "").0, 0);
    soon(200);
    assert_eq!(signed_in("correct horse"), 201);
    assert_eq!(manage(&["user", "password", "kim@example.com"], "another horse\n").0, 0);
    assert_eq!((signed_in("correct horse"), signed_in("another horse")), (401, 201));
    assert_eq!(manage(&["user", "sessions", "kim@example.com", "--end"], "").0, 0);

    let (code, message) = manage(&["key", "revoke", secret], "");
    assert!(code == 1 && message.contains("key revoke -") && !message.contains(secret), "{message}");
    assert_eq!(manage(&["key", "revoke", "-"], "kl_live_unknown\n").0, 1);
    assert_eq!(checked(), 200);
    let (code, message) = manage(&["key", "revoke", "-"], &format!("{secret}\n"));
    assert!(code == 0 && message.contains("revoked key_") && !message.contains(secret), "{message}");
    soon(401);

    let (code, message) = manage(&["user", "delete", "kim@example.com"], "");
    assert!(code == 1 && message.contains("--yes"), "{message}");
    assert_eq!(manage(&["user", "delete", "kim@example.com", "--yes"], "").0, 0);
    assert_eq!(signed_in("another horse"), 401);
    assert_eq!(manage(&["user", "disable", "kim@example.com"], "").0, 1);
    drop(server);
}

#[test]
fn doctor_says_what_is_good_and_what_is_not() {
    let directory = tempfile::tempdir().unwrap();
    for (arguments, code, words) in [
        (&["doctor"][..], 0, &["tables are up to date", "can be read and written", "agree"][..]),
        (&["--secure-cookies", "doctor"], 0, &["doubtful", "--trusted-proxy"]),
        (&["--secure-cookies", "--trusted-proxy", "0.0.0.0/0", "doctor"], 1, &["bad", "trusts everybody"]),
        (&["--database", "no/such/keys.db", "doctor"], 1, &["bad", "does not exist"]),
    ] {
        let output = run(directory.path(), arguments, "");
        let told = text(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        for word in words {
            assert!(told.contains(word), "{arguments:?}: {told}");
        }
    }
}

/// As systemd starts it: few files may be open, and many if the program asks.
#[test]
fn the_limit_of_open_files_is_raised_as_far_as_may_be() {
    let directory = tempfile::tempdir().unwrap();
    for (limit, word) in [(4096, "good      there is room for"), (256, "doubtful  there is room for")] {
        let mut limited = Command::new("sh");
        limited.args(["-c", &format!(r#"ulimit -S -n 128 && ulimit -H -n {limit} && exec "$0" doctor"#)]);
        limited.arg(env!("CARGO_BIN_EXE_keylatch-server")).current_dir(directory.path());
        let told = text(&limited.output().unwrap().stdout);
        assert!(told.contains(word), "{limit}: {told}");
    }
}

#[test]
fn metrics_are_on_an_address_of_their_own_and_tell_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &["--metrics", "127.0.0.1:0", "--demo"]);
    let address = server.said[0].strip_prefix("metrics on http://").unwrap();
    let address: SocketAddr = address.strip_suffix("/metrics").unwrap().parse().unwrap();
    assert_eq!(call(server.address, "GET", "/metrics", "", "").status, 404, "not for clients");
    let cookie = sign_in(server.address, "demo@example.com", "reveal-once").cookie();
    sign_in(server.address, "demo@example.com", "wrong");
    let session = format!("cookie: {cookie}\r\n{JSON}");
    let made = call(server.address, "POST", "/v1/keys", &session, "{\"name\":\"x\"}").json();
    call(server.address, "GET", &format!("/v1/keys/{}", made["secret"].as_str().unwrap()), &session, "");
    let metrics = call(address, "GET", "/metrics", "", "").body;
    for line in [
        "keylatch_keys_created_total 1",
        "keylatch_sign_ins_refused_total 1",
        "keylatch_database_silent 0",
        "keylatch_request_seconds_count{method=\"GET\",route=\"/v1/keys/{id}\",status=\"404\"} 1",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    assert!(!metrics.contains(made["secret"].as_str().unwrap()));
    assert_eq!(call(address, "GET", "/ready", "", "").status, 200);
    for (version, status) in [("1.1", "400"), ("1.0", "200")] {
        let mut connection = TcpStream::connect(address).unwrap();
        connection
            .write_all(format!("GET /metrics HTTP/{version}\r\nConnection: close\r\n\r\n").as_bytes())
            .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        assert_eq!(
            answer.split(' ').nth(1),
            Some(status),
            "without a Host, which HTTP/1.1 needs: {answer:.200}"
        );
    }
}

#[test]
fn a_log_of_json_names_client_and_trace() {
    let directory = tempfile::tempdir().unwrap();
    let mut command =
        command(directory.path(), &["--demo", "--log-format", "json", "--listen", "127.0.0.1:0"]);
    let mut server = Server::of(command.stderr(Stdio::piped()));
    let trace = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n";
    assert_eq!(call(server.address, "GET", "/health", trace, "").status, 200);
    assert_eq!(sign_in(server.address, "demo@example.com", "wrong").status, 401);
    server.signal("-TERM");
    let mut log = String::new();
    server.process.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let lines: Vec<_> = lines.collect();
    let line = |message: &str| {
        lines.iter().find(|line| line["message"] == message).unwrap_or_else(|| panic!("{message}: {log}"))
    };
    let answered = line("answered");
    assert_eq!(answered["status"], 200);
    assert_eq!(answered["span"]["client"], "127.0.0.1");
    assert_eq!(answered["span"]["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    // Who guesses is named with whom they guess: for what blocks addresses.
    let refused = line("sign-in refused");
    assert!(refused["user_id"].as_str().is_some_and(|id| id.starts_with("usr_")), "{refused}");
    assert_eq!(refused["span"]["client"], "127.0.0.1");
}

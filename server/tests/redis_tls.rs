//! `--redis rediss://…`: the connection is encrypted to whom an authority vouches for, it
//! comes back by itself, and nothing of who connects stands in the log.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod client;
#[allow(dead_code, reason = "each test program uses a part")]
#[path = "service/redis_server.rs"]
mod redis_server;

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use client::{call, sign_in};
use redis_server::Redis;
use serde_json::json;

const USER: &str = "operator7";
const PASSWORD: &str = "s3cret-word";

/// An authority, and what it has signed for 127.0.0.1.
struct Certificates(PathBuf);

impl Certificates {
    fn make(directory: &Path) -> Certificates {
        let new = [
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ];
        let authority = ["-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem"];
        let server = [
            ["-subj", "/CN=redis", "-keyout", "server.key", "-out", "server.pem", "-CA", "ca.pem"].as_slice(),
            &["-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1"],
            &["-addext", "basicConstraints=critical,CA:FALSE"],
        ];
        for more in [authority.as_slice(), &server.concat()] {
            let made = Command::new("openssl").args(new).args(more).current_dir(directory).output();
            let made = made.expect("these tests make a certificate with openssl, and it is not on PATH");
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        }
        Certificates(directory.to_owned())
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// A Redis that speaks TLS on this port, and asks who connects.
    fn redis(&self, port: u16) -> Redis {
        let (certificate, key, authority) =
            (self.path("server.pem"), self.path("server.key"), self.path("ca.pem"));
        let port = port.to_string();
        Redis::with(
            PASSWORD,
            &[
                ["--tls-port", &port, "--tls-cert-file", &certificate, "--tls-key-file", &key].as_slice(),
                &["--tls-ca-cert-file", &authority, "--tls-auth-clients", "no"],
                &["--user", USER, "on", &format!(">{PASSWORD}"), "~*", "+@all"],
            ]
            .concat(),
        )
    }
}

/// A server that is ended, whatever becomes of the test.
struct Server {
    process: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Server {
    fn start(directory: &Path, redis: &str, authority: Option<&str>) -> Server {
        let log = directory.join("log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_keylatch-server"));
        command.args(["--demo", "--log", "trace", "--listen", "127.0.0.1:0"]).current_dir(directory);
        command.env("KEYLATCH_REDIS", redis).env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
        command.envs(authority.map(|path| ("SSL_CERT_FILE", path)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&log).unwrap());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.as_mut().unwrap()).lines().map_while(Result::ok);
        let address =
            lines.find_map(|line| line.strip_prefix("keylatch-server listening on http://")?.parse().ok());
        let address = address.unwrap_or_else(|| panic!("{}", fs::read_to_string(&log).unwrap()));
        Server { process, address, log }
    }

    fn sign_in(&self, password: &str) -> u16 {
        sign_in(self.address, "demo@example.com", password).status
    }

    fn degraded(&self) -> serde_json::Value {
        let ready = call(self.address, "GET", "/ready", "", "");
        assert_eq!(ready.status, 200, "{}", ready.body);
        ready.json()["degraded"].clone()
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Until it is so. A test that waits here for ever shows that it never is.
fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{what} does not come true");
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn all_is_counted_over_tls_also_after_redis_was_away() {
    let directory = tempfile::tempdir().unwrap();
    let certificates = Certificates::make(directory.path());
    let port = free_port();
    let mut redis = certificates.redis(port);
    let url = format!("rediss://{USER}:{PASSWORD}@127.0.0.1:{port}");
    let server = Server::start(directory.path(), &url, Some(&certificates.path("ca.pem")));
    assert_eq!(server.degraded(), json!([]));
    let counted = |redis: &Redis| redis.keys().iter().any(|key| key.starts_with("keylatch:failures:"));
    assert_eq!((server.sign_in("wrong"), counted(&redis)), (401, true));
    redis.stop();
    assert_eq!(server.sign_in("wrong"), 503);
    until("that Redis is named", || server.degraded() == json!(["redis"]));
    redis.start_again();
    until("that a password is taken", || server.sign_in("reveal-once") == 201);
    assert_eq!((server.sign_in("wrong"), counted(&redis)), (401, true));
    let log = server.log();
    assert!(log.contains("without Redis") && !log.contains(USER) && !log.contains(PASSWORD), "{log}");
}

#[test]
fn nobody_is_spoken_to_whom_no_authority_vouches_for() {
    let directory = tempfile::tempdir().unwrap();
    let certificates = Certificates::make(directory.path());
    let port = free_port();
    let redis = certificates.redis(port);
    // Another authority, another name than the certificate's, and no TLS at all.
    let elsewhere = tempfile::tempdir().unwrap();
    let other = Certificates::make(elsewhere.path()).path("ca.pem");
    let own = certificates.path("ca.pem");
    for (host, port, authority) in
        [("127.0.0.1", port, &other), ("localhost", port, &own), ("127.0.0.1", redis.port(), &own)]
    {
        let url = format!("rediss://{USER}:{PASSWORD}@{host}:{port}");
        let server = Server::start(elsewhere.path(), &url, Some(authority));
        assert_eq!(server.sign_in("reveal-once"), 503, "{host}:{port}");
        assert_eq!(server.degraded(), json!(["redis"]));
        let log = server.log();
        assert!(log.contains("sign-ins are refused until it"), "{log}");
        assert!(!log.contains(USER) && !log.contains(PASSWORD), "{log}");
    }
}

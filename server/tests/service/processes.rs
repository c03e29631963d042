//! Three processes on one PostgreSQL: how long a key that one of them has revoked
//! is good at the others.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::{call, sign_in};
use crate::harness::{KIM, PASSWORD, Service};

/// The bound that is documented, as the servers are told it.
const BOUND: Duration = Duration::from_secs(2);
const ROUNDS: usize = 10;
/// Fails a test that would hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that is ended, whatever becomes of the test.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

impl Process {
    pub fn start(database: &str, more: &[&str]) -> Process {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keylatch-server"));
        command.args(["--listen", "127.0.0.1:0"]).args(more).env("KEYLATCH_DATABASE", database);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address =
            lines.find_map(|line| line.strip_prefix("keylatch-server listening on http://")?.parse().ok());
        Process { child, address: address.expect("it listens") }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn a_revocation_works_at_once_where_it_was_asked_for_and_within_its_bound_elsewhere() {
    let service = Service::on_postgres().await;
    let url = match &service.app.config().database {
        keylatch_server::Database::Postgres(url) => url.expose().to_owned(),
        keylatch_server::Database::Sqlite(_) => panic!("it is PostgreSQL"),
    };
    let measured = tokio::task::spawn_blocking(move || measure(&url)).await.unwrap();
    for (bound, delays) in measured {
        println!("revocations in other processes, bound {bound:?}: {delays:?}");
    }
    service.give_database_back().await;
}

/// When the last good answer was asked for, after each revocation was answered.
fn measure(url: &str) -> Vec<(Duration, Vec<Duration>)> {
    // With an hour, a revocation is known by being told and by nothing else.
    [BOUND, Duration::from_secs(3600)]
        .into_iter()
        .map(|bound| {
            let seconds = bound.as_secs().to_string();
            let processes: Vec<_> =
                (0..3).map(|_| Process::start(url, &["--check-cache", &seconds])).collect();
            let delays = (0..ROUNDS).map(|round| revoke(&processes, round, bound)).collect();
            (bound, delays)
        })
        .collect()
}

fn revoke(processes: &[Process], round: usize, bound: Duration) -> Duration {
    const JSON: &str = "content-type: application/json\r\n";
    let here = processes[round % 3].address;
    let cookie = sign_in(here, KIM, PASSWORD).cookie();
    let session = format!("cookie: {cookie}\r\n{JSON}");
    let made = call(here, "POST", "/v1/keys", &session, &json!({"name": "x"}).to_string()).json();
    let bearer = format!("authorization: Bearer {}\r\n", made["secret"].as_str().unwrap());
    let check = |address| call(address, "GET", "/v1/account", &bearer, "").status;
    for process in processes {
        // Twice: the second time from memory, if anything is kept.
        assert_eq!((check(process.address), check(process.address)), (200, 200));
    }
    let path = format!("/v1/keys/{}/revoke", made["key"]["id"].as_str().unwrap());
    assert_eq!(call(here, "POST", &path, &session, "{}").status, 200);
    let answered = Instant::now();
    assert_eq!(check(here), 401, "at once where it was asked for");
    let mut last_good = Duration::ZERO;
    for process in processes {
        loop {
            let asked = answered.elapsed();
            if check(process.address) == 401 {
                break;
            }
            last_good = last_good.max(asked);
            assert!(asked < bound, "good {asked:?} after it was revoked");
            assert!(asked < PATIENCE, "it is never heard of");
        }
    }
    last_good
}

//! PostgreSQL for the tests: the one that `KEYLATCH_TEST_POSTGRES_URL` names,
//! or a throw-away cluster of this computer's own.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use sqlx::{AnyConnection, Connection};

/// A PostgreSQL that runs.
struct Server {
    /// The URL of a database on it.
    url: String,
    /// Made for these tests, and gone after them.
    is_ours: bool,
}

/// Databases that were emptied. To make one takes three hundred files, so on a
/// server of ours they are used again.
static EMPTY: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The URL of an empty database.
pub async fn take_database() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let empty = EMPTY.lock().unwrap().pop();
    if let Some(url) = empty {
        return url;
    }
    let server = server();
    let name = format!("kl_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    administer(&server.url, format!("CREATE DATABASE {name}")).await;
    let (base, parameters) = server.url.split_once('?').unwrap_or((&server.url, ""));
    let host = base.rsplit_once('/').unwrap().0;
    format!("{host}/{name}?{parameters}")
}

/// Gives back a database of [`take_database`], whatever became of its tables.
pub async fn give_database_back(url: &str) {
    let server = server();
    if server.is_ours {
        administer(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public".to_owned()).await;
        EMPTY.lock().unwrap().push(url.to_owned());
    } else {
        let name = url.split('?').next().unwrap().rsplit('/').next().unwrap();
        administer(&server.url, format!("DROP DATABASE {name}")).await;
    }
}

async fn administer(url: &str, sql: String) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Without a server the tests fail: what was not looked at is not proven.
fn server() -> &'static Server {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    let server = SERVER.get_or_init(|| match std::env::var("KEYLATCH_TEST_POSTGRES_URL") {
        Ok(url) => Ok(Server { url, is_ours: false }),
        Err(_) => cluster::start().map(|url| Server { url, is_ours: true }),
    });
    server.as_ref().unwrap_or_else(|why| {
        panic!(
            "these tests need PostgreSQL, and {why}. Run `cargo xtask test native`, which installs it, \
             install it yourself, or set KEYLATCH_TEST_POSTGRES_URL to a database of a server that runs"
        )
    })
}

#[cfg(unix)]
pub use cluster::unprivileged_user;

#[cfg(unix)]
mod cluster {
    use std::io::{BufRead, BufReader};
    use std::os::unix::fs::{MetadataExt, chown};
    use std::os::unix::process::CommandExt;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};

    /// Starts a cluster that ends with this process, however that ends.
    pub fn start() -> Result<String, String> {
        let programs = programs().ok_or("there is no initdb in /usr/lib/postgresql or on PATH")?;
        let directory = tempfile::Builder::new().prefix("keylatch-pg").tempdir().unwrap().keep();
        let user = unprivileged_user(&directory)?;
        if let Some((uid, gid)) = user {
            chown(&directory, Some(uid), Some(gid)).unwrap();
        }
        // The shell ends the cluster when we end: then, however that happens, the
        // pipe of its standard input closes. What the cluster holds need not
        // survive a crash, nor be tidied up.
        let script = r#"
        "$1/initdb" -D "$2/data" -U kl -A trust --no-sync >"$2/log" 2>&1 || { echo failed; exit 1; }
        "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=400 -c autovacuum=off \
            -c fsync=off -c synchronous_commit=off -c full_page_writes=off >>"$2/log" 2>&1 &
        until "$1/pg_isready" -q -h "$2" -U kl -d postgres; do
            kill -0 $! 2>/dev/null || { echo failed; exit 1; }
            sleep 0.05
        done
        echo ready
        cat >/dev/null
        kill -QUIT $!
        wait $!
        rm -rf "$2"
    "#;
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "sh"]).arg(programs).arg(&directory);
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // A Ctrl-C at the terminal is for us; the pipe tells the shell.
        shell.current_dir(&directory).process_group(0);
        if let Some((uid, gid)) = user {
            shell.uid(uid).gid(gid);
        }
        let mut shell = shell.spawn().map_err(|error| format!("no shell: {error}"))?;
        let mut word = String::new();
        BufReader::new(shell.stdout.take().unwrap()).read_line(&mut word).unwrap();
        if word.trim() != "ready" {
            let log = std::fs::read_to_string(directory.join("log")).unwrap_or_default();
            return Err(format!("a cluster could not be started: {}", log.trim()));
        }
        std::mem::forget(shell.stdin.take());
        let socket = directory.to_str().unwrap().replace('/', "%2F");
        Ok(format!("postgres://kl@{socket}/postgres?sslmode=disable"))
    }

    fn programs() -> Option<PathBuf> {
        let on_path = std::env::var_os("PATH").into_iter().flat_map(|path| {
            std::env::split_paths(&path).map(|directory| directory.join("initdb")).collect::<Vec<_>>()
        });
        let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut candidates = installed.map(|version| version.path().join("bin/initdb")).chain(on_path);
        let initdb = candidates.find(|initdb| initdb.is_file())?;
        std::fs::canonicalize(initdb).ok()?.parent().map(Path::to_path_buf)
    }

    /// PostgreSQL and PgBouncer refuse to run as root; then it runs as somebody else.
    pub fn unprivileged_user(own_directory: &Path) -> Result<Option<(u32, u32)>, String> {
        if std::fs::metadata(own_directory).unwrap().uid() != 0 {
            return Ok(None);
        }
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        let find = |name: &str| {
            let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
            let mut fields = line.split(':').skip(2);
            Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
        };
        match find("postgres").or_else(|| find("nobody")) {
            Some(user) => Ok(Some(user)),
            None => Err("this is root, and there is no other user to run PostgreSQL as".into()),
        }
    }
}

#[cfg(not(unix))]
mod cluster {
    pub fn start() -> Result<String, String> {
        Err("a cluster of its own is made on Unix only".into())
    }
}

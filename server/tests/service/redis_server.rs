//! Redis for the tests: one of its own for each that needs it, which the test stops,
//! freezes and starts again.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use keylatch_format::Secret;
use redis::Commands;
use tempfile::TempDir;

/// A Redis that ends with the test.
pub struct Redis {
    port: u16,
    password: &'static str,
    arguments: Vec<String>,
    process: Option<Child>,
    directory: TempDir,
}

impl Redis {
    pub fn start() -> Redis {
        Redis::with("", &[])
    }

    /// One that asks for this password, unless it is empty, and is set up so.
    pub fn with(password: &'static str, more: &[&str]) -> Redis {
        // Free a moment ago; if somebody takes it first, Redis does not start and the test says so.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut arguments: Vec<String> = more.iter().map(|&word| word.to_owned()).collect();
        if !password.is_empty() {
            arguments.extend(["--requirepass".to_owned(), password.to_owned()]);
        }
        let directory = tempfile::tempdir().unwrap();
        let mut redis = Redis { port, password, arguments, process: None, directory };
        redis.start_again();
        redis
    }

    pub fn url(&self) -> Secret {
        let user = if self.password.is_empty() {
            String::new()
        } else {
            format!(":{}@", self.password.replace(' ', "%20"))
        };
        Secret::new(format!("redis://{user}127.0.0.1:{}", self.port))
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Empty, as nothing is kept on disk.
    pub fn start_again(&mut self) {
        let mut command = Command::new(program());
        command.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
        command.args(["--appendonly", "no", "--dir"]).arg(self.directory.path()).args(&self.arguments);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while self.connect().is_err() {
            assert!(process.try_wait().unwrap().is_none(), "redis-server has ended");
            assert!(begun.elapsed() < Duration::from_secs(60), "redis-server does not answer");
            std::thread::sleep(Duration::from_millis(10));
        }
        self.process = Some(process);
    }

    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// It keeps its connections and answers nothing, or goes on.
    pub fn freeze(&self, is_frozen: bool) {
        let pid = self.process.as_ref().unwrap().id().to_string();
        let signal = if is_frozen { "-STOP" } else { "-CONT" };
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    fn connect(&self) -> redis::RedisResult<redis::Connection> {
        redis::Client::open(self.url().expose())?.get_connection()
    }

    /// What is in it, by name.
    pub fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.connect().unwrap().keys("*").unwrap();
        keys.sort();
        keys
    }

    /// Runs a command and gives its answer as a number.
    pub fn number(&self, words: &[&str]) -> i64 {
        let (name, arguments) = words.split_first().unwrap();
        redis::cmd(name).arg(arguments).query(&mut self.connect().unwrap()).unwrap()
    }

    /// The same as a list of texts.
    pub fn texts(&self, words: &[&str]) -> Vec<String> {
        let (name, arguments) = words.split_first().unwrap();
        redis::cmd(name).arg(arguments).query(&mut self.connect().unwrap()).unwrap()
    }

    pub fn run(&self, words: &[&str]) {
        let (name, arguments) = words.split_first().unwrap();
        redis::cmd(name).arg(arguments).exec(&mut self.connect().unwrap()).unwrap();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Without it the tests fail: what was not looked at is not proven.
fn program() -> PathBuf {
    let on_path = std::env::var_os("PATH").into_iter().flat_map(|path| {
        std::env::split_paths(&path).map(|directory| directory.join("redis-server")).collect::<Vec<_>>()
    });
    let mut candidates = on_path.chain([PathBuf::from("/usr/bin/redis-server")]);
    candidates.find(|program| program.is_file()).unwrap_or_else(|| {
        panic!(
            "these tests need Redis, and there is no redis-server on PATH. Run `cargo xtask test native`, which \
             installs it, or install it yourself"
        )
    })
}

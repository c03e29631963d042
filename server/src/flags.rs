//! The command line.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use keylatch_server::{Config, Database, Facade, KeyEnvironment, Origin};

/// Issues API keys and keeps them.
#[derive(Parser)]
#[command(version, about)]
pub(crate) struct Flags {
    /// Address to listen on; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787", value_parser = address)]
    pub(crate) listen: SocketAddr,

    /// SQLite file (made when it is not there), sqlite://PATH, or postgres://USER:PASSWORD@HOST/DATABASE.
    #[arg(long, value_name = "DATABASE", default_value = "keylatch.db", global = true)]
    database: String,

    /// Make the account demo@example.com with the password reveal-once, and issue test keys. On loopback only.
    #[arg(long)]
    demo: bool,

    /// Which keys to issue: kl_live_… or kl_test_…. Default: live, with --demo test.
    #[arg(long, value_name = "ENVIRONMENT")]
    key_environment: Option<Environment>,

    /// Directory of a page to serve at /.
    #[arg(long, value_name = "DIRECTORY")]
    www: Option<PathBuf>,

    /// Directory of the npm package to serve at /keylatch/.
    #[arg(long, value_name = "DIRECTORY")]
    pkg: Option<PathBuf>,

    /// APIs of clouds to speak besides our own, over the same users and keys:
    /// modelon, conduce, lambda, luminary. Default: none, with --demo all.
    #[arg(long, value_name = "CLOUD,...", value_delimiter = ',')]
    facade: Vec<Facade>,

    /// Log people in by browser (/authorize, /oauth/token), for programs on their own computers. On with --demo.
    #[arg(long)]
    issuer: bool,

    /// Origin whose pages may call the API with a key, such as https://app.example.com; and sign in, when they
    /// are of the server's site. May be repeated.
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<Origin>,

    /// Keep session cookies to https: for a server behind a TLS proxy. Needed beyond loopback.
    #[arg(long)]
    secure_cookies: bool,

    /// What to log on standard error: error, warn, info, debug, trace, or per module such as keylatch_server=debug.
    #[arg(long, value_name = "FILTER", default_value = "info", global = true)]
    pub(crate) log: String,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Manage users.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
}

#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// Add a user. The password is the first line of standard input (and is shown as it is typed).
    Add {
        /// Login name.
        email: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Environment {
    Live,
    Test,
}

impl Flags {
    /// What does not go together.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.command.is_some() || self.listen.ip().is_loopback() {
            return Ok(());
        }
        let address = self.listen;
        if self.demo {
            return Err(format!(
                "--demo makes an account whose password everybody knows, so it does not listen on {address}, which other computers may reach. Use 127.0.0.1, or leave --demo out."
            ));
        }
        if !self.secure_cookies {
            return Err(format!(
                "on {address} other computers may reach the server, and would send passwords and session cookies over plain http. Put a TLS proxy before it and add --secure-cookies, or listen on 127.0.0.1."
            ));
        }
        Ok(())
    }

    /// For the library.
    pub(crate) fn config(&self) -> Config {
        let mut config = Config::new(Database::from(self.database.as_str()));
        config.key_environment = match self.key_environment {
            Some(Environment::Live) => KeyEnvironment::Live,
            Some(Environment::Test) => KeyEnvironment::Test,
            None if self.demo => KeyEnvironment::Test,
            None => KeyEnvironment::Live,
        };
        config.demo = self.demo && self.command.is_none();
        config.www = self.www.clone();
        config.pkg = self.pkg.clone();
        config.facades = match self.facade.as_slice() {
            [] if self.demo => Facade::ALL.to_vec(),
            chosen => chosen.to_vec(),
        };
        config.issuer = self.issuer || self.demo;
        config.allowed_origins = self.allow_origin.clone();
        config.secure_cookies = self.secure_cookies;
        config
    }
}

/// Says what is wrong with the flags.
pub(crate) fn wrong(message: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "keylatch-server: {message}");
    ExitCode::from(2)
}

/// `localhost` is what people type; it means IPv4 here, as in the default.
fn address(text: &str) -> Result<SocketAddr, String> {
    let literal = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    literal.as_deref().unwrap_or(text).parse().map_err(|_| {
        "an address is an IP address and a port, such as 127.0.0.1:8787, [::1]:8787 or 0.0.0.0:443".to_owned()
    })
}

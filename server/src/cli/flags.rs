//! The command line.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use jiff::SignedDuration;
use keylatch_format::Secret;
use keylatch_server::{Config, Connections, Database, Facade, KeyEnvironment, Origin};

/// Issues API keys and keeps them.
#[derive(Parser)]
#[command(version, about)]
pub(super) struct Flags {
    /// File with settings, as TOML: `listen = "127.0.0.1:8787"`. The command line and the environment win over it.
    #[arg(long, value_name = "FILE", env = "KEYLATCH_CONFIG", global = true)]
    pub(super) config: Option<PathBuf>,

    /// Address to listen on; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS", env = "KEYLATCH_LISTEN", default_value = "127.0.0.1:8787", value_parser = address)]
    pub(super) listen: SocketAddr,

    /// SQLite file (made when it is not there), sqlite://PATH, or postgres://USER@HOST/DATABASE. A password
    /// belongs into the environment or a file.
    #[arg(
        long,
        value_name = "DATABASE",
        env = "KEYLATCH_DATABASE",
        hide_env_values = true,
        default_value = "keylatch.db",
        global = true
    )]
    pub(super) database: String,

    /// File with the password of PostgreSQL, such as a secret of a container.
    #[arg(long, value_name = "FILE", env = "KEYLATCH_DATABASE_PASSWORD_FILE", global = true)]
    database_password_file: Option<PathBuf>,

    /// Connections to PostgreSQL that change something.
    #[arg(long, value_name = "NUMBER", env = "KEYLATCH_DATABASE_WRITES", default_value_t = Connections::default().writes)]
    database_writes: usize,

    /// Connections to PostgreSQL for lists and searches.
    #[arg(long, value_name = "NUMBER", env = "KEYLATCH_DATABASE_LISTS", default_value_t = Connections::default().lists)]
    database_lists: usize,

    /// Connections to PostgreSQL for checking keys, each with many questions under way.
    #[arg(long, value_name = "NUMBER", env = "KEYLATCH_DATABASE_CHECKS", default_value_t = Connections::default().checks)]
    database_checks: usize,

    /// URL of PostgreSQL itself, for hearing what other processes end, where --database names a pooler.
    #[arg(long, value_name = "URL", env = "KEYLATCH_DATABASE_LISTENER", hide_env_values = true)]
    database_listener: Option<String>,

    /// URL of a Redis or Valkey, redis://HOST:PORT, or rediss:// for TLS: what all processes count together (wrong
    /// passwords, rates, last use) is there instead of in the database. A password belongs into the environment or a
    /// file.
    #[arg(long, value_name = "URL", env = "KEYLATCH_REDIS", hide_env_values = true, global = true)]
    pub(super) redis: Option<String>,

    /// File with the password of Redis.
    #[arg(long, value_name = "FILE", env = "KEYLATCH_REDIS_PASSWORD_FILE", global = true)]
    redis_password_file: Option<PathBuf>,

    /// Seconds that what is known of a key counts without asking the database again. A revocation works in other
    /// processes after this at the latest, and usually within milliseconds. 0 asks each time.
    #[arg(long, value_name = "SECONDS", env = "KEYLATCH_CHECK_CACHE", default_value_t = 5)]
    check_cache: u64,

    /// Make the account demo@example.com with the password reveal-once, and issue test keys. On loopback only.
    #[arg(long, env = "KEYLATCH_DEMO")]
    demo: bool,

    /// Which keys to issue: kl_live_… or kl_test_…. Default: live, with --demo test.
    #[arg(long, value_name = "ENVIRONMENT", env = "KEYLATCH_KEY_ENVIRONMENT")]
    key_environment: Option<Environment>,

    /// Directory of a page to serve at /.
    #[arg(long, value_name = "DIRECTORY", env = "KEYLATCH_WWW")]
    www: Option<PathBuf>,

    /// Directory of the npm package to serve at /keylatch/.
    #[arg(long, value_name = "DIRECTORY", env = "KEYLATCH_PKG")]
    pkg: Option<PathBuf>,

    /// Directory of documents to serve at /docs/.
    #[arg(long, value_name = "DIRECTORY", env = "KEYLATCH_DOCS")]
    docs: Option<PathBuf>,

    /// APIs of clouds to speak besides our own, over the same users and keys:
    /// modelon, conduce, lambda, luminary. Default: none, with --demo all.
    #[arg(long, value_name = "CLOUD,...", env = "KEYLATCH_FACADE", value_delimiter = ',')]
    facade: Vec<Facade>,

    /// Log people in by browser (/authorize, /oauth/token), for programs on their own computers. On with --demo.
    #[arg(long, env = "KEYLATCH_ISSUER")]
    issuer: bool,

    /// Origin whose pages may call the API with a key, such as https://app.example.com; and sign in, when they
    /// are of the server's site. May be repeated.
    #[arg(long, value_name = "ORIGIN", env = "KEYLATCH_ALLOW_ORIGIN", value_delimiter = ',')]
    allow_origin: Vec<Origin>,

    /// Keep session cookies to https: for a server behind a TLS proxy. Needed beyond loopback.
    #[arg(long, env = "KEYLATCH_SECURE_COOKIES")]
    pub(super) secure_cookies: bool,

    /// Address or network of a proxy whose X-Forwarded-For tells the client's address, such as 10.0.0.7 or
    /// 10.0.0.0/8. May be repeated.
    #[arg(long, value_name = "NETWORK", env = "KEYLATCH_TRUSTED_PROXY", value_delimiter = ',', value_parser = network)]
    pub(super) trusted_proxy: Vec<IpNet>,

    /// Connections of clients that are held. Default: 10000, or as the limit of open files allows.
    #[arg(long, value_name = "NUMBER", env = "KEYLATCH_MAX_CONNECTIONS")]
    pub(super) max_connections: Option<usize>,

    /// The same from one address that is no trusted proxy. Default: a quarter of those.
    #[arg(long, value_name = "NUMBER", env = "KEYLATCH_MAX_CONNECTIONS_PER_ADDRESS")]
    pub(super) max_connections_per_address: Option<usize>,

    /// Seconds that the server goes on after it was told to stop, while /ready says 503: so that a proxy
    /// sends requests elsewhere.
    #[arg(long, value_name = "SECONDS", env = "KEYLATCH_DRAIN", default_value_t = 0)]
    drain: u64,

    /// Days that events of the audit log are kept.
    #[arg(long, value_name = "DAYS", env = "KEYLATCH_AUDIT_RETENTION", default_value_t = 400)]
    audit_retention: u32,

    /// Address for Prometheus (/metrics) and readiness, which is not for clients.
    #[arg(long, value_name = "ADDRESS", env = "KEYLATCH_METRICS", value_parser = address)]
    pub(super) metrics: Option<SocketAddr>,

    /// What to log on standard error: error, warn, info, debug, trace, or per module such as keylatch_server=debug.
    #[arg(long, value_name = "FILTER", env = "KEYLATCH_LOG", default_value = "info", global = true)]
    pub(super) log: String,

    /// How to log: lines of text, or of JSON.
    #[arg(long, value_name = "FORMAT", env = "KEYLATCH_LOG_FORMAT", default_value = "text", global = true)]
    pub(super) log_format: LogFormat,

    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Manage users.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Manage keys.
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Check the settings, the database, Redis, the clocks and the proxy.
    Doctor,
}

#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Add a user. The password is the first line of standard input (and is shown as it is typed).
    Add {
        /// Login name.
        email: String,
    },
    /// List all users.
    List,
    /// Lock a user out: no key, session or login works until `enable`.
    Disable {
        /// Login name.
        email: String,
    },
    /// Let a user in again.
    Enable {
        /// Login name.
        email: String,
    },
    /// Delete a user with all keys, for good.
    Delete {
        /// Login name.
        email: String,
        /// It is meant.
        #[arg(long)]
        yes: bool,
    },
    /// Give a user another password: the first line of standard input. All sessions and logins end.
    Password {
        /// Login name.
        email: String,
    },
    /// The sessions and logins of a user.
    Sessions {
        /// Login name.
        email: String,
        /// End them all.
        #[arg(long)]
        end: bool,
    },
}

#[derive(Subcommand)]
pub(super) enum KeyCommand {
    /// Revoke a key that got out: `-` reads the whole key from standard input.
    Revoke {
        /// Always `-`.
        key: String,
    },
}

/// How to log.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
enum Environment {
    Live,
    Test,
}

impl Flags {
    /// What does not go together.
    pub(super) fn check(&self) -> Result<(), String> {
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
    pub(super) fn config(&self) -> Result<Config, String> {
        let mut config = Config::new(Database::from(self.url()?.as_str()));
        config.connections = Connections {
            checks: self.database_checks,
            lists: self.database_lists,
            writes: self.database_writes,
            listener: self.listener()?,
        };
        config.redis = self.redis()?;
        // A command asks once.
        config.check_cache = Duration::from_secs(if self.command.is_some() { 0 } else { self.check_cache });
        config.key_environment = match self.key_environment {
            Some(Environment::Live) => KeyEnvironment::Live,
            Some(Environment::Test) => KeyEnvironment::Test,
            None if self.demo => KeyEnvironment::Test,
            None => KeyEnvironment::Live,
        };
        config.demo = self.demo && self.command.is_none();
        config.www = self.www.clone();
        config.pkg = self.pkg.clone();
        config.docs = self.docs.clone();
        config.facades = match self.facade.as_slice() {
            [] if self.demo => Facade::ALL.to_vec(),
            chosen => chosen.to_vec(),
        };
        config.issuer = self.issuer || self.demo;
        config.allowed_origins = self.allow_origin.clone();
        config.secure_cookies = self.secure_cookies;
        config.trusted_proxies = self.trusted_proxy.clone();
        config.drain = Duration::from_secs(self.drain);
        config.audit_retention = SignedDuration::from_hours(24 * i64::from(self.audit_retention));
        Ok(config)
    }

    /// The database, with the password from its file.
    fn url(&self) -> Result<String, String> {
        self.with_password(&self.database, "--database")
    }

    /// The database itself, where there is a pooler before it.
    fn listener(&self) -> Result<Option<Secret>, String> {
        let url = self.database_listener.as_deref().map(|url| self.with_password(url, "--database-listener"));
        Ok(url.transpose()?.map(Secret::new))
    }

    fn with_password(&self, url: &str, flag: &str) -> Result<String, String> {
        let Some(path) = &self.database_password_file else { return Ok(url.to_owned()) };
        let password = password(path, "--database-password-file")?;
        with_password(url, &["postgres", "postgresql"], &password).ok_or_else(|| {
            format!(
                "--database-password-file needs {flag} postgres://USER@HOST/DATABASE, without a password."
            )
        })
    }

    /// Redis, with the password from its file.
    fn redis(&self) -> Result<Option<Secret>, String> {
        let wrong =
            || Err("--redis-password-file needs --redis redis://HOST:PORT, without a password.".to_owned());
        match (&self.redis, &self.redis_password_file) {
            (None, None) => Ok(None),
            (None, Some(_)) => wrong(),
            (Some(url), None) => Ok(Some(Secret::from(url.as_str()))),
            (Some(url), Some(path)) => {
                let password = password(path, "--redis-password-file")?;
                // Most have no users, and the password stands alone.
                let named = match url.split_once("://") {
                    Some((scheme, rest)) if !rest.contains('@') => format!("{scheme}://@{rest}"),
                    _ => url.clone(),
                };
                with_password(&named, &["redis", "rediss"], &password)
                    .map_or_else(wrong, |url| Ok(Some(Secret::new(url))))
            }
        }
    }
}

/// The first line of a file, as it stands in a URL.
fn password(path: &Path, flag: &str) -> Result<String, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {flag} {}: {error}.", path.display()))?;
    let password: String =
        form_urlencoded::byte_serialize(text.trim_end_matches(['\n', '\r']).as_bytes()).collect();
    Ok(password.replace('+', "%20"))
}

/// `scheme://user@…` with a password; none for what is of another scheme, or has one.
fn with_password(url: &str, schemes: &[&str], password: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://").filter(|(scheme, _)| schemes.contains(scheme))?;
    let (user, rest) = rest.split_once('@').filter(|(user, _)| !user.contains(':'))?;
    Some(format!("{scheme}://{user}:{password}@{rest}"))
}

/// An address is a network of one.
fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<std::net::IpAddr>().map(IpNet::from);
    address
        .or_else(|_| text.parse::<IpNet>().map(|network| network.trunc()))
        .map_err(|_| "a proxy is an address such as 10.0.0.7 or a network such as 10.0.0.0/8".to_owned())
}

/// `localhost` is what people type; it means IPv4 here, as in the default.
fn address(text: &str) -> Result<SocketAddr, String> {
    let literal = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    literal.as_deref().unwrap_or(text).parse().map_err(|_| {
        "an address is an IP address and a port, such as 127.0.0.1:8787, [::1]:8787 or 0.0.0.0:443".to_owned()
    })
}

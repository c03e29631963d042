//! What a server is told before it starts.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use jiff::SignedDuration;
use keylatch_format::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::password::PasswordCost;
use crate::clock::{Clock, SystemClock};

/// Everything that [`App::open`](crate::App::open) needs to know.
#[derive(Clone)]
pub struct Config {
    /// Where users and keys are kept.
    pub database: Database,
    /// How many connections to PostgreSQL are held.
    pub connections: Connections,
    /// URL of the Redis in which all processes count together, instead of in the
    /// database; it may carry a password.
    pub redis: Option<Secret>,
    /// Which prefix new keys carry.
    pub key_environment: KeyEnvironment,
    /// Whether to create the account [`DEMO_USER`](crate::DEMO_USER).
    pub demo: bool,
    /// The page that is served at `/`.
    pub www: Option<PathBuf>,
    /// The npm package that is served at `/keylatch/`.
    pub pkg: Option<PathBuf>,
    /// The documents that are served at `/docs/`.
    pub docs: Option<PathBuf>,
    /// Which clouds' APIs are spoken besides our own.
    pub facades: Vec<Facade>,
    /// Whether to log people in by browser, for programs on their own computers.
    pub issuer: bool,
    /// Other origins whose pages may call the API; with a session only within our site.
    pub allowed_origins: Vec<Origin>,
    /// Whether the server stands behind https, so that cookies are kept to it.
    pub secure_cookies: bool,
    /// Proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// What hashing a password costs.
    pub password_cost: PasswordCost,
    /// How many connections of clients are held: in all …
    pub max_connections: usize,
    /// … and from one address, unless that is a trusted proxy.
    pub max_connections_per_address: usize,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How long the server goes on, not ready any more, when it is told to stop:
    /// so that a proxy notices and sends requests elsewhere.
    pub drain: Duration,
    /// How long requests in flight may take to finish after that.
    pub shutdown_grace: Duration,
    /// How long events of the audit log are kept.
    pub audit_retention: SignedDuration,
    /// How long what is known of a key counts without asking the database again:
    /// the bound on a revocation in other processes. Zero asks each time.
    pub check_cache: Duration,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
}

impl Config {
    /// The defaults of the command line, with this database.
    pub fn new(database: Database) -> Self {
        Config {
            database,
            connections: Connections::default(),
            redis: None,
            key_environment: KeyEnvironment::Live,
            demo: false,
            www: None,
            pkg: None,
            docs: None,
            facades: Vec::new(),
            issuer: false,
            allowed_origins: Vec::new(),
            secure_cookies: false,
            trusted_proxies: Vec::new(),
            password_cost: PasswordCost::default(),
            max_connections: 10_000,
            max_connections_per_address: 2_500,
            request_timeout: Duration::from_secs(30),
            drain: Duration::ZERO,
            shutdown_grace: Duration::from_secs(10),
            audit_retention: SignedDuration::from_hours(400 * 24),
            check_cache: Duration::from_secs(5),
            clock: Arc::new(SystemClock),
        }
    }
}

/// How many connections to PostgreSQL are held. Checks share theirs.
#[derive(Clone, Debug)]
pub struct Connections {
    /// For looking up keys and sessions; each has many questions under way.
    pub checks: usize,
    /// For lists and searches.
    pub lists: usize,
    /// For whatever changes something.
    pub writes: usize,
    /// The URL for one more, which hears what other processes end, where a pooler
    /// stands before the database. Without it, that of the database.
    pub listener: Option<Secret>,
}

impl Default for Connections {
    fn default() -> Self {
        Connections { checks: 4, lists: 4, writes: 12, listener: None }
    }
}

/// Where users and keys are kept.
#[derive(Clone, Debug)]
pub enum Database {
    /// One file, made when it is not there.
    Sqlite(PathBuf),
    /// A PostgreSQL database by its URL, which may carry a password.
    Postgres(Secret),
}

impl From<&str> for Database {
    /// `postgres://…` and `postgresql://…` are PostgreSQL; anything else, with
    /// or without `sqlite://`, is the path of an SQLite file.
    fn from(text: &str) -> Self {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Database::Postgres(Secret::from(text));
        }
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")).unwrap_or(text);
        Database::Sqlite(PathBuf::from(path))
    }
}

/// What new keys are for, visible in their prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyEnvironment {
    /// `kl_live_`
    Live,
    /// `kl_test_`
    Test,
}

impl KeyEnvironment {
    /// As the database has it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            KeyEnvironment::Live => "live",
            KeyEnvironment::Test => "test",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [KeyEnvironment::Live, KeyEnvironment::Test].into_iter().find(|known| known.as_str() == text)
    }

    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            KeyEnvironment::Live => "kl_live_",
            KeyEnvironment::Test => "kl_test_",
        }
    }
}

/// A cloud whose API is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facade {
    /// Conduce: `/conduce/api/…`
    Conduce,
    /// Lambda Cloud: `/api/v1/…`
    Lambda,
    /// Luminary Cloud: `/rest/v0/…`
    Luminary,
    /// Modelon Impact: `/api/…`, `/hub/…`, `/user/…`
    Modelon,
}

impl Facade {
    /// All there are.
    pub const ALL: &'static [Facade] = &[Facade::Conduce, Facade::Lambda, Facade::Luminary, Facade::Modelon];

    const fn as_str(self) -> &'static str {
        match self {
            Facade::Conduce => "conduce",
            Facade::Lambda => "lambda",
            Facade::Luminary => "luminary",
            Facade::Modelon => "modelon",
        }
    }
}

impl std::str::FromStr for Facade {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Facade::ALL.iter().copied().find(|facade| facade.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Facade::ALL.iter().map(|facade| facade.as_str()).collect();
            format!("there is no facade of that name. There are: {}", known.join(", "))
        })
    }
}

/// Scheme, host and port of a web page, as browsers write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin as it stands in a request's header `Origin`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "an origin is scheme, host and port, such as https://app.example.com or \
                 http://localhost:5173, without a path; \"{text}\" is not one"
            )
        };
        let lower = text.to_ascii_lowercase();
        let host =
            lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).ok_or_else(wrong)?;
        let authority: axum::http::uri::Authority = host.parse().map_err(|_| wrong())?;
        if authority.host().is_empty() || host.contains(['@', '*']) {
            return Err(wrong());
        }
        // Browsers leave the scheme's own port out.
        let default_port = if lower.starts_with("https://") { ":443" } else { ":80" };
        Ok(Origin(lower.strip_suffix(default_port).unwrap_or(&lower).to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_as_browsers_write_them() {
        for (text, origin) in [
            ("https://app.example.com", Some("https://app.example.com")),
            ("HTTPS://App.Example.com", Some("https://app.example.com")),
            ("http://localhost:5173", Some("http://localhost:5173")),
            ("https://example.com:443", Some("https://example.com")),
            ("http://example.com:80", Some("http://example.com")),
            ("http://[::1]:8080", Some("http://[::1]:8080")),
            ("https://example.com/", None),
            ("https://example.com/page", None),
            ("https://user@example.com", None),
            ("https://*.example.com", None),
            ("example.com", None),
            ("*", None),
            ("null", None),
            ("https://", None),
            ("", None),
        ] {
            let read = text.parse::<Origin>().ok();
            assert_eq!(read.as_ref().map(Origin::as_str), origin, "{text}");
        }
    }

    #[test]
    fn the_database_is_told_by_its_url() {
        assert!(
            matches!(Database::from("keylatch.db"), Database::Sqlite(path) if path.to_str() == Some("keylatch.db"))
        );
        assert!(
            matches!(Database::from("sqlite:///data/a b.db"), Database::Sqlite(path) if path.to_str() == Some("/data/a b.db"))
        );
        assert!(matches!(Database::from("postgresql://localhost/kl"), Database::Postgres(_)));
        let shown = format!("{:?}", Database::from("postgres://kim:s3cret@localhost/kl"));
        assert!(!shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn a_facade_is_found_by_its_word() {
        for facade in Facade::ALL {
            assert_eq!(facade.as_str().parse(), Ok(*facade));
        }
        for text in ["", "Lambda", " lambda", "keylatch"] {
            let error = text.parse::<Facade>().unwrap_err();
            assert!(error.contains("lambda") && error.contains("luminary"), "{error}");
        }
    }
}

//! Where a service's own clients look for a key: data for the credential chain.

use std::borrow::Cow;

use super::Text;

/// Where keys for a service are found on a computer.
#[derive(Clone)]
pub struct Sources {
    /// Environment variables that hold a key; the first that is set wins.
    pub env: Cow<'static, [Text]>,
    /// Environment variables that hold the service's address.
    pub env_base_url: Cow<'static, [Text]>,
    /// Whether `.env` of the working directory stands in for those that the
    /// environment does not set.
    pub dotenv: bool,
    /// Files that hold a key, in the order in which they are looked at.
    pub files: Cow<'static, [KeyFile]>,
    /// Signing in with a browser, where the service has it.
    pub login: Option<Login>,
}

impl Sources {
    /// A service that reads these variables, there or in `.env`, and nothing else.
    pub const fn env(names: &'static [Text]) -> Self {
        Sources {
            env: Cow::Borrowed(names),
            env_base_url: Cow::Borrowed(&[]),
            dotenv: true,
            files: Cow::Borrowed(&[]),
            login: None,
        }
    }
}

/// A file that holds keys.
#[derive(Clone)]
pub struct KeyFile {
    /// Where; `~` is the home of the user.
    pub path: Text,
    /// What is in it.
    pub kind: FileKind,
}

/// What is in a file of keys.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// The key alone; white space around it does not count.
    Text,
    /// Conduce's YAML: hosts, users, and a key for each user and host.
    ConduceConfig,
    /// keylatch's own JSON, with profiles.
    Profiles,
}

impl FileKind {
    /// The kind of this name.
    pub fn parse(name: &str) -> Option<FileKind> {
        [FileKind::Text, FileKind::ConduceConfig, FileKind::Profiles]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }

    /// Its name in declarations.
    pub fn as_str(self) -> &'static str {
        match self {
            FileKind::Text => "text",
            FileKind::ConduceConfig => "conduce-config",
            FileKind::Profiles => "profiles",
        }
    }
}

/// Authorization code with PKCE in a browser (RFC 7636, RFC 8252).
#[derive(Clone)]
pub struct Login {
    /// Host of the issuer; https.
    pub issuer: Text,
    /// The public client's id.
    pub client_id: Text,
    /// The API that the token is for.
    pub audience: Text,
    /// What is asked for.
    pub scope: Text,
    /// Ports that the issuer sends the browser back to; the first that is free.
    pub ports: Cow<'static, [u16]>,
    /// Environment variables that override issuer, client id and audience, in
    /// that order.
    pub env: [Text; 3],
    /// Environment variable that names another directory for the last of `files`;
    /// empty for none.
    pub env_directory: Text,
    /// Where the refresh token is kept: the documented place, then the one that
    /// the service's own client uses now.
    pub files: Cow<'static, [Text]>,
}

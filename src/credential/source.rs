//! What the chain has found, and where.

use std::borrow::Cow;

use crate::notice::Notice;
use crate::secret::Secret;

/// Where a key was found.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the source of that name")]
pub enum Source {
    Argument,
    Env(Cow<'static, str>),
    Command(Cow<'static, str>),
    Keychain(String),
    Dotenv(Cow<'static, str>),
    File(String),
    StoredLogin(String),
    Prompt,
    Login(String),
}

impl Source {
    /// The word for it in JavaScript.
    pub fn kind(&self) -> &'static str {
        match self {
            Source::Argument => "argument",
            Source::Env(_) => "env",
            Source::Command(_) => "command",
            Source::Keychain(_) => "keychain",
            Source::Dotenv(_) => "dotenv",
            Source::File(_) => "file",
            Source::StoredLogin(_) => "stored-login",
            Source::Prompt => "prompt",
            Source::Login(_) => "login",
        }
    }

    /// Which one: the variable, the file or the key of the keychain. Empty where there is only one.
    pub fn name(&self) -> &str {
        match self {
            Source::Env(name) | Source::Command(name) | Source::Dotenv(name) => name,
            Source::Keychain(name) | Source::File(name) | Source::StoredLogin(name) | Source::Login(name) => {
                name
            }
            Source::Argument | Source::Prompt => "",
        }
    }

    pub(super) fn is_login(&self) -> bool {
        matches!(self, Source::StoredLogin(_) | Source::Login(_))
    }

    /// As it stands in a message.
    pub(super) fn describe(&self) -> String {
        match self {
            Source::Argument => "the key that was passed".into(),
            Source::Env(name) => name.clone().into_owned(),
            Source::Command(name) => "the program that ".to_owned() + name + " names",
            Source::Keychain(name) => "the key ".to_owned() + name + " of the keychain",
            Source::Dotenv(name) => name.clone().into_owned() + " in .env",
            Source::File(path) | Source::StoredLogin(path) => path.clone(),
            Source::Prompt => "the prompt".into(),
            Source::Login(_) => "the login".into(),
        }
    }
}

/// A key, and how it was found.
pub struct Found {
    /// The key, or the access token of a login.
    pub secret: Secret,
    /// Where it was.
    pub source: Source,
    /// The address that it is for, where the source says one.
    pub base_url: Option<String>,
    /// What was tried before, and why it gave nothing.
    pub tried: Vec<Notice>,
    /// What is not right with the source.
    pub warnings: Vec<Notice>,
}

impl Found {
    /// Whether it is an access token, which is sent as Bearer whatever scheme
    /// the service has for keys.
    pub fn is_token(&self) -> bool {
        self.source.is_login()
    }
}

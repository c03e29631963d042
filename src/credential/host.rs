//! The port to the computer that the chain runs on.

use std::future::Future;

use crate::error::Error;
use crate::notice::Notice;
use crate::provider::{FileKind, Provider};
use crate::secret::Secret;
use crate::value::Value;

/// What the chain asks. It is one method with a question, as `send` is one with a request, so
/// that every decision is made in the chain.
#[derive(Clone, Copy)]
pub enum Question<'a> {
    /// The environment variable of this name.
    Env(&'a str),
    /// What a program prints, without the line's end; how it was written, and the
    /// variable that names it.
    Command(&'a str, &'a str),
    /// A key of the system's keychain, by its service and account as they are written
    /// behind `keychain:`; [`Answer::path`] has them as they are told to people.
    Keychain(&'a str),
    /// The variables of `.env` in the working directory, as an object in
    /// [`Answer::json`], read by the host's own parser.
    Dotenv,
    /// A file; where its format is JSON, parsed into [`Answer::json`].
    File(&'a str, FileKind),
    /// An access token by the stored login, renewed when it must be.
    Renew,
    /// A key typed by the person, without showing it; how often it was asked for before.
    Prompt(u8),
    /// Whether the key is certainly none of the service ([`Provider::check_key`]):
    /// [`Answer::nothing`], or a text with what is wrong with it. The host has what checks keys
    /// already, so the module of the chain need not carry it.
    Check(&'a Provider, &'a Secret),
    /// Whether the service accepts the key: [`Answer::nothing`] when it does or
    /// when it cannot be asked, a notice when it does not.
    Accept(&'a Secret),
    /// Keep the key where the service's own clients look for it.
    Store(&'a Secret),
    /// An access token by a login in the browser.
    Login,
}

/// What the host answers.
#[derive(Clone)]
pub struct Answer {
    /// What was found: a key, or the text of a file. `None` when there is none.
    pub text: Option<Secret>,
    /// The same as data, where it is JSON.
    pub json: Value,
    /// The path, as people write it.
    pub path: String,
    /// Other users of the computer can read the file.
    pub shared: bool,
    /// Why there is nothing, where it is not simply absent.
    pub notice: Option<Notice>,
}

impl Answer {
    /// It is not there, or there is nothing to say.
    pub fn nothing() -> Self {
        Answer { text: None, json: Value::Null, path: String::new(), shared: false, notice: None }
    }

    /// This text.
    pub fn text(text: &str) -> Self {
        Answer { text: Some(Secret::from(text)), ..Answer::nothing() }
    }

    /// Nothing, for this reason.
    pub fn not(notice: Notice) -> Self {
        Answer { notice: Some(notice), ..Answer::nothing() }
    }
}

/// The computer: environment, files, terminal, browser. Its files may change
/// at any time; it is asked anew for every chain.
pub trait Host {
    /// Answers a question. An error ends the chain: a refusal by the service, an
    /// interrupted prompt.
    fn ask(&self, question: Question<'_>) -> impl Future<Output = Result<Answer, Error>>;
}

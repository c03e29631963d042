//! The order of the sources, and what counts as found.

use super::entry::{Entry, Slot};
use super::file::{self, Content};
use super::host::{Answer, Host, Question};
use super::login::address;
use super::source::{Found, Source};
use crate::error::{Code, Error};
use crate::notice::{Notice, Reason};
use crate::provider::{FileKind, Provider, Sources, Text};
use crate::secret::Secret;
use crate::text::{concat, cut};

/// How often a person is asked for a key that the service then refuses.
const TRIES: u8 = 3;
/// Where keys of any service can be kept.
const PROFILES: &str = "~/.config/keylatch/credentials.json";
/// How a variable begins that names a program which prints the key, such as a
/// password manager's.
const COMMAND: &str = "command:";
/// How a variable begins that names a key of the system's keychain. A login that keeps its
/// key there writes the same into keylatch's own file.
const KEYCHAIN: &str = "keychain:";

/// Which key is looked for.
pub struct Ask<'a> {
    /// The service.
    pub provider: &'a Provider,
    /// A key that was passed.
    pub explicit: Option<Secret>,
    /// The address that the key is to be sent to, if the caller or the
    /// environment says one.
    pub base_url: Option<String>,
    /// Whose key, where a file keeps them by user.
    pub user: Option<String>,
    /// The profile in keylatch's own file.
    pub profile: &'a str,
    /// Pass over files that others can read, instead of warning.
    pub strict: bool,
    /// Whether to ask the person, when all else gives nothing.
    pub interactive: Interactive,
    /// Ask the person though there may be a key.
    pub fresh: bool,
}

/// What may be asked of the person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Interactive {
    /// Nothing.
    No,
    /// To type a key.
    Prompt,
    /// To log in with a browser.
    Login,
}

impl<'a> Ask<'a> {
    /// For any key of the service, without asking the person.
    pub fn of(provider: &'a Provider) -> Self {
        Ask {
            provider,
            explicit: None,
            base_url: None,
            user: None,
            profile: "default",
            strict: false,
            interactive: Interactive::No,
            fresh: false,
        }
    }
}

/// Looks for a key, in this order: what was passed, the environment, `.env` where the service
/// has it, the service's own files, keylatch's file, a stored login; then, only when that is
/// asked for, the person. In the environment `command:` and a program stand for what that
/// program prints, and there and in keylatch's file `keychain:` and a name for a key of the
/// system's keychain. What is set but empty counts as absent. What is certainly no key of the
/// service ends the search, because whoever set it means it to be used.
///
/// # Errors
/// [`Code::NoCredential`] with everything that was tried, [`Code::InvalidKey`]
/// naming the source, and the host's own.
pub async fn resolve(host: &impl Host, ask: &Ask<'_>) -> Result<Found, Error> {
    let mut chain = Chain { host, ask, tried: Vec::new(), warnings: Vec::new(), dotenv: None };
    match chain.walk().await? {
        Some((source, entry)) => {
            if !source.is_login() {
                chain.check(&entry.secret, &source).await?;
            }
            chain.warn_of_address(&source, entry.base_url.as_deref()).await?;
            let Chain { tried, warnings, .. } = chain;
            Ok(Found { secret: entry.secret, source, base_url: entry.base_url, tried, warnings })
        }
        None => Err(Error::new(Code::NoCredential).with(ask.provider.title.clone()).with_tried(chain.tried)),
    }
}

struct Chain<'a, H> {
    host: &'a H,
    ask: &'a Ask<'a>,
    tried: Vec<Notice>,
    warnings: Vec<Notice>,
    /// `.env`, once it was read.
    dotenv: Option<Answer>,
}

type Hit = Option<(Source, Entry)>;

impl<H: Host> Chain<'_, H> {
    async fn walk(&mut self) -> Result<Hit, Error> {
        if let Some(hit) = self.explicit() {
            return Ok(Some(hit));
        }
        if !self.ask.fresh
            && let Some(hit) = self.silent().await?
        {
            return Ok(Some(hit));
        }
        match self.ask.interactive {
            Interactive::No => Ok(None),
            Interactive::Prompt => self.prompt().await,
            Interactive::Login => self.login().await,
        }
    }

    /// The sources that can be looked at without a question to the person.
    async fn silent(&mut self) -> Result<Hit, Error> {
        if let Some(hit) = self.environment().await? {
            return Ok(Some(hit));
        }
        match self.files().await? {
            None => self.stored_login().await,
            hit => Ok(hit),
        }
    }

    fn explicit(&mut self) -> Hit {
        let given = self.ask.explicit.as_ref()?;
        if given.expose().is_empty() {
            self.tried.push(Notice::new(Reason::ArgumentEmpty));
            return None;
        }
        Some((Source::Argument, given.clone().into()))
    }

    /// Every variable before `.env`, because the real environment wins over the file. Some
    /// services' documents do not have that file.
    async fn environment(&mut self) -> Result<Hit, Error> {
        let Sources { env: names, dotenv, .. } = &self.ask.provider.sources;
        for name in names.iter() {
            match self.host.ask(Question::Env(name)).await?.text {
                None => self.tried.push(Notice::new(Reason::EnvUnset).with(name.clone())),
                Some(text) if text.expose().trim().is_empty() => {
                    self.tried.push(Notice::new(Reason::EnvEmpty).with(name.clone()));
                }
                Some(text) => {
                    let named = text.expose().trim();
                    return if let Some(command) = named.strip_prefix(COMMAND) {
                        self.command(command.trim(), name).await.map(Some)
                    } else if let Some(item) = named.strip_prefix(KEYCHAIN) {
                        self.keychain(item, None).await.map(Some)
                    } else {
                        Ok(Some((Source::Env(name.clone()), text.into())))
                    };
                }
            }
        }
        if names.is_empty() || !dotenv {
            return Ok(None);
        }
        let dotenv = self.dotenv().await?;
        if let Some(notice) = self.unusable(&dotenv) {
            self.tried.push(notice);
            return Ok(None);
        }
        for name in names.iter() {
            let about = |reason| Notice::new(reason).with(dotenv.path.clone()).with(name.clone());
            match dotenv.json.member(name).and_then(|value| value.text()) {
                None => self.tried.push(about(Reason::DotenvUnset)),
                Some(text) if text.trim().is_empty() => self.tried.push(about(Reason::DotenvEmpty)),
                // The authors of a project must not run programs on this computer.
                Some(text) if text.trim_start().starts_with(COMMAND) => {
                    self.tried.push(about(Reason::CommandInDotenv));
                }
                // Nor have a person's own key sent to the address beside it.
                Some(text) if text.trim_start().starts_with(KEYCHAIN) => {
                    self.tried.push(about(Reason::KeychainInDotenv));
                }
                Some(text) => {
                    let base_url = self.address_in(&dotenv).map(|(_, address)| address);
                    self.warn(&dotenv);
                    let entry = Entry { secret: Secret::from(text), base_url };
                    return Ok(Some((Source::Dotenv(name.clone()), entry)));
                }
            }
        }
        Ok(None)
    }

    /// What a program prints. A person who names a program means it to be used, so when it
    /// prints nothing the search ends.
    async fn command(&mut self, command: &str, name: &Text) -> Result<(Source, Entry), Error> {
        let answer = self.host.ask(Question::Command(command, name)).await?;
        match answer.text {
            Some(text) => Ok((Source::Command(name.clone()), text.into())),
            None => Err(self.ended(answer.notice)),
        }
    }

    /// A key of the system's keychain. It was named to be used, so without it the search ends.
    async fn keychain(&mut self, item: &str, base_url: Option<String>) -> Result<(Source, Entry), Error> {
        let answer = self.host.ask(Question::Keychain(item)).await?;
        match answer.text {
            Some(secret) => Ok((Source::Keychain(answer.path), Entry { secret, base_url })),
            None => Err(self.ended(answer.notice)),
        }
    }

    /// What was named to be used gave nothing.
    fn ended(&mut self, notice: Option<Notice>) -> Error {
        self.tried.extend(notice);
        let title = self.ask.provider.title.clone();
        Error::new(Code::NoCredential).with(title).with_tried(core::mem::take(&mut self.tried))
    }

    /// One reading, so that key and address are of the same file.
    async fn dotenv(&mut self) -> Result<Answer, Error> {
        if let Some(answer) = &self.dotenv {
            return Ok(answer.clone());
        }
        let answer = self.host.ask(Question::Dotenv).await?;
        self.dotenv = Some(answer.clone());
        Ok(answer)
    }

    /// The address that `.env` names, and by which variable.
    fn address_in(&self, dotenv: &Answer) -> Option<(Text, String)> {
        self.ask.provider.sources.env_base_url.iter().find_map(|name| {
            let text = dotenv.json.member(name)?.text()?;
            (!text.trim().is_empty()).then(|| (name.clone(), address(text)))
        })
    }

    /// An address in `.env` is only for the key that stands beside it: the authors of a project
    /// must not decide where a person's own key is sent.
    async fn warn_of_address(&mut self, source: &Source, base_url: Option<&str>) -> Result<(), Error> {
        let Provider { sources, base_url: default, .. } = self.ask.provider;
        let is_read = sources.dotenv && !sources.env_base_url.is_empty();
        if !is_read || self.ask.base_url.is_some() || matches!(source, Source::Dotenv(_)) {
            return Ok(());
        }
        let dotenv = self.dotenv().await?;
        if self.unusable(&dotenv).is_some() {
            return Ok(());
        }
        let used = base_url.or(default.as_deref()).map(|used| used.trim_end_matches('/'));
        if let Some((name, named)) = self.address_in(&dotenv)
            && used != Some(named.trim_end_matches('/'))
        {
            self.warnings.push(Notice::new(Reason::DotenvAddressUnused).with(dotenv.path).with(name));
        }
        Ok(())
    }

    /// The service's own files, then keylatch's.
    async fn files(&mut self) -> Result<Hit, Error> {
        let own = self.ask.provider.sources.files.iter();
        let mut files: Vec<(&str, FileKind)> = own.map(|file| (file.path.as_ref(), file.kind)).collect();
        if !files.iter().any(|(path, _)| *path == PROFILES) {
            files.push((PROFILES, FileKind::Profiles));
        }
        for (path, kind) in files {
            let answer = self.host.ask(Question::File(path, kind)).await?;
            let found = match self.unusable(&answer) {
                Some(notice) => Err(notice),
                None => self.read(kind, &answer),
            };
            match found {
                Ok(entry) => {
                    self.warn(&answer);
                    return match entry.secret.expose().strip_prefix(KEYCHAIN) {
                        Some(item) if path == PROFILES => {
                            self.keychain(item, entry.base_url.clone()).await.map(Some)
                        }
                        _ => Ok(Some((Source::File(answer.path), entry))),
                    };
                }
                Err(notice) => self.tried.push(notice),
            }
        }
        Ok(None)
    }

    /// What the file holds for this ask, and for no other address.
    fn read(&self, kind: FileKind, answer: &Answer) -> Result<Entry, Notice> {
        let slot = Slot {
            provider: &self.ask.provider.id,
            profile: self.ask.profile,
            user: self.ask.user.as_deref(),
            host: self.ask.base_url.as_deref().map(authority),
        };
        let empty = Secret::from("");
        let content = Content { text: answer.text.as_ref().unwrap_or(&empty), json: &answer.json };
        let entry = file::read(kind, &content, &slot).map_err(|miss| miss.at(&answer.path))?;
        match (&entry.base_url, &self.ask.base_url) {
            (Some(of), Some(wanted)) if authority(of) != authority(wanted) => {
                let notice = Notice::new(Reason::FileForOtherAddress).with(answer.path.clone());
                Err(notice.with(of.clone()).with(wanted.clone()))
            }
            _ => Ok(entry),
        }
    }

    fn unusable(&self, answer: &Answer) -> Option<Notice> {
        if answer.notice.is_some() {
            return answer.notice.clone();
        }
        if answer.text.is_none() && answer.json.kind() == "null" {
            return Some(Notice::new(Reason::FileMissing).with(answer.path.clone()));
        }
        (answer.shared && self.ask.strict).then(|| shared(answer))
    }

    fn warn(&mut self, answer: &Answer) {
        if answer.shared {
            self.warnings.push(shared(answer));
        }
    }

    async fn stored_login(&mut self) -> Result<Hit, Error> {
        if self.ask.provider.sources.login.is_none() {
            return Ok(None);
        }
        let answer = self.host.ask(Question::Renew).await?;
        self.warn(&answer);
        Ok(self.token(answer, Source::StoredLogin))
    }

    async fn login(&mut self) -> Result<Hit, Error> {
        if self.ask.provider.sources.login.is_none() {
            let title = self.ask.provider.title.clone();
            self.tried.push(Notice::new(Reason::LoginUnknown).with(title));
            return Ok(None);
        }
        let answer = self.host.ask(Question::Login).await?;
        Ok(self.token(answer, Source::Login))
    }

    fn token(&mut self, answer: Answer, source: impl Fn(String) -> Source) -> Hit {
        match answer.text {
            Some(text) => Some((source(answer.path), text.into())),
            None => {
                self.tried.extend(answer.notice);
                None
            }
        }
    }

    /// Asks the person. What was typed is kept only after the service has
    /// accepted it, and asked for again when it was refused.
    async fn prompt(&mut self) -> Result<Hit, Error> {
        for asked in 0..TRIES {
            let answer = self.host.ask(Question::Prompt(asked)).await?;
            let typed = match answer.text {
                Some(text) if !text.expose().trim().is_empty() => Secret::from(text.expose().trim()),
                _ => {
                    self.tried.push(answer.notice.unwrap_or(Notice::new(Reason::PromptEmpty)));
                    return Ok(None);
                }
            };
            let last = asked + 1 == TRIES;
            if let Err(error) = self.check(&typed, &Source::Prompt).await {
                if last {
                    return Err(error);
                }
                continue;
            }
            if self.host.ask(Question::Accept(&typed)).await?.notice.is_none() {
                let stored = self.host.ask(Question::Store(&typed)).await?;
                self.warnings.extend(stored.notice);
                return Ok(Some((Source::Prompt, typed.into())));
            }
        }
        self.tried.push(Notice::new(Reason::PromptRefused).with(self.ask.provider.title.clone()));
        Ok(None)
    }

    /// Refuses what is certainly no key of the service.
    async fn check(&self, key: &Secret, source: &Source) -> Result<(), Error> {
        match self.host.ask(Question::Check(self.ask.provider, key)).await?.text {
            None => Ok(()),
            Some(problem) => {
                let title = concat(&[&self.ask.provider.title, " (from ", &source.describe(), ")"]);
                Err(Error::new(Code::InvalidKey).with(title).with(String::from(problem.expose())))
            }
        }
    }
}

fn shared(answer: &Answer) -> Notice {
    Notice::new(Reason::FileReadableByOthers).with(answer.path.clone())
}

/// Host and port of an address, with a path if it has one.
fn authority(url: &str) -> &str {
    let rest = cut(url, "://").map_or(url, |(_, rest)| rest);
    rest.trim_end_matches('/')
}

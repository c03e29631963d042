//! Why a source gave nothing, or gave something with a warning.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use keylatch_format::codes;
use keylatch_format::sentence::fill;

codes! {
    /// Why a source gave no key, as a word that does not change between versions.
    pub enum Reason {
        /// A key was passed, and it is empty.
        ArgumentEmpty = "argument_empty": "the key that was passed is empty",
        /// An environment variable is not set; detail: its name.
        EnvUnset = "env_unset": "{0} is not set",
        /// An environment variable is empty; detail: its name.
        EnvEmpty = "env_empty": "{0} is set but empty",
        /// There is no `.env`; detail: the directory.
        DotenvMissing = "dotenv_missing": ".env not found in {0}",
        /// `.env` does not set the variable; details: path and name.
        DotenvUnset = "dotenv_unset": "{0} does not set {1}",
        /// `.env` sets the variable to nothing; details: path and name.
        DotenvEmpty = "dotenv_empty": "{0} sets {1}, but to nothing",
        /// `.env` names an address, and the key is not from there; details: path and name.
        DotenvAddressUnused = "dotenv_address_unused": "{1} in {0} is not used, because the key is not from {0} (to use it, set it in the environment)",
        /// `.env` sets the variable to less than stands there; details: path, name and what ends it.
        DotenvCut = "dotenv_cut": "{1} in {0} is read only up to its {2}, and what follows is lost (put the whole value into quotes)",
        /// There is no such file; detail: its path.
        FileMissing = "file_missing": "{0} not found",
        /// The file has nothing in it; detail: its path.
        FileEmpty = "file_empty": "{0} is empty",
        /// The file cannot be read; details: its path and the system's word for why.
        FileUnreadable = "file_unreadable": "{0} cannot be read ({1})",
        /// The file cannot be written; details: its path and the system's word for why.
        FileUnwritable = "file_unwritable": "{0} cannot be written ({1})",
        /// Another process holds the file's lock; details: the file and the lock.
        FileLocked = "file_locked": "{0} is being written by another process; if there is none, delete {1}",
        /// Other users of the computer can read the file; detail: its path.
        FileReadableByOthers = "file_readable_by_others": "{0} is readable by others (chmod 600 {0} ends that)",
        /// The file is not what its owner writes; details: its path and where.
        FileNotUnderstood = "file_not_understood": "{0} is not understood: {1}",
        /// The file has no key for this; details: its path and for what.
        FileWithoutKey = "file_without_key": "{0} has no key for {1}",
        /// The file's key is for another address; details: its path and both.
        FileForOtherAddress = "file_for_other_address": "{0} has a key for {1} and none for {2}",
        /// The file holds something that is no key; details: its path and the service.
        FileNotOfKeys = "file_not_of_keys": "{0} holds something other than a key for {1}, which would be lost",
        /// The file could not be replaced in one step; detail: its path.
        FileWrittenInPlace = "file_written_in_place": "{0} is mounted as a single file, so it was written in place and not replaced in one step",
        /// No home directory is known, so the file is nowhere; detail: its path.
        HomeUnknown = "home_unknown": "{0} was not looked for, because no home directory is known",
        /// The path leads by a symbolic link out of the home; detail: the path.
        SymlinkOutOfHome = "symlink_out_of_home": "{0} is a symbolic link that leads out of the home directory, and is not followed",
        /// A symbolic link elsewhere leads out of its own directory; detail: the path.
        SymlinkOutOfDirectory = "symlink_out_of_directory": "{0} is a symbolic link that leads out of its directory, and is not followed",
        /// A symbolic link elsewhere leads to a file that others can change; detail: the path.
        SymlinkWritable = "symlink_writable": "{0} is a symbolic link to a file that every user can write to, and is not followed",
        /// A program that should have printed the key has not; details: who names it and why.
        CommandFailed = "command_failed": "the program that {0} names gave no key: {1}",
        /// `.env` names a program; details: path and name.
        CommandInDotenv = "command_in_dotenv": "{0} names a program in {1}, which is run only if the environment itself names it",
        /// What asks the system's keychain is not installed; detail: which key of it was asked for.
        KeychainPackageMissing = "keychain_package_missing": "the key {0} is in the system's keychain, for which keylatch takes the package @napi-rs/keyring, 2.1 or newer, which is not installed beside it (npm install @napi-rs/keyring, with -g where keylatch is installed so)",
        /// There is no keychain that programs can ask; details: which key of it was asked for, and the system's words.
        KeychainUnavailable = "keychain_unavailable": "no keychain could be asked for the key {0}: {1} (on Linux it is a program of the desktop, such as GNOME Keyring or KWallet; a container or a session over SSH may have none)",
        /// The keychain is locked, or the person refused; details: which key of it was asked for, and the system's words.
        KeychainLocked = "keychain_locked": "the system's keychain is locked, or you refused it the key {0} (unlock it and try again): {1}",
        /// The keychain has nothing of that name; detail: which key of it was asked for.
        KeychainWithoutKey = "keychain_without_key": "the system's keychain has no key {0}",
        /// The keychain did not do what it was asked; details: the key and why.
        KeychainFailed = "keychain_failed": "the system's keychain failed at the key {0}: {1}",
        /// `.env` names a key of the keychain; details: path and name.
        KeychainInDotenv = "keychain_in_dotenv": "{0} names a key of the system's keychain in {1}, which is read only if the environment itself names it",
        /// Nobody has logged in; detail: where the login would be stored.
        LoginMissing = "login_missing": "no login is stored in {0}",
        /// The stored login is no longer accepted; detail: where it is stored.
        LoginExpired = "login_expired": "the login stored in {0} has expired or was revoked: log in again",
        /// The stored login could not be renewed; details: where it is stored and why.
        LoginNotRenewed = "login_not_renewed": "the login stored in {0} could not be renewed: {1}",
        /// The service has no login by browser; detail: its name.
        LoginUnknown = "login_unknown": "{0} has no login by browser",
        /// There is no terminal to ask on.
        NotATerminal = "not_a_terminal": "there is no terminal to ask on",
        /// Nothing was typed.
        PromptEmpty = "prompt_empty": "nothing was typed at the prompt",
        /// What was typed was refused each time; detail: by whom.
        PromptRefused = "prompt_refused": "{0} refused each key that was typed",
    }
}

impl Reason {
    /// The reason that is written so, if there is one.
    pub fn parse(text: &str) -> Option<Reason> {
        Reason::ALL.iter().copied().find(|reason| reason.as_str() == text)
    }
}

/// A reason and what its sentence is filled with; never a key.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    /// The reason.
    pub reason: Reason,
    /// The details of its sentence.
    pub details: Vec<Cow<'static, str>>,
}

impl Notice {
    /// A reason without details.
    pub fn new(reason: Reason) -> Self {
        Notice { reason, details: Vec::new() }
    }

    /// The same with the next detail.
    #[must_use]
    pub fn with(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.details.push(detail.into());
        self
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fill(f, self.reason.sentence(), &self.details)
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.as_str())?;
        f.write_str(": ")?;
        fmt::Display::fmt(self, f)
    }
}

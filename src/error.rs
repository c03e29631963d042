//! The one error of this crate: a stable code, the facts around it, and never
//! a secret.
//!
//! ```
//! use keylatch::{Code, Error};
//!
//! let error = Error::new(Code::InsecureUrl).with("http://example.com");
//! assert_eq!(error.code().as_str(), "insecure_url");
//! assert!(error.to_string().contains("http://example.com"));
//! ```
//!
//! The sentences stand in one table, here, that the wasm does not carry: an
//! error crosses as its code and its details, and the JavaScript face puts them
//! into its own copy of the sentence.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::notice::Notice;
use keylatch_format::Problem;
use keylatch_format::codes;
use keylatch_format::sentence::fill;

codes! {
    /// What went wrong, as a word that does not change between versions.
    pub enum Code {
        /// An argument of a call cannot be used; the details name it and say why.
        InvalidArgument = "invalid_argument": "{0}: {1}",
        /// A provider declaration has a wrong field; the details name it.
        InvalidProvider = "invalid_provider": "The provider declaration is wrong at {0}: {1}",
        /// No built-in provider has this id.
        UnknownProvider = "unknown_provider": "No provider is called \"{0}\". Use one of {1}, import keylatch/catalogue for the format of many more, or declare your own with defineProvider().",
        /// The key is certainly not one of this service.
        InvalidKey = "invalid_key": "This is not a key for {0}: {1}",
        /// The key, user or password may not stand in an HTTP header.
        InvalidHeader = "invalid_header": "The {0} has a character at index {1} that may not stand in an HTTP header. Nothing was sent.",
        /// A `RevealOnce` was already revealed, or a secret was wiped.
        AlreadyRevealed = "already_revealed": "This key was already revealed, or wiped. It can be shown only once; create or rotate a key to get a new one.",
        /// The address is plain http and not on this computer.
        InsecureUrl = "insecure_url": "{0} is not https, so a key sent there could be read on the way. Use https, a loopback address, or set allowInsecure if you accept that.",
        /// The request would carry the key to an origin that it is not for.
        OriginMismatch = "origin_mismatch": "The key is for {0}, so it was not sent to {1}. Use an address of the service that the key is for.",
        /// The service answered with a redirect that the key must not follow.
        RedirectRefused = "redirect_refused": "{0} answered with a redirect, which a key does not follow. Check that baseUrl is the final address of the service.",
        /// No answer within the timeout.
        Timeout = "timeout": "{0} did not answer within {1} ms. Try again, or set a longer timeout.",
        /// The caller's `AbortSignal` ended the call.
        Aborted = "aborted": "The call was aborted.",
        /// The service could not be reached.
        NetworkError = "network_error": "{0} could not be reached. Check the address and the connection.",
        /// The answer was not what the service's API promises.
        BadResponse = "bad_response": "{0} did not answer as its API should. Check that baseUrl is its address. What was wrong: {1}",
        /// 401: the service does not accept the credential.
        Unauthorized = "unauthorized": "{0} did not accept the credential: {1}",
        /// 401: wrong user or password.
        InvalidCredentials = "invalid_credentials": "{0} did not accept the user or the password.",
        /// 403: the credential is good but may not do this.
        Forbidden = "forbidden": "{0} does not allow this: {1}",
        /// 404: no such key, or not yours.
        NotFound = "not_found": "{0} has no such thing: {1}",
        /// 409: an active key cannot be deleted.
        KeyActive = "key_active": "This key is still active. Revoke it first, then delete it.",
        /// 409: only an active key can be rotated.
        KeyInactive = "key_inactive": "This key is not active, so it cannot be rotated. Create a new one.",
        /// 409: the request contradicts the state of the service.
        Conflict = "conflict": "{0} refused because of a conflict: {1}",
        /// 400, 413, 415 or 422: the service found the request faulty.
        InvalidRequest = "invalid_request": "{0} refused the request: {1}",
        /// 429: too many requests; `retry_after` says when to come back.
        RateLimited = "rate_limited": "{0} asks to slow down: {1}",
        /// 5xx, or a refusal without a code of its own.
        ServiceError = "service_error": "{0} failed: {1}",
        /// The service cannot do this; the details say where a person can.
        Unsupported = "unsupported": "{0} cannot {1} through its API. {2}",
        /// A create or rotate was sent, its answer was lost, and the clean-up failed too.
        OutcomeUnknown = "outcome_unknown": "The answer of {0} was lost, and so was the clean-up. A key that nobody has seen, made for \"{1}\", may be alive there: look at the list of keys, and revoke or delete it.",
        /// The credential chain came to its end without a key.
        NoCredential = "no_credential": "No key for {0} was found: {1}",
        /// The new key could not be stored, so the old one was left alive.
        StoreFailed = "store_failed": "The new key could not be stored, so it was revoked and the old key still works.",
        /// A warning: the successor is good, but the old key could not be revoked.
        OldKeyAlive = "old_key_alive": "The new key is good, but the old one ({0}) could not be revoked and still works. Revoke it.",
        /// A warning: the only key there is could not be stored.
        NotStored = "not_stored": "The new key could not be stored, and it is the only one: reveal it now and keep it.",
        /// The only key was deleted and no new one could be made.
        ReplacementFailed = "replacement_failed": "{0} allows one key, so the old one is deleted before a new one is made, and that could not be finished. The old key is most likely gone: look, and make one by hand. {1}",
        /// A file of keys could not be read or written; the detail says which and why.
        FileFailed = "file_failed": "The file of keys cannot be used and was left as it was: {0}.",
        /// The system's random source failed.
        NoEntropy = "no_entropy": "The system's random source failed, so no key was made.",
        /// The WebAssembly could not be started; the detail says why.
        NotStarted = "not_started": "keylatch could not start: {0}",
        /// A fault in keylatch itself.
        Internal = "internal": "This is a fault in keylatch: {0}",
    }
}

impl Code {
    /// Whether it comes of calls to a service only.
    pub fn is_of_client(self) -> bool {
        !matches!(
            self,
            Code::InvalidArgument
                | Code::InvalidProvider
                | Code::UnknownProvider
                | Code::InvalidKey
                | Code::InvalidHeader
                | Code::AlreadyRevealed
                | Code::InsecureUrl
                | Code::NoEntropy
                | Code::NotStarted
                | Code::Internal
        )
    }

    /// Whether a service can say so of itself; the others are for us to say.
    pub(crate) fn is_services(self) -> bool {
        matches!(
            self,
            Code::Unauthorized
                | Code::InvalidCredentials
                | Code::Forbidden
                | Code::NotFound
                | Code::KeyActive
                | Code::KeyInactive
                | Code::Conflict
                | Code::InvalidRequest
                | Code::RateLimited
                | Code::ServiceError
        )
    }

    /// The code that is written so, if there is one.
    pub fn parse(text: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

/// What a service itself said about a refusal.
#[derive(Clone, Default)]
pub struct ServiceMessage {
    /// The service's own code, as text.
    pub code: Option<String>,
    /// The service's sentence.
    pub message: Option<String>,
    /// What the service suggests (Lambda Cloud does).
    pub suggestion: Option<String>,
}

/// An error of keylatch. See the [module](self).
pub struct Error(Box<Inner>);

struct Inner {
    code: Code,
    details: Vec<Cow<'static, str>>,
    status: Option<u16>,
    request_id: Option<String>,
    retry_after: Option<u32>,
    service: Option<ServiceMessage>,
    cause: Option<(String, String)>,
    problem: Option<Problem>,
    tried: Vec<Notice>,
    never_left: bool,
    earlier_lost: bool,
}

impl Error {
    /// An error with this code and no details.
    pub fn new(code: Code) -> Self {
        Error(Box::new(Inner {
            code,
            details: Vec::new(),
            status: None,
            request_id: None,
            retry_after: None,
            service: None,
            cause: None,
            problem: None,
            tried: Vec::new(),
            never_left: false,
            earlier_lost: false,
        }))
    }

    /// Adds the next detail of the sentence. Never pass a secret.
    #[must_use]
    pub fn with(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.details.push(detail.into());
        self
    }

    /// An [`Code::InvalidArgument`] for the named argument.
    pub fn argument(name: impl Into<Cow<'static, str>>, why: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Code::InvalidArgument).with(name).with(why)
    }

    /// Adds the HTTP status of the answer.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds the service's id of the request, for its support.
    #[must_use]
    pub fn with_request_id(mut self, id: Option<String>) -> Self {
        self.0.request_id = id;
        self
    }

    /// Adds how long to wait before another try, in seconds.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: Option<u32>) -> Self {
        self.0.retry_after = seconds;
        self
    }

    /// Adds what the service said.
    #[must_use]
    pub fn with_service(mut self, service: ServiceMessage) -> Self {
        self.0.service = Some(service);
        self
    }

    /// Adds the name and message of an underlying error of the platform. The
    /// caller has already taken every secret out of it.
    #[must_use]
    pub fn with_cause(mut self, name: String, message: String) -> Self {
        self.0.cause = Some((name, message));
        self
    }

    /// Adds what is wrong with the key. Its sentence is the next detail.
    #[must_use]
    pub fn with_problem(mut self, problem: Problem) -> Self {
        self.0.problem = Some(problem);
        self
    }

    /// Adds what was tried in looking for a key. Its sentences are the next detail.
    #[must_use]
    pub fn with_tried(mut self, tried: Vec<Notice>) -> Self {
        self.0.tried = tried;
        self
    }

    /// Adds that the request certainly did not get as far as the service.
    #[must_use]
    pub fn never_left(mut self) -> Self {
        self.0.never_left = true;
        self.0.earlier_lost = false;
        self
    }

    /// Adds that what the request made is gone again.
    #[must_use]
    pub fn undone(self) -> Self {
        self.never_left()
    }

    /// Adds that an earlier try of the same request may have been done: nobody
    /// knows, whatever became of the last one.
    #[must_use]
    pub fn after_lost_answer(mut self) -> Self {
        self.0.earlier_lost = true;
        self
    }

    /// The same with every text that was taken over from elsewhere put through
    /// `scrub`, which takes the secrets out.
    #[must_use]
    pub fn scrubbed(mut self, scrub: &dyn Fn(String) -> String) -> Self {
        let inner = &mut *self.0;
        let pass = |text: &mut String| *text = scrub(core::mem::take(text));
        for detail in &mut inner.details {
            if let Cow::Owned(detail) = detail {
                pass(detail);
            }
        }
        if let Some(ServiceMessage { code, message, suggestion }) = &mut inner.service {
            for text in [code, message, suggestion].into_iter().flatten() {
                pass(text);
            }
        }
        if let Some((name, message)) = &mut inner.cause {
            pass(name);
            pass(message);
        }
        if let Some(id) = &mut inner.request_id {
            pass(id);
        }
        self
    }

    /// What went wrong.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What the sentence is filled with.
    pub fn details(&self) -> &[Cow<'static, str>] {
        &self.0.details
    }

    /// The HTTP status of the answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The service's id of the request, if it gave one.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Seconds to wait before another try, if the service said so.
    pub fn retry_after(&self) -> Option<u32> {
        self.0.retry_after.filter(|seconds| *seconds < u32::MAX)
    }

    /// The same, and `u32::MAX` when it is more than can be counted.
    pub(crate) fn pause_asked_for(&self) -> Option<u32> {
        self.0.retry_after
    }

    /// What the service said, if it did.
    pub fn service(&self) -> Option<&ServiceMessage> {
        self.0.service.as_ref()
    }

    /// Name and message of the underlying error of the platform.
    pub fn cause(&self) -> Option<(&str, &str)> {
        self.0.cause.as_ref().map(|(name, message)| (name.as_str(), message.as_str()))
    }

    /// What is wrong with the key, for [`Code::InvalidKey`].
    pub fn problem(&self) -> Option<&Problem> {
        self.0.problem.as_ref()
    }

    /// What was tried, for [`Code::NoCredential`].
    pub fn tried(&self) -> &[Notice] {
        &self.0.tried
    }

    /// Whether nobody knows what the service did with the request: no answer,
    /// none that can be read, or one that says that it broke down midway.
    pub fn is_answer_lost(&self) -> bool {
        let unclear =
            matches!(self.0.code, Code::Timeout | Code::NetworkError | Code::Aborted | Code::BadResponse)
                || self.0.status.is_some_and(|status| status >= 500);
        self.0.earlier_lost || (unclear && !self.0.never_left)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut details = self.0.details.clone();
        if let Some(problem) = &self.0.problem {
            details.push(problem.to_string().into());
        }
        if !self.0.tried.is_empty() {
            let tried: Vec<String> = self.0.tried.iter().map(Notice::to_string).collect();
            details.push((tried.join("; ") + ".").into());
        }
        fill(f, self.0.code.sentence(), &details)
    }
}

/// The same sentence as `Display`: an error is often printed by `unwrap`, and
/// that must show no more than this.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.as_str())?;
        f.write_str(": ")?;
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_puts_the_details_into_the_sentence() {
        let error = Error::new(Code::Timeout).with("https://example.com").with("500");
        assert_eq!(
            error.to_string(),
            "https://example.com did not answer within 500 ms. Try again, or set a longer timeout."
        );
    }

    #[test]
    fn missing_details_leave_no_braces() {
        assert!(!Error::new(Code::Unsupported).to_string().contains('{'));
    }

    #[test]
    fn codes_are_snake_case_and_unique() {
        for (i, code) in Code::ALL.iter().enumerate() {
            assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
            assert!(Code::ALL[i + 1..].iter().all(|other| other.as_str() != code.as_str()));
            assert!(Code::parse(code.as_str()) == Some(*code));
        }
    }

    /// Those of `pkg/guard/`, which has no part in Rust.
    const GUARD: [&str; 5] =
        ["invalid_token", "insufficient_scope", "address_refused", "quota_exceeded", "unavailable"];

    #[test]
    fn codes_are_those_of_the_declarations() {
        let declarations = include_str!("../pkg/index.d.ts");
        let union = |name: &str| -> Vec<&str> {
            let (_, rest) = declarations.split_once(name).unwrap();
            // A line each, up to the one that ends the union.
            let members = rest.lines().filter_map(|line| line.trim().strip_prefix("| '"));
            let count = GUARD.len() + Code::ALL.len().max(keylatch_format::ProblemCode::ALL.len());
            let mut words = Vec::new();
            for member in members.take(count) {
                let (word, end) = member.split_once('\'').unwrap();
                words.push(word);
                if end == ";" {
                    break;
                }
            }
            words
        };
        let (guard, own): (Vec<_>, Vec<_>) =
            union("export type ErrorCode =").into_iter().partition(|code| GUARD.contains(code));
        assert_eq!(guard, GUARD);
        let codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(own, codes);
        let codes: Vec<_> = keylatch_format::ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(union("export type ProblemCode ="), codes);
    }
}

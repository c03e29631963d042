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
//! The codes are in [`Code`], each with its sentence.

mod code;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

pub use code::Code;

use crate::notice::Notice;
use keylatch_format::Problem;
use keylatch_format::sentence::fill;

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

    /// Adds that an earlier try of the same request may have been done, whatever the last one
    /// answered.
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
}

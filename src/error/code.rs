//! The codes of errors, each with its sentence.
//!
//! The sentences stand in this one table, which the wasm does not carry: an error
//! crosses as its code and its details, and the JavaScript face puts the details
//! into its own copy of the sentence.

use keylatch_format::codes;

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

    /// Whether JavaScript says so of a call by itself; what else comes of calls to a service, the
    /// client's WebAssembly says.
    pub fn is_of_requests(self) -> bool {
        matches!(
            self,
            Code::OriginMismatch | Code::RedirectRefused | Code::Timeout | Code::Aborted | Code::NetworkError
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

#[cfg(test)]
mod tests {
    use super::*;

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
        let union = |declarations: &'static str, name: &str| -> Vec<&str> {
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
            union(include_str!("../../pkg/types/errors.d.ts"), "export type ErrorCode =")
                .into_iter()
                .partition(|code| GUARD.contains(code));
        assert_eq!(guard, GUARD);
        let codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(own, codes);
        let codes: Vec<_> = keylatch_format::ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(union(include_str!("../../pkg/types/check.d.ts"), "export type ProblemCode ="), codes);
    }
}

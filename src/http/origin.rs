//! The origin rule: a key goes to its service and nowhere else.

use alloc::string::String;

use crate::error::{Code, Error};
use crate::http::{Address, Transport};
use crate::text::concat;

/// Where a key may be sent: one origin, https unless it is this computer.
#[derive(Clone)]
pub struct Origin {
    base: Address,
}

impl Origin {
    /// Takes the base address of a service.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`] when it is no http address,
    /// [`Code::InsecureUrl`] when it is plain http to another computer and
    /// `allow_insecure` does not say that this is wanted.
    pub fn new(transport: &impl Transport, base_url: &str, allow_insecure: bool) -> Result<Self, Error> {
        let Some(base) = transport.resolve(base_url, None) else {
            return Err(Error::argument("baseUrl", "it is not an absolute URL such as https://example.com."));
        };
        Origin::of(base, allow_insecure)
    }

    /// The same of an address that the platform has parsed.
    ///
    /// # Errors
    /// Those of [`Origin::new`], but for what is no address at all.
    pub fn of(mut base: Address, allow_insecure: bool) -> Result<Self, Error> {
        let has_query = base.href.bytes().any(|byte| matches!(byte, b'?' | b'#'));
        match fault(&base.protocol, &base.hostname, base.has_userinfo, has_query, allow_insecure) {
            Some(Fault::Insecure) => return Err(Error::new(Code::InsecureUrl).with(base.origin)),
            Some(fault) => return Err(Error::argument("baseUrl", fault.sentence())),
            None => {}
        }
        // `https://host/prefix` and `https://host/prefix/` mean the same.
        while base.href.ends_with('/') {
            base.href.pop();
        }
        Ok(Origin { base })
    }

    /// What was checked elsewhere: in JavaScript by the offline module.
    pub fn admitted(base: Address) -> Self {
        Origin { base }
    }

    /// The base address without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.base.href
    }

    /// Scheme, host and port.
    pub fn as_str(&self) -> &str {
        &self.base.origin
    }

    /// The address of a path below the base address. Nothing has to be parsed: behind a host, a
    /// path that begins with `/` cannot lead to another host.
    ///
    /// # Errors
    /// [`Code::OriginMismatch`] when it does not begin so.
    pub fn below(&self, path: &str) -> Result<String, Error> {
        if !path.starts_with('/') {
            return Err(Error::new(Code::OriginMismatch)
                .with(self.base.origin.clone())
                .with("another address"));
        }
        let mut whole = String::with_capacity(self.base.href.len() + path.len());
        whole.push_str(&self.base.href);
        whole.push_str(path);
        Ok(whole)
    }

    /// Any address, relative ones against the base address.
    ///
    /// # Errors
    /// [`Code::OriginMismatch`] when it is of another origin,
    /// [`Code::InvalidArgument`] when it is no address.
    pub fn admit(&self, transport: &impl Transport, address: &str) -> Result<String, Error> {
        // `new URL("x", "https://host/prefix")` drops the prefix without the slash.
        let mut base = self.base.href.clone();
        base.push('/');
        match transport.resolve(address, Some(&base)) {
            Some(to) if self.admits(&to) => Ok(to.href),
            Some(to) => Err(Error::new(Code::OriginMismatch).with(self.base.origin.clone()).with(to.origin)),
            None => Err(Error::argument("input", "it is not a URL.")),
        }
    }
}

/// Why an address cannot be that of a service.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is neither http nor https.
    Protocol,
    /// It has a user or a password.
    Userinfo,
    /// It has a query or a fragment.
    Query,
    /// It is plain http, and of another computer.
    Insecure,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 4] = [Fault::Protocol, Fault::Userinfo, Fault::Query, Fault::Insecure];

    /// Why, for [`Code::InvalidArgument`].
    pub const fn sentence(self) -> &'static str {
        match self {
            Fault::Protocol => "it must begin with https:// or http://.",
            Fault::Userinfo => "it must not hold a user or password; pass a credential instead.",
            Fault::Query => "it must not have a query or a fragment.",
            Fault::Insecure => "it is plain http.",
        }
    }
}

/// Why an address, of these parts, cannot be that of a service.
pub fn fault(
    protocol: &str,
    hostname: &str,
    has_userinfo: bool,
    has_query: bool,
    allow_insecure: bool,
) -> Option<Fault> {
    let is_http = protocol == "http:";
    if protocol != "https:" && !is_http {
        Some(Fault::Protocol)
    } else if has_userinfo {
        Some(Fault::Userinfo)
    } else if has_query {
        Some(Fault::Query)
    } else {
        (is_http && !allow_insecure && !is_loopback(hostname)).then_some(Fault::Insecure)
    }
}

impl Origin {
    /// Whether an address is of this origin.
    pub fn admits(&self, to: &Address) -> bool {
        let whole = |address: &Address| concat(&[&address.protocol, &address.origin]);
        admits(&whole(&self.base), &whole(to), to.has_userinfo)
    }
}

/// Whether an address is of a service's origin: both as protocol and origin in one
/// text. A `blob:` address has the origin of its maker, so the protocol counts too.
pub fn admits(own: &str, to: &str, has_userinfo: bool) -> bool {
    own == to && !own.is_empty() && !has_userinfo
}

/// This computer, as RFC 8252, section 8.3, and the Fetch standard's
/// "potentially trustworthy" rule have it.
pub(crate) fn is_loopback(hostname: &str) -> bool {
    let is_ipv4 = || {
        // The URL parser has already turned `127.1` and `0x7f.1` into four numbers.
        hostname.starts_with("127.") && hostname.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    };
    hostname == "localhost" || hostname.ends_with(".localhost") || hostname == "[::1]" || is_ipv4()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::Offline;

    fn open(base: &str) -> Result<Origin, String> {
        Origin::new(&Offline, base, false).map_err(|e| e.code().as_str().into())
    }

    #[test]
    fn a_key_travels_over_https_or_stays_on_this_computer() {
        let cases = [
            ("https://example.com", Ok("https://example.com")),
            ("https://example.com/a/", Ok("https://example.com/a")),
            ("http://localhost:8787", Ok("http://localhost:8787")),
            ("http://127.1:80", Ok("http://127.0.0.1")),
            ("http://[::1]:8080/", Ok("http://[::1]:8080")),
            ("http://example.com", Err("insecure_url")),
            ("http://127.0.0.1.example.com", Err("insecure_url")),
            ("http://localhost.example.com", Err("insecure_url")),
            ("http://127.0.0.1@example.com", Err("invalid_argument")),
            ("https://user:pw@example.com", Err("invalid_argument")),
            ("https://example.com?x=1", Err("invalid_argument")),
            ("ftp://example.com", Err("invalid_argument")),
            ("example.com", Err("invalid_argument")),
            ("", Err("invalid_argument")),
        ];
        for (base, expected) in cases {
            assert_eq!(
                open(base).as_ref().map(Origin::base_url),
                expected.map_err(String::from).as_ref().copied(),
                "{base}"
            );
        }
        assert!(Origin::new(&Offline, "http://example.com", true).is_ok());
        // What a person is told: neither the path nor the standard port.
        assert_eq!(open("https://example.com:443/a").unwrap().as_str(), "https://example.com");
    }

    #[test]
    fn each_fault_of_an_address_is_told_by_a_sentence_of_its_own() {
        for (fault, says) in [
            (Fault::Protocol, "https:// or http://"),
            (Fault::Userinfo, "user or password"),
            (Fault::Query, "query or a fragment"),
            (Fault::Insecure, "plain http"),
        ] {
            assert!(Fault::ALL.contains(&fault) && fault.sentence().contains(says), "{}", fault.sentence());
        }
    }

    #[test]
    fn no_address_leads_the_key_elsewhere() {
        let origin = open("https://api.example.com/v1").unwrap();
        let cases = [
            ("keys", Some("https://api.example.com/v1/keys")),
            ("/keys", Some("https://api.example.com/keys")),
            ("https://api.example.com/x", Some("https://api.example.com/x")),
            ("https://api.example.com:443/x", Some("https://api.example.com/x")),
            ("//evil.example/x", None),
            ("\\\\evil.example/x", None),
            ("/\t/evil.example/x", None),
            ("https://api.example.com.evil.example/", None),
            ("https://api.example.com@evil.example/", None),
            ("http://api.example.com/x", None),
            ("https://api.example.com:8443/x", None),
            ("data:text/plain,x", None),
        ];
        for (address, expected) in cases {
            assert_eq!(origin.admit(&Offline, address).ok().as_deref(), expected, "{address}");
        }
    }
}

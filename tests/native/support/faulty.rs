//! A transport on which things go wrong as told, and which remembers what was
//! sent.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use keylatch::http::{Address, Body, Request, Response, Transport};
use keylatch::{Code, Error, Secret};
use serde_json::Value as Json;

use super::transport::{BASE_URL, InProcess, body_of};

/// What goes wrong.
#[derive(Clone)]
pub enum Fault {
    /// Nobody is there: the request certainly did nothing.
    Unreachable,
    /// The connection breaks before the service has seen the request.
    RequestLost,
    /// The connection breaks after the service did what was asked.
    AnswerLost,
    /// The call's time is up (or its signal aborts it) before the service has
    /// seen the request.
    EndsBefore(Code),
    /// The same after the service did what was asked.
    EndsAfter(Code),
    /// Something in between answers; the service sees nothing.
    Instead(fn(&Sent) -> Response),
    /// The service does what was asked, and something else arrives.
    Mangled(fn(&Sent, Response) -> Response),
    /// The platform's own error: name and message.
    Fails(fn(&Sent) -> (String, String)),
}

/// Which of the requests that a rule is about.
#[derive(Clone, Copy)]
pub enum Times {
    /// All of them.
    Always,
    /// The first few.
    First(usize),
}

/// A request, as it was sent.
#[derive(Clone)]
pub struct Sent {
    /// `POST /v1/keys?…`
    pub line: String,
    /// In the order in which they were given, names as given.
    pub headers: Vec<(String, String)>,
    /// The body, `null` when there is none.
    pub body: Json,
    /// Whether a browser would have added its cookies.
    pub cookies: bool,
}

/// The transport.
pub struct Faulty {
    inner: InProcess,
    shared: Rc<Shared>,
    /// Why the call that this transport belongs to is over.
    over: Cell<Option<Code>>,
}

#[derive(Default)]
struct Shared {
    rules: RefCell<Vec<Rule>>,
    sent: RefCell<Vec<Sent>>,
    pauses: RefCell<Vec<u32>>,
    lost: RefCell<Vec<Secret>>,
}

struct Rule {
    line: &'static str,
    times: Times,
    fault: Fault,
    seen: usize,
}

impl Faulty {
    /// Over a transport on which nothing goes wrong.
    pub fn new(inner: InProcess) -> Self {
        Faulty { inner, shared: Rc::default(), over: Cell::default() }
    }

    /// Lets something go wrong for requests such as `POST /v1/keys/*/rotate`;
    /// `*` is any segment, and alone any request. The first rule that fits, acts.
    #[must_use]
    pub fn on(self, line: &'static str, times: Times, fault: Fault) -> Self {
        self.shared.rules.borrow_mut().push(Rule { line, times, fault, seen: 0 });
        self
    }

    /// What was sent so far.
    pub fn sent(&self) -> Vec<Sent> {
        self.shared.sent.borrow().clone()
    }

    /// The request lines of what was sent so far, without queries and ids.
    pub fn lines(&self) -> Vec<String> {
        self.sent().iter().map(|sent| without_ids(&sent.line)).collect()
    }

    /// How long the client waited, in milliseconds, each time that it did.
    pub fn pauses(&self) -> Vec<u32> {
        self.shared.pauses.borrow().clone()
    }

    /// The keys that stood in answers which did not arrive.
    pub fn lost(&self) -> Vec<Secret> {
        self.shared.lost.borrow().clone()
    }

    fn fault(&self, sent: &Sent) -> Option<Fault> {
        let mut rules = self.shared.rules.borrow_mut();
        for rule in rules.iter_mut().filter(|rule| fits(rule.line, &sent.line)) {
            rule.seen += 1;
            let acts = match rule.times {
                Times::Always => true,
                Times::First(n) => rule.seen <= n,
            };
            if acts {
                return Some(rule.fault.clone());
            }
        }
        None
    }

    /// Lets the service work, and notes the key that nobody will see.
    async fn work_unseen(&self, request: Request) -> Response {
        let response = self.inner.send(request).await.unwrap();
        if let Body::Json(body) = &response.body
            && let Some(secret) = body.find("secret")
        {
            self.shared.lost.borrow_mut().push(Secret::from(secret.text().unwrap()));
        }
        response
    }

    fn end(&self, code: Code) -> Error {
        self.over.set(Some(code));
        Error::new(code).with(BASE_URL).with("30000")
    }
}

impl Transport for Faulty {
    async fn send(&self, request: Request) -> Result<Response, Error> {
        if let Some(code) = self.over.get() {
            return Err(self.end(code));
        }
        let sent = Sent::of(&request);
        self.shared.sent.borrow_mut().push(sent.clone());
        let broken = || Error::new(Code::NetworkError).with(BASE_URL);
        match self.fault(&sent) {
            None => self.inner.send(request).await,
            Some(Fault::Unreachable) => Err(broken().never_left()),
            Some(Fault::RequestLost) => Err(broken()),
            Some(Fault::EndsBefore(code)) => Err(self.end(code)),
            Some(Fault::Instead(answer)) => Ok(answer(&sent)),
            Some(Fault::Fails(why)) => {
                let (name, message) = why(&sent);
                Err(broken().with_cause(name, message))
            }
            Some(Fault::AnswerLost) => {
                self.work_unseen(request).await;
                Err(broken())
            }
            Some(Fault::EndsAfter(code)) => {
                self.work_unseen(request).await;
                Err(self.end(code))
            }
            Some(Fault::Mangled(mangle)) => Ok(mangle(&sent, self.work_unseen(request).await)),
        }
    }

    async fn pause(&self, milliseconds: u32) -> Result<(), Error> {
        self.shared.pauses.borrow_mut().push(milliseconds);
        match self.over.get() {
            Some(code) => Err(self.end(code)),
            None => Ok(()),
        }
    }

    fn renew(&self, _: u32) -> Self {
        Faulty { inner: self.inner.clone(), shared: self.shared.clone(), over: Cell::default() }
    }

    fn resolve(&self, address: &str, base: Option<&str>) -> Option<Address> {
        self.inner.resolve(address, base)
    }
}

impl Sent {
    fn of(request: &Request) -> Sent {
        let target = request.url.strip_prefix(BASE_URL).unwrap_or(&request.url);
        let headers = request.headers.iter();
        Sent {
            line: format!("{} {target}", request.method.as_str()),
            headers: headers.map(|h| (h.name.clone().into_owned(), h.value.expose().to_owned())).collect(),
            body: serde_json::to_value(&request.body).unwrap(),
            cookies: request.cookies,
        }
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Everything of it that is secret, and the rest, as a careless service
    /// would repeat it.
    pub fn echo(&self) -> String {
        let headers: Vec<String> =
            self.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        format!("{} {} {}", self.line, headers.join(" "), self.body)
    }
}

/// An answer of the test's own.
pub fn answer(status: u16, headers: &[(&'static str, &str)], body: impl Into<String>) -> Response {
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).to_owned())).collect();
    Response { status, headers, body: body_of(body.into()) }
}

fn fits(pattern: &str, line: &str) -> bool {
    let line = line.split('?').next().unwrap_or_default();
    let (pattern, line): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), line.split('/').collect());
    let same = |(pattern, part): (&&str, &&str)| *pattern == "*" || pattern == part;
    pattern == ["*"] || (pattern.len() == line.len() && pattern.iter().zip(&line).all(same))
}

fn without_ids(line: &str) -> String {
    let path = line.split('?').next().unwrap_or_default();
    let parts: Vec<&str> =
        path.split('/').map(|part| if part.starts_with("key_") { "*" } else { part }).collect();
    parts.join("/")
}

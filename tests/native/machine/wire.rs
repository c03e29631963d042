//! A transport on which a schedule decides the fate of each request, and which
//! knows every key that was ever told.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use keylatch::http::{Address, Body, Request, Response, Transport};
use keylatch::value::Value;
use keylatch::{Code, Error, Secret};

use crate::support::{BASE_URL, Faulty, Service, answer};

/// The fate of a request.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// It is answered.
    None,
    /// Nobody is there.
    Unreachable,
    /// It is lost on its way.
    Lost,
    /// It is answered, and the answer is lost.
    AnswerLost,
    /// The connection breaks, and it arrives later: behind so many others.
    Late(u8),
    /// It arrives twice; the answer to the second one comes back.
    Twice,
    /// Something on the way answers with this status, and does not pass it on.
    Refused(u16),
    /// It is answered, and something on the way answers with this status instead.
    Mangled(u16),
    /// The call ends before it is sent: its time is up, or it is aborted.
    EndsBefore(Code),
    /// The call ends before the answer comes.
    EndsAfter(Code),
    /// The server is started anew before it arrives.
    Restart,
}

/// A key that stood in an answer, whether or not it arrived.
pub struct Issued {
    pub id: String,
    pub name: String,
    pub secret: Secret,
}

/// What all transports of a run share.
pub struct Shared {
    /// Taken out while it is started anew.
    service: RefCell<Option<Rc<Service>>>,
    schedule: RefCell<VecDeque<Fault>>,
    late: RefCell<Vec<(u8, Request)>>,
    pub issued: RefCell<Vec<Issued>>,
}

/// The transport of one call.
pub struct Wire {
    shared: Rc<Shared>,
    /// Why the call is over.
    over: Rc<Cell<Option<Code>>>,
}

impl Shared {
    pub fn new(service: Service) -> Rc<Self> {
        Rc::new(Shared {
            service: RefCell::new(Some(Rc::new(service))),
            schedule: RefCell::default(),
            late: RefCell::default(),
            issued: RefCell::default(),
        })
    }

    /// A transport for a call whose requests fare like this, one after another; those
    /// beyond the last are answered.
    pub fn wire(self: &Rc<Self>, faults: &[Fault]) -> Wire {
        self.schedule.replace(faults.iter().copied().collect());
        Wire { shared: self.clone(), over: Rc::default() }
    }

    /// The service itself, without what is on the way.
    pub fn service(&self) -> Rc<Service> {
        self.service.borrow().clone().unwrap()
    }

    /// A transport on which nothing goes wrong.
    pub fn line(&self) -> Faulty {
        self.service().line()
    }

    /// Starts the server anew, on the same database.
    pub async fn restart(&self) {
        let service = Rc::into_inner(self.service.take().unwrap()).unwrap();
        self.service.replace(Some(Rc::new(service.restart().await)));
    }

    /// Lets everything arrive that is still on its way.
    pub async fn settle(&self) {
        for (_, request) in self.late.take() {
            self.arrive(request).await;
        }
    }

    /// Whether something is still on its way.
    pub fn is_settled(&self) -> bool {
        self.late.borrow().is_empty()
    }

    /// Lets those arrive whose time has come.
    async fn next(&self) {
        let late = self.late.take();
        let mut due = Vec::new();
        for (behind, request) in late {
            match behind.checked_sub(1) {
                Some(behind) => self.late.borrow_mut().push((behind, request)),
                None => due.push(request),
            }
        }
        for request in due {
            self.arrive(request).await;
        }
    }

    /// The service does what is asked, and the key in its answer is noted.
    async fn arrive(&self, request: Request) -> Response {
        let response = self.line().send(request).await.unwrap();
        if let Body::Json(body) = &response.body
            && let Some(secret) = body.find("secret").and_then(Value::text)
        {
            let text = |path| body.find(path).and_then(Value::text).unwrap_or_default().to_owned();
            let issued = Issued { id: text("key.id"), name: text("key.name"), secret: Secret::from(secret) };
            self.issued.borrow_mut().push(issued);
        }
        response
    }
}

impl Wire {
    /// Ends the call, as its timeout or its signal does.
    pub fn end(&self, code: Code) -> Error {
        self.over.set(Some(code));
        Error::new(code).with(BASE_URL).with("30000")
    }

    /// What ends the call from elsewhere: while user code runs.
    pub fn over(&self) -> Rc<Cell<Option<Code>>> {
        self.over.clone()
    }
}

/// The same request again.
fn copy(request: &Request) -> Request {
    Request {
        method: request.method,
        url: request.url.clone(),
        headers: request.headers.clone(),
        body: request.body.clone(),
        cookies: request.cookies,
    }
}

impl Transport for Wire {
    async fn send(&self, request: Request) -> Result<Response, Error> {
        if let Some(code) = self.over.get() {
            return Err(self.end(code));
        }
        self.shared.next().await;
        let broken = || Error::new(Code::NetworkError).with(BASE_URL);
        let page = |status| Ok(answer(status, &[], "<html><h1>not the service</h1>"));
        let fault = self.shared.schedule.borrow_mut().pop_front().unwrap_or(Fault::None);
        match fault {
            Fault::None => Ok(self.shared.arrive(request).await),
            Fault::Unreachable => Err(broken().never_left()),
            Fault::Lost => Err(broken()),
            Fault::AnswerLost => {
                self.shared.arrive(request).await;
                Err(broken())
            }
            Fault::Late(behind) => {
                self.shared.late.borrow_mut().push((behind, request));
                Err(broken())
            }
            Fault::Twice => {
                self.shared.arrive(copy(&request)).await;
                Ok(self.shared.arrive(request).await)
            }
            Fault::Refused(status) => page(status),
            Fault::Mangled(status) => {
                self.shared.arrive(request).await;
                page(status)
            }
            Fault::EndsBefore(code) => Err(self.end(code)),
            Fault::EndsAfter(code) => {
                self.shared.arrive(request).await;
                Err(self.end(code))
            }
            Fault::Restart => {
                self.shared.restart().await;
                Ok(self.shared.arrive(request).await)
            }
        }
    }

    async fn pause(&self, _: u32) -> Result<(), Error> {
        match self.over.get() {
            Some(code) => Err(self.end(code)),
            None => Ok(()),
        }
    }

    fn renew(&self, _: u32) -> Self {
        Wire { shared: self.shared.clone(), over: Rc::default() }
    }

    fn resolve(&self, address: &str, base: Option<&str>) -> Option<Address> {
        self.shared.line().resolve(address, base)
    }
}

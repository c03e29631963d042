//! The one thread that writes. What waits for it is written in groups: each
//! transaction is a savepoint within one transaction of SQLite, which waits for
//! the disk once for all of them. Nobody is told of success before it did.
//!
//! SQLite rolls back by itself when the disk is full or fails. So after every
//! step this asks whether the transaction is still there; a connection that did
//! not end its transaction clean is thrown away.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::connection::{Opener, Purpose, Session};
use super::errors::spoils_connection;
use crate::store::error::{Result, StoreError};
use crate::store::value::{Row, Statement, Value, sql};

/// So many transactions wait at most; more are refused at once.
const QUEUE: usize = 1024;
/// A group has at most so many transactions …
const GROUP: usize = 64;
/// … and takes no new one after this.
const GROUP_TIME: Duration = Duration::from_millis(5);
/// A transaction whose next step does not come within this time is taken back,
/// because all others wait for it.
const STEP_TIME: Duration = Duration::from_secs(5);

/// A step of a transaction.
pub(super) enum Step {
    Run(Statement, Vec<Value>, oneshot::Sender<Result<Vec<Row>>>),
    Commit(oneshot::Sender<Result<()>>),
}

enum Job {
    /// One statement by itself.
    Run(Statement, Vec<Value>, oneshot::Sender<Result<Vec<Row>>>),
    /// A transaction, and whom to tell that it has begun.
    Transaction(Receiver<Step>, oneshot::Sender<Result<()>>),
}

/// Told whether the group came to the disk.
type Waiting = Box<dyn FnOnce(Result<()>)>;

/// The queue of the thread.
pub(super) struct Writer {
    jobs: Mutex<Option<SyncSender<Job>>>,
    writing: AtomicUsize,
    ended: tokio::sync::Mutex<Option<oneshot::Receiver<()>>>,
}

/// Counts a write for as long as it waits or runs.
struct Counted<'w>(&'w AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Writer {
    pub(super) fn start(opener: Opener) -> std::io::Result<Self> {
        let (jobs, queue) = sync_channel::<Job>(QUEUE);
        let (alive, ended) = oneshot::channel();
        std::thread::Builder::new().name("sqlite-writer".into()).spawn(move || {
            Thread { opener, session: None, queue }.work();
            drop(alive);
        })?;
        Ok(Writer {
            jobs: Mutex::new(Some(jobs)),
            writing: AtomicUsize::new(0),
            ended: tokio::sync::Mutex::new(Some(ended)),
        })
    }

    pub(super) fn writing(&self) -> usize {
        self.writing.load(Ordering::Relaxed)
    }

    pub(super) async fn run(&self, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        let _counted = self.count();
        let (reply, answer) = oneshot::channel();
        self.send(Job::Run(statement, values, reply))?;
        answer.await.map_err(|_| closed())?
    }

    pub(super) async fn begin(&self) -> Result<Sender<Step>> {
        let _counted = self.count();
        let (steps, queue) = channel();
        let (reply, begun) = oneshot::channel();
        self.send(Job::Transaction(queue, reply))?;
        begun.await.map_err(|_| closed())??;
        Ok(steps)
    }

    /// Lets the thread finish what waits, and waits for it.
    pub(super) async fn close(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(ended) = self.ended.lock().await.take() {
            let _ = ended.await;
        }
    }

    fn count(&self) -> Counted<'_> {
        self.writing.fetch_add(1, Ordering::Relaxed);
        Counted(&self.writing)
    }

    fn send(&self, job: Job) -> Result<()> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.as_ref().ok_or_else(closed)?.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Unavailable("too many writes wait for it".into()),
            TrySendError::Disconnected(_) => closed(),
        })
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("it is closed".into())
}

struct Thread {
    opener: Opener,
    session: Option<Session>,
    queue: Receiver<Job>,
}

impl Thread {
    fn work(mut self) {
        while let Ok(job) = self.queue.recv() {
            if job.is_abandoned() {
                continue;
            }
            let session = match self.session.take().map_or_else(|| self.opener.open(Purpose::Write), Ok) {
                Ok(session) => session,
                Err(error) => {
                    job.refuse(error.into());
                    continue;
                }
            };
            // Returned when its transaction has ended clean.
            self.session = self.group(session, job);
        }
        if let Some(session) = self.session.take()
            && let Err(error) = session.run(sql("PRAGMA wal_checkpoint(TRUNCATE)"), &[])
        {
            tracing::warn!(%error, "the write-ahead log was not worked into the database; the next start does it");
        }
    }

    /// Writes the job and what waits behind it. Gives the session back if it can
    /// be used again.
    fn group(&self, session: Session, first: Job) -> Option<Session> {
        if let Err(error) = session.execute("BEGIN IMMEDIATE") {
            let spoilt = spoils_connection(&error) || !session.is_outside_of_transaction();
            first.refuse(error.into());
            return (!spoilt).then_some(session);
        }
        let begun = Instant::now();
        let mut waiting: Vec<Waiting> = Vec::new();
        let mut next = Some(first);
        while let Some(job) = next.take() {
            match one(&session, job) {
                Ok(done) => waiting.extend(done),
                // Dropping the session takes back what SQLite has not.
                Err(Broken(last)) => {
                    let why = || {
                        StoreError::Unavailable(
                            "its disk is full or fails, and the transaction was taken back".into(),
                        )
                    };
                    waiting.into_iter().chain(last).for_each(|tell| tell(Err(why())));
                    return None;
                }
            }
            if waiting.len() < GROUP && begun.elapsed() < GROUP_TIME {
                next = self.queue.try_recv().ok();
            }
        }
        let end = if waiting.is_empty() { "ROLLBACK" } else { "COMMIT" };
        let ended = session.execute(end);
        let text = ended.as_ref().err().map(|error| error.to_string());
        for tell in waiting {
            tell(match &text {
                None => Ok(()),
                Some(text) => Err(StoreError::Unavailable(text.clone())),
            });
        }
        if let Err(error) = &ended {
            tracing::error!(%error, "a transaction did not end; its connection is thrown away");
        }
        (ended.is_ok() && session.is_outside_of_transaction()).then_some(session)
    }
}

/// The group cannot go on, nor be committed; with whom this was to be told to.
struct Broken(Option<Waiting>);

/// Runs one transaction within the group. `Some`: it is to be told when the
/// group is on disk. `None`: it has been told, and has changed nothing.
fn one(session: &Session, job: Job) -> std::result::Result<Option<Waiting>, Broken> {
    if job.is_abandoned() {
        return Ok(None);
    }
    if let Err(error) = session.execute("SAVEPOINT one") {
        job.refuse(error.into());
        return Err(Broken(None));
    }
    let done: Option<Waiting> = match job {
        Job::Run(statement, values, reply) => match session.run(statement, &values) {
            Ok(rows) => Some(Box::new(|outcome| drop(reply.send(outcome.map(|()| rows))))),
            Err(error) => {
                let _ = reply.send(Err(error.into()));
                None
            }
        },
        Job::Transaction(steps, begun) => match begun.send(Ok(())) {
            Ok(()) => interactive(session, &steps),
            Err(_) => None,
        },
    };
    if session.is_outside_of_transaction() {
        return Err(Broken(done));
    }
    let ended = match &done {
        Some(_) => session.execute("RELEASE one"),
        None => session.execute("ROLLBACK TO one").and_then(|()| session.execute("RELEASE one")),
    };
    if ended.is_ok() { Ok(done) } else { Err(Broken(done)) }
}

fn interactive(session: &Session, steps: &Receiver<Step>) -> Option<Waiting> {
    let mut failed = false;
    loop {
        match steps.recv_timeout(STEP_TIME) {
            Ok(Step::Run(statement, values, reply)) => {
                let outcome = session.run(statement, &values);
                failed |= outcome.is_err();
                let _ = reply.send(outcome.map_err(StoreError::from));
                if session.is_outside_of_transaction() {
                    return None;
                }
            }
            Ok(Step::Commit(reply)) if failed => {
                let _ = reply.send(Err(StoreError::failed("a statement of the transaction had failed")));
                return None;
            }
            Ok(Step::Commit(reply)) => return Some(Box::new(|outcome| drop(reply.send(outcome)))),
            Err(RecvTimeoutError::Timeout) => {
                tracing::warn!("a transaction held the database up and was taken back");
                return None;
            }
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

impl Job {
    /// Whether whoever asked is gone: the request was broken off or timed out.
    fn is_abandoned(&self) -> bool {
        match self {
            Job::Run(_, _, reply) => reply.is_closed(),
            Job::Transaction(_, begun) => begun.is_closed(),
        }
    }

    fn refuse(self, error: StoreError) {
        match self {
            Job::Run(_, _, reply) => drop(reply.send(Err(error))),
            Job::Transaction(_, begun) => drop(begun.send(Err(error))),
        }
    }
}

//! Threads that read, each with a connection of its own.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::connection::{Opener, Purpose, Session};
use super::errors::spoils_connection;
use crate::store::error::{Result, StoreError};
use crate::store::value::{Row, Statement, Value};

/// So many statements wait at most; more are refused at once.
const QUEUE: usize = 1024;

struct Job {
    statement: Statement,
    values: Vec<Value>,
    reply: oneshot::Sender<Result<Vec<Row>>>,
}

/// The threads of one lane.
pub(super) struct Readers {
    jobs: Mutex<Option<SyncSender<Job>>>,
    /// Closes when the last thread has ended.
    ended: tokio::sync::Mutex<mpsc::Receiver<()>>,
    count: usize,
}

impl Readers {
    pub(super) fn start(name: &str, count: usize, opener: &Opener) -> std::io::Result<Self> {
        let (jobs, queue) = sync_channel::<Job>(QUEUE);
        let (alive, ended) = mpsc::channel(1);
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..count {
            let (queue, opener, alive) = (queue.clone(), opener.clone(), alive.clone());
            std::thread::Builder::new().name(format!("{name}-{number}")).spawn(move || {
                work(&queue, &opener);
                drop(alive);
            })?;
        }
        Ok(Readers { jobs: Mutex::new(Some(jobs)), ended: tokio::sync::Mutex::new(ended), count })
    }

    pub(super) async fn run(&self, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        let (reply, answer) = oneshot::channel();
        {
            let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            let jobs = jobs.as_ref().ok_or_else(closed)?;
            jobs.try_send(Job { statement, values, reply }).map_err(|error| match error {
                TrySendError::Full(_) => StoreError::Unavailable("too many statements wait for it".into()),
                TrySendError::Disconnected(_) => closed(),
            })?;
        }
        answer.await.map_err(|_| closed())?
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Lets the threads finish what waits, and waits for them.
    pub(super) async fn close(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.ended.lock().await.recv().await;
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("it is closed".into())
}

fn work(queue: &Mutex<Receiver<Job>>, opener: &Opener) {
    let mut session: Option<Session> = None;
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // Whoever asked may be gone: the request was broken off or timed out.
        if job.reply.is_closed() {
            continue;
        }
        let outcome = match session.take().map_or_else(|| opener.open(Purpose::Read), Ok) {
            Ok(open) => {
                let outcome = open.run(job.statement, &job.values);
                if !outcome.as_ref().is_err_and(spoils_connection) {
                    session = Some(open);
                }
                outcome
            }
            Err(error) => Err(error),
        };
        let _ = job.reply.send(outcome.map_err(StoreError::from));
    }
}

//! Finding out what other processes on the same file have ended: SQLite tells
//! nobody, so a thread looks at a counter.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use super::connection::{Opener, Purpose, Session};
use crate::store::checks::Checks;
use crate::store::error::StoreError;
use crate::store::value::{Statement, sql};

/// The counter is looked at this often: a read of some microseconds.
const PAUSE: Duration = Duration::from_millis(25);

const NUMBER: Statement = sql("SELECT number FROM ended WHERE id = 1");

/// Starts the thread. It ends when what is returned is dropped.
pub(super) fn start(opener: Opener, checks: Arc<Checks>) -> std::io::Result<Sender<()>> {
    let (stop, stopped) = channel();
    std::thread::Builder::new().name("sqlite-follow".into()).spawn(move || {
        follow(&opener, &checks, &stopped);
        checks.set_hears(false);
    })?;
    Ok(stop)
}

fn follow(opener: &Opener, checks: &Checks, stopped: &Receiver<()>) {
    let mut session: Option<Session> = None;
    let mut known = None;
    loop {
        let opened = session.take().map_or_else(|| opener.open(Purpose::Read), Ok);
        let number = opened.map_err(StoreError::from).and_then(|open| {
            let mut rows = open.run(NUMBER, &[]).map_err(StoreError::from)?;
            session = Some(open);
            rows.pop().ok_or_else(|| StoreError::failed("the counter of what has ended is gone"))?.int()
        });
        match number {
            Ok(number) => {
                if known.replace(number) != Some(number) {
                    checks.forget_all();
                }
                checks.set_hears(true);
            }
            Err(error) => {
                tracing::debug!(%error, "it is not known what other processes have ended");
                checks.set_hears(false);
                (session, known) = (None, None);
            }
        }
        match stopped.recv_timeout(PAUSE) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

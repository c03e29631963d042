//! How many files the process may have open, and so how many connections.

/// Files that are not connections of clients: the database, the log, the page.
const OTHERS: u64 = 200;
const MOST_BY_DEFAULT: u64 = 10_000;

/// Raises the soft limit of open files to the hard one, and tells for how many
/// connections there is room: as many as asked for, or else as is sensible.
pub(super) fn connections(asked: Option<usize>) -> usize {
    let files = raise();
    let room = files.map_or(MOST_BY_DEFAULT, |files| files.saturating_sub(OTHERS.min(files / 4)).max(1));
    let room = usize::try_from(room).unwrap_or(usize::MAX);
    match asked {
        Some(asked) if asked > room => {
            tracing::warn!(asked, room, "the system allows fewer open files than --max-connections needs");
            room
        }
        Some(asked) => asked,
        None => room.min(MOST_BY_DEFAULT as usize),
    }
}

/// The limit after raising it; `None`: there is none.
#[cfg(unix)]
fn raise() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // Some systems refuse, or are slow with, what is far more than anybody needs.
    let wanted = maximum.unwrap_or(1 << 20).min(1 << 20).max(current.unwrap_or(0));
    match setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }) {
        Ok(()) => Some(wanted),
        Err(error) => {
            tracing::warn!(%error, "the limit of open files could not be raised");
            current
        }
    }
}

#[cfg(not(unix))]
fn raise() -> Option<u64> {
    None
}

//! Opening a file, or saying exactly why not. Whatever is refused is left
//! exactly as it was.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::connection::Opener;
use super::readers::Readers;
use super::writer::Writer;
use super::{PATIENCE, Sqlite};
use crate::start_error::StartError;
use crate::store::migrations::{self, Taken};

/// Marks a file as ours: "klch" in the file's header.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"klch");
/// How long a start waits for another process that starts on the same file.
const START_PATIENCE: Duration = Duration::from_secs(20);

/// Opens the file and brings its tables up to date.
pub(crate) async fn open(path: &Path) -> Result<Sqlite, StartError> {
    let path = std::path::absolute(path)
        .map_err(|error| StartError::new(format!("cannot open the database {}: {error}.", path.display())))?;
    tokio::task::spawn_blocking(move || open_now(&path))
        .await
        .map_err(|_| StartError::new("opening the database broke off; the log above says why."))?
}

fn open_now(path: &Path) -> Result<Sqlite, StartError> {
    create_private(path)?;
    let started = Instant::now();
    // Switching to the write-ahead log takes a lock that SQLite does not wait
    // for, so of several processes that start at once all but one try again.
    while let Err(error) = prepare(path) {
        match error {
            Refused::Start(error) => return Err(error),
            Refused::Sqlite(error) if is_busy(&error) && started.elapsed() < START_PATIENCE => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Refused::Sqlite(error) => return Err(refusal(path, &error)),
        }
    }
    let opener = Opener(Arc::new(path.to_owned()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = |error: std::io::Error| StartError::new(format!("the system gives no threads: {error}."));
    Ok(Sqlite {
        checks: Readers::start("sqlite-check", cores.clamp(2, 8), &opener).map_err(threads)?,
        lists: Readers::start("sqlite-list", 2, &opener).map_err(threads)?,
        writer: Arc::new(Writer::start(opener.clone()).map_err(threads)?),
        opener,
        follower: Mutex::new(None),
    })
}

enum Refused {
    Start(StartError),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Refused::Sqlite(error)
    }
}

impl From<StartError> for Refused {
    fn from(error: StartError) -> Self {
        Refused::Start(error)
    }
}

fn prepare(path: &Path) -> Result<(), Refused> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    claim(&mut connection, path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.execute_batch("PRAGMA synchronous = FULL")?;
    migrate(&mut connection, path)
}

/// Refuses a file that is not an SQLite database, or is one of another program,
/// before anything is written to it; an empty one becomes ours.
fn claim(connection: &mut Connection, path: &Path) -> Result<(), Refused> {
    let number = |connection: &Connection, text| connection.query_row(text, [], |row| row.get::<_, i64>(0));
    let owner = "SELECT application_id FROM pragma_application_id";
    if number(connection, owner)? == i64::from(APPLICATION_ID) {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let owner = number(&transaction, owner)?;
    if owner == i64::from(APPLICATION_ID) {
        return Ok(());
    }
    if owner != 0 || number(&transaction, "SELECT COUNT(*) FROM sqlite_master")? > 0 {
        return Err(Refused::Start(StartError::new(format!(
            "{} is an SQLite database of another program; nothing in it was changed. Name another file with --database.",
            path.display()
        ))));
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.commit().map_err(Refused::Sqlite)
}

/// Takes the steps that are missing, all or none. Another process that starts
/// waits for the lock and then finds them taken.
fn migrate(connection: &mut Connection, path: &Path) -> Result<(), Refused> {
    let name = path.display().to_string();
    let known = "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
    let is_new = connection.query_row(known, [], |row| row.get::<_, i64>(0))? == 0;
    if !is_new && migrations::missing(&name, migrations::SQLITE, &taken(connection)?)?.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(&migrations::TABLE.replace("{BYTES}", "BLOB"))?;
    for step in migrations::missing(&name, migrations::SQLITE, &taken(&transaction)?)? {
        let started = Instant::now();
        transaction.execute_batch(step.text).map_err(|error| {
            StartError::new(format!(
                "the tables in the database {name} could not be brought up to date (step {}): {error}.",
                step.version
            ))
        })?;
        transaction.execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (?1, ?2, 1, ?3, ?4)",
            (step.version, step.description, step.checksum(), started.elapsed().as_nanos() as i64),
        )?;
    }
    transaction.commit().map_err(Refused::Sqlite)
}

fn taken(connection: &Connection) -> rusqlite::Result<Vec<Taken>> {
    let mut statement = connection.prepare("SELECT version, success, checksum FROM _sqlx_migrations")?;
    let rows = statement.query_map([], |row| {
        Ok(Taken { version: row.get(0)?, success: row.get(1)?, checksum: row.get(2)? })
    })?;
    rows.collect()
}

/// Makes the file, readable by its owner only, unless it is there already.
fn create_private(path: &Path) -> Result<(), StartError> {
    if let Some(directory) = path.parent()
        && !directory.is_dir()
    {
        return Err(StartError::no_directory(path, directory));
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(StartError::new(format!(
            "cannot create the database {}: {error}. Name another file with --database.",
            path.display()
        ))),
        _ => Ok(()),
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn refusal(path: &Path, error: &rusqlite::Error) -> StartError {
    let path = path.display();
    StartError::new(match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            format!(
                "{path} is not a keylatch database; nothing in it was changed. Name another file with --database."
            )
        }
        Some(
            ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied,
        ) => {
            format!(
                "cannot open the database {path}: no permission to read and write it, or it is a directory. Name another file with --database."
            )
        }
        Some(ErrorCode::ReadOnly) => format!(
            "the database {path} cannot be written. Make the file and its directory writable, or name another file with --database."
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => format!(
            "the database {path} is locked by another program. Stop that program, or name another file with --database."
        ),
        Some(ErrorCode::DiskFull) => {
            format!("the disk of the database {path} is full. Free some space, then start again.")
        }
        Some(ErrorCode::DatabaseCorrupt) => format!(
            "the database {path} is damaged; nothing was changed. Restore it from a copy, or name another file with --database."
        ),
        _ => format!("cannot open the database {path}: {error}."),
    })
}

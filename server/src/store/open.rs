//! Opening a database: find it, make sure that it is ours, bring its tables up
//! to date. A file that is something else is left exactly as it was.

use std::fs::OpenOptions;
use std::path::Path;
use std::str::FromStr;
use std::sync::Once;
use std::time::Duration;

use keylatch::Secret;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AnyConnection, Connection, Row};

use super::Store;
use crate::config::Database;
use crate::start_error::StartError;

static SQLITE: Migrator = sqlx::migrate!("./migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("./migrations/postgres");
static DRIVERS: Once = Once::new();

/// Marks an SQLite file as ours: "klch" in the file's header.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"klch");

/// For each connection to SQLite. `secure_delete` overwrites the hash of a
/// deleted key; `synchronous` stays FULL, because a revocation must survive a
/// power cut.
const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; \
                       PRAGMA secure_delete = ON; PRAGMA synchronous = FULL;";

impl Store {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// One line that says what is wrong and what to do.
    pub async fn open(database: &Database) -> Result<Self, StartError> {
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        match database {
            Database::Sqlite(path) => open_sqlite(path).await,
            Database::Postgres(url) => open_postgres(url).await,
        }
    }
}

async fn open_sqlite(path: &Path) -> Result<Store, StartError> {
    let path = std::path::absolute(path)
        .map_err(|error| StartError::new(format!("cannot open the database {}: {error}.", path.display())))?;
    create_private(&path)?;
    let broken = |error: sqlx::Error| sqlite_error(&path, &error);
    let options = AnyConnectOptions::from_str(&sqlite_url(&path)?).map_err(broken)?;

    let mut connection = AnyConnection::connect_with(&options).await.map_err(broken)?;
    claim(&mut connection, &path).await?;
    connection.close().await.map_err(broken)?;

    let pool = AnyPoolOptions::new()
        .max_connections(8)
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(|connection, _| {
            Box::pin(async move { sqlx::raw_sql(PRAGMAS).execute(connection).await.map(drop) })
        })
        .connect_with(options)
        .await
        .map_err(broken)?;
    let name = path.display().to_string();
    SQLITE.run(&pool).await.map_err(|error| migration_error(&name, &error))?;
    Ok(Store { pool, is_sqlite: true })
}

async fn open_postgres(url: &Secret) -> Result<Store, StartError> {
    // The URL may hold a password: errors speak of it by this name only.
    let name = "PostgreSQL (--database)";
    let broken = |error: sqlx::Error| {
        StartError::new(format!(
            "cannot open {name}: {}. Check that it runs, and the host, user, password and database in the URL.",
            keylatch::secret::scrub(url, error.to_string())
        ))
    };
    let options = AnyConnectOptions::from_str(url.expose()).map_err(broken)?;
    // The pool would go on trying for a while before it says what is wrong.
    AnyConnection::connect_with(&options).await.map_err(broken)?.close().await.map_err(broken)?;
    let pool = AnyPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options)
        .await
        .map_err(broken)?;
    POSTGRES.run(&pool).await.map_err(|error| migration_error(name, &error))?;
    Ok(Store { pool, is_sqlite: false })
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

/// sqlx takes SQLite's path as a URL only.
fn sqlite_url(path: &Path) -> Result<String, StartError> {
    let text = path.to_str().ok_or_else(|| {
        StartError::new(format!(
            "cannot open the database {}: its path is not valid Unicode. Name another file with --database.",
            path.display()
        ))
    })?;
    let mut url = String::from("sqlite://");
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => url.push(char::from(byte)),
            other => url.push_str(&format!("%{other:02X}")),
        }
    }
    Ok(url + "?mode=rw")
}

/// Refuses a file that is not an SQLite database, or is one of another program,
/// before anything is written to it; an empty one becomes ours.
async fn claim(connection: &mut AnyConnection, path: &Path) -> Result<(), StartError> {
    let broken = |error: sqlx::Error| sqlite_error(path, &error);
    let tables: i64 = sqlx::query("SELECT COUNT(*) FROM sqlite_master")
        .fetch_one(&mut *connection)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(broken)?;
    let owner: i64 = sqlx::query("SELECT application_id FROM pragma_application_id")
        .fetch_one(&mut *connection)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(broken)?;
    if owner == i64::from(APPLICATION_ID) {
        return Ok(());
    }
    if tables > 0 || owner != 0 {
        return Err(StartError::new(format!(
            "{} is an SQLite database of another program; nothing in it was changed. Name another file with --database.",
            path.display()
        )));
    }
    let mark = sqlx::AssertSqlSafe(format!("PRAGMA application_id = {APPLICATION_ID}"));
    sqlx::raw_sql(mark).execute(connection).await.map(drop).map_err(broken)
}

fn sqlite_error(path: &Path, error: &sqlx::Error) -> StartError {
    let path = path.display();
    let code =
        error.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse::<u32>().ok());
    StartError::new(match code.map(|code| code & 0xff) {
        Some(26) => {
            format!(
                "{path} is not a keylatch database; nothing in it was changed. Name another file with --database."
            )
        }
        Some(14 | 3 | 23) => {
            format!(
                "cannot open the database {path}: no permission to read and write it, or it is a directory. Name another file with --database."
            )
        }
        Some(8) => format!(
            "the database {path} cannot be written. Make the file and its directory writable, or name another file with --database."
        ),
        Some(5 | 6) => format!(
            "the database {path} is locked by another program. Stop that program, or name another file with --database."
        ),
        Some(11) => format!(
            "the database {path} is damaged; nothing was changed. Restore it from a copy, or name another file with --database."
        ),
        _ => format!("cannot open the database {path}: {error}."),
    })
}

fn migration_error(name: &str, error: &MigrateError) -> StartError {
    StartError::new(match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => format!(
            "the database {name} was made by a newer keylatch-server; nothing in it was changed. Start that version, or name another database with --database."
        ),
        MigrateError::VersionMismatch(_) | MigrateError::Dirty(_) => format!(
            "the tables in the database {name} are not those of keylatch-server ({error}); nothing in it was changed. Name another database with --database."
        ),
        _ => format!("the tables in the database {name} could not be brought up to date: {error}."),
    })
}

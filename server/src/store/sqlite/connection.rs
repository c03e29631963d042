//! One connection: how it is opened, and how a statement runs on it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::types::{ToSqlOutput, Value as SqlValue, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};

use super::PATIENCE;
use crate::store::value::{Cell, Row, Statement, Value};

/// For each connection. `secure_delete` overwrites the hash of a deleted key;
/// `synchronous` stays FULL, because a revocation must survive a power cut.
const PRAGMAS: &str = "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA synchronous = FULL;";

/// The deadline is looked at after so many steps of SQLite's machine: some
/// ten thousand a millisecond.
const STEPS: i32 = 10_000;

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Read,
    Write,
}

/// A connection that ends a statement at its deadline.
pub(super) struct Session {
    connection: Connection,
    deadline: Deadline,
}

impl Session {
    pub(super) fn open(path: &Path, purpose: Purpose) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.execute_batch(PRAGMAS)?;
        if purpose == Purpose::Read {
            connection.execute_batch("PRAGMA query_only = ON")?;
        }
        connection.set_prepared_statement_cache_capacity(100);
        let deadline = Deadline::new();
        let watched = deadline.clone();
        connection.progress_handler(STEPS, Some(move || watched.has_passed()))?;
        Ok(Session { connection, deadline })
    }

    /// Runs a statement, for [`PATIENCE`] at most.
    pub(super) fn run(&self, statement: Statement, values: &[Value]) -> rusqlite::Result<Vec<Row>> {
        self.deadline.set(PATIENCE);
        let outcome = self.rows(statement.sqlite, values);
        self.deadline.clear();
        outcome
    }

    /// Runs text without parameters and answer, such as BEGIN.
    pub(super) fn execute(&self, text: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(text)?.raw_execute().map(drop)
    }

    /// Whether SQLite is outside of a transaction. It rolls back by itself when
    /// the disk is full or fails.
    pub(super) fn is_outside_of_transaction(&self) -> bool {
        self.connection.is_autocommit()
    }

    fn rows(&self, text: &str, values: &[Value]) -> rusqlite::Result<Vec<Row>> {
        let mut prepared = self.connection.prepare_cached(text)?;
        for index in 1..=prepared.parameter_count() {
            // SQLite numbers `$2` by where it stands first; here its name counts.
            let name = prepared.parameter_name(index).and_then(|name| name.strip_prefix('$'));
            let number = name.and_then(|name| name.parse::<usize>().ok()).unwrap_or(index);
            let value = values
                .get(number.wrapping_sub(1))
                .ok_or(rusqlite::Error::InvalidParameterCount(values.len(), number))?;
            prepared.raw_bind_parameter(index, Bound(value))?;
        }
        let columns = prepared.column_count();
        let mut found = Vec::new();
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next()? {
            let cells = (0..columns).map(|column| row.get_ref(column).map(cell));
            found.push(Row::new(cells.collect::<rusqlite::Result<_>>()?));
        }
        Ok(found)
    }
}

struct Bound<'v>(&'v Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Int(None) | Value::Text(None) => ToSqlOutput::Owned(SqlValue::Null),
            Value::Int(Some(number)) => ToSqlOutput::Owned(SqlValue::Integer(*number)),
            Value::Text(Some(text)) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Value::Ints(numbers) => {
                ToSqlOutput::Owned(SqlValue::Text(serde_json::json!(numbers).to_string()))
            }
            Value::Texts(texts) => ToSqlOutput::Owned(SqlValue::Text(serde_json::json!(texts).to_string())),
        })
    }
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        // No column holds any of these.
        ValueRef::Real(number) => Cell::Text(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Cell::Text(String::from_utf8_lossy(bytes).into_owned())
        }
    }
}

/// When the statement that runs must have ended, as milliseconds since `born`;
/// `u64::MAX`: none runs.
#[derive(Clone)]
struct Deadline {
    born: Instant,
    at: Arc<AtomicU64>,
}

impl Deadline {
    fn new() -> Self {
        Deadline { born: Instant::now(), at: Arc::new(AtomicU64::new(u64::MAX)) }
    }

    fn set(&self, from_now: Duration) {
        self.at.store(self.now().saturating_add(from_now.as_millis() as u64), Ordering::Relaxed);
    }

    fn clear(&self) {
        self.at.store(u64::MAX, Ordering::Relaxed);
    }

    fn has_passed(&self) -> bool {
        self.now() > self.at.load(Ordering::Relaxed)
    }

    fn now(&self) -> u64 {
        self.born.elapsed().as_millis() as u64
    }
}

/// Opens connections to one file.
#[derive(Clone)]
pub(super) struct Opener(pub(super) Arc<PathBuf>);

impl Opener {
    pub(super) fn open(&self, purpose: Purpose) -> rusqlite::Result<Session> {
        Session::open(&self.0, purpose)
    }
}

//! Statements, the values that go into them, and the rows that come out. Both
//! databases keep two types only: text and 64-bit integers.

use jiff::Timestamp;

use super::error::{Result, StoreError};

/// A statement. Both databases take `$1` for a parameter; where they need
/// different words, it has two texts.
#[derive(Clone, Copy)]
pub(crate) struct Statement {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// A statement that both databases take as it is.
pub(crate) const fn sql(text: &'static str) -> Statement {
    Statement { sqlite: text, postgres: text }
}

/// A parameter.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    /// An array in PostgreSQL, a JSON array in SQLite.
    Ints(Vec<i64>),
    /// The same.
    Texts(Vec<String>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(Some(value))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Value::Int(value)
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Value::Int(Some(millis(value)))
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(value: Option<Timestamp>) -> Self {
        Value::Int(value.map(millis))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(Some(value.to_owned()))
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Value::Text(Some(value.clone()))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::Text(Some(value))
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Value::Text(value.map(str::to_owned))
    }
}

impl From<&Option<String>> for Value {
    fn from(value: &Option<String>) -> Self {
        Value::Text(value.clone())
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        Value::Text(value)
    }
}

impl From<Vec<i64>> for Value {
    fn from(value: Vec<i64>) -> Self {
        Value::Ints(value)
    }
}

impl From<Vec<String>> for Value {
    fn from(value: Vec<String>) -> Self {
        Value::Texts(value)
    }
}

/// Parameters in order: `values![id, user_id, now]`.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::value::Value::from($value)),*] };
}
pub(crate) use values;

/// A column of a row.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Text(String),
}

/// A row, whose columns are taken in the order of the statement.
#[derive(Debug)]
pub(crate) struct Row(std::vec::IntoIter<Cell>);

impl Row {
    pub(crate) fn new(cells: Vec<Cell>) -> Self {
        Row(cells.into_iter())
    }

    pub(crate) fn text(&mut self) -> Result<String> {
        self.optional_text()?.ok_or_else(|| StoreError::failed("a column that must have a value is NULL"))
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<String>> {
        match self.0.next() {
            Some(Cell::Text(text)) => Ok(Some(text)),
            Some(Cell::Null) => Ok(None),
            Some(Cell::Int(_)) => Err(StoreError::failed("a column of text is a number")),
            None => Err(StoreError::failed("a row has too few columns")),
        }
    }

    /// A column of text that is JSON.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&mut self) -> Result<T> {
        let text = self.text()?;
        serde_json::from_str(&text).map_err(|_| StoreError::failed("a column of JSON cannot be read"))
    }

    /// The same, or NULL.
    pub(crate) fn optional_json<T: serde::de::DeserializeOwned>(&mut self) -> Result<Option<T>> {
        let read = |text: String| {
            serde_json::from_str(&text).map_err(|_| StoreError::failed("a column of JSON cannot be read"))
        };
        self.optional_text()?.map(read).transpose()
    }

    pub(crate) fn int(&mut self) -> Result<i64> {
        self.optional_int()?.ok_or_else(|| StoreError::failed("a column that must have a value is NULL"))
    }

    pub(crate) fn optional_int(&mut self) -> Result<Option<i64>> {
        match self.0.next() {
            Some(Cell::Int(number)) => Ok(Some(number)),
            Some(Cell::Null) => Ok(None),
            Some(Cell::Text(_)) => Err(StoreError::failed("a column of numbers is text")),
            None => Err(StoreError::failed("a row has too few columns")),
        }
    }

    pub(crate) fn time(&mut self) -> Result<Timestamp> {
        to_time(self.int()?)
    }

    pub(crate) fn optional_time(&mut self) -> Result<Option<Timestamp>> {
        self.optional_int()?.map(to_time).transpose()
    }
}

/// Milliseconds since 1970, as all times are stored.
pub(crate) fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

fn to_time(millis: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(millis).map_err(|error| StoreError::failed(format!("a time: {error}")))
}

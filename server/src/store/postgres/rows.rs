//! Values to PostgreSQL's types and back.

use tokio_postgres::types::{ToSql, Type};

use crate::store::error::{Result, StoreError};
use crate::store::value::{Cell, Row, Value};

/// What tokio-postgres takes for a parameter.
pub(super) fn bound(values: &[Value]) -> Vec<(&(dyn ToSql + Sync), Type)> {
    values
        .iter()
        .map(|value| match value {
            Value::Int(number) => (number as &(dyn ToSql + Sync), Type::INT8),
            Value::Text(text) => (text as &(dyn ToSql + Sync), Type::TEXT),
            Value::Ints(numbers) => (numbers as &(dyn ToSql + Sync), Type::INT8_ARRAY),
            Value::Texts(texts) => (texts as &(dyn ToSql + Sync), Type::TEXT_ARRAY),
        })
        .collect()
}

pub(super) fn rows(found: &[tokio_postgres::Row]) -> Result<Vec<Row>> {
    found.iter().map(row).collect()
}

fn row(found: &tokio_postgres::Row) -> Result<Row> {
    let cells = found.columns().iter().enumerate().map(|(index, column)| {
        Ok(match *column.type_() {
            Type::INT8 => found.try_get::<_, Option<i64>>(index)?.map_or(Cell::Null, Cell::Int),
            Type::INT4 => {
                found.try_get::<_, Option<i32>>(index)?.map_or(Cell::Null, |number| Cell::Int(number.into()))
            }
            _ => found.try_get::<_, Option<String>>(index)?.map_or(Cell::Null, Cell::Text),
        })
    });
    let cells = cells.collect::<std::result::Result<_, tokio_postgres::Error>>();
    cells.map(Row::new).map_err(|error| StoreError::failed(format!("a row cannot be read: {error}")))
}

//! Questions that find rows by texts, as each check of a key does. Any number of them is one
//! statement: those about one key that may have been hashed in several ways, and on PostgreSQL
//! those of all who ask at the same moment.

use super::error::{Result, StoreError};
use super::value::{Row, Statement, Value};

/// A statement that answers questions: the first texts of all questions are the array `$1`, the
/// second `$2`, … Each row begins with the number of its question, from 1.
#[derive(Clone, Copy)]
pub(crate) struct Lookup {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// Finds rows by a hash, the one text of each question. With `OFFSET 0` PostgreSQL takes the
/// index for each hash, and does not join the tables in another way; with `CROSS JOIN` SQLite does.
macro_rules! by_each_hash {
    ($columns:expr, $from:expr, $hash:literal) => {
        $crate::store::lookup::Lookup {
            sqlite: concat!(
                "SELECT asked.key + 1, ",
                $columns,
                " FROM json_each($1) AS asked CROSS JOIN ",
                $from,
                " WHERE ",
                $hash,
                " = asked.value"
            ),
            postgres: concat!(
                "SELECT asked.number, found.* FROM unnest($1::text[]) WITH ORDINALITY AS asked (hash, number), LATERAL (SELECT ",
                $columns,
                " FROM ",
                $from,
                " WHERE ",
                $hash,
                " = asked.hash OFFSET 0) AS found"
            ),
        }
    };
}
pub(crate) use by_each_hash;

/// The texts of one question.
pub(crate) type Question = Vec<String>;

impl Lookup {
    /// What either database runs.
    pub(super) fn statement(self) -> Statement {
        Statement { sqlite: self.sqlite, postgres: self.postgres }
    }
}

/// The parameters of the statement that answers these.
pub(super) fn arrays(questions: impl ExactSizeIterator<Item = Question>) -> Vec<Value> {
    let count = questions.len();
    let mut arrays: Vec<Vec<String>> = Vec::new();
    for question in questions {
        arrays.resize_with(question.len().max(arrays.len()), || Vec::with_capacity(count));
        for (array, text) in arrays.iter_mut().zip(question) {
            array.push(text);
        }
    }
    arrays.into_iter().map(Value::from).collect()
}

/// The rows of each question, without its number.
pub(super) fn by_question(rows: Vec<Row>, count: usize) -> Result<Vec<Vec<Row>>> {
    let mut answers: Vec<_> = std::iter::repeat_with(Vec::new).take(count).collect();
    for mut row in rows {
        let number = row.int()?;
        let answer = usize::try_from(number - 1).ok().and_then(|number| answers.get_mut(number));
        answer.ok_or_else(|| StoreError::failed("a row is of no question"))?.push(row);
    }
    Ok(answers)
}

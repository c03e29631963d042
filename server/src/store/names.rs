//! The index that long lists are searched by: rows of `name_indexes` and
//! `name_parts`.
//!
//! A key whose name contains a text has in its name every three letters in a row
//! that the text has. So the index says for three letters which keys have them,
//! and a search looks at the keys that have the rarest three of its text.
//!
//! Names are taken in beside the requests, and only of users whose searches have
//! met more keys than one request looks at: creating a key costs nothing more,
//! and most users have no index. A search reads the newest keys without it, so
//! the index may lag behind.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::driver::Lane;
use super::list::Place;
use super::value::{Statement, millis, sql, values};
use super::{Result, Store, Tx};

/// So many letters in a row are a part.
const LETTERS: usize = 3;
/// Of a long text so many parts are looked up.
const PARTS: usize = 16;
/// Parts that more keys have than this are equally common.
const COMMON: i64 = 1_000;
/// So many names are taken in at once: others' changes wait for some
/// milliseconds on SQLite.
const BATCH: i64 = 200;
/// Two transactions may come to disk in another order than their keys have. After
/// this time every one of them has ended.
const SETTLED: SignedDuration = SignedDuration::from_mins(1);
/// `up_to` of a deleted user.
const DELETED: i64 = -1;
/// So many parts of a deleted user's names are swept out at once.
const SWEPT: i64 = 5_000;

const INDEX: Statement = sql("SELECT number, up_to FROM name_indexes WHERE user_id = $1");
const BEGIN: Statement =
    sql("INSERT INTO name_indexes (user_id, up_to) VALUES ($1, 0) ON CONFLICT DO NOTHING");
const LOCK: Statement = Statement {
    sqlite: INDEX.sqlite,
    postgres: "SELECT number, up_to FROM name_indexes WHERE user_id = $1 FOR UPDATE",
};
/// Whoever deletes one of these keys waits, and then finds its parts.
const NEXT: Statement = Statement {
    sqlite: "SELECT seq, name_folded, created_at FROM keys WHERE user_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
    postgres: "SELECT seq, name_folded, created_at FROM keys WHERE user_id = $1 AND seq > $2 ORDER BY seq LIMIT $3 \
               FOR SHARE",
};
const ADD: Statement = Statement {
    sqlite: "INSERT INTO name_parts (number, part, seq) \
             SELECT $1, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each($2) \
             WHERE TRUE ON CONFLICT DO NOTHING",
    postgres: "INSERT INTO name_parts (number, part, seq) \
               SELECT $1, (value->>0)::BIGINT, (value->>1)::BIGINT FROM json_array_elements($2::TEXT::JSON) \
               ON CONFLICT DO NOTHING",
};
const ADVANCE: Statement = sql("UPDATE name_indexes SET up_to = $2 WHERE number = $1");
const RAREST: Statement = Statement {
    sqlite: "SELECT part FROM (SELECT asked.value AS part, (SELECT count(*) FROM (SELECT 1 FROM name_parts \
             WHERE number = $2 AND part = asked.value AND seq < $3 LIMIT $4) AS those) AS many \
             FROM json_each($1) AS asked) AS counted ORDER BY many LIMIT 1",
    postgres: "SELECT part FROM (SELECT asked.value AS part, (SELECT count(*) FROM (SELECT 1 FROM name_parts \
               WHERE number = $2 AND part = asked.value AND seq < $3 LIMIT $4) AS those) AS many \
               FROM unnest($1) AS asked (value)) AS counted ORDER BY many LIMIT 1",
};
const INDEXED: Statement = sql("SELECT name_indexes.number, keys.seq, keys.name_folded FROM keys \
     JOIN name_indexes ON name_indexes.user_id = keys.user_id \
     WHERE keys.id = $1 AND keys.seq <= name_indexes.up_to");
const REMOVE: Statement = Statement {
    sqlite: "DELETE FROM name_parts WHERE number = $1 AND seq = $2 AND part IN (SELECT value FROM json_each($3))",
    postgres: "DELETE FROM name_parts WHERE number = $1 AND seq = $2 AND part = ANY ($3)",
};
const GIVE_UP: Statement = sql("UPDATE name_indexes SET up_to = $2 WHERE user_id = $1");
const GIVEN_UP: Statement = sql("SELECT number FROM name_indexes WHERE up_to = $1 LIMIT 1");
const SWEEP_PARTS: Statement = sql("DELETE FROM name_parts WHERE number = $1 AND (part, seq) IN \
     (SELECT part, seq FROM name_parts WHERE number = $1 LIMIT $2) RETURNING seq");
const SWEEP_INDEX: Statement = sql("DELETE FROM name_indexes WHERE number = $1");

/// Where the index has the keys that a text may be found in.
pub(super) struct Part {
    pub(super) number: i64,
    pub(super) part: i64,
}

/// What the index knows of a text.
pub(super) enum Lookup {
    /// It has every key that is asked for.
    Keys(Part),
    /// It does not have them all yet.
    Behind,
    /// The text is too short for it.
    TooShort,
}

impl Store {
    /// Where to look for this text among the user's keys before this place.
    pub(super) async fn look_up_name(&self, user_id: &str, folded: &str, before: Place) -> Result<Lookup> {
        let mut parts = parts(folded);
        if parts.is_empty() {
            return Ok(Lookup::TooShort);
        }
        let Some(mut index) = self.read(Lane::List, INDEX, values![user_id]).await?.pop() else {
            return Ok(Lookup::Behind);
        };
        let (number, up_to) = (index.int()?, index.int()?);
        if up_to < before.0 - 1 {
            return Ok(Lookup::Behind);
        }
        parts.truncate(PARTS);
        let rarest = self.read(Lane::List, RAREST, values![parts, number, before.0, COMMON]).await?.pop();
        let part = rarest.map(|mut row| row.int()).transpose()?;
        Ok(part.map_or(Lookup::TooShort, |part| Lookup::Keys(Part { number, part })))
    }

    /// Takes some more of the user's names into the index. Tells whether there
    /// are more to take in now.
    pub(crate) async fn index_names(&self, user_id: &str, now: Timestamp) -> Result<bool> {
        let settled = millis(now) - SETTLED.as_millis() as i64;
        let mut tx = self.begin().await?;
        tx.run(BEGIN, values![user_id]).await?;
        let Some(mut index) = tx.find(LOCK, values![user_id]).await? else { return Ok(false) };
        let (number, up_to) = (index.int()?, index.int()?);
        if up_to == DELETED {
            return Ok(false);
        }
        let mut added = Vec::new();
        let (mut last, mut taken) = (up_to, 0);
        for mut row in tx.run(NEXT, values![user_id, up_to, BATCH]).await? {
            let (seq, name, created_at) = (row.int()?, row.text()?, row.int()?);
            if created_at > settled {
                break;
            }
            added.extend(parts(&name).into_iter().map(|part| json!([part, seq])));
            (last, taken) = (seq, taken + 1);
        }
        tx.run(ADD, values![number, json!(added).to_string()]).await?;
        tx.run(ADVANCE, values![number, last]).await?;
        tx.commit().await?;
        Ok(taken == BATCH)
    }

    /// Sweeps out what the names of deleted users have left.
    pub(crate) async fn sweep_names(&self) -> Result<()> {
        while let Some(mut index) = self.change(GIVEN_UP, values![DELETED]).await?.pop() {
            let number = index.int()?;
            while self.change(SWEEP_PARTS, values![number, SWEPT]).await?.len() as i64 == SWEPT {}
            self.change(SWEEP_INDEX, values![number]).await?;
        }
        Ok(())
    }
}

impl Tx {
    /// Takes the name of a key out of the index. The key's row is locked, and has
    /// its name still.
    pub(super) async fn forget_name(&mut self, id: &str) -> Result<()> {
        let Some(mut row) = self.find(INDEXED, values![id]).await? else { return Ok(()) };
        let (number, seq, name) = (row.int()?, row.int()?, row.text()?);
        self.run(REMOVE, values![number, seq, parts(&name)]).await.map(drop)
    }

    /// The same of all names of a user. The next sweep does it: there may be
    /// millions.
    pub(super) async fn forget_names(&mut self, user_id: &str) -> Result<()> {
        self.run(GIVE_UP, values![user_id, DELETED]).await.map(drop)
    }
}

/// Every three letters in a row, each as one number: a letter takes 21 bits.
fn parts(folded: &str) -> Vec<i64> {
    let letters: Vec<char> = folded.chars().collect();
    let number =
        |part: &[char]| part.iter().fold(0, |number, letter| (number << 21) | i64::from(u32::from(*letter)));
    let mut parts: Vec<i64> = letters.windows(LETTERS).map(number).collect();
    parts.sort_unstable();
    parts.dedup();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_within_a_name_has_no_part_that_the_name_lacks() {
        let name = parts("deploy robot 🤖 straße");
        for text in ["deploy", "loy rob", "ot 🤖 s", "🤖 straße", "deploy robot 🤖 straße"] {
            let part = parts(text);
            assert!(!part.is_empty() && part.iter().all(|part| name.contains(part)), "{text}");
        }
        assert!(parts("robots").iter().any(|part| !name.contains(part)));
        assert!(parts("ab").is_empty());
        assert_eq!(parts("aaaaaa").len(), 1);
    }

    #[test]
    fn each_statement_finds_what_it_looks_at_by_an_index() {
        let database = rusqlite::Connection::open_in_memory().unwrap();
        crate::store::migrations::SQLITE.iter().for_each(|step| database.execute_batch(step.text).unwrap());
        for statement in
            [INDEX, NEXT, ADD, ADVANCE, RAREST, INDEXED, REMOVE, GIVE_UP, SWEEP_PARTS, SWEEP_INDEX]
        {
            let mut explained =
                database.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sqlite)).unwrap();
            let lines = explained.raw_query().mapped(|row| row.get::<_, String>("detail"));
            for line in lines.map(|line| line.unwrap()) {
                let whole = ["SCAN keys", "SCAN name_parts", "SCAN name_indexes"];
                assert!(!whole.iter().any(|table| line.starts_with(table)), "{}: {line}", statement.sqlite);
            }
        }
    }

    #[test]
    fn three_letters_are_one_number() {
        let greatest = parts("\u{10FFFF}\u{10FFFF}\u{10FFFF}")[0];
        assert!(greatest > 0 && greatest > parts("\u{10FFFF}\u{10FFFF}\u{10FFFE}")[0]);
        assert_ne!(parts("abc"), parts("acb"));
    }
}

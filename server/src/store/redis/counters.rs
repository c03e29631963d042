//! What is counted in Redis.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use redis::{Pipeline, pipe};

use super::Redis;
use crate::store::counters::Counters;
use crate::store::error::{Result, StoreError};
use crate::store::failures::{self, Count};
use crate::store::limits::Counted;
use crate::store::tables::Tables;
use crate::store::uses::{BATCH, Kind, Use};
use crate::store::value::millis;
use crate::token::random_base62;

/// For so long nobody else moves uses; whoever does is done by then, or gone.
const MOVING: Duration = Duration::from_secs(4);

/// Deletes those fields of a hash that have these values still.
const FORGET: &str = "for i = 1, #ARGV, 2 do \
     if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then redis.call('HDEL', KEYS[1], ARGV[i]) end end";

fn failures_key(bucket: &str) -> String {
    format!("keylatch:failures:{bucket}")
}

fn rate_key(id: &str, start: i64) -> String {
    format!("keylatch:rate:{id}:{start}")
}

fn uses_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Own => "keylatch:uses:own",
        Kind::Management => "keylatch:uses:management",
        Kind::Issued => "keylatch:uses:issued",
    }
}

/// Times are the process's own, as in the database; how long a key is kept goes by the
/// clock of Redis, which need not agree.
#[async_trait]
impl Counters for Redis {
    async fn failures(&self, buckets: &[String], after: Timestamp) -> Result<Vec<Count>> {
        let mut commands = pipe();
        let after = format!("({}", millis(after));
        for key in buckets.iter().map(|bucket| failures_key(bucket)) {
            commands.cmd("ZCOUNT").arg(&key).arg(&after).arg("+inf");
            commands.cmd("ZRANGEBYSCORE").arg(&key).arg(&after).arg("+inf");
            commands.arg("WITHSCORES").arg("LIMIT").arg(0).arg(1);
        }
        let answers: Vec<redis::Value> = self.ask(&commands).await?;
        let mut answers = answers.into_iter();
        let mut counts = Vec::with_capacity(buckets.len());
        while let (Some(failures), Some(oldest)) = (answers.next(), answers.next()) {
            let failures: i64 = read(failures)?;
            let oldest: Vec<(String, f64)> = read(oldest)?;
            let since = oldest.first().map(|(_, at)| Timestamp::from_millisecond(*at as i64));
            counts.push(Count { failures, since: since.transpose().map_err(StoreError::failed)? });
        }
        Ok(counts)
    }

    async fn insert_failures(&self, buckets: &[String], now: Timestamp) -> Result<()> {
        let mut commands = pipe();
        commands.atomic();
        let kept = failures::KEPT.as_millis() as i64;
        for key in buckets.iter().map(|bucket| failures_key(bucket)) {
            // Two at the same time are two.
            let member = format!("{} {}", millis(now), random()?);
            commands.cmd("ZADD").arg(&key).arg(millis(now)).arg(member).ignore();
            commands.cmd("ZREMRANGEBYSCORE").arg(&key).arg("-inf").arg(millis(now) - kept).ignore();
            commands.cmd("PEXPIRE").arg(&key).arg(kept).ignore();
        }
        self.ask(&commands).await
    }

    async fn forgive_failures(&self, bucket: &str) -> Result<()> {
        self.ask(pipe().cmd("DEL").arg(failures_key(bucket)).ignore()).await
    }

    async fn count_rates(&self, counted: &[Counted]) -> Result<Vec<Counted>> {
        let mut commands = pipe();
        commands.atomic();
        for Counted { id, started_at, length, current, previous } in counted {
            // What is counted now is looked at until the end of the next window.
            let windows = [(*started_at, current, 2 * length), (started_at - length, previous, *length)];
            for (start, units, kept) in windows {
                let key = rate_key(id, start);
                commands.cmd("INCRBY").arg(&key).arg(units);
                commands.cmd("PEXPIRE").arg(&key).arg(kept).ignore();
            }
        }
        let sums: Vec<i64> = self.ask(&commands).await?;
        let told = counted.iter().zip(sums.chunks_exact(2));
        Ok(told
            .filter_map(|(one, sums)| {
                let [current, previous] = *sums else { return None };
                Some(Counted { current, previous, ..one.clone() })
            })
            .collect())
    }

    async fn note_uses(&self, kind: Kind, uses: &[Use]) -> Result<()> {
        if uses.is_empty() {
            return Ok(());
        }
        let mut commands = pipe();
        commands.cmd("HSET").arg(uses_key(kind)).ignore();
        for one in uses {
            commands.arg(&one.id).arg(one.to_json().to_string());
        }
        self.ask(&commands).await
    }

    async fn has_noted_use(&self, kind: Kind, id: &str) -> Result<bool> {
        let mut commands = pipe();
        commands.cmd("HEXISTS").arg(uses_key(kind)).arg(id);
        let (is_noted,): (bool,) = self.ask(&commands).await?;
        Ok(is_noted)
    }

    /// A use is there until the table has it: a process that ends in between leaves
    /// it to the next one.
    async fn move_uses(&self, tables: &Tables) -> Result<()> {
        let mut turn = pipe();
        turn.cmd("SET").arg("keylatch:moving").arg(1).arg("NX").arg("PX").arg(MOVING.as_millis() as i64);
        let (turn,): (Option<String>,) = self.ask(&turn).await?;
        if turn.is_none() {
            return Ok(());
        }
        for kind in Kind::ALL {
            let mut cursor = "0".to_owned();
            loop {
                let mut commands = pipe();
                commands.cmd("HSCAN").arg(uses_key(kind)).arg(&cursor).arg("COUNT").arg(BATCH);
                let ((next, fields),): ((String, Vec<(String, String)>),) = self.ask(&commands).await?;
                for fields in fields.chunks(BATCH) {
                    let uses: Vec<_> = fields.iter().filter_map(|(_, row)| Use::from_json(row)).collect();
                    tables.write_uses(kind, &uses).await?;
                    let () = self.ask(&forget(kind, fields)).await?;
                }
                if next == "0" {
                    break;
                }
                cursor = next;
            }
        }
        self.ask(pipe().cmd("DEL").arg("keylatch:moving").ignore()).await
    }

    async fn check(&self) -> Result<()> {
        self.ask(pipe().cmd("SET").arg("keylatch:ready").arg(1).arg("EX").arg(60).ignore()).await
    }
}

fn forget(kind: Kind, fields: &[(String, String)]) -> Pipeline {
    let mut commands = pipe();
    commands.cmd("EVAL").arg(FORGET).arg(1).arg(uses_key(kind)).ignore();
    for (field, row) in fields {
        commands.arg(field).arg(row);
    }
    commands
}

fn read<T: redis::FromRedisValue>(value: redis::Value) -> Result<T> {
    redis::from_redis_value(value).map_err(StoreError::failed)
}

fn random() -> Result<String> {
    random_base62(16).map_err(|_| StoreError::failed("the system has no random numbers"))
}

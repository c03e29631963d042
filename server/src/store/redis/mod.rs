//! Redis (or Valkey), where `--redis` names one: what processes count together is
//! there instead of in the database. Everything in it may be lost: failures and
//! rates are counted anew, and of last uses some seconds are missing.
//!
//! | key | type | what it is | ends by itself |
//! |---|---|---|---|
//! | `keylatch:failures:{bucket}` | sorted set | when something failed | an hour after the last |
//! | `keylatch:rate:{rate}:{start}` | number | what all have counted in a window | two windows after the last, at most |
//! | `keylatch:uses:{kind}` | hash | last uses that the database does not have | no: they are moved there every few seconds |
//! | `keylatch:moving` | text | a process is moving them | after some seconds |
//! | `keylatch:ready` | text | somebody has asked whether this works | after a minute |

mod connection;
mod counters;

pub(super) use connection::Redis;
pub use connection::RedisState;

//! What the service promises, asked over HTTP and looked up in the database
//! afterwards: on SQLite, and again on PostgreSQL.
//!
//! Each file holds behaviours of one subject and ends in the list of them, from
//! which [`on_both_databases!`] makes the tests.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

/// Makes two tests of each behaviour: `behaviour::sqlite` and `behaviour::postgres`.
macro_rules! on_both_databases {
    ($($behaviour:ident),+ $(,)?) => { $(
        mod $behaviour {
            #[tokio::test]
            async fn sqlite() {
                super::$behaviour(&crate::harness::Service::on_sqlite().await).await;
            }

            #[tokio::test]
            async fn postgres() {
                let service = crate::harness::Service::on_postgres().await;
                super::$behaviour(&service).await;
                service.give_database_back().await;
            }
        }
    )+ };
}

/// Makes one more test of each behaviour, on SQLite and a Redis in which all processes
/// count: `redis::behaviour`.
macro_rules! and_with_redis {
    ($($behaviour:ident),+ $(,)?) => {
        mod redis {
            $(
                #[tokio::test]
                async fn $behaviour() {
                    let redis = crate::redis_server::Redis::start();
                    let service = crate::harness::Service::with(|config| config.redis = Some(redis.url())).await;
                    super::$behaviour(&service).await;
                    for table in ["failures", "rates"] {
                        assert_eq!(service.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
                    }
                }
            )+
        }
    };
}

#[path = "../client/mod.rs"]
mod client;

mod access;
mod account;
mod application_access;
mod applications;
mod audit;
mod checks;
mod create;
mod delete;
mod devices;
mod facade_conduce;
mod facade_keys;
mod facade_lambda;
mod facade_luminary;
mod facade_modelon;
mod facade_modelon_login;
mod facade_origins;
mod faulty;
mod guard;
mod guards;
mod harness;
mod hostile;
mod idempotency;
mod import;
mod issue_repeats;
mod issuer;
mod key_end;
mod leaked;
mod limits;
mod limits_model;
mod list;
mod openapi;
mod origins;
mod owner_end;
mod page;
mod pooler;
mod postgres;
mod processes;
mod redis_server;
mod remaining;
mod revoke;
mod rotate;
mod scopes;
mod session;
mod silent;
mod states;
mod sweeps;
mod throttle;
mod trouble;
mod upgrade;
mod validate;
mod verify;
mod verify_kept;
mod verify_model;
mod with_redis;

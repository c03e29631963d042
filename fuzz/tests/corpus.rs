//! Each target over its corpus and over a number of new inputs, the same in every
//! run. `cargo xtask fuzz` goes on from there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;

use keylatch_fuzz::{TARGETS, drive};

/// For each target.
const EXECUTIONS: u64 = 1_000;
const SEED: u64 = 20_261_120;

fn holds(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    match drive::drive(target, SEED, |executions| executions < EXECUTIONS) {
        Ok(executions) => assert_eq!(executions, EXECUTIONS, "{name}"),
        Err(fault) => panic!("{fault}"),
    }
}

/// A test of its own for each target, so that they run side by side.
macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test] fn $name() { holds(stringify!($name)); })*

        #[test]
        fn each_target_has_a_test_and_a_program() {
            assert_eq!([$(stringify!($name)),*], TARGETS.map(|target| target.name));
            let manifest = fs::read_to_string("Cargo.toml").unwrap();
            for target in TARGETS {
                let program = format!("fuzz_targets/{}.rs", target.name);
                assert!(manifest.contains(&program) && Path::new(&program).exists(), "{program}");
                assert!(fs::read_to_string(&program).unwrap().contains(&format!("targets::{}::target", target.name)));
            }
        }
    };
}

targets! { formats dotenv yaml profiles problems answers cursors dates declarations json }

#[test]
fn a_target_that_panics_is_told_with_its_input() {
    fn panics(data: &[u8]) {
        assert!(!data.contains(&b'\\'), "it panics");
    }
    let target = keylatch_fuzz::Target { name: "json", run: panics };
    let fault = drive::drive(&target, SEED, |executions| executions < EXECUTIONS).unwrap_err();
    assert!(fault.contains("fuzz/corpus/json/") && fault.contains("\\\\"), "{fault}");
}

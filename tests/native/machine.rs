//! Client and server over the ports, with a schedule of what goes wrong: whatever
//! it is, each key that works was seen, none works after its end was answered, no
//! life is extended, and nothing is left pending.
//!
//! A schedule that fails is shrunk to the fewest steps that do, printed, and its seed
//! put into `machine.seeds` beside this file, which every later run begins with.

use std::ops::Range;

use keylatch::Code;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use tokio::runtime::{Builder, Runtime};

mod wire;
mod world;

use wire::Fault;
use world::World;

/// The schedules of the ordinary tests. `cargo xtask soak` runs more, with other
/// seeds.
const SCHEDULES: u32 = 2_000;
const STEPS: Range<usize> = 1..9;

/// A call of the person's, or what happens to the server.
#[derive(Clone, Debug)]
pub enum Step {
    Create { lifetime: &'static str, faults: Vec<Fault> },
    Rotate { which: usize, by: By, overlap: Option<&'static str>, store: Store, faults: Vec<Fault> },
    Revoke { which: usize, by: By, faults: Vec<Fault> },
    Delete { which: usize, faults: Vec<Fault> },
    Ask { which: usize, faults: Vec<Fault> },
    SignIn { faults: Vec<Fault> },
    Clock { seconds: i64 },
    Restart,
}

/// Who asks: the session of the owner, or the very key.
#[derive(Clone, Copy, Debug)]
pub enum By {
    Session,
    Itself,
}

/// What the user's own code does with a successor.
#[derive(Clone, Copy, Debug)]
pub enum Store {
    Works,
    Throws,
    Hangs,
}

fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let ends = || select(vec![Code::Timeout, Code::Aborted]);
    let fault = prop_oneof![
        8 => Just(Fault::None),
        2 => Just(Fault::Unreachable),
        3 => Just(Fault::Lost),
        4 => Just(Fault::AnswerLost),
        4 => (0..6_u8).prop_map(Fault::Late),
        2 => Just(Fault::Twice),
        2 => select(vec![500, 502, 503, 504, 429]).prop_map(Fault::Refused),
        3 => select(vec![500, 502, 503, 504, 200]).prop_map(Fault::Mangled),
        1 => ends().prop_map(Fault::EndsBefore),
        2 => ends().prop_map(Fault::EndsAfter),
        1 => Just(Fault::Restart),
    ];
    vec(fault, 0..7)
}

fn which() -> impl Strategy<Value = usize> {
    0..8_usize
}

fn by() -> impl Strategy<Value = By> {
    select(vec![By::Session, By::Itself])
}

fn step() -> impl Strategy<Value = Step> {
    let lifetime = select(vec!["P3M", "P3M", "PT2H", "never"]);
    let overlap = select(vec![None, Some("PT1H")]);
    let store = select(vec![Store::Works, Store::Works, Store::Throws, Store::Hangs]);
    let seconds = select(vec![1, 60, 1_800, 3_600, 7_200, 90_000, 3_000_000, -60, -3_600]);
    prop_oneof![
        5 => (lifetime, faults()).prop_map(|(lifetime, faults)| Step::Create { lifetime, faults }),
        6 => (which(), by(), overlap, store, faults())
            .prop_map(|(which, by, overlap, store, faults)| Step::Rotate { which, by, overlap, store, faults }),
        3 => (which(), by(), faults()).prop_map(|(which, by, faults)| Step::Revoke { which, by, faults }),
        2 => (which(), faults()).prop_map(|(which, faults)| Step::Delete { which, faults }),
        2 => (which(), faults()).prop_map(|(which, faults)| Step::Ask { which, faults }),
        1 => faults().prop_map(|faults| Step::SignIn { faults }),
        2 => seconds.prop_map(|seconds| Step::Clock { seconds }),
        1 => Just(Step::Restart),
    ]
}

/// What would happen without faults is not what has to hold, so there is nothing to
/// be remembered here: [`World`] remembers what was told.
struct Schedule;

impl ReferenceStateMachine for Schedule {
    type State = ();
    type Transition = Step;

    fn init_state() -> BoxedStrategy<()> {
        Just(()).boxed()
    }

    fn transitions((): &()) -> BoxedStrategy<Step> {
        step().boxed()
    }

    fn apply((): (), _: &Step) {}
}

/// A world, and what drives its futures.
struct Driven {
    world: World,
    runtime: Runtime,
}

impl StateMachineTest for Schedule {
    type SystemUnderTest = Driven;
    type Reference = Schedule;

    fn init_test((): &()) -> Driven {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Driven { world: runtime.block_on(World::start()), runtime }
    }

    fn apply(mut driven: Driven, (): &(), step: Step) -> Driven {
        driven.runtime.block_on(driven.world.take(&step));
        driven
    }

    fn teardown(driven: Driven, (): ()) {
        driven.runtime.block_on(driven.world.finish());
    }
}

/// A part of the schedules, so that several run side by side.
fn holds(part: u64) {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let schedules = number("KEYLATCH_SCHEDULES").unwrap_or(u64::from(SCHEDULES));
    let seed = number("KEYLATCH_SEED").unwrap_or(20_261_120);
    let config = Config {
        cases: u32::try_from(schedules.div_ceil(PARTS)).unwrap(),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/native/machine.seeds"))),
        rng_seed: RngSeed::Fixed(seed.wrapping_mul(PARTS).wrapping_add(part)),
        source_file: Some(file!()),
        ..Config::default()
    };
    let mut runner = TestRunner::new(config.clone());
    let result = runner.run(&Schedule::sequential_strategy(STEPS), |(state, steps, seen)| {
        Schedule::test_sequential(config.clone(), state, steps, seen);
        Ok(())
    });
    if let Err(error) = result {
        panic!("KEYLATCH_SEED={seed}: {error}");
    }
}

const PARTS: u64 = 2;

#[test]
fn whatever_goes_wrong_no_key_is_lost_or_left_behind() {
    holds(0);
}

#[test]
fn whatever_goes_wrong_no_key_is_lost_or_left_behind_in_other_schedules() {
    holds(1);
}

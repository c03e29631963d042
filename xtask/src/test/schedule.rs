//! Which step starts when: as soon as what it needs has passed, as many at a
//! time as there are slots, and never two that hold the same thing.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use crate::shell::Result;
use crate::steps::Step;

/// What became of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It proved what it is for.
    Passed,
    /// It ran and failed, with this sentence.
    Failed(String),
    /// It could not start, because the step of this name has failed.
    Needed(&'static str),
}

/// A step that is over.
pub struct Ended {
    /// Which one.
    pub step: &'static Step,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it ran.
    pub time: Duration,
}

enum State {
    Waiting,
    Running,
    Over(Outcome),
}

/// Runs the steps and gives them in the order in which they ended. `work` is
/// called on a thread for each step; `started` and `ended` are called on this one.
pub fn run(
    steps: &[&'static Step],
    slots: usize,
    work: impl Fn(&Step) -> Result<()> + Sync,
    mut started: impl FnMut(&Step),
    mut ended: impl FnMut(&Ended),
) -> Vec<Ended> {
    let mut states: Vec<(&'static Step, State)> = steps.iter().map(|step| (*step, State::Waiting)).collect();
    let mut over = Vec::new();
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        loop {
            for end in without_need(&mut states) {
                ended(&end);
                over.push(end);
            }
            while let Some((step, state)) = next(&mut states, slots) {
                *state = State::Running;
                started(step);
                let (sender, work) = (sender.clone(), &work);
                scope.spawn(move || {
                    let start = Instant::now();
                    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(step)));
                    let result = result.unwrap_or_else(|_| Err("the step panicked".to_owned()));
                    // The receiver lives until all have reported.
                    let _ = sender.send((step.name, result, start.elapsed()));
                });
            }
            if !states.iter().any(|(_, state)| matches!(state, State::Running)) {
                return;
            }
            let Ok((name, result, time)) = receiver.recv() else { return };
            let Some((step, state)) = states.iter_mut().find(|(step, _)| step.name == name) else { return };
            let outcome = result.map_or_else(Outcome::Failed, |()| Outcome::Passed);
            *state = State::Over(outcome.clone());
            let end = Ended { step, outcome, time };
            ended(&end);
            over.push(end);
        }
    });
    over
}

/// The first step that may start now.
fn next<'a>(
    states: &'a mut [(&'static Step, State)],
    slots: usize,
) -> Option<(&'static Step, &'a mut State)> {
    let running: Vec<&Step> =
        states.iter().filter(|(_, state)| matches!(state, State::Running)).map(|(step, _)| *step).collect();
    if running.len() >= slots {
        return None;
    }
    let held = |step: &Step| {
        step.holds.iter().any(|resource| running.iter().any(|other| other.holds.contains(resource)))
    };
    let passed: Vec<&str> = states
        .iter()
        .filter(|(_, state)| matches!(state, State::Over(Outcome::Passed)))
        .map(|(step, _)| step.name)
        .collect();
    let ready = |step: &Step| step.needs.iter().all(|need| passed.contains(need)) && !held(step);
    let (step, state) =
        states.iter_mut().find(|(step, state)| matches!(state, State::Waiting) && ready(step))?;
    Some((step, state))
}

/// Ends the steps that wait for one that has failed, and those that wait for these.
fn without_need(states: &mut [(&'static Step, State)]) -> Vec<Ended> {
    let mut over = Vec::new();
    loop {
        let failed: Vec<&'static str> = states
            .iter()
            .filter(|(_, state)| matches!(state, State::Over(Outcome::Failed(_) | Outcome::Needed(_))))
            .map(|(step, _)| step.name)
            .collect();
        let lost = states.iter_mut().find_map(|(step, state)| {
            let need = step.needs.iter().find(|need| failed.contains(need))?;
            matches!(state, State::Waiting).then_some((*step, state, *need))
        });
        let Some((step, state, need)) = lost else { return over };
        *state = State::Over(Outcome::Needed(need));
        over.push(Ended { step, outcome: Outcome::Needed(need), time: Duration::ZERO });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::steps::Resource;

    const fn step(name: &'static str, needs: &'static [&'static str], holds: &'static [Resource]) -> Step {
        Step { name, what: "", needs, holds, run: |_, _| Ok(()) }
    }

    static BUILD: Step = step("build", &[], &[Resource::Cargo]);
    static CHECK: Step = step("check", &[], &[Resource::Cargo]);
    static PAGE: Step = step("page", &["build"], &[]);
    static SHOTS: Step = step("shots", &["page"], &[]);
    static FORMAT: Step = step("format", &[], &[]);
    static ALL: [&Step; 5] = [&BUILD, &CHECK, &PAGE, &SHOTS, &FORMAT];

    /// Runs them with this outcome of `build`, and gives what happened.
    fn happened(slots: usize, build: Result<()>) -> (Vec<String>, Vec<(&'static str, Outcome)>) {
        let events = Mutex::new(Vec::new());
        let note = |text: String| events.lock().unwrap().push(text);
        let over = run(
            &ALL,
            slots,
            |step| if step.name == "build" { build.clone() } else { Ok(()) },
            |step| note(format!("{} starts", step.name)),
            |end| note(format!("{} ends", end.step.name)),
        );
        let over = over.into_iter().map(|end| (end.step.name, end.outcome)).collect();
        (events.into_inner().unwrap(), over)
    }

    #[test]
    fn with_one_slot_steps_run_one_by_one_in_their_order() {
        let (events, over) = happened(1, Ok(()));
        let names = ["build", "check", "page", "shots", "format"];
        let expected: Vec<String> =
            names.iter().flat_map(|name| [format!("{name} starts"), format!("{name} ends")]).collect();
        assert_eq!(events, expected);
        assert!(over.iter().all(|(_, outcome)| *outcome == Outcome::Passed));
    }

    #[test]
    fn what_needs_a_failed_step_is_failed_and_all_else_runs() {
        for slots in [1, 2, 8] {
            let (events, mut over) = happened(slots, Err("it does not compile".to_owned()));
            over.sort_by_key(|(name, _)| *name);
            let expected = [
                ("build", Outcome::Failed("it does not compile".to_owned())),
                ("check", Outcome::Passed),
                ("format", Outcome::Passed),
                ("page", Outcome::Needed("build")),
                ("shots", Outcome::Needed("page")),
            ];
            assert_eq!(over, expected, "{slots}");
            assert!(!events.contains(&"page starts".to_owned()), "{events:?}");
        }
    }

    #[test]
    fn two_that_hold_the_same_never_run_together_and_others_do() {
        let together = Mutex::new((Vec::new(), Vec::new()));
        // `build` and `format` are the first two that may run together: each
        // waits until the other one runs too.
        let barrier = std::sync::Barrier::new(2);
        run(
            &ALL,
            2,
            |step| {
                together.lock().unwrap().0.push(step.name);
                if ["build", "format"].contains(&step.name) {
                    barrier.wait();
                }
                let mut both = together.lock().unwrap();
                let now = both.0.clone();
                both.1.push(now);
                both.0.retain(|name| *name != step.name);
                Ok(())
            },
            |_| {},
            |_| {},
        );
        let seen = together.into_inner().unwrap().1;
        assert!(seen.iter().any(|now| now.contains(&"build") && now.contains(&"format")), "{seen:?}");
        assert!(!seen.iter().any(|now| now.contains(&"build") && now.contains(&"check")), "{seen:?}");
    }

    #[test]
    fn a_panic_fails_its_step_and_no_other() {
        let over = run(
            &ALL,
            2,
            |step| if step.name == "format" { panic!("on purpose") } else { Ok(()) },
            |_| {},
            |_| {},
        );
        let failed: Vec<_> = over.iter().filter(|end| end.outcome != Outcome::Passed).collect();
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].outcome, Outcome::Failed("the step panicked".to_owned()));
    }
}

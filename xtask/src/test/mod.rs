//! `cargo xtask test`: the steps, one more at a time than there are cores.

pub mod cases;
pub mod files;
mod schedule;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread::available_parallelism;
use std::time::Instant;

use crate::long;
use crate::project::Project;
use crate::shell::{Context, Result, logged, say};
use crate::steps::{STEPS, Step};
use cases::Case;
use schedule::{Ended, Outcome};

/// How many of the slowest cases are named.
const SLOWEST: usize = 10;

/// How many failed cases of a step, or lines of its log, are shown at the end.
const FAILED: usize = 8;

/// Runs the named steps and what they need, or all but the long ones, or with
/// `--all` every one. A step that fails keeps no other from running. The last line
/// on standard output counts them.
pub fn run(project: &Project, names: &[&str]) -> Result<ExitCode> {
    let steps = match names {
        ["--all"] => STEPS.iter().chain(&long::STEPS).collect(),
        [] => STEPS.iter().collect(),
        names => chosen(&STEPS.iter().chain(&long::STEPS).collect::<Vec<_>>(), names)?,
    };
    let logs = project.target().join("xtask/test");
    fs::create_dir_all(&logs).context(format!("cannot create {}", logs.display()))?;
    let log = |step: &Step| logs.join(format!("{}.log", step.name));
    // The one step that was asked for is watched while it runs. Of several that
    // run side by side, each is shown as a whole when it ends.
    let watched = |step: &Step| names == [step.name];
    let cases_of = Mutex::new(BTreeMap::<&str, Vec<Case>>::new());
    // One more than there are cores: steps wait for servers and browsers for a fifth of their time.
    let slots = available_parallelism().map_or(1, usize::from) + 1;
    let start = Instant::now();

    let work = |step: &Step| {
        let mut cases = Vec::new();
        let result = if watched(step) {
            (step.run)(project, &mut cases)
        } else {
            let path = log(step);
            let log = File::create(&path).context(format!("cannot write {}", path.display()))?;
            logged(log, || (step.run)(project, &mut cases))
        };
        if let Ok(mut cases_of) = cases_of.lock() {
            cases_of.insert(step.name, cases);
        }
        result
    };
    let over = schedule::run(
        &steps,
        slots,
        work,
        |step| say(format!("{} starts: {}", step.name, step.what)),
        |end| {
            if !watched(end.step) && !matches!(end.outcome, Outcome::Needed(_)) {
                show_log(&log(end.step));
            }
            let seconds = end.time.as_secs_f32();
            match &end.outcome {
                Outcome::Passed => say(format!("{} passed in {seconds:.1} s", end.step.name)),
                Outcome::Failed(error) => {
                    say(format!("{} FAILED after {seconds:.1} s: {error}", end.step.name));
                    say(format!("this step alone: cargo xtask test {}", end.step.name));
                }
                Outcome::Needed(need) => say(format!("{} FAILED: {}", end.step.name, not_run(need))),
            }
        },
    );
    let cases_of = cases_of.into_inner().unwrap_or_default();
    print!("{}{}{}", list(&cases_of), failures(&over, &cases_of, log), table(&steps, &over));
    println!("in {:.0} s, {slots} at a time", start.elapsed().as_secs_f32());
    let passed = over.iter().filter(|end| end.outcome == Outcome::Passed).count();
    let failed = steps.len() - passed;
    println!("{passed} passed, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// All that a step wrote. What cannot be read or written is no reason to stop.
fn show_log(path: &PathBuf) {
    let text = fs::read(path).unwrap_or_default();
    let mut output = std::io::stdout().lock();
    let _ = output.write_all(&text).and_then(|()| output.flush());
}

fn not_run(need: &str) -> String {
    format!("not run, because it needs \"{need}\", which failed")
}

/// A line for each step: its name, how it ended, and how long it ran.
fn table(steps: &[&'static Step], over: &[Ended]) -> String {
    let mut table = format!("\n{:<11} {:<7} {:>8}\n", "step", "result", "seconds");
    for step in steps {
        let Some(end) = over.iter().find(|end| end.step.name == step.name) else { continue };
        let (result, why) = match &end.outcome {
            Outcome::Passed => ("passed", String::new()),
            Outcome::Failed(_) => ("FAILED", String::new()),
            Outcome::Needed(need) => ("FAILED", format!("  {}", not_run(need))),
        };
        table += &format!("{:<11} {result:<7} {:>8.1}{why}\n", step.name, end.time.as_secs_f32());
    }
    table
}

/// What failed: of each step that did, its cases that failed, or, when it was none of
/// them, the end of its log. A log that is cut short still ends with the reason.
fn failures(over: &[Ended], cases: &BTreeMap<&str, Vec<Case>>, log: impl Fn(&Step) -> PathBuf) -> String {
    let mut text = String::new();
    for end in over {
        let Outcome::Failed(error) = &end.outcome else { continue };
        text += &format!("\n{} failed: {error}\n", end.step.name);
        let cases = cases.get(end.step.name).map(Vec::as_slice).unwrap_or_default();
        let failed: Vec<String> = cases
            .iter()
            .filter_map(|case| Some(format!("  {}: {}\n", case.name, case.failure.as_ref()?)))
            .collect();
        if failed.is_empty() {
            let log = fs::read(log(end.step)).unwrap_or_default();
            let log = String::from_utf8_lossy(&log);
            let lines: Vec<&str> = log.lines().collect();
            let last = lines.iter().skip(lines.len().saturating_sub(FAILED));
            text.extend(last.map(|line| format!("  {line}\n")));
        }
        text.extend(failed.iter().take(FAILED).map(String::as_str));
        if failed.len() > FAILED {
            text += &format!("  and {} more cases\n", failed.len() - FAILED);
        }
    }
    text
}

/// The slowest cases of all steps.
fn list(cases: &BTreeMap<&str, Vec<Case>>) -> String {
    let mut cases: Vec<(&str, &Case)> =
        cases.iter().flat_map(|(step, cases)| cases.iter().map(move |case| (*step, case))).collect();
    if cases.is_empty() {
        return String::new();
    }
    cases.sort_by(|(_, one), (_, other)| other.seconds.total_cmp(&one.seconds));
    let mut list = format!("\n{:>8}  the slowest cases\n", "seconds");
    for (step, Case { name, seconds, .. }) in cases.into_iter().take(SLOWEST) {
        list += &format!("{seconds:>8.1}  {step}: {name}\n");
    }
    list
}

/// The steps of these names and what they need, in their own order.
fn chosen(steps: &[&'static Step], names: &[&str]) -> Result<Vec<&'static Step>> {
    if let Some(unknown) = names.iter().find(|name| steps.iter().all(|step| step.name != **name)) {
        let known: Vec<&str> = steps.iter().map(|step| step.name).collect();
        return Err(format!("there is no step \"{unknown}\". The steps are: {}.", known.join(", ")));
    }
    let mut wanted: Vec<&str> = names.to_vec();
    // What is needed stands before what needs it, so one look from the end finds all.
    for step in steps.iter().rev() {
        if wanted.contains(&step.name) {
            wanted.extend(step.needs);
        }
    }
    Ok(steps.iter().copied().filter(|step| wanted.contains(&step.name)).collect())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const fn step(name: &'static str, needs: &'static [&'static str]) -> Step {
        Step { name, what: "", needs, holds: &[], run: |_, _| Ok(()) }
    }

    static FOUR: [Step; 4] =
        [step("one", &[]), step("two", &[]), step("three", &["two"]), step("four", &["three"])];

    #[test]
    fn steps_are_chosen_with_what_they_need_in_their_own_order() {
        for (names, expected) in [
            (&["two"][..], &["two"][..]),
            (&["two", "one"], &["one", "two"]),
            (&["four"], &["two", "three", "four"]),
        ] {
            let steps: Vec<&str> =
                chosen(&FOUR.each_ref(), names).unwrap().iter().map(|step| step.name).collect();
            assert_eq!(steps, expected, "{names:?}");
        }
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_known_ones() {
        let error = chosen(&FOUR.each_ref(), &["one", "five"]).err().unwrap();
        assert_eq!(error, "there is no step \"five\". The steps are: one, two, three, four.");
    }

    #[test]
    fn every_step_needs_steps_that_stand_before_it() {
        let all: Vec<&Step> = STEPS.iter().chain(&long::STEPS).collect();
        for (index, step) in all.iter().enumerate() {
            for need in step.needs {
                let before = all.iter().take(index).any(|other| other.name == *need);
                assert!(before, "{} needs {need}", step.name);
            }
            assert!(all.iter().filter(|other| other.name == step.name).count() == 1, "{}", step.name);
            assert!(step.name.len() <= 11, "{} is too wide for the table", step.name);
        }
    }

    #[test]
    fn the_table_has_a_line_for_each_step_and_says_why_one_did_not_run() {
        let steps: Vec<&Step> = FOUR.iter().skip(1).collect();
        let end = |step, outcome, seconds| Ended { step, outcome, time: Duration::from_secs_f32(seconds) };
        // In the order in which they ended.
        let over = [
            end(steps[1], Outcome::Failed("a sentence".to_owned()), 12.34),
            end(steps[2], Outcome::Needed("three"), 0.0),
            end(steps[0], Outcome::Passed, 100.0),
        ];
        let lines = "\nstep        result   seconds\n\
                     two         passed     100.0\n\
                     three       FAILED      12.3\n\
                     four        FAILED       0.0  not run, because it needs \"three\", which failed\n";
        assert_eq!(table(&steps, &over), lines);
    }

    #[test]
    fn what_failed_is_told_by_its_cases_or_by_the_end_of_the_log() {
        let end = |step, failed: &str| {
            let outcome = Outcome::Failed(failed.to_owned());
            Ended { step, outcome, time: Duration::ZERO }
        };
        let (one, two) = (&FOUR[0], &FOUR[1]);
        let case = |failure: Option<&str>| Case {
            name: "a case".to_owned(),
            seconds: 1.0,
            failure: failure.map(str::to_owned),
        };
        let log = std::env::temp_dir().join(format!("keylatch-failed-{}", std::process::id()));
        fs::write(&log, "a line\n".repeat(20) + "the last").unwrap();
        let cases = BTreeMap::from([("one", vec![case(None), case(Some("it threw"))]), ("two", vec![])]);
        let text = failures(&[end(one, "no"), end(two, "never")], &cases, |_| log.clone());
        let lines = "  a line\n".repeat(FAILED - 1);
        let expected =
            format!("\none failed: no\n  a case: it threw\n\ntwo failed: never\n{lines}  the last\n");
        assert_eq!(text, expected);
        let many = BTreeMap::from([("one", vec![case(Some("it threw")); FAILED + 2])]);
        assert!(failures(&[end(one, "no")], &many, |_| log.clone()).ends_with("and 2 more cases\n"));
        fs::remove_file(&log).unwrap();
    }

    #[test]
    fn the_slowest_cases_of_all_steps_are_listed() {
        let case = |name: &str, seconds| Case { name: name.to_owned(), seconds, failure: None };
        let many = (0..20).map(|n| case("quick", 0.01 * f64::from(n))).collect();
        let cases =
            BTreeMap::from([("browser", many), ("native", vec![case("slow", 3.25), case("slower", 7.0)])]);
        let list = list(&cases);
        let lines: Vec<&str> = list.lines().collect();
        assert_eq!(lines.len(), 2 + SLOWEST, "{list}");
        assert_eq!(
            lines[1..4],
            [" seconds  the slowest cases", "     7.0  native: slower", "     3.2  native: slow"]
        );
    }
}

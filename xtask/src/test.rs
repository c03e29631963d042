//! `cargo xtask test`: everything that is proven, the cheapest first.

use std::process::ExitCode;
use std::time::Instant;

use crate::project::Project;
use crate::shell::{Result, say};
use crate::steps::{STEPS, Step};

/// Runs the named steps, or all of them, up to the first that fails. The last
/// line on standard output counts them.
pub fn run(project: &Project, names: &[&str]) -> Result<ExitCode> {
    let steps = chosen(&STEPS, names)?;
    let start = Instant::now();
    let mut passed = 0;
    for (index, step) in steps.iter().enumerate() {
        say(format!("{}/{} {}: {}", index + 1, steps.len(), step.name, step.what));
        let start = Instant::now();
        let result = (step.run)(project);
        let seconds = start.elapsed().as_secs_f32();
        if let Err(error) = result {
            say(format!("{} FAILED after {seconds:.1} s: {error}", step.name));
            say(format!("this step alone: cargo xtask test {}", step.name));
            let rest: Vec<&str> = steps.iter().skip(index + 1).map(|step| step.name).collect();
            if !rest.is_empty() {
                say(format!("not run: {}", rest.join(", ")));
            }
            println!("{passed} passed, 1 failed");
            return Ok(ExitCode::FAILURE);
        }
        say(format!("{} passed in {seconds:.1} s", step.name));
        passed += 1;
    }
    say(format!("all done in {:.0} s", start.elapsed().as_secs_f32()));
    println!("{passed} passed, 0 failed");
    Ok(ExitCode::SUCCESS)
}

/// The steps of these names in their own order; all when there are no names.
fn chosen<'a>(steps: &'a [Step], names: &[&str]) -> Result<Vec<&'a Step>> {
    if let Some(unknown) = names.iter().find(|name| steps.iter().all(|step| step.name != **name)) {
        let known: Vec<&str> = steps.iter().map(|step| step.name).collect();
        return Err(format!("there is no step \"{unknown}\". The steps are: {}.", known.join(", ")));
    }
    Ok(steps.iter().filter(|step| names.is_empty() || names.contains(&step.name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE: [Step; 3] = [
        Step { name: "one", what: "", run: |_| Ok(()) },
        Step { name: "two", what: "", run: |_| Ok(()) },
        Step { name: "three", what: "", run: |_| Ok(()) },
    ];

    #[test]
    fn steps_are_chosen_by_name_in_their_own_order() {
        for (names, expected) in [
            (&[][..], &["one", "two", "three"][..]),
            (&["two"], &["two"]),
            (&["three", "one"], &["one", "three"]),
        ] {
            let steps: Vec<&str> = chosen(&THREE, names).unwrap().iter().map(|step| step.name).collect();
            assert_eq!(steps, expected, "{names:?}");
        }
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_known_ones() {
        let error = chosen(&THREE, &["one", "four"]).err().unwrap();
        assert_eq!(error, "there is no step \"four\". The steps are: one, two, three.");
    }
}

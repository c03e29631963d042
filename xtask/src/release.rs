//! `cargo xtask release --dry-run`: makes everything that a release publishes, and
//! publishes nothing. A person does that, with credentials that are not here.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::project::Project;
use crate::shell::{Context, Result, capture, run_quietly, say};
use crate::{package, server, tools};

/// How to call it.
const USAGE: &str = "cargo xtask release --dry-run";

/// The crates that are published, each behind what it needs.
const CRATES: [&str; 2] = ["keylatch-format", "keylatch-find"];

/// Makes the tarball, the crates, the server's binary and the notes, in
/// target/publish/, and prints what a person would do with them.
pub fn run(project: &Project, arguments: &[&str]) -> Result<()> {
    if arguments != ["--dry-run"] {
        return Err(format!(
            "a release is published by a person, as nothing here holds a credential. `{USAGE}` makes what is published and says how."
        ));
    }
    let read = |name: &str| fs::read_to_string(project.path(name)).context(format!("cannot read {name}"));
    let version = version(&read("Cargo.toml")?)?;
    let in_package = format!("\"version\": \"{version}\"");
    if !read("pkg/package.json")?.contains(&in_package) {
        return Err(format!("pkg/package.json has another version than Cargo.toml, which has {version}."));
    }
    let notes = notes(&read("CHANGELOG.md")?, &version)?;

    let out = project.target().join("publish");
    if out.exists() {
        fs::remove_dir_all(&out).context(format!("cannot empty {}", out.display()))?;
    }
    fs::create_dir_all(&out).context(format!("cannot create {}", out.display()))?;
    write(&out.join("NOTES.md"), &notes)?;
    tarball(project, &out)?;
    crates(project, &out, &version)?;
    binary(project, &out, &version)?;
    report(project, &out, &version, &notes)
}

/// What npm gets.
fn tarball(project: &Project, out: &Path) -> Result<()> {
    package::build(project)?;
    say("packing the npm package …");
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut pack = Command::new(npm);
    pack.arg("pack").arg(project.path("pkg")).arg("--pack-destination").arg(out);
    run_quietly(pack.current_dir(project.root()))
}

/// What crates.io gets: each is compiled as it is packed.
fn crates(project: &Project, out: &Path, version: &str) -> Result<()> {
    say("packing the crates …");
    let mut pack = tools::cargo(project);
    // What is not committed is told below, and does not keep anybody from looking.
    pack.args(["package", "--locked", "--allow-dirty"]);
    pack.args(CRATES.iter().flat_map(|name| ["--package", name]));
    run_quietly(&mut pack)?;
    for name in CRATES {
        let file = format!("{name}-{version}.crate");
        copy(&project.target().join("package").join(&file), &out.join(&file))?;
    }
    Ok(())
}

/// The server for this kind of computer.
fn binary(project: &Project, out: &Path, version: &str) -> Result<()> {
    let built = server::build_release(project)?;
    let compiler = capture(Command::new("rustc").arg("-vV").current_dir(project.root()))?;
    let host = compiler.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc does not say for which computer it compiles")?;
    let name = format!("keylatch-server-{version}-{host}{}", std::env::consts::EXE_SUFFIX);
    copy(&built, &out.join(name))
}

/// Says what there is, and what a person would do.
fn report(project: &Project, out: &Path, version: &str, notes: &str) -> Result<()> {
    println!("Version {version} would be published from {}:\n", out.display());
    let mut files: Vec<_> = fs::read_dir(out)
        .context(format!("cannot read {}", out.display()))?
        .filter_map(|entry| {
            entry.ok().and_then(|entry| Some((entry.file_name(), entry.metadata().ok()?.len())))
        })
        .collect();
    files.sort();
    for (name, bytes) in files {
        println!("  {:>12} bytes  {}", bytes, name.display());
    }
    println!("\nThe notes:\n\n{}", notes.trim_end());
    println!("\nA person would then run:\n");
    println!("  git tag v{version} && git push origin v{version}");
    println!("  npm publish keylatch-{version}.tgz");
    for name in CRATES {
        println!("  cargo publish --locked --package {name}");
    }
    println!("\nand put the binary and NOTES.md at the tag. Nothing was published.");
    let changed = capture(Command::new("git").args(["status", "--porcelain"]).current_dir(project.root()))?;
    if !changed.is_empty() {
        say("not everything is committed, so this is not what a checkout of the tag would make");
    }
    Ok(())
}

/// The version of the workspace.
fn version(manifest: &str) -> Result<String> {
    let line = manifest.lines().find_map(|line| line.strip_prefix("version = \""));
    let version = line.and_then(|rest| rest.strip_suffix('"'));
    version.map(str::to_owned).context("Cargo.toml names no version")
}

/// The section of a version in the list of changes, without its heading.
fn notes(changes: &str, version: &str) -> Result<String> {
    let is_heading = |line: &str| {
        line.strip_prefix("## ").and_then(|title| title.split_whitespace().next()) == Some(version)
    };
    let section = changes.lines().skip_while(|line| !is_heading(line)).skip(1);
    let lines: Vec<&str> = section.take_while(|line| !line.starts_with("## ")).collect();
    let text = lines.join("\n").trim().to_owned();
    if text.is_empty() { Err(format!("CHANGELOG.md says nothing of {version}.")) } else { Ok(text + "\n") }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).context(format!("cannot copy {}", from.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).context(format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGES: &str = "# Changes\n\nWords.\n\n## 0.2.0 (not published yet)\n\nNew.\n\n- one\n\n## 0.1.0\n\nOld.\n\n## 0.0.1\n";

    #[test]
    fn the_notes_are_the_section_of_the_version() {
        assert_eq!(notes(CHANGES, "0.2.0").unwrap(), "New.\n\n- one\n");
        assert_eq!(notes(CHANGES, "0.1.0").unwrap(), "Old.\n");
    }

    #[test]
    fn a_version_without_words_is_refused() {
        for version in ["0.0.1", "0.3.0", "0.2"] {
            let error = notes(CHANGES, version).unwrap_err();
            assert_eq!(error, format!("CHANGELOG.md says nothing of {version}."));
        }
    }

    #[test]
    fn the_version_is_that_of_the_workspace() {
        assert_eq!(version("[workspace.package]\nversion = \"1.2.3\"\n").unwrap(), "1.2.3");
        assert!(version("[package]\nversion.workspace = true\n").is_err());
    }

    #[test]
    fn nothing_is_published() {
        let project = Project::find().unwrap();
        for arguments in [&[][..], &["--publish"], &["--dry-run", "--dry-run"]] {
            assert!(run(&project, arguments).unwrap_err().contains("published by a person"), "{arguments:?}");
        }
    }
}

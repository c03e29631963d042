//! `cargo xtask build`: what npm gets of the package, `pkg/dist/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fingerprint;
use crate::printable;
use crate::project::Project;
use crate::shell::{Context, Result, capture, run_quietly, say};
use crate::tools;

/// The modules of wasm, each by the feature of its name.
pub const MODULES: [&str; 5] = ["offline", "find", "find-simd", "client", "node"];

/// What the built files depend on.
const INPUTS: [&str; 27] = [
    "src",
    "wasm",
    "find",
    "format",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo/config.toml",
    "pkg/applications",
    "pkg/cli",
    "pkg/client",
    "pkg/core",
    "pkg/element",
    "pkg/entries",
    "pkg/guard",
    "pkg/find",
    "pkg/keys",
    "pkg/node",
    "pkg/platform",
    "pkg/redact",
    "pkg/server",
    "xtask/bundle.mjs",
    "xtask/join.mjs",
    "xtask/messages",
    "xtask/split.mjs",
    "xtask/npm/package-lock.json",
    "xtask/src/package.rs",
    "xtask/src/printable.rs",
];

/// Builds it, unless nothing has changed since the last time. The caller holds the
/// lock.
pub fn build(project: &Project) -> Result<()> {
    let out = project.path("pkg/dist");
    let stamp = out.join(".stamp");
    // Taken now: what is edited during the build is not in it.
    let inputs = inputs(project)?;
    if fingerprint::is_fresh(&stamp, &fresh(&inputs, &out)?) {
        say("the package is up to date: pkg/dist/");
        return Ok(());
    }

    // Before the minutes of compiling: what can be missing on this machine.
    tools::require_node(tools::NODE, "the build")?;

    // Built elsewhere and copied when it is whole: a page or a test that reads
    // pkg/dist/ meanwhile finds the old files or the new ones.
    let staging = staging(project);
    let bundle = project.target().join("xtask/dist");
    for dir in [&staging, &bundle] {
        if dir.exists() {
            fs::remove_dir_all(dir).context(format!("cannot empty {}", dir.display()))?;
        }
        fs::create_dir_all(dir).context(format!("cannot create {}", dir.display()))?;
    }
    // First, because it also downloads what the paths of `compile` refer to.
    say("copying sentences and services out of the core …");
    write(&staging.join("data.js"), messages(project, &[])?.as_bytes())?;
    write(&staging.join("catalogue.js"), messages(project, &["--", "catalogue"])?.as_bytes())?;
    write(&staging.join("data-client.js"), messages(project, &["--", "client"])?.as_bytes())?;
    write(&staging.join("data-node.js"), messages(project, &["--", "node"])?.as_bytes())?;
    for module in MODULES {
        say(format!("compiling the {module} module to WebAssembly …"));
        let wasm = compile(project, &staging.join(module), module)?;
        let named = if module == "offline" { split(project, &wasm)? } else { vec![("text", bytes(&wasm)?)] };
        write(&staging.join(format!("{module}.printable.js")), printable::module(&named).as_bytes())?;
    }
    say("bundling the JavaScript …");
    let mut node = Command::new("node");
    run_quietly(
        node.arg(project.path("xtask/bundle.mjs")).arg(&staging).arg(&bundle).current_dir(project.root()),
    )?;

    replace(&bundle, &out)?;
    write(&stamp, fresh(&inputs, &out)?.as_bytes())?;
    say("the package is built: pkg/dist/");
    Ok(())
}

/// Where the parts of the package are after a build.
pub fn staging(project: &Project) -> PathBuf {
    project.target().join("xtask/staging")
}

/// A module of wasm as the compiler has made it, with the names of its functions.
pub fn named(project: &Project, module: &str) -> PathBuf {
    staging(project).join(module).join("named.wasm")
}

/// The fingerprint of what goes in, the compiler included.
fn inputs(project: &Project) -> Result<String> {
    let compiler = capture(Command::new("rustc").arg("-vV").current_dir(project.root()))?;
    let paths: Vec<PathBuf> = INPUTS.iter().map(|input| project.path(input)).collect();
    fingerprint::of(&paths, &[&compiler])
}

/// What the stamp says of a package that is fresh. With what came out, so that
/// a damaged result is built again.
fn fresh(inputs: &str, out: &Path) -> Result<String> {
    Ok(format!("{inputs} {}", fingerprint::of(&[out.to_path_buf()], &[])?))
}

/// The parts of the offline module, by name.
const PARTS: [&str; 3] = ["check", "diagnosis", "secrets"];

/// Splits the offline module into its parts, and reads them.
fn split(project: &Project, wasm: &Path) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let out = staging(project).join("offline/parts");
    let mut node = Command::new("node");
    run_quietly(node.arg(project.path("xtask/split.mjs")).arg(wasm).arg(&out).current_dir(project.root()))?;
    PARTS.iter().map(|part| Ok((*part, bytes(&out.join(format!("{part}.wasm")))?))).collect()
}

fn bytes(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).context(format!("cannot read {}", file.display()))
}

/// A module of wasm and its glue, by wasm-pack.
fn compile(project: &Project, out: &Path, module: &str) -> Result<PathBuf> {
    let mut wasm_pack = tools::wasm_pack(project)?;
    wasm_pack
        .args(["--quiet", "build", "wasm", "--mode", "no-install", "--target", "web"])
        .args(["--profile", profile(module)])
        .args(["--out-name", "keylatch", "--no-pack", "--no-gitignore", "--out-dir"])
        .arg(out)
        // Only this package: a build of the workspace unifies features, and
        // the server's would come into the wasm.
        .args(["--", "--locked", "--package", "keylatch-wasm", "--features", module])
        .args(["--config", &remapped_paths(project)?])
        // What is meant for the machine of the builder is not meant for the wasm.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    run_quietly(&mut wasm_pack)?;
    let made = project.target().join(tools::WASM_TARGET).join(profile(module)).join("keylatch_wasm.wasm");
    fs::copy(&made, named(project, module)).context(format!("cannot copy {}", made.display()))?;
    Ok(out.join("keylatch_bg.wasm"))
}

/// The profile of Cargo.toml that a module is built by.
fn profile(module: &str) -> &'static str {
    match module {
        "client" | "node" => "wasm",
        _ => "wasm-quick",
    }
}

/// Panic messages name source files. Without this they would tell where the
/// builder's home is, and every machine would build different bytes.
///
/// By `--config`, because cargo adds such flags to those of .cargo/config.toml,
/// while an environment variable would replace them.
fn remapped_paths(project: &Project) -> Result<String> {
    let home = std::env::home_dir().unwrap_or_default();
    let cargo_home = std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    // The directory below is named after the registry, which may be a mirror.
    let sources = cargo_home.join("registry/src");
    let mut prefixes = vec![project.root().to_path_buf()];
    for registry in fs::read_dir(&sources).context(format!("cannot read {}", sources.display()))? {
        prefixes.push(registry.context(format!("cannot read {}", sources.display()))?.path());
    }
    let flags =
        prefixes.iter().map(|prefix| toml_string(&format!("--remap-path-prefix={}=", prefix.display())));
    Ok(format!("target.{}.rustflags=[{}]", tools::WASM_TARGET, flags.collect::<Vec<_>>().join(",")))
}

fn toml_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The sentences, by the program that is linked with the core.
fn messages(project: &Project, arguments: &[&str]) -> Result<String> {
    let mut command = tools::cargo(project);
    command.args(["run", "--quiet", "--locked", "--package", "xtask"]);
    capture(command.args(["--bin", "messages", "--features", "messages"]).args(arguments))
}

/// Makes `to` hold exactly the files of `from`. Each is moved into place in one
/// step, and one that has not changed is left alone.
fn replace(from: &Path, to: &Path) -> Result<()> {
    let relative = |dir: &Path| -> Result<BTreeSet<PathBuf>> {
        let files = fingerprint::files(dir)?;
        Ok(files.iter().filter_map(|file| file.strip_prefix(dir).ok().map(Path::to_path_buf)).collect())
    };
    let (new, old) = (relative(from)?, relative(to)?);
    for name in &new {
        let bytes =
            fs::read(from.join(name)).context(format!("cannot read {}", from.join(name).display()))?;
        let target = to.join(name);
        if !fs::read(&target).is_ok_and(|present| present == bytes) {
            let parent = target.parent().unwrap_or(to);
            fs::create_dir_all(parent).context(format!("cannot create {}", parent.display()))?;
            let temporary = parent.join(".new");
            write(&temporary, &bytes)?;
            fs::rename(&temporary, &target).context(format!("cannot write {}", target.display()))?;
        }
    }
    for name in old.difference(&new) {
        fs::remove_file(to.join(name)).context(format!("cannot remove {}", to.join(name).display()))?;
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).context(format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_for_toml() {
        assert_eq!(toml_string(r#"C:\a "b""#), r#""C:\\a \"b\"""#);
    }

    #[test]
    fn replace_leaves_exactly_the_new_files_and_keeps_the_lock() {
        let dir = std::env::temp_dir().join(format!("keylatch-replace-{}", std::process::id()));
        let (from, to) = (dir.join("from"), dir.join("to"));
        fs::create_dir_all(from.join("chunks")).unwrap();
        fs::create_dir_all(&to).unwrap();
        fs::write(from.join("chunks/a.js"), "new").unwrap();
        fs::write(to.join("stale.js"), "old").unwrap();
        fs::write(to.join(".lock"), "").unwrap();

        replace(&from, &to).unwrap();

        assert_eq!(fs::read_to_string(to.join("chunks/a.js")).unwrap(), "new");
        assert!(!to.join("stale.js").exists());
        assert!(to.join(".lock").exists());
        fs::remove_dir_all(dir).unwrap();
    }
}

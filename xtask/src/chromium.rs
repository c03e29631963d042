//! The browser of the tests.

use std::path::PathBuf;
use std::process::Command;

use crate::shell::{Context, Result, capture, run_quietly, say};
use crate::tools::find;

/// The environment variable that names the browser, for us and for the tests.
pub const CHROMIUM: &str = "KEYLATCH_CHROMIUM";

const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Where it is not on PATH by custom.
const PLACES: [&str; 3] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
];

/// The browser, installed from the system's packages when there is none.
pub fn ensure() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(CHROMIUM).filter(|named| !named.is_empty()) {
        let path = PathBuf::from(named);
        let missing = format!("{CHROMIUM} is set to {}, which is not a file.", path.display());
        return if path.is_file() { Ok(path) } else { Err(missing) };
    }
    if let Some(path) = installed() {
        return Ok(path);
    }
    install()?;
    installed().context(missing("it is still not on PATH after its installation"))
}

fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let named = NAMES.iter().find_map(|name| find(name, &path));
    named.or_else(|| PLACES.iter().map(PathBuf::from).find(|place| place.is_file()))
}

fn install() -> Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if find("apt-get", &path).is_none() {
        return Err(missing("this system has no apt-get to install it with"));
    }
    let prefix: &[&str] = if is_root() {
        &[]
    } else if capture(Command::new("sudo").args(["-n", "true"])).is_ok() {
        &["sudo", "-n"]
    } else {
        return Err(missing("installing it takes root, or sudo without a password"));
    };
    say("installing Chromium from the system's packages (a few minutes, once) …");
    apt_get(prefix, &["update"])?;
    apt_get(prefix, &["install", "-y", "--no-install-recommends", "chromium", "fonts-liberation"])
}

fn apt_get(prefix: &[&str], arguments: &[&str]) -> Result<()> {
    // `env`, because sudo passes no variables on.
    let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], arguments].concat();
    let (program, arguments) = words.split_first().context("no program")?;
    run_quietly(Command::new(program).args(arguments)).context(missing("its installation failed"))
}

fn is_root() -> bool {
    capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn missing(why: &str) -> String {
    format!(
        "Chromium is missing: {why}. Install Chromium or Google Chrome, or set {CHROMIUM} to the path of its program, and try again."
    )
}

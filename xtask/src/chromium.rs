//! The browser of the tests.

use std::path::PathBuf;

use crate::shell::{Result, say};
use crate::system::{Need, on_path};

/// The environment variable that names the browser, for us and for the tests.
pub const CHROMIUM: &str = "KEYLATCH_CHROMIUM";

/// Chromium without the windows of a browser. Nobody sees them in the tests, and
/// they would cost as much time as the pages in them.
const SHELL: Need = Need {
    title: "Chromium's headless shell",
    packages: &["chromium-headless-shell", "fonts-liberation"],
    find: || on_path("chromium-headless-shell"),
    otherwise: "Install it, Chromium or Google Chrome, or set KEYLATCH_CHROMIUM to the path of its program, and try again.",
};

/// The whole browser: it takes longer, and does as well.
const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Where it is not on PATH by custom.
const PLACES: [&str; 3] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
];

/// Sees that there is one, by installing the shell if that is possible.
pub fn ensure() -> Result<()> {
    if named()?.is_some() {
        return Ok(());
    }
    let why = match SHELL.ensure() {
        Ok(_) => return Ok(()),
        Err(why) => why,
    };
    let Some(browser) = browser() else { return Err(why) };
    say(format!("{why} Until then {} is used, which takes longer.", browser.display()));
    Ok(())
}

/// Where the Chromium for the tests is.
pub fn path() -> Result<PathBuf> {
    let found = named()?.or_else(SHELL.find).or_else(browser);
    found.ok_or_else(|| "there is no Chromium any more.".to_owned())
}

fn named() -> Result<Option<PathBuf>> {
    let Some(named) = std::env::var_os(CHROMIUM).filter(|named| !named.is_empty()) else { return Ok(None) };
    let path = PathBuf::from(named);
    let missing = format!("{CHROMIUM} is set to {}, which is not a file.", path.display());
    if path.is_file() { Ok(Some(path)) } else { Err(missing) }
}

fn browser() -> Option<PathBuf> {
    let named = NAMES.iter().find_map(|name| on_path(name));
    named.or_else(|| PLACES.iter().map(PathBuf::from).find(|place| place.is_file()))
}

//! The browser of the tests.

use std::path::PathBuf;

use crate::shell::Result;
use crate::system::{Need, on_path};

/// The environment variable that names the browser, for us and for the tests.
pub const CHROMIUM: &str = "KEYLATCH_CHROMIUM";

const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Where it is not on PATH by custom.
const PLACES: [&str; 3] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
];

const NEED: Need = Need {
    title: "Chromium",
    packages: &["chromium", "fonts-liberation"],
    find: || {
        let named = NAMES.iter().find_map(|name| on_path(name));
        named.or_else(|| PLACES.iter().map(PathBuf::from).find(|place| place.is_file()))
    },
    otherwise: "Install Chromium or Google Chrome, or set KEYLATCH_CHROMIUM to the path of its program, and try again.",
};

/// The browser, installed from the system's packages when there is none.
pub fn ensure() -> Result<PathBuf> {
    let Some(named) = std::env::var_os(CHROMIUM).filter(|named| !named.is_empty()) else {
        return NEED.ensure();
    };
    let path = PathBuf::from(named);
    let missing = format!("{CHROMIUM} is set to {}, which is not a file.", path.display());
    if path.is_file() { Ok(path) } else { Err(missing) }
}

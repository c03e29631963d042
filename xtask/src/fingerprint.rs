//! Whether something must be built again: a fingerprint of the contents of
//! files, kept beside the result. Contents and not times, because a fresh
//! checkout and a switch of branches change the times of everything.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::shell::{Context, Result};

/// The fingerprint of these files, directories and words.
pub fn of(paths: &[PathBuf], words: &[&str]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    for path in paths {
        for file in files(path)? {
            file.strip_prefix(path).unwrap_or(&file).hash(&mut hasher);
            fs::read(&file).context(format!("cannot read {}", file.display()))?.hash(&mut hasher);
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Whether the stamp says exactly this.
pub fn is_fresh(stamp: &Path, fingerprint: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|text| text == fingerprint)
}

/// Every file below the path in a stable order; the path itself if it is a
/// file. Names that start with a dot are left out: stamps, locks, editors.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).context(format!("cannot read {}", path.display()))? {
        let entry = entry.context(format!("cannot read {}", path.display()))?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        found.append(&mut files(&entry.path())?);
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("keylatch-fingerprint-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("sub")).unwrap();
        fs::write(dir.join("sub/a"), "a").unwrap();
        fs::write(dir.join("b"), "b").unwrap();
        dir
    }

    #[test]
    fn changes_with_content_name_and_words_only() {
        let dir = scratch("changes");
        let inputs = [dir.clone()];
        let before = of(&inputs, &["1"]).unwrap();

        fs::write(dir.join("b"), "b").unwrap();
        fs::write(dir.join(".stamp"), "x").unwrap();
        assert_eq!(of(&inputs, &["1"]).unwrap(), before, "same content");
        assert_ne!(of(&inputs, &["2"]).unwrap(), before, "another word");

        fs::write(dir.join("sub/a"), "A").unwrap();
        assert_ne!(of(&inputs, &["1"]).unwrap(), before, "other content");

        fs::write(dir.join("sub/a"), "a").unwrap();
        fs::rename(dir.join("b"), dir.join("c")).unwrap();
        assert_ne!(of(&inputs, &["1"]).unwrap(), before, "another name");
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_missing_input_is_an_error() {
        assert!(of(&[PathBuf::from("no/such/file")], &[]).unwrap_err().contains("no/such/file"));
    }

    #[test]
    fn a_missing_stamp_is_not_fresh() {
        assert!(!is_fresh(Path::new("no/such/stamp"), "x"));
    }
}

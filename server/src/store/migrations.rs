//! The tables, step by step. A step that was released is never changed; a new
//! one only adds (a column, a table, an index), so that processes of the version
//! before go on working while a new version is rolled out. What nobody reads any
//! more is removed one version later.

use sha2::{Digest, Sha384};

use crate::start_error::StartError;

/// A step for both databases.
pub(crate) struct Migration {
    pub(crate) version: i64,
    pub(crate) description: &'static str,
    pub(crate) text: &'static str,
}

macro_rules! migrations {
    ($directory:literal) => {
        &[
            migration!($directory, 1, "users keys sessions", "0001_users_keys_sessions"),
            migration!($directory, 2, "one list of keys", "0002_one_list_of_keys"),
            migration!($directory, 3, "logins", "0003_logins"),
            migration!($directory, 4, "attempts in order", "0004_attempts_in_order"),
            migration!($directory, 5, "bounded keys", "0005_bounded_keys"),
            migration!($directory, 6, "kept checks and devices", "0006_kept_checks_and_devices"),
            migration!($directory, 7, "applications", "0007_applications"),
            migration!($directory, 8, "limits", "0008_limits"),
            migration!($directory, 9, "lists at size", "0009_lists_at_size"),
            migration!($directory, 10, "issue attempts", "0010_issue_attempts"),
            migration!($directory, 11, "guard grants", "0011_guard_grants"),
            migration!($directory, 12, "users to sweep", "0012_users_to_sweep"),
            migration!($directory, 13, "owners to sweep", "0013_owners_to_sweep"),
            migration!($directory, 14, "application attempts", "0014_application_attempts"),
        ]
    };
}

macro_rules! migration {
    ($directory:literal, $version:literal, $description:literal, $file:literal) => {
        Migration {
            version: $version,
            description: $description,
            text: include_str!(concat!("../../migrations/", $directory, "/", $file, ".sql")),
        }
    };
}

pub(crate) static SQLITE: &[Migration] = migrations!("sqlite");
pub(crate) static POSTGRES: &[Migration] = migrations!("postgres");

/// Where it is written down which steps were taken: the table of sqlx, which
/// took the first four.
pub(crate) const TABLE: &str = "CREATE TABLE IF NOT EXISTS _sqlx_migrations (\
     version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
     installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
     checksum {BYTES} NOT NULL, execution_time BIGINT NOT NULL)";

/// A step that was taken.
pub(crate) struct Taken {
    pub(crate) version: i64,
    pub(crate) success: bool,
    pub(crate) checksum: Vec<u8>,
}

impl Migration {
    /// SHA-384 of the text.
    pub(crate) fn checksum(&self) -> Vec<u8> {
        Sha384::digest(self.text.as_bytes()).to_vec()
    }
}

/// The steps that are still to be taken.
///
/// # Errors
/// When a step was taken that this version does not know, or knows otherwise.
pub(crate) fn missing(
    name: &str,
    all: &'static [Migration],
    taken: &[Taken],
) -> Result<Vec<&'static Migration>, StartError> {
    for step in taken {
        let Some(known) = all.iter().find(|known| known.version == step.version) else {
            return Err(StartError::new(format!(
                "the database {name} was made by a newer keylatch-server; nothing in it was changed. Start that version, or name another database with --database."
            )));
        };
        if !step.success || known.checksum() != step.checksum {
            return Err(StartError::new(format!(
                "the tables in the database {name} are not those of keylatch-server (step {} differs); nothing in it was changed. Name another database with --database.",
                step.version
            )));
        }
    }
    let is_missing = |step: &&Migration| !taken.iter().any(|taken| taken.version == step.version);
    Ok(all.iter().filter(is_missing).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_take_the_same_steps_in_order() {
        let versions = |all: &[Migration]| all.iter().map(|step| step.version).collect::<Vec<_>>();
        assert_eq!(versions(SQLITE), versions(POSTGRES));
        assert!(versions(SQLITE).is_sorted_by(|one, next| one < next));
    }

    /// What was released must not change: databases have its checksum.
    #[test]
    fn released_steps_are_as_they_were() {
        let sums = |all: &[Migration]| -> Vec<String> {
            let hex = |bytes: Vec<u8>| bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
            all.iter().take(4).map(|step| hex(step.checksum())).collect()
        };
        assert_eq!(sums(SQLITE), ["417cdd7e", "308d1190", "2b5ea460", "c0e3f22e"]);
        assert_eq!(sums(POSTGRES), ["b4e93a31", "308d1190", "2b5ea460", "c0e3f22e"]);
    }

    #[test]
    fn unknown_changed_and_broken_steps_are_refused() {
        let taken = |version, success, checksum| [Taken { version, success, checksum }];
        let first = SQLITE[0].checksum();
        assert_eq!(missing("x", SQLITE, &taken(1, true, first.clone())).unwrap().len(), SQLITE.len() - 1);
        for (steps, word) in [
            (taken(9999, true, first.clone()), "newer"),
            (taken(1, false, first), "not those of keylatch-server"),
            (taken(1, true, vec![0]), "not those of keylatch-server"),
        ] {
            let message = missing("x", SQLITE, &steps).err().unwrap().to_string();
            assert!(message.contains(word), "{message}");
        }
    }
}

//! What the tests need of the operating system, installed from its packages
//! when it is missing. A test that needs it and does not find it fails, so this
//! is what lets the tests run on a new machine.

use std::path::PathBuf;
use std::process::Command;

use crate::shell::{Context, Result, capture, run_quietly, say};
use crate::tools::find;

/// Something that the tests need, and where it comes from.
pub struct Need {
    /// What it is called.
    pub title: &'static str,
    /// Debian's packages of it.
    pub packages: &'static [&'static str],
    /// Where it is on this machine.
    pub find: fn() -> Option<PathBuf>,
    /// What a person does where it cannot be installed from here.
    pub otherwise: &'static str,
}

impl Need {
    /// Where it is, after its installation if need be.
    pub fn ensure(&self) -> Result<PathBuf> {
        if let Some(path) = (self.find)() {
            return Ok(path);
        }
        self.install()?;
        (self.find)().context(self.missing("it is still not there after its installation"))
    }

    fn install(&self) -> Result<()> {
        if on_path("apt-get").is_none() {
            return Err(self.missing("this system has no apt-get to install it with"));
        }
        let prefix: &[&str] = if is_root() {
            &[]
        } else if capture(Command::new("sudo").args(["-n", "true"])).is_ok() {
            &["sudo", "-n"]
        } else {
            return Err(self.missing("installing it takes root, or sudo without a password"));
        };
        say(format!("installing {} from the system's packages (minutes, once) …", self.title));
        self.apt_get(prefix, &["update"])?;
        self.apt_get(prefix, &[&["install", "-y", "--no-install-recommends"], self.packages].concat())
    }

    fn apt_get(&self, prefix: &[&str], arguments: &[&str]) -> Result<()> {
        // `env`, because sudo passes no variables on. Another apt-get, of
        // another program, is waited for.
        let apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=600"];
        let words = [prefix, &apt, arguments].concat();
        let (program, arguments) = words.split_first().context("no program")?;
        run_quietly(Command::new(program).args(arguments)).context(self.missing("its installation failed"))
    }

    fn missing(&self, why: &str) -> String {
        format!("{} is missing: {why}. {}", self.title, self.otherwise)
    }
}

/// PostgreSQL's own programs: the tests make a cluster of their own with them.
pub const POSTGRES: Need = Need {
    title: "PostgreSQL",
    packages: &["postgresql"],
    find: || {
        // Where Debian has it, which puts none of it on PATH.
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut programs = versions.map(|version| version.path().join("bin/initdb"));
        programs.find(|initdb| initdb.is_file()).or_else(|| on_path("initdb"))
    },
    otherwise: "Install its server, so that initdb is on PATH or in /usr/lib/postgresql, and try again.",
};

/// What stands before PostgreSQL where there are many servers.
pub const PGBOUNCER: Need = Need {
    title: "PgBouncer",
    packages: &["pgbouncer"],
    find: || {
        // Where Debian has it, which is not on everybody's PATH.
        let debian = PathBuf::from("/usr/sbin/pgbouncer");
        if debian.is_file() { Some(debian) } else { on_path("pgbouncer") }
    },
    otherwise: "Install it, so that pgbouncer is on PATH, and try again.",
};

/// Where many servers count together, for whoever wants them to.
pub const REDIS: Need = Need {
    title: "Redis",
    packages: &["redis-server"],
    find: || on_path("redis-server"),
    otherwise: "Install its server, so that redis-server is on PATH, and try again.",
};

/// Makes the certificate of a Redis that speaks TLS.
pub const OPENSSL: Need = Need {
    title: "OpenSSL",
    packages: &["openssl"],
    find: || on_path("openssl"),
    otherwise: "Install it, so that openssl is on PATH, and try again.",
};

/// The other browser whose engine the package promises to run in.
pub const FIREFOX: Need = Need {
    title: "Firefox",
    packages: &["firefox-esr"],
    find: || on_path("firefox-esr").or_else(|| on_path("firefox")),
    otherwise: "Install it, so that firefox is on PATH, and try again.",
};

/// What asks the server under load.
pub const WRK: Need = Need {
    title: "wrk",
    packages: &["wrk"],
    find: || on_path("wrk"),
    otherwise: "Install it, so that wrk is on PATH, and try again.",
};

/// The shells that `keylatch completion` writes scripts for.
pub const SHELLS: [Need; 3] = [
    Need {
        title: "bash",
        packages: &["bash"],
        find: || on_path("bash"),
        otherwise: "Install it, and try again.",
    },
    Need {
        title: "zsh",
        packages: &["zsh"],
        find: || on_path("zsh"),
        otherwise: "Install it, and try again.",
    },
    Need {
        title: "fish",
        packages: &["fish"],
        find: || on_path("fish"),
        otherwise: "Install it, and try again.",
    },
];

/// A keychain as a desktop has it, and the bus on which it is asked.
pub const KEYCHAIN: [Need; 2] = [
    Need {
        title: "D-Bus",
        packages: &["dbus"],
        find: || on_path("dbus-run-session").and(on_path("dbus-send")),
        otherwise: "Install it, so that dbus-run-session and dbus-send are on PATH, and try again.",
    },
    Need {
        title: "GNOME Keyring",
        packages: &["gnome-keyring"],
        find: || on_path("gnome-keyring-daemon"),
        otherwise: "Install it, so that gnome-keyring-daemon is on PATH, and try again.",
    },
];

/// Python: it runs the clouds' own clients, and is the terminal of the tests of
/// the command. tests/interop/python.js says which versions it takes.
pub const PYTHON: Need = Need {
    title: "Python",
    packages: &["python3", "python3-venv"],
    find: || {
        let python = on_path("python3")?;
        let makes_environments = Command::new(&python).args(["-c", "import ensurepip, venv"]).output();
        makes_environments.is_ok_and(|output| output.status.success()).then_some(python)
    },
    otherwise: "Install Python 3.11, 3.12 or 3.13 with its module venv, so that python3 is on PATH, and try again.",
};

/// A program on PATH.
pub fn on_path(program: &str) -> Option<PathBuf> {
    find(program, &std::env::var_os("PATH").unwrap_or_default())
}

fn is_root() -> bool {
    capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_found_and_not_installed() {
        let need =
            Need { title: "x", packages: &["no-such-package"], find: || Some("here".into()), otherwise: "" };
        assert_eq!(need.ensure().unwrap(), PathBuf::from("here"));
    }

    #[test]
    fn what_is_missing_is_told_with_the_way_to_get_it() {
        let need = Need { title: "Ada", packages: &[], find: || None, otherwise: "Install it." };
        assert_eq!(need.missing("it is not there"), "Ada is missing: it is not there. Install it.");
    }
}

//! Where settings come from: the command line, else the environment
//! (`KEYLATCH_LISTEN` for `--listen`), else a file of TOML (`listen = "…"`).
//! Secrets come from the last two only: what stands on a command line, every
//! user of the computer can read.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches};

use super::flags::Flags;

/// Why the settings cannot be read.
pub(super) enum Unread {
    /// What clap says, which also is its help.
    Clap(clap::Error),
    /// One line.
    Settings(String),
}

/// Reads the settings.
pub(super) fn read(arguments: Vec<OsString>) -> Result<Flags, Unread> {
    let first = parse(arguments.clone());
    let is_for_help = matches!(&first, Err(Unread::Clap(error)) if !error.use_stderr());
    if let Some(variable) = empty_variable().filter(|_| !is_for_help) {
        return Err(Unread::Settings(format!(
            "{variable} is set but empty. Give it a value, or take it out of the environment."
        )));
    }
    let (first, _) = first?;
    let (flags, matches) = match &first.config {
        None => parse(arguments)?,
        Some(path) => {
            let more = from_file(path, &arguments).map_err(Unread::Settings)?;
            let mut all = arguments;
            let at = 1.min(all.len());
            all.splice(at..at, more);
            parse(all)?
        }
    };
    for (name, url) in [("database", Some(&flags.database)), ("redis", flags.redis.as_ref())] {
        let by_hand = matches.value_source(name) == Some(ValueSource::CommandLine);
        if by_hand && first.config.is_none() && url.is_some_and(|url| has_password(url)) {
            let variable = name.to_uppercase();
            return Err(Unread::Settings(format!(
                "--{name} has a password in it, which every user of this computer could read off the list of \
                 processes. Set KEYLATCH_{variable} instead, put it into the file of --config, or name a file with \
                 --{name}-password-file."
            )));
        }
    }
    Ok(flags)
}

/// A variable without a value is a mistake more often than a wish for the default: another database
/// than the one that was meant would be opened, or cookies sent without https.
fn empty_variable() -> Option<String> {
    let is_empty = |name: &&OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    let command = Flags::command();
    let empty = command.get_arguments().filter_map(clap::Arg::get_env).find(is_empty);
    empty.map(|name| name.to_string_lossy().into_owned())
}

fn parse(arguments: Vec<OsString>) -> Result<(Flags, clap::ArgMatches), Unread> {
    let matches = Flags::command().try_get_matches_from(arguments).map_err(Unread::Clap)?;
    let flags = Flags::from_arg_matches(&matches).map_err(Unread::Clap)?;
    Ok((flags, matches))
}

/// The file's settings as arguments, without those that the command line or the
/// environment has as well.
fn from_file(path: &Path, arguments: &[OsString]) -> Result<Vec<OsString>, String> {
    let place = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {place}: {error}."))?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        // The message, and not the line, which may hold a password.
        format!("{place} is not TOML: {}.", error.message())
    })?;
    let mut more = Vec::new();
    for (name, value) in table {
        let known = Flags::command();
        let argument = known.get_arguments().find(|argument| argument.get_long() == Some(&*name));
        let Some(argument) = argument.filter(|argument| argument.get_id() != "config") else {
            return Err(format!(
                "{place} has `{name}`, which is not a setting. They are those of --help, without the dashes."
            ));
        };
        if ["database", "redis"].contains(&&*name) && value.as_str().is_some_and(has_password) {
            refuse_if_others_read(path)?;
        }
        let is_set = argument.get_env().is_some_and(|variable| std::env::var_os(variable).is_some());
        let flag = format!("--{name}");
        let is_given = arguments.iter().filter_map(|argument| argument.to_str()).any(|argument| {
            argument == flag || argument.strip_prefix(&flag).is_some_and(|rest| rest.starts_with('='))
        });
        if is_set || is_given {
            continue;
        }
        match value {
            toml::Value::Boolean(true) if !argument.get_action().takes_values() => more.push(flag.into()),
            toml::Value::Boolean(false) if !argument.get_action().takes_values() => {}
            toml::Value::Array(values) => {
                for value in values {
                    more.push(format!("{flag}={}", plain(&value, &name, path)?).into());
                }
            }
            value => more.push(format!("{flag}={}", plain(&value, &name, path)?).into()),
        }
    }
    Ok(more)
}

fn plain(value: &toml::Value, name: &str, path: &Path) -> Result<String, String> {
    match value {
        toml::Value::String(text) => Ok(text.clone()),
        toml::Value::Integer(number) => Ok(number.to_string()),
        _ => Err(format!("`{name}` in {} must be text, a number, or a list of them.", path.display())),
    }
}

/// Whether a URL of PostgreSQL or Redis carries a password.
fn has_password(url: &str) -> bool {
    let known = |scheme: &str| scheme.starts_with("postgres") || scheme.starts_with("redis");
    let Some((_, rest)) = url.split_once("://").filter(|(scheme, _)| known(scheme)) else {
        return false;
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let in_front = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    in_front
        || rest
            .split_once('?')
            .is_some_and(|(_, query)| query.split('&').any(|pair| pair.starts_with("password=")))
}

#[cfg(unix)]
fn refuse_if_others_read(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map(|file| file.permissions().mode()).unwrap_or(0);
    if mode & 0o077 != 0 {
        return Err(format!(
            "{} holds a password and can be read by others. Run: chmod 600 {0}",
            path.display()
        ));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_if_others_read(_: &Path) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_seen() {
        for (url, has) in [
            ("postgres://kim:s3cret@localhost/keys", true),
            ("postgresql://kim:s3cret@localhost", true),
            ("postgres://localhost/keys?user=kim&password=s3cret", true),
            ("postgres://kim@localhost:5432/keys", false),
            ("postgres://localhost:5432/keys", false),
            ("postgres://kim@localhost/a:b@c", false),
            ("redis://:s3cret@localhost:6379", true),
            ("rediss://kim:s3cret@localhost/1", true),
            ("redis://localhost:6379/1", false),
            ("keylatch.db", false),
            ("sqlite://a:b@c.db", false),
        ] {
            assert_eq!(has_password(url), has, "{url}");
        }
    }
}

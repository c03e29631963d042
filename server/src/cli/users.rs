//! `user …`

use keylatch_server::UserChange;

use super::flags::{Flags, UserCommand};
use super::{first_line, say, with_app};

pub(super) async fn act(flags: &Flags, command: &UserCommand) -> Result<(), String> {
    let (email, change, done) = match command {
        UserCommand::Add { email } => return add(flags, email).await,
        UserCommand::List => return list(flags).await,
        UserCommand::Disable { email } => (email, UserChange::Disable, "disabled"),
        UserCommand::Enable { email } => (email, UserChange::Enable, "enabled"),
        UserCommand::Delete { email, yes } => {
            if !yes {
                return Err(format!(
                    "this deletes {email} with all keys, for good. Add --yes if that is meant; `user disable` can be undone."
                ));
            }
            (email, UserChange::Delete, "deleted")
        }
        UserCommand::Password { email } => {
            (email, UserChange::Password(first_line("password")?), "gave another password to")
        }
        UserCommand::Sessions { email, end } => {
            if !end {
                return Err("add --end to end all sessions and logins of the user.".into());
            }
            (email, UserChange::EndSessions, "ended all sessions and logins of")
        }
    };
    let user = with_app(flags, |app| async move {
        app.change_user(email, change).await.map_err(|error| error.to_string())
    });
    say(&format!("{done} {}", user.await?.email));
    Ok(())
}

async fn add(flags: &Flags, email: &str) -> Result<(), String> {
    let password = first_line("password")?;
    let added = with_app(flags, |app| async move {
        app.create_user(email, password).await.map_err(|error| error.to_string())
    });
    let user = added.await?;
    say(&format!("added {} as {}", user.email, user.id));
    Ok(())
}

async fn list(flags: &Flags) -> Result<(), String> {
    let users =
        with_app(flags, |app| async move { app.store().users().await.map_err(|error| error.to_string()) });
    for row in users.await? {
        let state = if row.disabled_at.is_some() { "disabled" } else { "active" };
        say(&format!(
            "{}\t{}\t{state}\t{} keys\tsince {}",
            row.user.id, row.user.email, row.keys, row.created_at
        ));
    }
    Ok(())
}

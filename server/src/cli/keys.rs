//! `key …`

use super::flags::{Flags, KeyCommand};
use super::{first_line, say, with_app};

pub(super) async fn act(flags: &Flags, command: &KeyCommand) -> Result<(), String> {
    let KeyCommand::Revoke { key } = command;
    if key != "-" {
        // Whatever stands on a command line, every user of the computer can read.
        return Err(
            "a key is never given on the command line. Use `key revoke -` and send it on standard input."
                .into(),
        );
    }
    let secret = first_line("key")?;
    if secret.expose().trim().is_empty() {
        return Err("no key came on standard input; nothing was changed.".into());
    }
    let revoked =
        with_app(
            flags,
            |app| async move { app.revoke_leaked(&secret).await.map_err(|error| error.to_string()) },
        );
    let revoked = revoked.await?;
    for key in &revoked {
        say(&format!("revoked {} ({}) of {}", key.id, key.masked, key.user_id));
    }
    if revoked.is_empty() { Err("there is no such key; nothing was changed.".into()) } else { Ok(()) }
}

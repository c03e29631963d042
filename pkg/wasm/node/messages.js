// The sentences of src/error.rs and src/format/, copied by `cargo xtask build`.
// The wasm knows only the codes. Edit the sentences there, not here.

/** @type {Record<string, string>} */
export const reasons = {
  argument_empty: "the key that was passed is empty",
  env_unset: "{0} is not set",
  env_empty: "{0} is set but empty",
  dotenv_missing: ".env not found in {0}",
  dotenv_unset: "{0} does not set {1}",
  dotenv_empty: "{0} sets {1}, but to nothing",
  dotenv_address_unused: "{1} in {0} is not used, because the key is not from {0} (to use it, set it in the environment)",
  file_missing: "{0} not found",
  file_empty: "{0} is empty",
  file_unreadable: "{0} cannot be read ({1})",
  file_unwritable: "{0} cannot be written ({1})",
  file_locked: "{0} is being written by another process; if there is none, delete {1}",
  file_readable_by_others: "{0} is readable by others (chmod 600 {0} ends that)",
  file_not_understood: "{0} is not understood: {1}",
  file_without_key: "{0} has no key for {1}",
  file_for_other_address: "{0} has a key for {1} and none for {2}",
  symlink_out_of_home: "{0} is a symbolic link that leads out of the home directory, and is not followed",
  login_missing: "no login is stored in {0}",
  login_expired: "the login stored in {0} has expired or was revoked: log in again",
  login_not_renewed: "the login stored in {0} could not be renewed: {1}",
  login_unknown: "{0} has no login by browser",
  not_a_terminal: "not a terminal, so no prompt",
  prompt_empty: "nothing was typed at the prompt",
  prompt_refused: "{0} refused each key that was typed",
};

//! Where a key comes from: the chain of sources, over a [`Host`] port, and the
//! formats of the files that hold keys.
//!
//! ```
//! use keylatch::credential::{Answer, Ask, Host, Question, resolve};
//! use keylatch::{Error, provider};
//!
//! /// A computer where one variable is set and there are no files.
//! struct Machine;
//!
//! impl Host for Machine {
//!     async fn ask(&self, question: Question<'_>) -> Result<Answer, Error> {
//!         Ok(match question {
//!             Question::Env("LC_API_KEY") => Answer::text("lc-0123456789"),
//!             _ => Answer::nothing(),
//!         })
//!     }
//! }
//!
//! let luminary = provider::builtin("luminary")?;
//! let found = pollster::block_on(resolve(&Machine, &Ask::of(luminary)))?;
//! assert_eq!((found.source.kind(), found.source.name()), ("env", "LC_API_KEY"));
//! # Ok::<(), keylatch::Error>(())
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `chain` | the order of the sources, and what counts as found |
//! | `source` | what was found, and where |
//! | `host` | what the chain asks of the computer it runs on |
//! | `entry` | a key in a file, or why there is none |
//! | `file` | one interface for the formats of files of keys |
//! | `dotenv`, `conduce`, `profiles` | one format each |
//! | `login` | signing in with a browser: PKCE, the callback, a code for another computer, the tokens |

mod chain;
mod conduce;
mod dotenv;
mod entry;
mod file;
mod host;
mod login;
mod profiles;
mod source;
#[cfg(test)]
mod tests;
mod yaml;

pub use chain::{Ask, Interactive, resolve};
pub use dotenv::set as set_dotenv;
pub use entry::{Entry, Miss, Slot};
pub use file::{Content, read, write};
pub use host::{Answer, Host, Question};
pub use login::{Device, PendingLogin, Progress, Settings, Tokens, address, device, exchange, poll, refresh};
pub use source::{Found, Source};

//! The precedence, as tables over a computer that is made up.

mod chain;
mod login;

//! A method for each common job, on whatever [executes](Execute) commands.

use core::future::Future;

use crate::{Execute, command::List};

mod list;
#[cfg(test)]
pub(crate) mod script;

pub use self::list::{Fallback, Mailboxes};

/// The common jobs of a mail program, each one call; those of several commands fall back on other ways where the server
/// lacks an extension, and say so in their answers.
///
/// Errors are those of [`Execute::run`]: a server that refuses, an extension without which it cannot be done, a connection
/// that is lost.
pub trait Session: Execute {
    /// Lists mailboxes: those whose names match a pattern, or what a [`List`] says. What LIST cannot do on this server is
    /// done by LSUB, STATUS, MYRIGHTS and GETMETADATA.
    fn list(&mut self, list: impl Into<List>) -> impl Future<Output = Result<Mailboxes, Self::Error>> + Send {
        list::list(self, list.into())
    }
}

impl<T: Execute> Session for T {}

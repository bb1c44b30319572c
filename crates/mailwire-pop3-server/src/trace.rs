//! The wire log, if the feature `tracing` is on. Secrets never come here: commands mask their own.

use mailwire_pop3::{Command, ParseError, Reply};

#[cfg(feature = "tracing")]
mod enabled {
    use super::{Command, ParseError, Reply};

    pub(crate) fn command(command: &Command) {
        tracing::trace!(target: "mailwire::pop3::server", "C: {command}");
    }

    pub(crate) fn bad_command(error: &ParseError) {
        tracing::trace!(target: "mailwire::pop3::server", "C: {}", error.escaped());
    }

    pub(crate) fn hidden(octets: usize) {
        tracing::trace!(target: "mailwire::pop3::server", "C: **** ({octets} octets)");
    }

    pub(crate) fn reply(reply: &Reply) {
        tracing::trace!(target: "mailwire::pop3::server", "S: {reply}");
    }
}

#[cfg(not(feature = "tracing"))]
mod disabled {
    use super::{Command, ParseError, Reply};

    pub(crate) fn command(_: &Command) {}

    pub(crate) fn bad_command(_: &ParseError) {}

    pub(crate) fn hidden(_: usize) {}

    pub(crate) fn reply(_: &Reply) {}
}

#[cfg(not(feature = "tracing"))]
pub(crate) use disabled::{bad_command, command, hidden, reply};
#[cfg(feature = "tracing")]
pub(crate) use enabled::{bad_command, command, hidden, reply};

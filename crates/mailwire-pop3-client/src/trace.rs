//! The wire log, if the feature `tracing` is on. Secrets never come here: commands mask their own.

use bytes::Bytes;
use mailwire_pop3::Command;

#[cfg(feature = "tracing")]
mod enabled {
    use super::{Bytes, Command};

    pub(crate) fn sent(command: &Command) {
        tracing::trace!(target: "mailwire::pop3::client", "C: {command}");
    }

    pub(crate) fn received(line: &Bytes) {
        tracing::trace!(target: "mailwire::pop3::client", "S: {}", line.escape_ascii());
    }

    pub(crate) fn hidden(line: &Bytes) {
        tracing::trace!(target: "mailwire::pop3::client", "S: + **** ({} octets)", line.len());
    }
}

#[cfg(not(feature = "tracing"))]
mod disabled {
    use super::{Bytes, Command};

    pub(crate) fn sent(_: &Command) {}

    pub(crate) fn received(_: &Bytes) {}

    pub(crate) fn hidden(_: &Bytes) {}
}

#[cfg(not(feature = "tracing"))]
pub(crate) use disabled::{hidden, received, sent};
#[cfg(feature = "tracing")]
pub(crate) use enabled::{hidden, received, sent};

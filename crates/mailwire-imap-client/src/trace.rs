//! The wire log, if the feature `tracing` is on. Secrets never come here, nor do octets of messages.

use bytes::Bytes;
use mailwire_imap::{Command, encoder::Part};

#[cfg(feature = "tracing")]
mod enabled {
    use mailwire_imap::command::Body;

    use super::{Bytes, Command, Part};

    pub(crate) fn sent(command: &Command, parts: &[Part]) {
        if !tracing::enabled!(target: TARGET, tracing::Level::TRACE) {
            return;
        }
        let tag = command.tag.as_str();
        match &command.body {
            Body::Login(user, _) => tracing::trace!(target: TARGET, "C: {tag} LOGIN {user:?} ****"),
            Body::Authenticate { mechanism, initial_response } => {
                let hidden = if initial_response.is_some() { " ****" } else { "" };
                tracing::trace!(target: TARGET, "C: {tag} AUTHENTICATE {mechanism}{hidden}");
            }
            _ => {
                for part in parts {
                    match part {
                        Part::Octets(octets) => tracing::trace!(target: TARGET, "C: {}", line(octets)),
                        Part::Stream { length } => tracing::trace!(target: TARGET, "C: ({length} octets)"),
                        _ => {}
                    }
                }
            }
        }
    }

    pub(crate) fn hidden() {
        tracing::trace!(target: TARGET, "C: ****");
    }

    pub(crate) fn plain(line: &str) {
        tracing::trace!(target: TARGET, "C: {line}");
    }

    pub(crate) fn received(frame: &Bytes, is_hidden: bool) {
        if !tracing::enabled!(target: TARGET, tracing::Level::TRACE) {
            return;
        }
        if is_hidden && frame.starts_with(b"+") {
            tracing::trace!(target: TARGET, "S: + **** ({} octets)", frame.len());
        } else {
            tracing::trace!(target: TARGET, "S: {}", line(frame));
        }
    }

    /// The first line, and how much follows it: literals, in which mail may be.
    fn line(octets: &[u8]) -> alloc::string::String {
        let octets = octets.strip_suffix(b"\r\n").unwrap_or(octets);
        let end = octets.iter().position(|octet| *octet == b'\n').map_or(octets.len(), |end| end + 1);
        let (first, rest) = octets.split_at_checked(end).unwrap_or((octets, &[]));
        let first = first.trim_ascii_end().escape_ascii();
        if rest.is_empty() {
            alloc::format!("{first}")
        } else {
            alloc::format!("{first} ({} octets follow)", rest.len())
        }
    }

    const TARGET: &str = "mailwire::imap::client";
}

#[cfg(not(feature = "tracing"))]
mod disabled {
    use super::{Bytes, Command, Part};

    pub(crate) fn sent(_: &Command, _: &[Part]) {}

    pub(crate) fn hidden() {}

    pub(crate) fn plain(_: &str) {}

    pub(crate) fn received(_: &Bytes, _: bool) {}
}

#[cfg(not(feature = "tracing"))]
pub(crate) use disabled::{hidden, plain, received, sent};
#[cfg(feature = "tracing")]
pub(crate) use enabled::{hidden, plain, received, sent};

//! ENABLE: extensions that change what the server sends.

use alloc::vec::Vec;

use mailwire_imap::{Atom, Capabilities, Status, command::Body, response::Data};

use crate::{Command, Server, Unsupported, Untagged};

/// `ENABLE` ([RFC 9051 section 6.3.1](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.1)). It goes before SELECT.
///
/// ```
/// use mailwire_imap_client::command::{Enable, Extension};
///
/// let enable = Enable::new([Extension::QResync, Extension::Utf8]);
/// # let _ = enable;
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Enable {
    /// What is enabled.
    pub extensions: Vec<Extension>,
}

impl Enable {
    /// These extensions.
    pub fn new(extensions: impl IntoIterator<Item = Extension>) -> Self {
        Self { extensions: extensions.into_iter().collect() }
    }
}

/// What can be enabled.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Extension {
    /// `CONDSTORE`: changes of flags come with MODSEQ (RFC 7162)
    Condstore,
    /// `IMAP4rev2`: the new revision, where the server speaks the old one too (RFC 9051)
    Imap4rev2,
    /// `QRESYNC`: VANISHED in place of EXPUNGE, and what it takes to catch up fast (RFC 7162)
    QResync,
    /// `UIDONLY`: no sequence numbers any more (RFC 9586)
    UidOnly,
    /// `UTF8=ACCEPT`: names and strings are UTF-8 (RFC 9755)
    Utf8,
    /// Any other.
    Other(Atom),
}

impl Extension {
    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Condstore => "CONDSTORE",
            Self::Imap4rev2 => "IMAP4rev2",
            Self::QResync => "QRESYNC",
            Self::UidOnly => "UIDONLY",
            Self::Utf8 => "UTF8=ACCEPT",
            Self::Other(word) => word.as_str(),
        }
    }

    /// Whether it is enabled in this session. Of [`Other`](Self::Other) nobody knows.
    pub fn is_enabled(&self, server: &Server) -> bool {
        let enabled = server.enabled();
        match self {
            Self::Condstore => enabled.condstore,
            Self::Imap4rev2 => enabled.imap4rev2,
            Self::QResync => enabled.qresync,
            Self::UidOnly => enabled.uid_only,
            Self::Utf8 => enabled.utf8,
            Self::Other(_) => false,
        }
    }

    fn require(&self, server: &Server) -> Result<(), Unsupported> {
        server.require(match self {
            Self::Condstore => "CONDSTORE",
            Self::Imap4rev2 => "IMAP4rev2",
            Self::QResync => "QRESYNC",
            Self::UidOnly => "UIDONLY",
            Self::Utf8 => "UTF8=ACCEPT",
            // A server ignores what it does not know.
            Self::Other(_) => return Ok(()),
        })
    }
}

/// What ENABLE is answered with.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Granted {
    /// What is enabled now and was not before.
    pub capabilities: Capabilities,
    /// Whether the server told it. iCloud says OK and nothing more: then all that was asked for is taken as enabled.
    pub is_told: bool,
}

impl Command for Enable {
    type Output = Granted;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("ENABLE")?;
        self.extensions.iter().try_for_each(|extension| extension.require(server))?;
        Ok(Body::Enable(self.words()))
    }

    fn absorb(&self, data: Untagged, granted: &mut Granted) -> Option<Untagged> {
        let Untagged::Data(Data::Enabled(capabilities)) = data else { return Some(data) };
        *granted = Granted { capabilities, is_told: true };
        None
    }

    fn finish(&self, status: &Status, granted: &mut Granted) {
        if status.is_ok() && !granted.is_told {
            granted.capabilities = self.words();
        }
    }
}

impl Enable {
    fn words(&self) -> Capabilities {
        // Each of them is an atom.
        Capabilities::new(self.extensions.iter().map(Extension::as_str)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, enabled, lacks, written};

    #[test]
    fn what_is_sent() {
        let enable = Enable::new([Extension::QResync, Extension::Utf8]);
        let words = "ENABLE QRESYNC UTF8=ACCEPT";
        assert_eq!(written(&enable, words).as_deref(), Ok("ENABLE QRESYNC UTF8=ACCEPT"));
        assert_eq!(written(&enable, "ENABLE QRESYNC"), lacks("UTF8=ACCEPT"));
        assert_eq!(written(&enable, "UTF8=ACCEPT"), lacks("ENABLE"));
        for (extension, word) in [
            (Extension::Condstore, "CONDSTORE"),
            (Extension::Imap4rev2, "IMAP4rev2"),
            (Extension::QResync, "QRESYNC"),
            (Extension::UidOnly, "UIDONLY"),
            (Extension::Utf8, "UTF8=ACCEPT"),
        ] {
            assert_eq!(written(&Enable::new([extension.clone()]), "ENABLE"), lacks(word));
            assert!(extension.is_enabled(&enabled("", word)) && !extension.is_enabled(&enabled(word, "")));
        }
        let other = Enable::new([Extension::Other(Atom::new("X-A").unwrap())]);
        assert_eq!(written(&other, "ENABLE").as_deref(), Ok("ENABLE X-A"));
    }

    #[test]
    fn ok_without_enabled_grants_all() {
        let enable = Enable::new([Extension::QResync, Extension::Utf8]);
        for (lines, words, is_told) in [
            (&["* ENABLED QRESYNC", "a OK done"][..], &["QRESYNC"][..], true),
            (&["* ENABLED", "a OK done"], &[], true),
            (&["a OK done"], &["QRESYNC", "UTF8=ACCEPT"], false),
            (&["a BAD no"], &[], false),
        ] {
            let (granted, given_back) = answer(&enable, lines);
            let capabilities = Capabilities::new(words).unwrap();
            assert_eq!((granted, given_back.len()), (Granted { capabilities, is_told }, 0), "{lines:?}");
        }
    }
}

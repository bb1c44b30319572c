//! CAPABILITY: what the server can do.

use mailwire_imap::{Capabilities, Code, Status, command::Body, response::Data};

use crate::{Command, Server, Unsupported, Untagged};

/// `CAPABILITY` ([RFC 9051 section 6.1.1](https://www.rfc-editor.org/rfc/rfc9051#section-6.1.1)).
///
/// The connection learns what the server tells, asked or not: [`Server`] knows it without this command.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Capability;

impl Command for Capability {
    type Output = Capabilities;

    fn body(&self, _: &Server) -> Result<Body, Unsupported> {
        Ok(Body::Capability)
    }

    fn absorb(&self, data: Untagged, capabilities: &mut Capabilities) -> Option<Untagged> {
        let Untagged::Data(Data::Capability(told)) = data else { return Some(data) };
        *capabilities = told;
        None
    }

    fn finish(&self, status: &Status, capabilities: &mut Capabilities) {
        if let Some(Code::Capability(told)) = &status.code
            && capabilities.is_empty()
        {
            *capabilities = told.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, written};

    #[test]
    fn capability() {
        assert_eq!(written(&Capability, "").as_deref(), Ok("CAPABILITY"));
        for (lines, words) in [
            (&["* CAPABILITY IMAP4rev1  LITERAL + ", "a OK done"][..], &["IMAP4rev1", "LITERAL", "+"][..]),
            (&["a OK [CAPABILITY IMAP4rev2 IDLE] done"], &["IMAP4rev2", "IDLE"]),
            (&["* CAPABILITY IDLE", "a OK [CAPABILITY IMAP4rev2] done"], &["IDLE"]),
        ] {
            let (capabilities, given_back) = answer(&Capability, lines);
            assert_eq!((capabilities, given_back.len()), (Capabilities::new(words).unwrap(), 0));
        }
        let (_, given_back) = answer(&Capability, &["* ENABLED IDLE", "* OK [CAPABILITY IDLE] hello"]);
        assert_eq!(given_back.len(), 2);
    }
}

//! NOOP and CHECK: nothing, which lets the server tell what is new.

use mailwire_imap::command::Body;

use crate::{Command, Server, Unsupported};

/// `NOOP` ([RFC 9051 section 6.1.2](https://www.rfc-editor.org/rfc/rfc9051#section-6.1.2)). What is new comes as events.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Noop;

impl Command for Noop {
    type Output = ();

    fn body(&self, _: &Server) -> Result<Body, Unsupported> {
        Ok(Body::Noop)
    }
}

/// `CHECK` ([RFC 3501 section 6.4.1](https://www.rfc-editor.org/rfc/rfc3501#section-6.4.1)): a server may put its state in
/// order. IMAP4rev2 has none.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Check;

impl Command for Check {
    type Output = ();

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        if server.enabled().imap4rev2 {
            return Err(Unsupported { capability: "IMAP4rev1" });
        }
        Ok(Body::Check)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, enabled, lacks, written, written_for};

    #[test]
    fn what_is_new_is_given_back() {
        assert_eq!(written(&Noop, "").as_deref(), Ok("NOOP"));
        assert_eq!(written(&Check, "").as_deref(), Ok("CHECK"));
        assert_eq!(written_for(&Check, &enabled("IMAP4rev2", "IMAP4rev2")), lacks("IMAP4rev1"));
        let lines = ["* 4 EXISTS", "* 1 EXPUNGE", "* 2 FETCH (FLAGS ())", "a OK done"];
        assert_eq!(answer(&Noop, &lines).1, lines[..3]);
        assert_eq!(answer(&Check, &lines).1, lines[..3]);
    }
}

//! CLOSE and UNSELECT: leaving the mailbox.

use mailwire_imap::{Code, ModSeq, Status, command::Body};

use crate::{Command, Server, Unsupported};

/// `CLOSE` ([RFC 9051 section 6.4.1](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.1)): expunges all messages with
/// `\Deleted`, untold, unless the mailbox is read-only, and leaves it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Close;

/// What CLOSE is answered with.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Closed {
    /// The highest modification sequence after the messages are gone, if QRESYNC is enabled
    /// ([RFC 7162 section 3.2.8](https://www.rfc-editor.org/rfc/rfc7162#section-3.2.8)).
    pub highest_mod_seq: Option<ModSeq>,
}

impl Command for Close {
    type Output = Closed;

    fn body(&self, _: &Server) -> Result<Body, Unsupported> {
        Ok(Body::Close)
    }

    fn finish(&self, status: &Status, closed: &mut Closed) {
        if let Some(Code::HighestModSeq(value)) = status.code {
            closed.highest_mod_seq = Some(value);
        }
    }
}

/// `UNSELECT` ([RFC 9051 section 6.4.2](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.2)): leaves the mailbox and
/// expunges nothing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Unselect;

impl Command for Unselect {
    type Output = ();

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("UNSELECT")?;
        Ok(Body::Unselect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    #[test]
    fn close_and_unselect() {
        assert_eq!(written(&Close, "").as_deref(), Ok("CLOSE"));
        assert_eq!(written(&Unselect, "UNSELECT").as_deref(), Ok("UNSELECT"));
        assert_eq!(written(&Unselect, "IMAP4rev2").as_deref(), Ok("UNSELECT"));
        assert_eq!(written(&Unselect, "IMAP4rev1"), lacks("UNSELECT"));
        for (line, highest) in [("a OK [HIGHESTMODSEQ 715] done", Some(715)), ("a OK done", None)] {
            let (closed, given_back) = answer(&Close, &["* 4 EXISTS", line]);
            assert_eq!((closed.highest_mod_seq.map(ModSeq::get), given_back.len()), (highest, 1));
        }
    }
}

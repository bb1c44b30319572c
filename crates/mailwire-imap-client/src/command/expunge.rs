//! EXPUNGE: messages with `\Deleted` are taken away for good.

use super::fetch::MessageLimit;
use crate::{
    Command, Server, Unsupported,
    codec::{
        Code, ModSeq, Status, UidSet,
        command::{Body, Messages},
    },
};

/// `EXPUNGE`: all messages with `\Deleted`, those included that others have marked
/// ([RFC 9051 section 6.4.3](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.3)).
///
/// Which ones are gone is told by events.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Expunge;

/// `UID EXPUNGE`: those of these messages that have `\Deleted`
/// ([RFC 4315 section 2.1](https://www.rfc-editor.org/rfc/rfc4315#section-2.1)).
///
/// Which ones are gone is told by events.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UidExpunge {
    /// Which messages.
    pub uids: UidSet,
}

impl UidExpunge {
    /// These messages.
    pub fn new(uids: impl Into<UidSet>) -> Self {
        Self { uids: uids.into() }
    }
}

impl Command for Expunge {
    type Output = Expunged;

    fn body(&self, _: &Server) -> Result<Body, Unsupported> {
        Ok(Body::Expunge(None))
    }

    fn finish(&self, status: &Status, output: &mut Expunged) {
        output.take(status);
    }
}

impl Command for UidExpunge {
    type Output = Expunged;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("UIDPLUS")?;
        Ok(Body::Expunge(Some(Messages::Uid(self.uids.clone()))))
    }

    fn finish(&self, status: &Status, output: &mut Expunged) {
        output.take(status);
    }
}

/// What EXPUNGE brings.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Expunged {
    /// The highest modification sequence afterwards (QRESYNC).
    pub highest_mod_seq: Option<ModSeq>,
    /// Whether the server left messages out because they are too many.
    pub message_limit: Option<MessageLimit>,
}

impl Expunged {
    fn take(&mut self, status: &Status) {
        match &status.code {
            Some(Code::HighestModSeq(value)) => self.highest_mod_seq = self.highest_mod_seq.max(Some(*value)),
            Some(Code::MessageLimit(limit, lowest)) => {
                self.message_limit = Some(MessageLimit { limit: *limit, lowest: *lowest });
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{
        dialogue::{lacks, written},
        peer::answer,
    };

    #[test]
    fn both() {
        assert_eq!(written(&Expunge, "").as_deref(), Ok("EXPUNGE"));
        let uids: UidSet = "3,5:9".parse().unwrap();
        assert_eq!(written(&UidExpunge::new(uids.clone()), "UIDPLUS").as_deref(), Ok("UID EXPUNGE 3,5:9"));
        assert_eq!(written(&UidExpunge::new(uids.clone()), ""), lacks("UIDPLUS"));
        assert!(written(&UidExpunge::new(UidSet::new()), "UIDPLUS").is_err());
        let lines = [
            "* 3 EXPUNGE",
            "* VANISHED 5",
            "a OK [HIGHESTMODSEQ 715194045319] done",
            "a OK [HIGHESTMODSEQ 7] done",
        ];
        let (expunged, back) = answer(&UidExpunge::new(uids), &lines);
        assert_eq!(
            (expunged.highest_mod_seq, back),
            (ModSeq::new(715_194_045_319), lines[..2].iter().map(|line| (*line).into()).collect())
        );
        let (expunged, _) = answer(&Expunge, &["a OK [MESSAGELIMIT 5] some"]);
        assert_eq!(expunged.message_limit.map(|limit| limit.limit), Some(5));
    }
}

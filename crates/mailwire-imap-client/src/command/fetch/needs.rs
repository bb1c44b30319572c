//! Which extension a FETCH item takes.

use mailwire_imap::fetch_attribute::Attribute;

use crate::{Server, Unsupported};

/// Whether the server can tell this. Where it cannot it would answer BAD to the whole command.
pub(crate) fn require(attribute: &Attribute, server: &Server) -> Result<(), Unsupported> {
    match attribute {
        Attribute::Annotation(_) => server.require("ANNOTATE-EXPERIMENT-1"),
        // RFC 9051 appendix E: FETCH BINARY is a part of IMAP4rev2.
        Attribute::Binary { .. } | Attribute::BinarySize(_) if server.has("IMAP4rev2") => Ok(()),
        Attribute::Binary { .. } | Attribute::BinarySize(_) => server.require("BINARY"),
        Attribute::EmailId | Attribute::ThreadId => server.require("OBJECTID"),
        Attribute::GmailLabels | Attribute::GmailMessageId | Attribute::GmailThreadId => {
            server.require("X-GM-EXT-1")
        }
        Attribute::ModSeq => server.require("CONDSTORE"),
        Attribute::Preview { .. } => server.require("PREVIEW"),
        Attribute::SaveDate => server.require("SAVEDATE"),
        _ => Ok(()),
    }
}

//! CONVERSIONS: into what the server can convert parts of messages.

use alloc::vec::Vec;

use mailwire_imap::{Octets, command::Body, convert::Conversion, response::Data};

use crate::{Command, Server, Unsupported, Untagged};

/// `CONVERSIONS` ([RFC 5259 section 5](https://www.rfc-editor.org/rfc/rfc5259#section-5)).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Conversions {
    /// The media type from which, as in `image/*`.
    pub source: Octets,
    /// The media type into which, as in `image/jpeg`.
    pub target: Octets,
}

impl Conversions {
    /// From one media type into another; `*` is a wildcard in both.
    pub fn new(source: impl Into<Octets>, target: impl Into<Octets>) -> Self {
        Self { source: source.into(), target: target.into() }
    }
}

impl Command for Conversions {
    type Output = Vec<Conversion>;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("CONVERT")?;
        Ok(Body::Conversions(self.source.clone(), self.target.clone()))
    }

    fn absorb(&self, data: Untagged, conversions: &mut Vec<Conversion>) -> Option<Untagged> {
        let Untagged::Data(Data::Conversion(told)) = data else { return Some(data) };
        conversions.push(told);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    #[test]
    fn conversions() {
        let command = Conversions::new("image/gif", "image/*");
        assert_eq!(written(&command, "CONVERT").as_deref(), Ok(r#"CONVERSIONS image/gif "image/*""#));
        assert_eq!(written(&command, ""), lacks("CONVERT"));
        let lines = [
            r#"* CONVERSION "image/gif" "image/jpeg" ("pix-y" "pix-x")"#,
            r#"* CONVERSION "image/gif" "image/png" ("pix-y")"#,
            "* 3 EXISTS",
            "a OK done",
        ];
        let (conversions, given_back) = answer(&command, &lines);
        assert_eq!((conversions.len(), given_back), (2, lines[2..3].to_vec()));
        assert_eq!((&conversions[0].target, conversions[0].parameters.len()), (&"image/jpeg".into(), 2));
    }
}

//! GETJMAPACCESS: the same account by JMAP.

use mailwire_imap::{Octets, command::Body, response::Data};

use crate::{Command, Server, Unsupported, Untagged};

/// `GETJMAPACCESS` (RFC 9698): the URL at which JMAP reaches the same messages, under the same ids.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct GetJmapAccess;

impl Command for GetJmapAccess {
    type Output = Option<Octets>;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("JMAPACCESS")?;
        Ok(Body::GetJmapAccess)
    }

    fn absorb(&self, data: Untagged, url: &mut Option<Octets>) -> Option<Untagged> {
        let Untagged::Data(Data::JmapAccess(told)) = data else { return Some(data) };
        *url = Some(told);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    #[test]
    fn jmap_access() {
        assert_eq!(written(&GetJmapAccess, "JMAPACCESS").as_deref(), Ok("GETJMAPACCESS"));
        assert_eq!(written(&GetJmapAccess, ""), lacks("JMAPACCESS"));
        let lines = [r#"* JMAPACCESS "https://example.com/.s/[jmap]""#, "* 3 EXISTS", "a OK done"];
        let (url, given_back) = answer(&GetJmapAccess, &lines);
        assert_eq!((url, given_back), (Some("https://example.com/.s/[jmap]".into()), lines[1..2].to_vec()));
    }
}

//! URLs by which others may read a part of a message: GENURLAUTH, URLFETCH and RESETKEY.

use alloc::{vec, vec::Vec};

use mailwire_imap::{
    Atom, Code, Mailbox, Octets, Status,
    command::Body,
    response::Data,
    urlauth::{Fetched, Mechanism, Request, RequestPart, Unsigned},
};

use crate::{Command, Server, Unsupported, Untagged};

/// `GENURLAUTH` (RFC 4467): signs URLs. The answer has one for each, in order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GenUrlAuth {
    /// What is to be signed.
    pub urls: Vec<Unsigned>,
}

impl GenUrlAuth {
    /// One URL, which ends with `;URLAUTH=` and who may use it.
    pub fn new(url: impl Into<Octets>, mechanism: Atom) -> Self {
        Self { urls: vec![Unsigned { url: url.into(), mechanism }] }
    }
}

impl Command for GenUrlAuth {
    type Output = Vec<Octets>;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("URLAUTH")?;
        Ok(Body::GenUrlAuth(self.urls.clone()))
    }

    fn absorb(&self, data: Untagged, urls: &mut Vec<Octets>) -> Option<Untagged> {
        let Untagged::Data(Data::GenUrlAuth(signed)) = data else { return Some(data) };
        urls.extend(signed);
        None
    }
}

/// `URLFETCH` (RFC 4467, RFC 5524): what signed URLs stand for. The answer has one for each.
///
/// What is longer than [`Limits::inline_literal`](mailwire_imap::Limits::inline_literal) is left out, as
/// [`Content::Streamed`](mailwire_imap::fetch::Content::Streamed).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UrlFetch {
    /// What is asked for.
    pub requests: Vec<Request>,
}

impl UrlFetch {
    /// The octets of each, as they are in the message.
    pub fn new<T: Into<Octets>>(urls: impl IntoIterator<Item = T>) -> Self {
        let requests = urls.into_iter().map(|url| Request { url: url.into(), parts: Vec::new() });
        Self { requests: requests.collect() }
    }

    /// These parts of one (URLAUTH=BINARY).
    pub fn parts(url: impl Into<Octets>, parts: impl IntoIterator<Item = RequestPart>) -> Self {
        Self { requests: vec![Request { url: url.into(), parts: parts.into_iter().collect() }] }
    }
}

impl Command for UrlFetch {
    type Output = Vec<Fetched>;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        let is_binary = self.requests.iter().any(|request| !request.parts.is_empty());
        server.require(if is_binary { "URLAUTH=BINARY" } else { "URLAUTH" })?;
        Ok(Body::UrlFetch(self.requests.clone()))
    }

    fn absorb(&self, data: Untagged, fetched: &mut Vec<Fetched>) -> Option<Untagged> {
        let Untagged::Data(Data::UrlFetch(told)) = data else { return Some(data) };
        fetched.extend(told);
        None
    }
}

/// `RESETKEY` (RFC 4467): URLs that were signed before mean nothing any more. The answer is how URLs can be signed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ResetKey {
    /// Of which mailbox, and of which mechanisms if not of all; nothing for all mailboxes.
    pub only: Option<(Mailbox, Vec<Atom>)>,
}

impl ResetKey {
    /// All URLs of all mailboxes.
    pub fn all() -> Self {
        Self::default()
    }

    /// Those of a mailbox.
    pub fn of(mailbox: impl Into<Mailbox>) -> Self {
        Self { only: Some((mailbox.into(), Vec::new())) }
    }
}

impl Command for ResetKey {
    type Output = Vec<Mechanism>;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("URLAUTH")?;
        Ok(Body::ResetKey(self.only.clone()))
    }

    fn absorb(&self, data: Untagged, mechanisms: &mut Vec<Mechanism>) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::Status(status)) if matches!(status.code, Some(Code::UrlMech(_))) => {
                self.finish(&status, mechanisms);
                None
            }
            other => Some(other),
        }
    }

    fn finish(&self, status: &Status, mechanisms: &mut Vec<Mechanism>) {
        if let Some(Code::UrlMech(told)) = &status.code {
            mechanisms.clone_from(told);
        }
    }
}

#[cfg(test)]
mod tests {
    use mailwire_imap::urlauth::Data as UrlData;

    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    const URL: &str = "imap://joe@example.com/INBOX/;uid=20;urlauth=submit+fred";

    #[test]
    fn what_is_sent() {
        let sign = GenUrlAuth::new(URL, Atom::new("INTERNAL").unwrap());
        let fetch = UrlFetch::new([URL]);
        let parts = UrlFetch::parts(URL, [RequestPart::BodyPartStructure, RequestPart::Binary]);
        for (line, wire) in [
            (written(&sign, "URLAUTH"), alloc::format!("GENURLAUTH \"{URL}\" INTERNAL")),
            (written(&fetch, "URLAUTH"), alloc::format!("URLFETCH \"{URL}\"")),
            (
                written(&parts, "URLAUTH=BINARY"),
                alloc::format!("URLFETCH (\"{URL}\" BODYPARTSTRUCTURE BINARY)"),
            ),
            (written(&ResetKey::all(), "URLAUTH"), "RESETKEY".into()),
            (written(&ResetKey::of("inbox"), "URLAUTH"), "RESETKEY INBOX".into()),
        ] {
            assert_eq!(line, Ok(wire));
        }
        assert_eq!(written(&sign, ""), lacks("URLAUTH"));
        assert_eq!(written(&fetch, ""), lacks("URLAUTH"));
        assert_eq!(written(&parts, "URLAUTH"), lacks("URLAUTH=BINARY"));
        assert_eq!(written(&ResetKey::all(), ""), lacks("URLAUTH"));
    }

    #[test]
    fn what_is_told() {
        let lines = [
            r#"* GENURLAUTH "imap://a;urlauth=submit+fred:internal:91354""#,
            r#"* URLFETCH "imap://a" "body" "imap://b" NIL"#,
            "* OK [URLMECH INTERNAL] mechs",
            "a OK [URLMECH INTERNAL XSAMPLE=P34O] done",
        ];
        let (urls, given_back) = answer(&GenUrlAuth { urls: vec![] }, &lines);
        assert_eq!((urls.len(), given_back), (1, lines[1..3].to_vec()));
        let (fetched, given_back) = answer(&UrlFetch::new([URL]), &lines);
        assert_eq!(given_back, [lines[0], lines[2]]);
        assert!(
            matches!(&fetched[0].data, UrlData::Plain(content) if content.octets() == Some(&"body".into()))
        );
        assert!(matches!(&fetched[1].data, UrlData::Plain(content) if content.octets().is_none()));
        let (mechanisms, given_back) = answer(&ResetKey::all(), &lines);
        assert_eq!((mechanisms.len(), given_back), (2, lines[..2].to_vec()));
        assert_eq!(mechanisms[1].data, Some(Atom::new("P34O").unwrap()));
    }
}

//! ESEARCH: a search in several mailboxes, none of which need be selected.

use alloc::{collections::BTreeMap, vec::Vec};

use mailwire_imap::{
    Code, Mailbox, MailboxFilter, Octets, PartialRange, Search as Key, Status, Uid, UidValidity,
    command::{Body, ESearch, Source},
    response::{Data, Unknown},
    search_result::ESearch as ESearchResult,
};

use super::{
    Found, Returns,
    search::{has_fuzzy, is_answer, require_keys},
};
use crate::{Command, Server, Unsupported, Untagged};

/// `ESEARCH` ([RFC 7377](https://www.rfc-editor.org/rfc/rfc7377)): a search in several mailboxes.
///
/// What is wanted is told of each mailbox in which something is found. Servers may match texts loosely here.
///
/// ```
/// use mailwire_imap_client::{codec::{MailboxFilter, Search}, command::MultiSearch};
///
/// let everywhere = MultiSearch::new([MailboxFilter::Personal], Search::from("ann")).count().all();
/// # let _ = everywhere;
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MultiSearch {
    /// Where; nothing for the selected mailbox.
    pub mailboxes: Vec<MailboxFilter>,
    /// Which messages.
    pub keys: Key,
    /// What is wanted of them. [`save`](Returns::save) and [`update`](Returns::update) are for the selected mailbox alone.
    pub returns: Returns,
    /// The charset of the texts. Nothing means UTF-8, which is told only where a text is not ASCII.
    pub charset: Option<Octets>,
}

impl MultiSearch {
    /// A search in these mailboxes.
    pub fn new(mailboxes: impl IntoIterator<Item = MailboxFilter>, keys: Key) -> Self {
        let mailboxes = mailboxes.into_iter().collect();
        Self { mailboxes, keys, returns: Returns::default(), charset: None }
    }

    super::search::builders!();
}

impl Command for MultiSearch {
    type Output = FoundEverywhere;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("MULTISEARCH")?;
        require_keys(&self.keys, server)?;
        if self.returns.save {
            server.require("SEARCHRES")?;
        }
        if self.returns.update.is_some() {
            server.require("CONTEXT=SEARCH")?;
        }
        let has_context = server.has("CONTEXT=SEARCH");
        let has_partial =
            |range: PartialRange| server.has("PARTIAL") || (has_context && !range.is_from_end());
        let returns = self.returns.options(server, has_partial, has_context, has_fuzzy(&self.keys))?;
        let source = Source { mailboxes: self.mailboxes.clone(), scope: Vec::new() };
        Ok(Body::ESearch(ESearch {
            source: Some(source).filter(|source| !source.mailboxes.is_empty()),
            returns: Some(returns),
            charset: self.charset.clone().filter(|_| !server.is_utf8()),
            search: self.keys.clone(),
        }))
    }

    fn absorb(&self, data: Untagged, found: &mut FoundEverywhere) -> Option<Untagged> {
        let is_live = self.returns.update.is_some();
        match data {
            // Without a mailbox it is the selected one, and may be the answer to SEARCH, if it has no tag either.
            Untagged::Data(Data::ESearch(told)) if told.mailbox.is_some() || told.tag.is_some() => {
                found.take(told, is_live);
            }
            Untagged::Data(Data::Status(Status { code: Some(Code::NoUpdate(_)), .. })) if is_live => {
                found.is_update_refused = true;
            }
            Untagged::Unknown(unknown) if is_answer(&unknown.octets, &["ESEARCH"]) => {
                found.unreadable.push(unknown);
            }
            other => return Some(other),
        }
        None
    }

    fn finish(&self, status: &Status, found: &mut FoundEverywhere) {
        found.is_limited = status.code == Some(Code::Limit);
        if status.is_ok() {
            let is_refused = found.is_update_refused;
            for mailbox in &mut found.mailboxes {
                mailbox.found.answer.is_update_refused = is_refused;
                mailbox.found.complete(&self.returns);
            }
        }
    }
}

/// What was found in several mailboxes, in the order of the server.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct FoundEverywhere {
    /// Those in which something was found.
    pub mailboxes: Vec<FoundIn>,
    /// Whether the server ended the search early, because it takes too much: `[LIMIT]`
    /// ([RFC 7377 section 2.4](https://www.rfc-editor.org/rfc/rfc7377#section-2.4)).
    pub is_limited: bool,
    /// Responses that seem to be the answer, and of which not even the outer form can be read: messages may be missing.
    pub unreadable: Vec<Unknown>,
    is_update_refused: bool,
    /// Where in [`mailboxes`](Self::mailboxes) a mailbox is: there may be thousands.
    places: BTreeMap<(Vec<u8>, Option<u32>), usize>,
}

/// What was found in one mailbox.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct FoundIn {
    /// Which mailbox; nothing for the selected one, if the server does not tell its name.
    pub mailbox: Option<Mailbox>,
    /// Of which the UIDs are.
    pub uid_validity: Option<UidValidity>,
    /// The messages.
    pub found: Found<Uid>,
}

impl FoundEverywhere {
    /// Takes what is told of one mailbox.
    fn take(&mut self, told: ESearchResult, is_live: bool) {
        let (mailbox, uid_validity) = told.mailbox.clone().unzip();
        let wire = mailbox.as_ref().map(|mailbox| mailbox.wire(false).into_owned());
        let key = (wire.unwrap_or_default(), uid_validity.map(UidValidity::get));
        let place = *self.places.entry(key).or_insert(self.mailboxes.len());
        if place == self.mailboxes.len() {
            self.mailboxes.push(FoundIn { mailbox, uid_validity, found: Found::default() });
        }
        if let Some(one) = self.mailboxes.get_mut(place) {
            one.found.answer.take(told, is_live);
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;
    use crate::command::{
        dialogue::{lacks, written},
        peer::answer,
    };

    #[test]
    fn what_is_asked_for() {
        let search = || {
            let mailboxes = [
                MailboxFilter::Mailboxes([Mailbox::new("folder1")].into()),
                MailboxFilter::SubtreeOne([Mailbox::new("folder2")].into()),
            ];
            MultiSearch::new(mailboxes, Key::subject("chad"))
        };
        let here = || MultiSearch::new([], Key::unseen());
        let place = "ESEARCH IN (mailboxes folder1 subtree-one folder2)";
        for (search, words, line) in [
            (search(), "IMAP4rev2", lacks("MULTISEARCH")),
            (search(), "MULTISEARCH", Ok(alloc::format!("{place} RETURN (ALL) SUBJECT chad"))),
            (
                search().count().min(),
                "MULTISEARCH",
                Ok(alloc::format!("{place} RETURN (MIN COUNT) SUBJECT chad")),
            ),
            (here(), "MULTISEARCH", Ok("ESEARCH RETURN (ALL) UNSEEN".into())),
            (here().update(), "MULTISEARCH", lacks("CONTEXT=SEARCH")),
            (here().partial("1:5".parse().unwrap()), "MULTISEARCH", Ok("ESEARCH RETURN (ALL) UNSEEN".into())),
            (
                here().partial("1:5".parse().unwrap()),
                "MULTISEARCH PARTIAL",
                Ok("ESEARCH RETURN (PARTIAL 1:5) UNSEEN".into()),
            ),
            (
                MultiSearch::new([MailboxFilter::Personal], Key::subject("für")),
                "MULTISEARCH",
                Ok("ESEARCH IN (personal) RETURN (ALL) CHARSET UTF-8 SUBJECT {4}\r\n~für".into()),
            ),
        ] {
            assert_eq!(written(&search, words), line, "{words}");
        }
    }

    #[test]
    fn each_mailbox_has_its_result() {
        let search = MultiSearch::new([MailboxFilter::Personal], Key::unseen());
        let lines = [
            "* ESEARCH (TAG \"a\" MAILBOX \"folder1\" UIDVALIDITY 1) UID ALL 4001,4003,4005",
            "* ESEARCH (TAG \"a\" MAILBOX \"folder2/banana\" UIDVALIDITY 503) UID ALL 3002,4004",
            "* ESEARCH (MAILBOX \"folder1\" UIDVALIDITY 1) UID ALL 4007",
            "* SEARCH 1",
            "* ESEARCH UID ALL 7",
            "* ESEARCH (TAG",
            "a OK [LIMIT] enough",
        ];
        let (found, back) = answer(&search, &lines);
        let shown: Vec<_> = found
            .mailboxes
            .iter()
            .map(|one| {
                let name = one.mailbox.as_ref().unwrap().to_string();
                (name, one.uid_validity.unwrap().get(), one.found.all.to_string(), one.found.count)
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("folder1".into(), 1, "4001,4003,4005,4007".into(), Some(4)),
                ("folder2/banana".into(), 503, "3002,4004".into(), Some(2)),
            ]
        );
        assert_eq!((found.is_limited, found.unreadable.len(), back.len()), (true, 1, 2));
        let (nothing, _) = answer(&search, &["a OK"]);
        assert!(nothing.mailboxes.is_empty() && !nothing.is_limited);
    }

    #[test]
    fn the_selected_one_may_go_on() {
        let search = MultiSearch::new([], Key::unseen()).update();
        let told = "* ESEARCH (TAG \"a\" MAILBOX INBOX UIDVALIDITY 1) UID COUNT 2 ALL 4:5";
        let (found, _) = answer(&search, &[told, "a OK"]);
        assert_eq!(found.mailboxes[0].found.live().map(|live| live.count()), Some(2));
        let (found, _) = answer(&search, &["* NO [NOUPDATE \"a\"] no", told, "a OK"]);
        assert!(found.mailboxes[0].found.live().is_none());
    }
}

//! SEARCH: which messages have what is looked for.

use alloc::vec::Vec;
use core::{fmt, hash::Hash, marker::PhantomData};

use mailwire_imap::{
    Code, Number, Octets, PartialRange, SeqNum, Status, Uid,
    command::{Body, Return, SearchCommand},
    fetch_attribute::Attribute,
    response::Data,
    search::Search as Key,
};

use crate::{Command, Server, Unsupported, Untagged};

mod found;
mod keys;
mod returns;
#[cfg(test)]
mod tests;

pub(super) use self::{
    found::{Answer, is_answer},
    keys::{has_fuzzy, require_keys},
    returns::{builders, places_of},
};
pub use self::{
    found::{Found, FoundBy},
    returns::Returns,
};

/// How a command names messages, and its answer too: by [`Uid`] or by [`SeqNum`].
pub trait Naming: Number + fmt::Debug + Hash + Send + Sync + 'static {
    /// Whether it is by UID.
    const IS_UID: bool;
}

impl Naming for Uid {
    const IS_UID: bool = true;
}

impl Naming for SeqNum {
    const IS_UID: bool = false;
}

/// `SEARCH`, `UID SEARCH` ([RFC 9051 section 6.4.4](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.4)).
///
/// Without a word on what is wanted, it is [all](Found::all) that is found. A server without ESEARCH tells that whatever is
/// asked, and the rest is counted from it ([`Found::by`]).
///
/// ```
/// use mailwire_imap_client::{codec, command::Search};
///
/// let unseen = Search::uid(codec::Search::unseen().and(codec::Search::from("ann"))).count().max();
/// let newest = Search::uid(codec::Search::all()).partial("-1:-100".parse()?);
/// # let _ = (unseen, newest);
/// # Ok::<(), codec::InvalidPartialRange>(())
/// ```
///
/// [`body`](Command::body) fails for keys that the server does not know: `YOUNGER` without WITHIN, for example.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Search<N = Uid> {
    /// Which messages.
    pub keys: Key,
    /// What is wanted of them.
    pub returns: Returns,
    /// The charset of the texts. Nothing means UTF-8, which is told only where a text is not ASCII.
    pub charset: Option<Octets>,
    /// Whether ESEARCH is not used where that can be, even if the server announces it.
    pub is_plain: bool,
    naming: PhantomData<fn() -> N>,
}

impl Search<Uid> {
    /// `UID SEARCH`: UIDs are told.
    pub fn uid(keys: Key) -> Self {
        Self::new(keys)
    }
}

impl Search<SeqNum> {
    /// `SEARCH`: sequence numbers are told.
    pub fn sequence(keys: Key) -> Self {
        Self::new(keys)
    }
}

impl<N: Naming> Search<N> {
    fn new(keys: Key) -> Self {
        Self { keys, returns: Returns::default(), charset: None, is_plain: false, naming: PhantomData }
    }

    builders!();

    /// Keeps what was found on the server, where `$` stands for it in the next commands
    /// ([RFC 5182](https://www.rfc-editor.org/rfc/rfc5182)). Alone, it is not told what was found. With
    /// [`min`](Self::min) or [`max`](Self::max) and nothing else, these are kept, with [`partial`](Self::partial) that part.
    #[must_use]
    pub fn save(mut self) -> Self {
        self.returns.save = true;
        self
    }

    /// The charset of the texts, as they stand in the keys.
    #[must_use]
    pub fn with_charset(mut self, charset: impl Into<Octets>) -> Self {
        self.charset = Some(charset.into());
        self
    }

    /// The same without ESEARCH, even if the server announces it.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.is_plain = true;
        self
    }

    fn options(&self, server: &Server) -> Result<Option<Vec<Return>>, Unsupported> {
        let returns = &self.returns;
        if self.is_plain && !returns.needs_extension() {
            return Ok(None);
        }
        if returns.update.is_some() {
            server.require("CONTEXT=SEARCH")?;
        }
        let is_known = server.has("ESEARCH") || server.has("CONTEXT=SEARCH");
        if !is_known && !returns.needs_extension() {
            return Ok(None);
        }
        if returns.save {
            server.require("SEARCHRES")?;
        }
        if !is_known && !returns.is_save_alone() {
            server.require("ESEARCH")?;
        }
        let has_partial = |range: PartialRange| {
            server.has("PARTIAL") || (server.has("CONTEXT=SEARCH") && !range.is_from_end())
        };
        returns.options(server, has_partial, server.has("CONTEXT=SEARCH"), has_fuzzy(&self.keys)).map(Some)
    }
}

impl<N: Naming> Command for Search<N> {
    type Output = Found<N>;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        require_keys(&self.keys, server)?;
        Ok(Body::Search(SearchCommand {
            is_uid: N::IS_UID,
            returns: self.options(server)?,
            // "clients MUST NOT issue a SEARCH command that contains a charset specification" (RFC 6855 section 3).
            charset: self.charset.clone().filter(|_| !server.is_utf8()),
            search: self.keys.clone(),
        }))
    }

    fn absorb(&self, data: Untagged, found: &mut Found<N>) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::Search(numbers)) => found.answer.take_numbers(numbers),
            Untagged::Data(Data::ESearch(told)) if told.mailbox.is_none() => {
                found.answer.take(told, self.returns.update.is_some());
            }
            Untagged::Data(Data::Status(Status { code: Some(Code::NoUpdate(_)), .. }))
                if self.returns.update.is_some() =>
            {
                found.answer.is_update_refused = true;
            }
            Untagged::Unknown(unknown) if is_answer(&unknown.octets, &["SEARCH", "ESEARCH"]) => {
                found.unreadable.push(unknown);
            }
            other => return Some(other),
        }
        None
    }

    fn finish(&self, status: &Status, found: &mut Found<N>) {
        if status.is_ok() {
            found.complete(&self.returns);
        }
    }
}

/// `UPDATE`, with what NOTIFY adds to it.
fn update_attributes(attributes: &[Attribute], server: &Server) -> Result<Return, Unsupported> {
    if !attributes.is_empty() {
        server.require("NOTIFY")?;
    }
    Ok(Return::Update(attributes.to_vec()))
}

//! Responses from what they tell.

use super::{Data, Response};
use crate::{
    Flags, Status,
    acl::{Acl, ListRights, MyRights},
    comparator::Comparator,
    convert::{Conversion, Converted},
    fetch::{Fetch, Item, Message},
    list::Namespaces,
    mailbox_status::MailboxStatus,
    metadata::Metadata,
    quota::{Quota, QuotaRoot},
    search_result::ESearch,
    uid_batches::Batches,
};

/// Where the type says which response it is.
macro_rules! data {
    ($($variant:ident $kind:ty,)*) => {
        $(
            impl From<$kind> for Data {
                fn from(told: $kind) -> Self {
                    Self::$variant(told)
                }
            }

            impl From<$kind> for Response {
                fn from(told: $kind) -> Self {
                    Self::Data(told.into())
                }
            }
        )*
    };
}

data! {
    Acl Acl,
    Comparator Comparator,
    Conversion Conversion,
    Converted Converted,
    ESearch ESearch,
    Fetch Fetch,
    Flags Flags,
    ListRights ListRights,
    MailboxStatus MailboxStatus,
    Metadata Metadata,
    MyRights MyRights,
    Namespace Namespaces,
    Quota Quota,
    QuotaRoot QuotaRoot,
    Status Status,
    UidBatches Batches,
}

impl From<Data> for Response {
    fn from(data: Data) -> Self {
        Self::Data(data)
    }
}

impl Fetch {
    /// What is told of a message.
    ///
    /// ```
    /// use mailwire_imap::{Flag, Response, SeqNum, encoder::{Encoder, Part}, fetch::{Fetch, Item}};
    ///
    /// let fetch = Fetch::new(SeqNum::MIN, [Item::Flags([Flag::Seen].into())]);
    /// let mut out = Encoder::server(Default::default());
    /// Response::from(fetch).encode(&mut out);
    /// assert_eq!(out.finish()?, [Part::Octets("* 1 FETCH (FLAGS (\\Seen))\r\n".into())]);
    /// # Ok::<(), mailwire_imap::encoder::EncodeError>(())
    /// ```
    pub fn new(message: impl Into<Message>, items: impl IntoIterator<Item = Item>) -> Self {
        Self { message: message.into(), items: items.into_iter().collect() }
    }
}

impl Response {
    /// The status, tagged or not.
    pub fn status(&self) -> Option<&Status> {
        match self {
            Self::Data(Data::Status(status)) | Self::Tagged(_, status) => Some(status),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Capabilities, Tag, mailbox_status};

    #[test]
    fn responses_from_what_they_tell() {
        let status = MailboxStatus { mailbox: "x".into(), items: [mailbox_status::Item::Messages(3)].into() };
        assert_eq!(Response::from(status.clone()), Response::Data(Data::MailboxStatus(status)));
        for status in [Status::ok("a"), Status::no("b"), Status::bad("c"), Status::bye("d")] {
            assert_eq!(Response::from(status.clone()).status(), Some(&status));
            assert_eq!(Response::Tagged(Tag::new("a").unwrap(), status.clone()).status(), Some(&status));
        }
        let capabilities = Data::Capability(Capabilities::default());
        assert_eq!(Response::from(capabilities).status(), None);
    }
}

//! Commands with the types of their answers: each folds the responses that are its own into one value.
//!
//! The [`Connection`](crate::Connection) brings its own view up to date with each response, then offers the response to
//! the commands in progress, the oldest first. What none of them takes is an event for the application, so nothing is
//! lost, whatever a server says in the middle of what.

use core::fmt;

use bytes::Bytes;
use mailwire_imap::{
    command::Body,
    response::{Data, Unknown},
};

use crate::{CommandError, Server, Unsupported};

mod acl;
mod append;
mod asked;
mod capability;
mod close;
mod comparator;
mod conversions;
mod convert;
mod copy;
mod create;
mod delete;
#[cfg(test)]
pub(crate) mod dialogue;
mod enable;
mod expunge;
pub mod fetch;
mod fetch_body;
mod filter;
mod id;
mod jmap_access;
mod language;
mod list;
mod listing;
mod live;
mod logout;
mod lsub;
mod metadata;
mod multi_search;
mod namespace;
mod noop;
mod notify;
#[cfg(test)]
pub(crate) mod peer;
mod quota;
mod referral;
mod rename;
mod search;
mod select;
mod sort;
mod status;
mod store;
mod subscribe;
mod thread;
mod uid_batches;
mod url_auth;
mod xlist;

pub use self::{
    acl::{DeleteAcl, GetAcl, Grantable, ListRights, MyRights, SetAcl},
    append::{Append, Appended, Replace},
    capability::Capability,
    close::{Close, Closed, Unselect},
    comparator::{Comparator, Comparators},
    conversions::Conversions,
    convert::{Convert, ConvertedRows},
    copy::{Copied, Copy, Move, UidMap},
    create::{Create, Created},
    delete::{Delete, Deleted},
    enable::{Enable, Extension, Granted},
    expunge::{Expunge, Expunged, UidExpunge},
    fetch::{Fetch, Fetched},
    fetch_body::{FetchBody, FetchedBody, What},
    filter::{Filter, Filters, GetFilters, SetFilter},
    id::{Id, Identity},
    jmap_access::GetJmapAccess,
    language::{Language, Languages},
    list::List,
    listing::{Listed, Listing},
    live::{CancelUpdate, Change, Live},
    logout::{Logout, Unauthenticate},
    lsub::Lsub,
    metadata::{GetMetadata, MetadataFound, SetMetadata},
    multi_search::{FoundEverywhere, FoundIn, MultiSearch},
    namespace::Namespace,
    noop::{Check, Noop},
    notify::{Notified, Notify},
    quota::{GetQuota, GetQuotaRoot, Quotas, SetQuota},
    referral::{Rlist, Rlsub},
    rename::{Rename, Renamed},
    search::{Found, FoundBy, Naming, Returns, Search},
    select::{Opened, Select},
    sort::{Sort, Sorted, SortedBy},
    status::{Figures, Status},
    store::{Now, Store, Stored},
    subscribe::{Subscribe, Unsubscribe},
    thread::{Thread, Threads},
    uid_batches::UidBatches,
    url_auth::{GenUrlAuth, ResetKey, UrlFetch},
    xlist::Xlist,
};

/// A command with the type of its answer.
///
/// ```
/// use mailwire_imap_client::{
///     Command, Server, Unsupported, Untagged,
///     codec::{Octets, command::Body, response::Data},
/// };
///
/// /// Where the same account is reached by JMAP (RFC 9698).
/// #[derive(Debug)]
/// struct JmapUrl;
///
/// impl Command for JmapUrl {
///     type Output = Option<Octets>;
///
///     fn body(&self, server: &Server) -> Result<Body, Unsupported> {
///         server.require("JMAPACCESS")?;
///         Ok(Body::GetJmapAccess)
///     }
///
///     fn absorb(&self, data: Untagged, url: &mut Option<Octets>) -> Option<Untagged> {
///         let Untagged::Data(Data::JmapAccess(told)) = data else { return Some(data) };
///         *url = Some(told);
///         None
///     }
/// }
/// ```
pub trait Command: fmt::Debug + Send + 'static {
    /// The answer. It grows while responses come, and can be looked at and taken from before it is complete
    /// ([`Connection::output`](crate::Connection::output)).
    type Output: Default + Send + 'static;

    /// What is sent to this server, asked for when the command leaves: what the server can do may have changed since the
    /// command was made.
    ///
    /// # Errors
    ///
    /// [`Unsupported`] if the server lacks what it takes; then nothing is sent.
    fn body(&self, server: &Server) -> Result<Body, Unsupported>;

    /// Whether it is worth sending: what else than missing capabilities speaks against it, as the length of a message that the
    /// server does not take. Asked together with [`body`](Self::body).
    ///
    /// # Errors
    ///
    /// Why it is not; then nothing is sent.
    fn check(&self, server: &Server) -> Result<(), CommandError> {
        let _ = server;
        Ok(())
    }

    /// Takes `data` into `output`, or gives it back because it belongs to somebody else.
    fn absorb(&self, data: Untagged, output: &mut Self::Output) -> Option<Untagged> {
        let _ = output;
        Some(data)
    }

    /// Takes what the tagged status says beside success or failure, in its response code: `[APPENDUID ..]`, `[MODIFIED ..]`.
    ///
    /// A command with many UIDs may be sent in pieces, each with a status of its own.
    fn finish(&self, status: &mailwire_imap::Status, output: &mut Self::Output) {
        let _ = (status, output);
    }

    /// The longest literal that is collected while this command is the oldest; longer ones come as
    /// [`Untagged::Chunk`]. Nothing means what [`Config::limits`](crate::Config::limits) says.
    fn inline_literal(&self) -> Option<u64> {
        None
    }
}

/// What a server tells beside the ends of commands.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Untagged {
    /// Octets of the literal that [`Head`](Self::Head) announced. They go to the command that took the head.
    Chunk(Bytes),
    /// A whole response. In place of literals that came as chunks it has
    /// [`Content::Streamed`](mailwire_imap::fetch::Content::Streamed).
    Data(Data),
    /// The front part of a FETCH response, up to a literal that comes as chunks: it is the content of the last item.
    /// The whole response follows as [`Data`](Self::Data), these items included.
    Head(Data),
    /// A response that cannot be read. A command takes it if it looks like a part of its own answer, to tell that something
    /// is missing there.
    Unknown(Unknown),
}

/// Any command as it is, without an answer of its own: what the server tells are events.
impl Command for Body {
    type Output = ();

    fn body(&self, _: &Server) -> Result<Body, Unsupported> {
        Ok(self.clone())
    }
}

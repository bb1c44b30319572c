//! A method for each common job, on whatever [executes](Execute) commands.

use core::future::Future;

use alloc::vec::Vec;

use crate::{
    Execute,
    codec::{
        Capabilities, Mailbox, Octets, Search, Uid, UidSet, acl,
        command::{Criterion, Messages, QResync, ThreadAlgorithm},
        fetch::Message,
        mailbox_status::Attribute as Figure,
        metadata::Entry,
        quota,
        section::Part,
    },
    command::{
        self, Append, Copied, Copy, Expunge, Expunged, Fetch, Fetched, Found, List, Naming, Replace, Sort,
        Sorted, Store, Stored, Threads,
        fetch::{GmailLabels, Items, Row},
    },
};

mod append;
mod decode;
mod facts;
mod ids;
mod list;
mod mv;
mod namespaces;
mod part;
mod preview;
mod remove;
mod resync;
#[cfg(test)]
pub(crate) mod script;
mod search;
mod sort;
mod special_folders;
mod thread;
mod unselect;

pub use self::{
    append::{AddedMessages, Replaced},
    decode::TransferEncoding,
    ids::MessageIds,
    list::{Fallback, Mailboxes},
    mv::Moved,
    namespaces::{FoundNamespaces, NamespacesBy},
    part::DecodedPart,
    preview::{MessagePreview, PreviewSource},
    remove::{Removed, WithoutUidPlus},
    resync::{Resynced, ResyncedBy},
    special_folders::{SpecialFolder, SpecialFolders, SpecialUse, UseFoundBy},
    unselect::UnselectedBy,
};

/// The common jobs of a mail program, each one call; those of several commands fall back on other ways where the server
/// lacks an extension, and say so in their answers.
///
/// Errors are those of [`Execute::run`]: a server that refuses, an extension without which it cannot be done, a connection
/// that is lost.
pub trait Session: Execute {
    /// Lists mailboxes: those whose names match a pattern, or what a [`List`] says. What LIST cannot do on this server is
    /// done by LSUB, STATUS, MYRIGHTS and GETMETADATA.
    fn list(&mut self, list: impl Into<List>) -> impl Future<Output = Result<Mailboxes, Self::Error>> + Send {
        list::list(self, list.into())
    }

    /// Finds out which mailboxes are for what: by SPECIAL-USE, else by XLIST, else by the names that people give them in
    /// many languages. It lists all mailboxes.
    fn special_folders(&mut self) -> impl Future<Output = Result<SpecialFolders, Self::Error>> + Send {
        special_folders::special_folders(self)
    }

    /// Finds out where the user's own mailboxes are, and those of others: by NAMESPACE, else by `LIST "" ""`.
    fn namespaces(&mut self) -> impl Future<Output = Result<FoundNamespaces, Self::Error>> + Send {
        namespaces::namespaces(self)
    }

    /// The names that the user has subscribed to, by LIST or LSUB; they need not be of mailboxes that exist.
    fn subscriptions(&mut self) -> impl Future<Output = Result<Mailboxes, Self::Error>> + Send {
        list::list(self, command::List::new("*").only_subscribed())
    }

    /// Figures of a mailbox: those that are asked for, or with none all that the server can tell cheaply.
    fn status(
        &mut self,
        mailbox: impl Into<Mailbox>,
        figures: impl IntoIterator<Item = Figure>,
    ) -> impl Future<Output = Result<command::Figures, Self::Error>> + Send {
        self.run(command::Status::new(mailbox, figures))
    }

    /// Opens a mailbox, to read and to change it.
    fn select(
        &mut self,
        mailbox: impl Into<Mailbox>,
    ) -> impl Future<Output = Result<command::Opened, Self::Error>> + Send {
        self.run(command::Select::new(mailbox))
    }

    /// Opens a mailbox to read it. Nothing changes by that.
    fn examine(
        &mut self,
        mailbox: impl Into<Mailbox>,
    ) -> impl Future<Output = Result<command::Opened, Self::Error>> + Send {
        self.run(command::Select::examine(mailbox))
    }

    /// Opens a mailbox of which much is known, and finds out what has changed: by QRESYNC, which is enabled if need be, else
    /// by CONDSTORE, else by the flags of all messages that are known. To read only, give [`Select::examine`](command::Select::examine) of it.
    fn select_qresync(
        &mut self,
        mailbox: impl Into<command::Select>,
        known: QResync,
    ) -> impl Future<Output = Result<Resynced, Self::Error>> + Send {
        resync::select_qresync(self, mailbox.into(), known)
    }

    /// Leaves the mailbox, and expunges all messages with `\Deleted` if it is not read-only.
    fn close(&mut self) -> impl Future<Output = Result<command::Closed, Self::Error>> + Send {
        self.run(command::Close)
    }

    /// Leaves the mailbox without expunging anything: by UNSELECT, else by EXAMINE and CLOSE.
    fn unselect(&mut self) -> impl Future<Output = Result<UnselectedBy, Self::Error>> + Send {
        unselect::unselect(self)
    }

    /// Creates a mailbox. [`Create::for_use`](command::Create::for_use) says what it is for.
    fn create(
        &mut self,
        mailbox: impl Into<command::Create>,
    ) -> impl Future<Output = Result<command::Created, Self::Error>> + Send {
        self.run(mailbox.into())
    }

    /// Deletes a mailbox with its messages.
    fn delete(
        &mut self,
        mailbox: impl Into<Mailbox>,
    ) -> impl Future<Output = Result<command::Deleted, Self::Error>> + Send {
        self.run(command::Delete::new(mailbox))
    }

    /// Gives a mailbox, and all below it, another name.
    fn rename(
        &mut self,
        from: impl Into<Mailbox>,
        to: impl Into<Mailbox>,
    ) -> impl Future<Output = Result<command::Renamed, Self::Error>> + Send {
        self.run(command::Rename::new(from, to))
    }

    /// Adds a name to those that the user has subscribed to.
    fn subscribe(
        &mut self,
        mailbox: impl Into<Mailbox>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.run(command::Subscribe::new(mailbox))
    }

    /// Takes a name from them.
    fn unsubscribe(
        &mut self,
        mailbox: impl Into<Mailbox>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.run(command::Unsubscribe::new(mailbox))
    }

    /// Says what a mailbox is for, or with no use that it is for nothing special
    /// ([RFC 6154 section 4](https://www.rfc-editor.org/rfc/rfc6154#section-4)).
    fn set_special_use(
        &mut self,
        mailbox: impl Into<Mailbox>,
        uses: impl IntoIterator<Item = SpecialUse>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.run(special_folders::set(mailbox.into(), uses))
    }

    /// Who may do what with a mailbox.
    fn acl(
        &mut self,
        mailbox: impl Into<Mailbox>,
    ) -> impl Future<Output = Result<Vec<acl::Entry>, Self::Error>> + Send {
        self.run(command::GetAcl::new(mailbox))
    }

    /// Changes what somebody may do with a mailbox.
    fn set_acl(
        &mut self,
        mailbox: impl Into<Mailbox>,
        identifier: impl Into<Octets>,
        change: acl::Change,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.run(command::SetAcl::new(mailbox, identifier, change))
    }

    /// Takes somebody out of the list of those who may do something with a mailbox.
    fn delete_acl(
        &mut self,
        mailbox: impl Into<Mailbox>,
        identifier: impl Into<Octets>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.run(command::DeleteAcl::new(mailbox, identifier))
    }

    /// Which rights somebody can have.
    fn list_rights(
        &mut self,
        mailbox: impl Into<Mailbox>,
        identifier: impl Into<Octets>,
    ) -> impl Future<Output = Result<command::Grantable, Self::Error>> + Send {
        self.run(command::ListRights::new(mailbox, identifier))
    }

    /// What the user may do with a mailbox.
    fn my_rights(
        &mut self,
        mailbox: impl Into<Mailbox>,
    ) -> impl Future<Output = Result<acl::Rights, Self::Error>> + Send {
        self.run(command::MyRights::new(mailbox))
    }

    /// The limits of a quota root.
    fn quota(
        &mut self,
        root: impl Into<Octets>,
    ) -> impl Future<Output = Result<Vec<quota::Resource>, Self::Error>> + Send {
        self.run(command::GetQuota::new(root))
    }

    /// The limits that are on a mailbox.
    fn quota_root(
        &mut self,
        mailbox: impl Into<Mailbox>,
    ) -> impl Future<Output = Result<command::Quotas, Self::Error>> + Send {
        self.run(command::GetQuotaRoot::new(mailbox))
    }

    /// Sets all limits of a quota root, and tells them as they are then.
    fn set_quota(
        &mut self,
        root: impl Into<Octets>,
        limits: impl IntoIterator<Item = (quota::ResourceName, u64)>,
    ) -> impl Future<Output = Result<Vec<quota::Resource>, Self::Error>> + Send {
        self.run(command::SetQuota::new(root, limits))
    }

    /// Annotations of a mailbox, or with the empty name of the server.
    fn metadata(
        &mut self,
        mailbox: impl Into<Mailbox>,
        entries: impl IntoIterator<Item = Entry>,
    ) -> impl Future<Output = Result<command::MetadataFound, Self::Error>> + Send {
        self.run(command::GetMetadata::new(mailbox, entries))
    }

    /// Sets an annotation, or takes it away.
    fn set_metadata(
        &mut self,
        metadata: command::SetMetadata,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.run(metadata)
    }

    /// The searches that are stored on the server.
    fn filters(&mut self) -> impl Future<Output = Result<command::Filters, Self::Error>> + Send {
        self.run(command::GetFilters)
    }

    /// Stores a search on the server, or takes it away.
    fn set_filter(
        &mut self,
        filter: command::SetFilter,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.run(filter)
    }

    /// Says what the server is to tell by itself, and of which mailboxes.
    fn notify(
        &mut self,
        notify: command::Notify,
    ) -> impl Future<Output = Result<command::Notified, Self::Error>> + Send {
        self.run(notify)
    }

    /// Enables extensions that change what the server sends, before a mailbox is selected.
    fn enable(
        &mut self,
        extensions: impl IntoIterator<Item = command::Extension>,
    ) -> impl Future<Output = Result<command::Granted, Self::Error>> + Send {
        self.run(command::Enable::new(extensions))
    }

    /// Tells the server who we are, and asks who it is.
    fn id(&mut self, id: command::Id) -> impl Future<Output = Result<command::Identity, Self::Error>> + Send {
        self.run(id)
    }

    /// Asks what the server can do. What it tells by itself is known without this.
    fn capability(&mut self) -> impl Future<Output = Result<Capabilities, Self::Error>> + Send {
        self.run(command::Capability)
    }

    /// Does nothing, so that the server can tell what is new.
    fn noop(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.run(command::Noop)
    }

    /// Ends the session.
    fn logout(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.run(command::Logout)
    }

    /// Ends what the user did, so that another one can log in.
    fn unauthenticate(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.run(command::Unauthenticate)
    }

    /// Fetches these items of these messages, and waits for all of them. Adapters have ways to take rows as they come, which
    /// is better for many messages.
    fn fetch<I: Items>(
        &mut self,
        messages: impl Into<Messages>,
        items: I,
    ) -> impl Future<Output = Result<Fetched<I::Told>, Self::Error>> + Send {
        self.run(Fetch::new(messages, items))
    }

    /// Changes flags, labels or annotations.
    fn store(&mut self, store: Store) -> impl Future<Output = Result<Stored, Self::Error>> + Send {
        self.run(store)
    }

    /// Copies messages of the selected mailbox to another one.
    fn copy(
        &mut self,
        messages: impl Into<Messages>,
        mailbox: impl Into<Mailbox>,
    ) -> impl Future<Output = Result<Copied, Self::Error>> + Send {
        self.run(Copy::new(messages, mailbox))
    }

    /// Moves messages of the selected mailbox to another one. A server without MOVE copies them and takes away what was
    /// copied; without UIDPLUS they keep `\Deleted` and stay, because its EXPUNGE would take away what others have marked.
    ///
    /// If it fails after messages were copied, the copies stay.
    fn mv(
        &mut self,
        messages: impl Into<Messages>,
        mailbox: impl Into<Mailbox>,
    ) -> impl Future<Output = Result<Moved, Self::Error>> + Send {
        mv::mv(self, messages.into(), mailbox.into(), WithoutUidPlus::default())
    }

    /// The same with a word on servers that have neither MOVE nor UIDPLUS.
    fn mv_with(
        &mut self,
        messages: impl Into<Messages>,
        mailbox: impl Into<Mailbox>,
        without: WithoutUidPlus,
    ) -> impl Future<Output = Result<Moved, Self::Error>> + Send {
        mv::mv(self, messages.into(), mailbox.into(), without)
    }

    /// Takes messages away for good: marks them with `\Deleted` and expunges them and no others. Without UIDPLUS they keep
    /// `\Deleted` and stay.
    fn remove(
        &mut self,
        messages: impl Into<Messages>,
    ) -> impl Future<Output = Result<Removed, Self::Error>> + Send {
        remove::remove(self, messages.into(), WithoutUidPlus::default())
    }

    /// The same with a word on servers that have no UIDPLUS.
    fn remove_with(
        &mut self,
        messages: impl Into<Messages>,
        without: WithoutUidPlus,
    ) -> impl Future<Output = Result<Removed, Self::Error>> + Send {
        remove::remove(self, messages.into(), without)
    }

    /// Expunges all messages with `\Deleted`, those included that others have marked.
    fn expunge(&mut self) -> impl Future<Output = Result<Expunged, Self::Error>> + Send {
        self.run(Expunge)
    }

    /// Adds messages to a mailbox: in one command, or one by one to a server without MULTIAPPEND. A message that is longer
    /// than the server takes is not sent.
    ///
    /// If it fails after some were added one by one, those stay.
    fn append(&mut self, append: Append) -> impl Future<Output = Result<AddedMessages, Self::Error>> + Send {
        append::append(self, append)
    }

    /// Puts a message in place of another one of the selected mailbox. To a server without REPLACE the new one is added, then the
    /// old one is taken away as by [`remove`](Self::remove). It is added, too, if the old one is no longer there.
    fn replace(&mut self, replace: Replace) -> impl Future<Output = Result<Replaced, Self::Error>> + Send {
        append::replace(self, replace, WithoutUidPlus::default())
    }

    /// The same with a word on servers that have neither REPLACE nor UIDPLUS.
    fn replace_with(
        &mut self,
        replace: Replace,
        without: WithoutUidPlus,
    ) -> impl Future<Output = Result<Replaced, Self::Error>> + Send {
        append::replace(self, replace, without)
    }

    /// The first words of messages, for a list of them: by the server, or from their first text. No message counts as seen
    /// by this.
    fn preview(
        &mut self,
        messages: impl Into<Messages>,
    ) -> impl Future<Output = Result<Vec<Row<MessagePreview>>, Self::Error>> + Send {
        preview::preview(self, messages.into())
    }

    /// A part of a message without its transfer encoding, which the server takes away, or we do. No message counts as seen
    /// by this.
    fn part(
        &mut self,
        message: impl Into<Message>,
        part: Part,
    ) -> impl Future<Output = Result<DecodedPart, Self::Error>> + Send {
        part::part(self, message.into(), part)
    }

    /// Ids of messages and of their conversations that stay the same in all mailboxes: OBJECTID, or those of Gmail.
    fn ids(
        &mut self,
        messages: impl Into<Messages>,
    ) -> impl Future<Output = Result<Vec<Row<MessageIds>>, Self::Error>> + Send {
        ids::ids(self, messages.into())
    }

    /// The labels of messages at Gmail. [`Store::labels`] changes them.
    fn labels(
        &mut self,
        messages: impl Into<Messages>,
    ) -> impl Future<Output = Result<Fetched<Option<Vec<Octets>>>, Self::Error>> + Send {
        self.run(Fetch::new(messages, GmailLabels))
    }

    /// Searches for messages in the selected mailbox. An answer of which a part cannot be read is
    /// [`Doubtful`](crate::CommandError::Doubtful).
    fn search(&mut self, keys: Search) -> impl Future<Output = Result<UidSet, Self::Error>> + Send {
        search::search(self, keys)
    }

    /// Searches, and tells what is wanted of what is found, and how it was found. A server that does not know the charset
    /// is asked again without one, if the texts are ASCII; one that announces ESEARCH and does not know it, by plain SEARCH.
    fn search_with<N: Naming>(
        &mut self,
        search: command::Search<N>,
    ) -> impl Future<Output = Result<Found<N>, Self::Error>> + Send {
        search::search_with(self, search)
    }

    /// Sorts messages: the server does, or it is done here from what it tells of each ([`Sorted::by`]).
    fn sort(
        &mut self,
        criteria: impl IntoIterator<Item = Criterion>,
        keys: Search,
    ) -> impl Future<Output = Result<Sorted<Uid>, Self::Error>> + Send {
        sort::sort(self, Sort::uid(criteria, keys))
    }

    /// The same, with what is wanted of the result.
    fn sort_with(&mut self, sort: Sort) -> impl Future<Output = Result<Sorted<Uid>, Self::Error>> + Send {
        sort::sort(self, sort)
    }

    /// Puts messages together as threads: the server does, or it is done here from what it tells of each
    /// ([`Threads::by`]).
    fn thread(
        &mut self,
        algorithm: ThreadAlgorithm,
        keys: Search,
    ) -> impl Future<Output = Result<Threads<Uid>, Self::Error>> + Send {
        thread::thread(self, algorithm, keys)
    }
}

impl<T: Execute> Session for T {}

#[cfg(test)]
mod tests;

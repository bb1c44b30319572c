use super::{Action, Body, Command, Fetch, Messages, QResync, Select, Store, Values, parse::is_experimental};
use crate::{
    annotation::encode_annotations,
    encoder::{EncodeError, Encoder},
    id::encode_fields,
    metadata::encode_values,
    quota::encode_limits,
    urlauth::encode_mechanism,
};

impl Command {
    /// Writes the command, with its line end.
    pub fn encode(&self, out: &mut Encoder) {
        out.raw(self.tag.as_bytes()).sp();
        self.body.encode(out);
        out.end();
    }
}

impl Body {
    pub(super) fn encode(&self, out: &mut Encoder) {
        let word = self.word();
        let is_uid = match self {
            Self::Copy(messages, _) | Self::Move(messages, _) => messages.is_uid(),
            Self::Replace(replace) => replace.target.is_uid(),
            Self::Convert(convert) => convert.messages.is_uid(),
            Self::Expunge(messages) => messages.is_some(),
            Self::Fetch(fetch) => fetch.messages.is_uid(),
            Self::Search(search) => search.is_uid,
            Self::Sort(sort) => sort.search.is_uid,
            Self::Store(store) => store.messages.is_uid(),
            Self::Thread(thread) => thread.search.is_uid,
            _ => false,
        };
        if is_uid {
            out.raw(b"UID ");
        }
        out.raw(word);
        self.encode_arguments(out);
    }

    pub(super) fn word(&self) -> &'static [u8] {
        match self {
            Self::Append(_) => b"APPEND",
            Self::Authenticate { .. } => b"AUTHENTICATE",
            Self::CancelUpdate(_) => b"CANCELUPDATE",
            Self::Capability => b"CAPABILITY",
            Self::Check => b"CHECK",
            Self::Close => b"CLOSE",
            Self::Comparator(_) => b"COMPARATOR",
            Self::Compress(_) => b"COMPRESS",
            Self::Conversions(..) => b"CONVERSIONS",
            Self::Convert(_) => b"CONVERT",
            Self::Copy(..) => b"COPY",
            Self::Create(..) => b"CREATE",
            Self::Delete(_) => b"DELETE",
            Self::DeleteAcl(..) => b"DELETEACL",
            Self::Enable(_) => b"ENABLE",
            Self::ESearch(_) => b"ESEARCH",
            Self::Examine(_) => b"EXAMINE",
            // Its name is with its arguments.
            Self::Experimental { .. } => b"",
            Self::Expunge(_) => b"EXPUNGE",
            Self::Fetch(_) => b"FETCH",
            Self::GenUrlAuth(_) => b"GENURLAUTH",
            Self::GetAcl(_) => b"GETACL",
            Self::GetJmapAccess => b"GETJMAPACCESS",
            Self::GetMetadata(_) => b"GETMETADATA",
            Self::GetQuota(_) => b"GETQUOTA",
            Self::GetQuotaRoot(_) => b"GETQUOTAROOT",
            Self::Id(_) => b"ID",
            Self::Idle => b"IDLE",
            Self::Language(_) => b"LANGUAGE",
            Self::List(_) => b"LIST",
            Self::ListRights(..) => b"LISTRIGHTS",
            Self::Login(..) => b"LOGIN",
            Self::Logout => b"LOGOUT",
            Self::Lsub(..) => b"LSUB",
            Self::Move(..) => b"MOVE",
            Self::MyRights(_) => b"MYRIGHTS",
            Self::Namespace => b"NAMESPACE",
            Self::Noop => b"NOOP",
            Self::Notify(_) => b"NOTIFY",
            Self::Rename(..) => b"RENAME",
            Self::Replace(_) => b"REPLACE",
            Self::ResetKey(_) => b"RESETKEY",
            Self::Rlist(..) => b"RLIST",
            Self::Rlsub(..) => b"RLSUB",
            Self::Search(_) => b"SEARCH",
            Self::Select(_) => b"SELECT",
            Self::SetAcl(..) => b"SETACL",
            Self::SetMetadata(..) => b"SETMETADATA",
            Self::SetQuota(..) => b"SETQUOTA",
            Self::Sort(_) => b"SORT",
            Self::StartTls => b"STARTTLS",
            Self::Status(..) => b"STATUS",
            Self::Store(_) => b"STORE",
            Self::Subscribe(_) => b"SUBSCRIBE",
            Self::Thread(_) => b"THREAD",
            Self::UidBatches(_) => b"UIDBATCHES",
            Self::Unauthenticate => b"UNAUTHENTICATE",
            Self::Unselect => b"UNSELECT",
            Self::Unsubscribe(_) => b"UNSUBSCRIBE",
            Self::UrlFetch(_) => b"URLFETCH",
            Self::Xlist(..) => b"XLIST",
        }
    }

    fn encode_arguments(&self, out: &mut Encoder) {
        match self {
            Self::Append(append) => append.encode(out),
            Self::Authenticate { mechanism, initial_response } => {
                out.sp().raw(mechanism.as_bytes());
                if let Some(response) = initial_response {
                    if !is_initial_response(response.expose()) {
                        out.refuse("initial-resp");
                    }
                    out.sp().text(response.expose());
                }
            }
            Self::CancelUpdate(tags) => {
                if tags.is_empty() {
                    out.fail(EncodeError::EmptyList);
                }
                for tag in tags {
                    out.sp().tag_string(tag);
                }
            }
            Self::Capability
            | Self::Check
            | Self::Close
            | Self::Expunge(None)
            | Self::GetJmapAccess
            | Self::Idle
            | Self::Logout
            | Self::Namespace
            | Self::Noop
            | Self::StartTls
            | Self::Unauthenticate
            | Self::ResetKey(None)
            | Self::Unselect => {}
            Self::Compress(algorithm) => out.sp().raw(algorithm.as_bytes()).done(),
            Self::Conversions(source, target) => out.sp().astring(source).sp().astring(target).done(),
            Self::Convert(convert) => convert.encode(out.sp()),
            Self::Copy(messages, mailbox) | Self::Move(messages, mailbox) => {
                messages.encode(out.sp());
                out.sp().mailbox(mailbox);
            }
            Self::Create(mailbox, uses) => {
                out.sp().mailbox(mailbox);
                if !uses.is_empty() {
                    out.raw(b" (USE ").list(uses, |out, one| out.raw(one.as_bytes()).done()).raw(b")");
                }
            }
            Self::Delete(mailbox)
            | Self::GetAcl(mailbox)
            | Self::GetQuotaRoot(mailbox)
            | Self::MyRights(mailbox)
            | Self::Subscribe(mailbox)
            | Self::Unsubscribe(mailbox) => out.sp().mailbox(mailbox).done(),
            Self::DeleteAcl(mailbox, identifier) | Self::ListRights(mailbox, identifier) => {
                out.sp().mailbox(mailbox).sp().astring(identifier);
            }
            Self::Enable(capabilities) => {
                if capabilities.is_empty() {
                    out.fail(EncodeError::EmptyList);
                }
                capabilities.encode(out);
            }
            Self::ESearch(search) => search.encode(out),
            Self::Examine(select) | Self::Select(select) => select.encode(out.sp()),
            Self::Experimental { name, arguments } => {
                if !is_experimental(name.as_bytes()) {
                    out.refuse("x-command");
                }
                out.other(name.as_bytes(), &["XLIST"]);
                arguments.iter().for_each(|argument| argument.encode(out.sp()));
            }
            // There is no such command, and UID EXPUNGE would take the numbers for UIDs.
            Self::Expunge(Some(Messages::Sequence(_))) => out.refuse("EXPUNGE of sequence numbers").done(),
            Self::Expunge(Some(messages)) => messages.encode(out.sp()),
            Self::Fetch(fetch) => fetch.encode(out.sp()),
            Self::GetMetadata(command) => command.encode(out),
            Self::GenUrlAuth(urls) if urls.is_empty() => out.fail(EncodeError::EmptyList).done(),
            Self::GenUrlAuth(urls) => out.sp().separated(urls, |out, url| url.encode(out)).done(),
            Self::GetQuota(root) => out.sp().astring(root).done(),
            Self::Id(fields) => encode_fields(fields.as_ref(), out.sp()),
            Self::Comparator(words) | Self::Language(words) => {
                for word in words {
                    out.sp().astring(word);
                }
            }
            Self::List(list) => list.encode(out.sp()),
            Self::Login(user, password) => out.sp().astring(user).sp().astring(password.expose()).done(),
            Self::Lsub(reference, pattern)
            | Self::Rlist(reference, pattern)
            | Self::Rlsub(reference, pattern)
            | Self::Xlist(reference, pattern) => {
                out.sp().mailbox(reference).sp().list_mailbox(pattern);
            }
            Self::Notify(notify) => notify.encode(out.sp()),
            Self::Rename(from, to) => out.sp().mailbox(from).sp().mailbox(to).done(),
            Self::Replace(replace) => replace.encode(out.sp()),
            Self::ResetKey(Some((mailbox, mechanisms))) => {
                out.sp().mailbox(mailbox);
                for mechanism in mechanisms {
                    encode_mechanism(mechanism, out.sp());
                }
            }
            Self::UrlFetch(urls) if urls.is_empty() => out.fail(EncodeError::EmptyList).done(),
            Self::UrlFetch(urls) => out.sp().separated(urls, |out, url| url.encode(out)).done(),
            Self::Search(search) => search.encode(out),
            Self::SetAcl(mailbox, identifier, rights) => {
                rights.encode(out.sp().mailbox(mailbox).sp().astring(identifier).sp());
            }
            Self::SetMetadata(mailbox, values) => encode_values(values, out.sp().mailbox(mailbox).sp()),
            Self::SetQuota(root, limits) => {
                encode_limits(limits, out.sp().astring(root).sp());
            }
            Self::Sort(sort) => sort.encode(out),
            Self::Status(_, attributes) if attributes.is_empty() => out.fail(EncodeError::EmptyList).done(),
            Self::Status(mailbox, attributes) => {
                out.sp().mailbox(mailbox).sp().list1(attributes, |out, one| out.raw(one.as_bytes()).done());
            }
            Self::Store(store) => store.encode(out.sp()),
            Self::Thread(thread) => thread.encode(out),
            Self::UidBatches(batches) => batches.encode(out.sp()),
        }
    }
}

/// `base64 / "="`
fn is_initial_response(octets: &[u8]) -> bool {
    let is_base64 = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=');
    !octets.is_empty() && octets.iter().all(is_base64)
}

impl Messages {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Sequence(set) => set.encode(out),
            Self::Uid(set) => set.encode(out),
            Self::Saved { .. } => out.raw(b"$").done(),
        }
    }
}

impl Select {
    fn encode(&self, out: &mut Encoder) {
        out.mailbox(&self.mailbox);
        let mut before: &[u8] = b" (";
        for (word, is_told) in [(&b"CONDSTORE"[..], self.condstore), (b"ANNOTATE", self.annotate)] {
            if is_told {
                out.raw(before).raw(word);
                before = b" ";
            }
        }
        if let Some(known) = &self.qresync {
            known.encode(out.raw(before));
            before = b" ";
        }
        out.raw(if before == b" " { b")" } else { b"" });
    }
}

impl QResync {
    fn encode(&self, out: &mut Encoder) {
        out.raw(b"QRESYNC (").number(self.uid_validity.get().into()).sp().number(self.mod_seq.get());
        if let Some(uids) = &self.known_uids {
            uids.encode(out.sp());
        }
        if let Some((numbers, uids)) = &self.sequence_match {
            numbers.encode(out.raw(b" ("));
            uids.encode(out.sp());
            out.raw(b")");
        }
        out.raw(b")");
    }
}

impl Fetch {
    fn encode(&self, out: &mut Encoder) {
        self.messages.encode(out);
        out.sp();
        match self.attributes.as_slice() {
            [] => out.fail(EncodeError::EmptyList).done(),
            [one] => one.encode(out),
            several => out.list(several, |out, one| one.encode(out)).done(),
        }
        // It is told since when, or not at all.
        if self.vanished && self.changed_since.is_none() {
            out.fail(EncodeError::Conflict);
        }
        if self.changed_since.is_none() && self.partial.is_none() {
            return;
        }
        out.raw(b" (");
        if let Some(value) = self.changed_since {
            out.raw(b"CHANGEDSINCE ").number(value.get());
            if self.vanished {
                if !self.messages.is_uid() {
                    out.refuse("fetch-modifier of FETCH by sequence numbers");
                }
                out.raw(b" VANISHED");
            }
        }
        if let Some(range) = self.partial {
            out.raw(if self.changed_since.is_some() { b" PARTIAL " } else { b"PARTIAL " });
            range.encode(out);
        }
        out.raw(b")");
    }
}

impl Store {
    fn encode(&self, out: &mut Encoder) {
        self.messages.encode(out);
        if let Some(value) = self.unchanged_since {
            out.raw(b" (UNCHANGEDSINCE ").number(value.get()).raw(b")");
        }
        if let Values::Annotations(annotations) = &self.values {
            if self.action != Action::Replace || self.silent {
                out.fail(EncodeError::Conflict);
            }
            return encode_annotations(annotations, out.raw(b" ANNOTATION "));
        }
        out.raw(match self.action {
            Action::Add => b" +",
            Action::Remove => b" -",
            Action::Replace => b" ",
        });
        out.raw(if matches!(self.values, Values::Flags(_)) { b"FLAGS" } else { b"X-GM-LABELS" });
        out.raw(if self.silent { b".SILENT " } else { b" " });
        match &self.values {
            Values::Annotations(_) => {}
            Values::Flags(flags) => flags.encode(out),
            Values::GmailLabels(labels) => out.list(labels, |out, label| out.string(label).done()).done(),
        }
    }
}

//! What the server says: where each response goes.

use alloc::boxed::Box;
use core::time::Duration;

use bytes::{Bytes, BytesMut};
use mailwire_imap::{
    Code, Response, Status, Tag,
    command::Body,
    frame, mailbox_status,
    response::{Continue, Data, Unknown},
    status::Kind,
};

use super::{Compression, Connection, is_bye};
use crate::{
    CommandError, Error, Event, PeerMisbehaved, Untagged,
    queue::{Entry, Offered, Owner},
    search_keys,
    state::State,
    trace,
};

impl Connection {
    pub(super) fn read(&mut self, now: Duration, input: &mut BytesMut) -> Result<(), Error> {
        loop {
            if self.is_paused() {
                if matches!(self.state, State::Handshake) && !input.is_empty() {
                    // Nobody is to make a handshake on this line any more.
                    self.events.retain(|event| !matches!(event, Event::StartTls));
                    return Err(PeerMisbehaved::PlaintextAfterStartTls.into());
                }
                if self.compression == Compression::Ending && !input.is_empty() {
                    return Err(PeerMisbehaved::CompressedAfterUnauthenticate.into());
                }
                return Ok(());
            }
            let most = self.config.limits.inline_literal;
            let wanted = self.queue.oldest().and_then(|entry| entry.task.inline_literal());
            self.framer.limits_mut().inline_literal = wanted.map_or(most, |wanted| wanted.min(most));
            match self.framer.next_event(input)? {
                None => return Ok(()),
                Some(frame::Event::Chunk(octets)) => self.on_chunk(now, octets),
                Some(frame::Event::Frame(frame)) => self.on_frame(now, frame)?,
                Some(frame::Event::Literal(literal)) if literal.is_streamed() => {
                    self.on_head(literal.head().clone());
                }
                Some(_) => {}
            }
        }
    }

    fn on_chunk(&mut self, now: Duration, octets: Bytes) {
        // A long body is a sign of life.
        self.waiting_since = now;
        if let Some(id) = self.literal_of {
            // Who took the head takes its octets; what is given back belongs to nobody.
            self.queue.offer(Untagged::Chunk(octets), Some(id));
        }
    }

    /// A literal begins that is not collected.
    fn on_head(&mut self, head: frame::Frame) {
        self.literal_of = None;
        if let Response::Data(data @ (Data::Converted(_) | Data::Fetch(_))) = self.decoder.response(head)
            && !self.is_doubtful
        {
            self.literal_of = match self.queue.offer(Untagged::Head(data), None) {
                Offered::Taken(id) => Some(id),
                Offered::Left(_) => None,
            };
        }
    }

    fn on_frame(&mut self, now: Duration, frame: frame::Frame) -> Result<(), Error> {
        trace::received(frame.octets(), self.hides_answers());
        let response = self.decoder.response(frame);
        if matches!(self.state, State::Greeting) {
            return self.on_greeting(now, response);
        }
        match response {
            Response::Continue(request) => self.on_continue(now, &request),
            Response::Data(data) => {
                let result = self.on_data(now, data);
                self.literal_of = None;
                result
            }
            Response::Tagged(tag, status) => self.on_tagged(now, &tag, status),
            Response::Unknown(unknown) => {
                self.on_unknown(now, unknown);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn on_greeting(&mut self, now: Duration, response: Response) -> Result<(), Error> {
        let Response::Data(Data::Status(status)) = response else {
            return Err(PeerMisbehaved::NoGreeting.into());
        };
        self.on_code(&status);
        match status.kind {
            Kind::Bye => {
                self.events.push_back(Event::Bye { status: status.clone() });
                return Err(Error::Bye { status: Box::new(status) });
            }
            Kind::PreAuth if !self.encrypted && self.is_tls_wanted() => {
                return Err(PeerMisbehaved::PreAuthInClear.into());
            }
            Kind::Ok | Kind::PreAuth => {}
            _ => return Err(PeerMisbehaved::NoGreeting.into()),
        }
        self.transition(|state| state.on_greeting(status.kind == Kind::PreAuth));
        self.events.push_back(Event::Greeting { status: status.clone() });
        self.greeted(now, status);
        Ok(())
    }

    /// "Clients that require mandatory TLS MUST close the connection after receiving the PREAUTH response on a non-protected
    /// port" ([RFC 9051 section 7.1.4](https://www.rfc-editor.org/rfc/rfc9051#section-7.1.4)); and who asked for STARTTLS
    /// before he knew what the server offers wanted nothing without it.
    fn is_tls_wanted(&self) -> bool {
        self.config.requires_tls || self.queue.has_owner(Owner::StartTls)
    }

    fn on_continue(&mut self, now: Duration, request: &Continue) -> Result<(), Error> {
        // It is for the command that is being written, or for the oldest one.
        let written = self.transmit.writing().and_then(|id| self.queue.get(id));
        if let Some(entry) = written.or_else(|| self.queue.oldest())
            && !self.may_be_answered(entry)
        {
            return Err(PeerMisbehaved::EarlyAnswer.into());
        }
        if let Some((id, progress)) = self.transmit.invited() {
            self.waiting_since = now;
            self.progressed(id, progress);
            return Ok(());
        }
        match self.queue.oldest().and_then(Entry::body) {
            Some(Body::Authenticate { .. }) => self.on_challenge(now, request),
            Some(Body::Idle) => self.idling(now),
            // Nothing waits for it.
            _ => {}
        }
        Ok(())
    }

    fn on_data(&mut self, now: Duration, data: Data) -> Result<(), Error> {
        if self.is_doubtful {
            self.events.push_back(Event::Doubtful { data });
            return Ok(());
        }
        match &data {
            Data::Status(status) => return self.on_untagged_status(now, data.clone(), &status.clone()),
            Data::Capability(capabilities) => {
                self.set_capabilities(Some(capabilities.clone()));
                self.are_capabilities_fresh = true;
                self.events.push_back(Event::CapabilitiesChanged);
            }
            Data::Enabled(capabilities) => {
                self.was_enabled_told = true;
                self.enable(&capabilities.clone());
            }
            _ => {}
        }
        let news = self.notice(&data);
        match self.queue.offer(Untagged::Data(data), self.literal_of) {
            Offered::Left(Untagged::Data(data)) => self.tell(news, data),
            Offered::Left(_) => {}
            // An answer that goes on is a sign of life: a large mailbox may take long.
            Offered::Taken(_) => self.waiting_since = now,
        }
        Ok(())
    }

    fn on_untagged_status(&mut self, now: Duration, data: Data, status: &Status) -> Result<(), Error> {
        self.on_code(status);
        if matches!(status.code, Some(Code::InProgress { .. })) {
            self.waiting_since = now;
        }
        if is_bye(status) {
            self.events.push_back(Event::Bye { status: status.clone() });
            self.was_bye_said = true;
            return if self.logging_out {
                Ok(())
            } else {
                Err(Error::Bye { status: Box::new(status.clone()) })
            };
        }
        let news = status.code.as_ref().and_then(|code| self.notice_code(code));
        if matches!(self.queue.offer(Untagged::Data(data), None), Offered::Left(_)) {
            match news {
                Some(event) => self.events.push_back(event),
                None if is_alert(status) => {}
                None if self.opening.is_some() && is_of_select(status) => {}
                None => self.events.push_back(Event::Status { status: status.clone() }),
            }
        }
        Ok(())
    }

    /// What every status may say, tagged or not.
    pub(super) fn on_code(&mut self, status: &Status) {
        match &status.code {
            Some(Code::Capability(capabilities)) => {
                self.set_capabilities(Some(capabilities.clone()));
                self.are_capabilities_fresh = true;
                self.events.push_back(Event::CapabilitiesChanged);
            }
            _ if is_alert(status) => self.events.push_back(Event::Alert { status: status.clone() }),
            _ => {}
        }
    }

    /// A response that cannot be read ends nothing. If a literal is in it, its length may have been wrong, and then what
    /// follows may be octets of a message, up to a completion, whose tag nobody can guess.
    fn on_unknown(&mut self, now: Duration, unknown: Unknown) {
        self.literal_of = None;
        self.is_doubtful |= unknown.has_literal() && self.queue.oldest().is_some();
        if self.is_doubtful {
            // IDLE would not be completed for long.
            self.end_idle(now);
        }
        if let Offered::Left(Untagged::Unknown(response)) = self.queue.offer(Untagged::Unknown(unknown), None)
        {
            self.events.push_back(Event::Unknown { response });
        }
    }

    fn on_tagged(&mut self, now: Duration, tag: &Tag, status: Status) -> Result<(), Error> {
        let Some(entry) = self.queue.answered(tag) else {
            self.events.push_back(Event::StrayCompletion { status });
            return Ok(());
        };
        // NO and BAD may come before all was sent, as to a literal that is too long. OK may not.
        let is_early = !self.may_be_answered(&entry)
            || (status.is_ok() && entry.sent.as_ref().is_some_and(|sent| !sent.is_whole));
        if is_early {
            return Err(PeerMisbehaved::EarlyAnswer.into());
        }
        self.transmit.withdraw(entry.id);
        self.waiting_since = now;
        let was_doubtful = core::mem::take(&mut self.is_doubtful);
        self.on_code(&status);
        match entry.owner {
            Owner::Login => return self.on_login_status(now, &entry, &status),
            Owner::StartTls => self.on_start_tls(status),
            Owner::Compress => self.on_compress(status),
            Owner::Watch => self.on_watch_end(now, &status),
            Owner::Application => self.on_completion(now, entry, status, was_doubtful),
        }
        Ok(())
    }

    fn on_start_tls(&mut self, status: Status) {
        if status.is_ok() {
            self.transition(State::on_start_tls);
            self.events.push_back(Event::StartTls);
        } else {
            self.events.push_back(Event::StartTlsRefused { status });
        }
    }

    fn on_compress(&mut self, status: Status) {
        if status.is_ok() {
            self.compression = Compression::Agreed;
            self.events.push_back(Event::Compress);
        } else {
            self.events.push_back(Event::CompressRefused { status });
        }
    }

    fn on_completion(&mut self, now: Duration, mut entry: Entry, status: Status, was_doubtful: bool) {
        let Some(sent) = entry.sent.take() else { return };
        // Some servers end LOGOUT with a tagged BYE.
        let is_ok = status.is_ok() || (is_bye(&status) && matches!(sent.body, Body::Logout));
        self.effect(&sent.body, &status, is_ok);
        entry.task.finish(&status);
        if !is_ok {
            let command = word(&sent.body);
            return self.completed(entry, Err(CommandError::Refused { command, status: Box::new(status) }));
        }
        if was_doubtful {
            return self.completed(entry, Err(CommandError::Doubtful));
        }
        if entry.pieces.is_empty() {
            let is_logout = matches!(sent.body, Body::Logout);
            self.completed(entry, Ok(()));
            if is_logout {
                self.events.push_back(Event::Closed);
            }
        } else {
            self.queue.wait_again(entry);
            self.pump(now);
        }
    }

    /// The connection ended after the server said BYE to LOGOUT: the completion is a formality that some spare.
    pub(super) fn on_end_of_logout(&mut self) -> bool {
        let is_logout = |entry: &Entry| matches!(entry.body(), Some(Body::Logout));
        if !self.was_bye_said || !self.queue.oldest().is_some_and(is_logout) {
            return false;
        }
        if let Some(entry) = self.queue.take_oldest() {
            self.transition(State::on_logout);
            self.completed(entry, Ok(()));
            self.events.push_back(Event::Closed);
        }
        true
    }

    /// What a completion changes here.
    fn effect(&mut self, body: &Body, status: &Status, is_ok: bool) {
        match body {
            Body::Select(_) | Body::Examine(_) => return self.on_select(status, is_ok),
            Body::Close | Body::Unselect if is_ok => self.transition(|state| state.on_select(None)),
            Body::Logout if is_ok => self.transition(State::on_logout),
            Body::Logout => self.logging_out = false,
            // The id in its code is that of the new mailbox.
            Body::Create(..) => return,
            // Some servers enable without saying so.
            Body::Enable(asked) => {
                let was_told = core::mem::take(&mut self.was_enabled_told);
                let announced = asked.words().filter_map(|word| core::str::from_utf8(word).ok());
                let announced = announced.filter(|word| self.server.has(word));
                if is_ok
                    && !was_told
                    && let Ok(enabled) = mailwire_imap::Capabilities::new(announced)
                {
                    self.server.enable(&enabled);
                    self.decoder.set_utf8(self.server.is_utf8());
                }
            }
            Body::Unauthenticate if is_ok => {
                self.transition(State::on_unauthenticate);
                self.server.disable_all();
                // Those that the answer tells are of the new state.
                if !matches!(status.code, Some(Code::Capability(_))) {
                    self.set_capabilities(None);
                }
                self.decoder.set_utf8(false);
                if self.compression == Compression::On {
                    self.compression = Compression::Ending;
                    self.events.push_back(Event::CompressionEnded);
                }
            }
            body if is_ok && uses_condstore(body) => self.server.enable_condstore(),
            _ => {}
        }
        if let Some(event) = status.code.as_ref().and_then(|code| self.notice_code(code)) {
            self.events.push_back(event);
        }
    }

    fn on_select(&mut self, status: &Status, is_ok: bool) {
        if let Some(code) = &status.code {
            self.notice_code(code);
        }
        let opened = self.opening.take().filter(|_| is_ok);
        if opened.is_none() && self.selected().is_some() {
            self.events.push_back(Event::MailboxClosed);
        }
        self.transition(|state| state.on_select(opened));
    }

    /// Whether a log must not show what the server says: challenges.
    fn hides_answers(&self) -> bool {
        matches!(self.queue.oldest().and_then(Entry::body), Some(Body::Authenticate { .. }))
    }
}

/// Whether the text has to be shown to the user; Gmail has a code of its own, with a URL.
fn is_alert(status: &Status) -> bool {
    match &status.code {
        Some(Code::Alert) => true,
        Some(Code::Other { name, .. }) => name.eq_ignore_ascii_case(b"WEBALERT"),
        _ => false,
    }
}

/// What SELECT is answered with, whether a command takes it or not: the view has it.
fn is_of_select(status: &Status) -> bool {
    matches!(
        status.code,
        Some(
            Code::Closed
                | Code::HighestModSeq(_)
                | Code::MailboxId(_)
                | Code::NoModSeq
                | Code::PermanentFlags(_)
                | Code::UidNext(_)
                | Code::UidNotSticky
                | Code::UidValidity(_)
                | Code::Unseen(_)
        )
    )
}

/// Commands that enable CONDSTORE ([RFC 7162 section 3.1](https://www.rfc-editor.org/rfc/rfc7162#section-3.1)).
fn uses_condstore(body: &Body) -> bool {
    use mailwire_imap::{Search, fetch_attribute::Attribute};
    let names = |search: &Search| search_keys::any(search, |key| matches!(key, Search::ModSeq(_)));
    match body {
        Body::Search(search) => names(&search.search),
        Body::Sort(sort) => names(&sort.search.search),
        Body::Thread(thread) => names(&thread.search.search),
        Body::Fetch(fetch) => fetch.changed_since.is_some() || fetch.attributes.contains(&Attribute::ModSeq),
        Body::Store(store) => store.unchanged_since.is_some(),
        Body::Status(_, attributes) => attributes.contains(&mailbox_status::Attribute::HighestModSeq),
        _ => false,
    }
}

/// The name of a command, for errors.
pub(super) fn word(body: &Body) -> &'static str {
    match body {
        Body::Append(_) => "APPEND",
        Body::Authenticate { .. } => "AUTHENTICATE",
        Body::CancelUpdate(_) => "CANCELUPDATE",
        Body::Capability => "CAPABILITY",
        Body::Check => "CHECK",
        Body::Close => "CLOSE",
        Body::Comparator(_) => "COMPARATOR",
        Body::Compress(_) => "COMPRESS",
        Body::Conversions(..) => "CONVERSIONS",
        Body::Convert(_) => "CONVERT",
        Body::Copy(..) => "COPY",
        Body::Create(..) => "CREATE",
        Body::Delete(_) => "DELETE",
        Body::DeleteAcl(..) => "DELETEACL",
        Body::Enable(_) => "ENABLE",
        Body::ESearch(_) => "ESEARCH",
        Body::Examine(_) => "EXAMINE",
        Body::Expunge(_) => "EXPUNGE",
        Body::Fetch(_) => "FETCH",
        Body::GenUrlAuth(_) => "GENURLAUTH",
        Body::GetAcl(_) => "GETACL",
        Body::GetJmapAccess => "GETJMAPACCESS",
        Body::GetMetadata(_) => "GETMETADATA",
        Body::GetQuota(_) => "GETQUOTA",
        Body::GetQuotaRoot(_) => "GETQUOTAROOT",
        Body::Id(_) => "ID",
        Body::Idle => "IDLE",
        Body::Language(_) => "LANGUAGE",
        Body::List(_) => "LIST",
        Body::ListRights(..) => "LISTRIGHTS",
        Body::Login(..) => "LOGIN",
        Body::Logout => "LOGOUT",
        Body::Lsub(..) => "LSUB",
        Body::Move(..) => "MOVE",
        Body::MyRights(_) => "MYRIGHTS",
        Body::Namespace => "NAMESPACE",
        Body::Noop => "NOOP",
        Body::Notify(_) => "NOTIFY",
        Body::Rename(..) => "RENAME",
        Body::Replace(_) => "REPLACE",
        Body::ResetKey(_) => "RESETKEY",
        Body::Rlist(..) => "RLIST",
        Body::Rlsub(..) => "RLSUB",
        Body::Search(_) => "SEARCH",
        Body::Select(_) => "SELECT",
        Body::SetAcl(..) => "SETACL",
        Body::SetMetadata(..) => "SETMETADATA",
        Body::SetQuota(..) => "SETQUOTA",
        Body::Sort(_) => "SORT",
        Body::StartTls => "STARTTLS",
        Body::Status(..) => "STATUS",
        Body::Store(_) => "STORE",
        Body::Subscribe(_) => "SUBSCRIBE",
        Body::Thread(_) => "THREAD",
        Body::UidBatches(_) => "UIDBATCHES",
        Body::Unauthenticate => "UNAUTHENTICATE",
        Body::Unselect => "UNSELECT",
        Body::Unsubscribe(_) => "UNSUBSCRIBE",
        Body::UrlFetch(_) => "URLFETCH",
        Body::Xlist(..) => "XLIST",
        _ => "the command",
    }
}

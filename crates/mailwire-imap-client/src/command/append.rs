//! APPEND and REPLACE: new messages.

use alloc::vec::Vec;

use crate::{
    Command, CommandError, Server, Unsupported, Untagged,
    codec::{
        self, Code, Flag, Mailbox, NumberList, Octets, Status, Uid, UidValidity,
        annotation::Annotation,
        append::{Data as Source, Form, Literal, Message, Part, Target},
        capability::Capability,
        command::Body,
        date::DateTime,
        fetch::Content,
        response::Data,
    },
};

/// `APPEND` ([RFC 9051 section 6.3.12](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.12)): one message, or several that are
/// there all or none (MULTIAPPEND, [RFC 3502](https://www.rfc-editor.org/rfc/rfc3502)).
///
/// If the mailbox does not exist, the error has the code `TRYCREATE`.
///
/// ```
/// use mailwire_imap_client::{codec::Flag, command::Append};
///
/// let sent = Append::new("Sent", &b"Subject: hello\r\n\r\nhello\r\n"[..]).flags([Flag::Seen]);
/// // The octets of this one are asked for when the server wants them: `Event::LiteralWanted`.
/// let long = Append::streamed("Archive", 1_073_741_824);
/// # let _ = (sent, long);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Append {
    /// Where to.
    pub mailbox: Mailbox,
    /// The messages.
    pub messages: Vec<Message>,
}

/// `REPLACE`, `UID REPLACE`: a message that comes in place of another one of the selected mailbox
/// ([RFC 8508](https://www.rfc-editor.org/rfc/rfc8508)).
///
/// [`Session::replace`](crate::Session::replace) works with servers that have no REPLACE, too.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Replace {
    /// The one that goes away.
    pub target: Target,
    /// Where the new one goes to.
    pub mailbox: Mailbox,
    /// The new one.
    pub message: Message,
}

impl Append {
    /// A message without flags.
    pub fn new(mailbox: impl Into<Mailbox>, octets: impl Into<Octets>) -> Self {
        Self::of(mailbox, [Message::new(Content::Octets(octets.into()))])
    }

    /// A message of so many octets, which are asked for when the server wants them.
    pub fn streamed(mailbox: impl Into<Mailbox>, octets: u64) -> Self {
        Self::of(mailbox, [Message::new(Content::Streamed(octets))])
    }

    /// A message that is put together of octets and of parts of messages that the server has
    /// ([RFC 4469](https://www.rfc-editor.org/rfc/rfc4469)).
    ///
    /// If there is no such part, the error has the code `BADURL`.
    pub fn catenate(mailbox: impl Into<Mailbox>, parts: impl IntoIterator<Item = Part>) -> Self {
        let data = Source::Catenate(parts.into_iter().collect());
        Self::of(mailbox, [Message { data, ..Message::new(Content::Nil) }])
    }

    /// These messages.
    pub fn of(mailbox: impl Into<Mailbox>, messages: impl IntoIterator<Item = Message>) -> Self {
        Self { mailbox: mailbox.into(), messages: messages.into_iter().collect() }
    }

    /// One more message; what follows is about this one.
    #[must_use]
    pub fn and(mut self, octets: impl Into<Octets>) -> Self {
        self.messages.push(Message::new(Content::Octets(octets.into())));
        self
    }

    /// Flags of the last message.
    #[must_use]
    pub fn flags(self, flags: impl IntoIterator<Item = Flag>) -> Self {
        self.with(|message| message.flags = Some(flags.into_iter().collect()))
    }

    /// When the last message arrived.
    #[must_use]
    pub fn date(self, date: DateTime) -> Self {
        self.with(|message| message.date = Some(date))
    }

    /// Annotations of the last message ([RFC 5257](https://www.rfc-editor.org/rfc/rfc5257)).
    #[must_use]
    pub fn annotations(self, annotations: impl IntoIterator<Item = Annotation>) -> Self {
        self.with(|message| message.annotations = annotations.into_iter().collect())
    }

    /// Form of the last message: [`Form::Binary`] if NUL may be in it, [`Form::Utf8`] if its header is UTF-8.
    #[must_use]
    pub fn form(self, form: Form) -> Self {
        self.with(|message| {
            if let Source::Whole(literal) = &mut message.data {
                literal.form = form;
            }
        })
    }

    /// Whether no message is longer than the server takes, by the limit of all its mailboxes: `APPENDLIMIT=n`
    /// ([RFC 7889](https://www.rfc-editor.org/rfc/rfc7889)). The command is checked so before it leaves. Limits of single
    /// mailboxes are told by STATUS, which [`Session::append`](crate::Session::append) asks for.
    ///
    /// # Errors
    ///
    /// [`CommandError::TooLarge`]; the command is not sent.
    pub fn check_limit(&self, server: &Server) -> Result<(), CommandError> {
        limit(server).map_or(Ok(()), |limit| self.within(limit))
    }

    /// How many octets of the messages are brought while they are sent.
    pub fn streamed_octets(&self) -> u64 {
        let lengths = self.messages.iter().flat_map(literals).map(|literal| streamed(&literal.content));
        lengths.fold(0, u64::saturating_add)
    }

    /// The same with a limit of one mailbox.
    pub(crate) fn within(&self, limit: u64) -> Result<(), CommandError> {
        self.messages.iter().try_for_each(|message| check(message, limit))
    }

    fn with(mut self, change: impl FnOnce(&mut Message)) -> Self {
        if let Some(message) = self.messages.last_mut() {
            change(message);
        }
        self
    }
}

impl Replace {
    /// In place of the message with this UID, or at this place.
    pub fn new(target: impl Into<Target>, mailbox: impl Into<Mailbox>, octets: impl Into<Octets>) -> Self {
        Self::of(target, mailbox, Message::new(Content::Octets(octets.into())))
    }

    /// The same with flags and date.
    pub fn of(target: impl Into<Target>, mailbox: impl Into<Mailbox>, message: Message) -> Self {
        Self { target: target.into(), mailbox: mailbox.into(), message }
    }

    /// The same as [`Append::check_limit`].
    ///
    /// # Errors
    ///
    /// [`CommandError::TooLarge`]; the command is not sent.
    pub fn check_limit(&self, server: &Server) -> Result<(), CommandError> {
        limit(server).map_or(Ok(()), |limit| check(&self.message, limit))
    }
}

impl Command for Append {
    type Output = Appended;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        if self.messages.len() > 1 {
            server.require("MULTIAPPEND")?;
        }
        self.messages.iter().try_for_each(|message| require(message, server))?;
        let (mailbox, messages) = (self.mailbox.clone(), self.messages.clone());
        Ok(Body::Append(codec::append::Append { mailbox, messages }))
    }

    fn check(&self, server: &Server) -> Result<(), CommandError> {
        self.check_limit(server)
    }

    fn absorb(&self, data: Untagged, output: &mut Appended) -> Option<Untagged> {
        output.absorb(data)
    }

    fn finish(&self, status: &Status, output: &mut Appended) {
        output.take(status);
    }
}

impl Command for Replace {
    type Output = Appended;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("REPLACE")?;
        require(&self.message, server)?;
        let Self { target, mailbox, message } = self.clone();
        Ok(Body::Replace(codec::append::Replace { target, mailbox, message }))
    }

    fn check(&self, server: &Server) -> Result<(), CommandError> {
        self.check_limit(server)
    }

    fn absorb(&self, data: Untagged, output: &mut Appended) -> Option<Untagged> {
        output.absorb(data)
    }

    fn finish(&self, status: &Status, output: &mut Appended) {
        output.take(status);
    }
}

/// What APPEND and REPLACE bring, as far as the server tells (UIDPLUS).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Appended {
    /// Of the mailbox.
    pub uid_validity: Option<UidValidity>,
    /// One for each message, in order.
    pub uids: Option<NumberList<Uid>>,
}

impl Appended {
    /// The UID of the one message, or of the first one.
    pub fn uid(&self) -> Option<Uid> {
        self.uids.as_ref()?.numbers().next()
    }

    /// REPLACE tells the UID before its end ([RFC 8508 section 3.3](https://www.rfc-editor.org/rfc/rfc8508#section-3.3)).
    fn absorb(&mut self, data: Untagged) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::Status(status))
                if status.is_ok() && matches!(status.code, Some(Code::AppendUid { .. })) =>
            {
                self.take(&status);
                None
            }
            other => Some(other),
        }
    }

    fn take(&mut self, status: &Status) {
        if let Some(Code::AppendUid { uid_validity, uids }) = &status.code {
            (self.uid_validity, self.uids) = (Some(*uid_validity), Some(uids.clone()));
        }
    }
}

/// What it takes to send a message.
fn require(message: &Message, server: &Server) -> Result<(), Unsupported> {
    if !message.annotations.is_empty() {
        server.require("ANNOTATE-EXPERIMENT-1")?;
    }
    let has_form = |literal: &Literal| match literal.form {
        Form::Binary => server.require("BINARY"),
        Form::Utf8 => server.require("UTF8=ACCEPT"),
        _ => Ok(()),
    };
    match &message.data {
        Source::Catenate(parts) => {
            server.require("CATENATE")?;
            parts
                .iter()
                .try_for_each(|part| if let Part::Text(literal) = part { has_form(literal) } else { Ok(()) })
        }
        Source::Whole(literal) => has_form(literal),
        _ => Ok(()),
    }
}

fn limit(server: &Server) -> Option<u64> {
    server.iter().find_map(|one| if let Capability::AppendLimit(limit) = one { limit } else { None })
}

/// As far as the length is known: not that of parts that the server has.
fn check(message: &Message, limit: u64) -> Result<(), CommandError> {
    let length = |literal: &Literal| match &literal.content {
        Content::Octets(octets) => octets.len() as u64,
        content => streamed(content),
    };
    let octets = literals(message).map(length).fold(0, u64::saturating_add);
    if octets > limit { Err(CommandError::TooLarge { octets, limit }) } else { Ok(()) }
}

/// What the client brings of a message.
fn literals(message: &Message) -> impl Iterator<Item = &Literal> {
    let (whole, parts) = match &message.data {
        Source::Whole(literal) => (Some(literal), &[][..]),
        Source::Catenate(parts) => (None, &parts[..]),
        _ => (None, &[][..]),
    };
    let parts =
        parts.iter().filter_map(|part| if let Part::Text(literal) = part { Some(literal) } else { None });
    whole.into_iter().chain(parts)
}

fn streamed(content: &Content) -> u64 {
    if let Content::Streamed(length) = content { *length } else { 0 }
}

#[cfg(test)]
mod tests;

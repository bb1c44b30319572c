use std::{
    collections::VecDeque,
    fmt, io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use mailwire_imap_client::{
    Command, CommandId,
    command::{Append, Appended},
};
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::io::poll_read_buf;

use super::{Client, Error, Ticket};

/// Where the octets of a literal come from.
pub(crate) type Source = Pin<Box<dyn AsyncRead + Send>>;

/// The sources of commands with literals that are not in memory, in the order of the commands.
#[derive(Default)]
pub(crate) struct Uploads {
    of: VecDeque<(CommandId, VecDeque<Source>)>,
    /// The next octets of the first source are read into this.
    buffer: BytesMut,
    /// The literal that is being sent.
    current: Option<CommandId>,
}

impl Client {
    /// Appends a message that is read from `source` while it is sent, in constant memory. `append` has to be
    /// [streamed](Append::streamed), with the number of octets that the source has.
    ///
    /// The source belongs to the session from now on: if this future is dropped while the message is being sent, the rest of
    /// it is sent by the next call that waits, and the message is there in the end. A message whose command has not left yet
    /// is not sent.
    ///
    /// ```no_run
    /// # use mailwire_tokio::imap::{Client, Error, command::Append, codec::Flag};
    /// # async fn example(client: &mut Client) -> Result<(), Error> {
    /// let file = tokio::fs::File::open("draft.eml").await?;
    /// let length = file.metadata().await?.len();
    /// let appended = client.append_from(Append::streamed("Drafts", length).flags([Flag::Draft]), file).await?;
    /// println!("its UID is {:?}", appended.uid());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run). [`Error::Source`] and [`Error::SourceTooShort`] if the octets cannot be had: the server waits
    /// for them, so the session is over then. More octets than announced are not read.
    pub async fn append_from(
        &mut self,
        append: Append,
        source: impl AsyncRead + Send + 'static,
    ) -> Result<Appended, Error> {
        self.settle().await?;
        let ticket = self.send_from(append, [source])?;
        self.wait(ticket).await
    }

    /// The same, and tells after each piece how many octets of the message were taken to be sent, and how many there are in all.
    ///
    /// ```no_run
    /// # use mailwire_tokio::imap::{Client, Error, command::Append};
    /// # async fn example(client: &mut Client, file: tokio::fs::File, length: u64) -> Result<(), Error> {
    /// let progress = |sent, length| eprint!("\r{sent} of {length}");
    /// client.append_with_progress(Append::streamed("Drafts", length), file, progress).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`append_from`](Self::append_from).
    pub async fn append_with_progress(
        &mut self,
        append: Append,
        source: impl AsyncRead + Send + 'static,
        progress: impl FnMut(u64, u64) + Send + 'static,
    ) -> Result<Appended, Error> {
        let source = Watched::new(&append, source, progress);
        self.append_from(append, source).await
    }

    /// Sends a command with literals that are read from `sources` while they are sent, one for each: several messages of one
    /// APPEND, one of REPLACE.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn send_from<C: Command, S: AsyncRead + Send + 'static>(
        &mut self,
        command: C,
        sources: impl IntoIterator<Item = S>,
    ) -> Result<Ticket<C>, Error> {
        let sources: VecDeque<_> = sources.into_iter().map(|source| Box::pin(source) as Source).collect();
        let ticket = self.send(command)?;
        if !sources.is_empty() {
            self.uploads.of.push_back((ticket.id(), sources));
        }
        Ok(ticket)
    }

    /// Sends the next octets of a literal that the server waits for, if all before it has gone; whether there were some.
    pub(crate) fn poll_upload(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.driver.connection.wanted_literal().is_none() {
            // Commands that were given up before they left are among these.
            if self.driver.connection.pending() == 0 {
                self.uploads.of.clear();
            }
            return Poll::Pending;
        }
        ready!(self.driver.poll_send(cx));
        let Some((id, wanted)) = self.driver.connection.wanted_literal() else { return Poll::Pending };
        let octets = match ready!(self.uploads.poll_octets(cx, id, wanted)) {
            Ok(octets) => octets,
            Err(error) => {
                self.driver.fail(error);
                return Poll::Ready(());
            }
        };
        let (now, length) = (self.driver.now(), octets.len() as u64);
        if let Err(misuse) = self.driver.connection.push_literal(now, id, octets) {
            self.driver.fail(misuse.into());
        } else if length == wanted {
            self.uploads.next_source();
        }
        Poll::Ready(())
    }
}

/// A source that tells how far it is.
pub(crate) struct Watched {
    source: Source,
    progress: Box<dyn FnMut(u64, u64) + Send>,
    read: u64,
    length: u64,
}

impl Watched {
    pub(crate) fn new(
        append: &Append,
        source: impl AsyncRead + Send + 'static,
        progress: impl FnMut(u64, u64) + Send + 'static,
    ) -> Self {
        Self {
            source: Box::pin(source),
            progress: Box::new(progress),
            read: 0,
            length: append.streamed_octets(),
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(this.source.as_mut().poll_read(cx, buffer))?;
        let octets = buffer.filled().len() - before;
        if octets > 0 {
            // A source may have more than is wanted of it.
            this.read = this.length.min(this.read + octets as u64);
            (this.progress)(this.read, this.length);
        }
        Poll::Ready(Ok(()))
    }
}

impl Uploads {
    fn poll_octets(
        &mut self,
        cx: &mut Context<'_>,
        id: CommandId,
        wanted: u64,
    ) -> Poll<Result<Bytes, Error>> {
        if self.current != Some(id) {
            // Those before it were given up, or refused.
            self.of.retain(|(other, _)| *other >= id);
            self.current = Some(id);
        }
        let source =
            self.of.front_mut().filter(|(of, _)| *of == id).and_then(|(_, sources)| sources.front_mut());
        let Some(source) = source else { return Poll::Ready(Err(Error::SourceTooShort { missing: wanted })) };
        self.buffer.reserve(PIECE);
        if let Err(error) = ready!(poll_read_buf(source.as_mut(), cx, &mut self.buffer)) {
            return Poll::Ready(Err(Error::Source(Arc::new(error))));
        }
        let most = usize::try_from(wanted).unwrap_or(usize::MAX).min(self.buffer.len());
        let octets = self.buffer.split_to(most).freeze();
        self.buffer.clear();
        Poll::Ready(if octets.is_empty() {
            Err(Error::SourceTooShort { missing: wanted })
        } else {
            Ok(octets)
        })
    }

    fn next_source(&mut self) {
        if let Some((_, sources)) = self.of.front_mut() {
            sources.pop_front();
        }
    }
}

impl fmt::Debug for Uploads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.of.iter().map(|(id, _)| id)).finish()
    }
}

/// How much is read at once.
const PIECE: usize = 32 * 1024;

use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use mailwire_imap_client::{
    Command, CommandError, Event, Selected, Server,
    command::{Append, Appended, Logout},
};
use tokio::{
    io::AsyncRead,
    sync::{broadcast, mpsc, oneshot},
};

use super::{
    Client, Error,
    pieces::{Flow, Pieces},
    upload::{Source, Watched},
};

use self::{
    job::{Call, Job, Run, Transfer},
    lock::Queue,
};

mod driver;
mod events;
mod job;
mod lock;

pub use self::{events::SharedEvents, lock::Lock};

/// A session that tasks share: cloned at will, each clone can do all.
///
/// A task of its own moves the octets, so commands of several tasks are on their way at once where the protocol permits it,
/// news come while nobody calls, and a connection that idles is kept alive. It ends when the last handle is dropped or the
/// session is over.
///
/// Which mailbox is selected is the whole session's: who needs one for several commands takes a [`lock`](Self::lock).
///
/// ```no_run
/// use mailwire_tokio::imap::{Client, ClientConfig, Handle, command::{Noop, Status}, codec::mailbox_status::Attribute};
///
/// # async fn example() -> Result<(), mailwire_tokio::imap::Error> {
/// # let credentials = mailwire_sasl::client::Credentials::password("ann", "correct horse");
/// let client = Client::connect_and_login("imap.example.org", ClientConfig::default(), &credentials).await?;
/// let handle = Handle::spawn(client);
/// let other = handle.clone();
/// tokio::spawn(async move { other.run(Noop).await });
/// let sent = handle.run(Status::new("Sent", [Attribute::Messages])).await?;
/// println!("{:?} messages", sent.messages);
/// handle.logout().await
/// # }
/// ```
#[derive(Clone)]
pub struct Handle {
    jobs: mpsc::UnboundedSender<Box<dyn Job>>,
    shared: Arc<Shared>,
}

/// What all handles of a session have in common.
struct Shared {
    /// What ended the session.
    error: OnceLock<Error>,
    /// Nothing when the session is over.
    events: Mutex<Option<broadcast::Sender<Event>>>,
    queue: Queue,
}

impl Shared {
    fn tell(&self, event: Event) {
        if let Some(events) = &*self.events.lock().unwrap_or_else(PoisonError::into_inner) {
            // Nobody may listen.
            let _ = events.send(event);
        }
    }

    fn end(&self, error: &Error) {
        // The first one is why.
        let _ = self.error.set(error.clone());
        *self.events.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn subscribe(&self) -> broadcast::Receiver<Event> {
        match &*self.events.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(events) => events.subscribe(),
            // Its sender is gone at once.
            None => broadcast::channel(1).1,
        }
    }
}

impl Handle {
    /// Shares a session, and what moves its octets: a future that has to run, and ends with the session.
    pub fn new(client: Client) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (jobs, received) = mpsc::unbounded_channel();
        let (events, _) = broadcast::channel(EVENTS);
        let events = Mutex::new(Some(events));
        let shared = Arc::new(Shared { error: OnceLock::new(), events, queue: Queue::default() });
        let driver = driver::drive(client, received, Arc::downgrade(&shared));
        (Self { jobs, shared }, driver)
    }

    /// Shares a session, which runs in a task of its own.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn spawn(client: Client) -> Self {
        let (handle, driver) = Self::new(client);
        tokio::spawn(driver);
        handle
    }

    /// Sends a command and waits for its answer. Who drops the future does not want the answer.
    ///
    /// # Errors
    ///
    /// As [`Client::wait`].
    pub async fn run<C: Command>(&self, command: C) -> Result<C::Output, Error> {
        self.run_from(command, std::iter::empty::<tokio::io::Empty>()).await
    }

    /// Sends commands that do not wait for each other: see [`Client::run_all`].
    pub async fn run_all<C: Command>(
        &self,
        commands: impl IntoIterator<Item = C>,
    ) -> Vec<Result<C::Output, Error>> {
        let start = |command| {
            let (reply, answer) = oneshot::channel();
            self.start(Run::new(command, Vec::new(), reply)).map(|()| answer)
        };
        let started: Vec<_> = commands.into_iter().map(start).collect();
        let mut answers = Vec::with_capacity(started.len());
        for answer in started {
            answers.push(match answer {
                Ok(answer) => answer.await.unwrap_or_else(|_| Err(self.ended())),
                Err(error) => Err(error),
            });
        }
        answers
    }

    /// The same as [`run`](Self::run) for commands with literals that are read from `sources` while they are sent, one for each.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run) and [`Client::append_from`].
    pub async fn run_from<C: Command, S: AsyncRead + Send + 'static>(
        &self,
        command: C,
        sources: impl IntoIterator<Item = S>,
    ) -> Result<C::Output, Error> {
        let sources = sources.into_iter().map(|source| Box::pin(source) as Source).collect();
        let (reply, answer) = oneshot::channel();
        self.start(Run::new(command, sources, reply))?;
        answer.await.unwrap_or_else(|_| Err(self.ended()))
    }

    /// The same as [`Client::append_from`]: the message is sent to its end, even if this future is dropped meanwhile.
    ///
    /// # Errors
    ///
    /// As [`Client::append_from`].
    pub async fn append_from(
        &self,
        append: Append,
        source: impl AsyncRead + Send + 'static,
    ) -> Result<Appended, Error> {
        self.run_from(append, [source]).await
    }

    /// The same as [`Client::append_with_progress`]; `progress` is called by the task that moves the octets.
    ///
    /// # Errors
    ///
    /// As [`Client::append_from`].
    pub async fn append_with_progress(
        &self,
        append: Append,
        source: impl AsyncRead + Send + 'static,
        progress: impl FnMut(u64, u64) + Send + 'static,
    ) -> Result<Appended, Error> {
        let source = Watched::new(&append, source, progress);
        self.append_from(append, source).await
    }

    /// Does something with the client that waits for nothing: switches a capability off, counts octets.
    ///
    /// # Errors
    ///
    /// What ended the session.
    pub async fn with<T: Send + 'static>(
        &self,
        call: impl FnOnce(&mut Client) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.start(Call::new(call, reply))?;
        answer.await.map_err(|_| self.ended())
    }

    /// What is known of the server now.
    ///
    /// # Errors
    ///
    /// What ended the session.
    pub async fn server(&self) -> Result<Server, Error> {
        self.with(|client| client.server().clone()).await
    }

    /// The view of the selected mailbox now, if one is selected.
    ///
    /// # Errors
    ///
    /// What ended the session.
    pub async fn selected(&self) -> Result<Option<Selected>, Error> {
        self.with(|client| client.selected().cloned()).await
    }

    /// Whether the session idles whenever nothing else is to be done, so that news come by [`events`](Self::events).
    ///
    /// # Errors
    ///
    /// As [`Client::watch`].
    pub async fn watch(&self, on: bool) -> Result<(), Error> {
        self.with(move |client| client.watch(on)).await?
    }

    /// What happens from now on. Each handle, and each call, has events of its own.
    pub fn events(&self) -> SharedEvents {
        SharedEvents::new(self.shared.subscribe(), Arc::downgrade(&self.shared))
    }

    /// Ends the session, for all handles.
    ///
    /// # Errors
    ///
    /// As [`Client::logout`].
    pub async fn logout(&self) -> Result<(), Error> {
        self.run(Logout).await
    }

    /// What ended the session, if it is over.
    pub fn error(&self) -> Option<Error> {
        self.shared.error.get().cloned()
    }

    pub(crate) fn begin<C: Flow>(&self, command: C) -> Result<Pieces<'static, C>, Error> {
        let (pieces, received) = mpsc::channel(PIECES);
        self.start(Transfer::new(command, pieces))?;
        Ok(Pieces::shared(self.clone(), received))
    }

    pub(crate) fn ended(&self) -> Error {
        self.error().unwrap_or(Error::Closed)
    }

    fn start(&self, job: impl Job + 'static) -> Result<(), Error> {
        self.jobs.send(Box::new(job)).map_err(|_| self.ended())
    }
}

impl mailwire_imap_client::Execute for Handle {
    type Error = Error;

    async fn run<C: Command>(&mut self, command: C) -> Result<C::Output, Error> {
        Handle::run(self, command).await
    }

    async fn run_all<C: Command>(&mut self, commands: Vec<C>) -> Vec<Result<C::Output, Error>> {
        Handle::run_all(self, commands).await
    }

    async fn server(&mut self) -> Result<Server, Error> {
        Handle::server(self).await
    }

    async fn selected(&mut self) -> Result<Option<Selected>, Error> {
        Handle::selected(self).await
    }

    fn command_error(error: &Error) -> Option<&CommandError> {
        <Client as mailwire_imap_client::Execute>::command_error(error)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("error", &self.shared.error.get()).finish_non_exhaustive()
    }
}

/// How many events wait for a reader before the oldest are lost.
const EVENTS: usize = 1024;

/// How many pieces of a transfer wait for its reader before the server is not read from any more.
const PIECES: usize = 16;

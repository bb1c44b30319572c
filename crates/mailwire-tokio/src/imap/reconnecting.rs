//! A session that is made anew when it is lost.

use std::{collections::VecDeque, fmt, time::Duration};

use mailwire_imap_client::{
    Event, Execute, Session as _,
    codec::{Mailbox, ModSeq, UidValidity, command::QResync},
    command::Select,
    session::Resynced,
};
use tokio::time::{Instant, sleep_until};

use super::{Client, ClientConfig, CredentialsProvider, Error};
use crate::random;

/// A session that is made anew when it is lost, with longer and longer pauses while the server is away. The mailbox that was
/// selected is opened again, and what happened to it meanwhile is told.
///
/// ```no_run
/// use mailwire_sasl::client::Credentials;
/// use mailwire_tokio::imap::{Account, ClientConfig, Error, News, Reconnecting, Reopened, Session};
///
/// # async fn example() -> Result<(), Error> {
/// let account = Account {
///     host: "imap.example.org".into(),
///     config: ClientConfig::default(),
///     credentials: Credentials::password("ann", "correct horse"),
/// };
/// let mut session = Reconnecting::new(account);
/// session.watch(true);
/// session.client().await?.select("INBOX").await?;
/// loop {
///     match session.next().await? {
///         News::Connected { mailbox: Reopened::Resynced(resynced) } => println!("{:?}", resynced.opened.vanished),
///         News::Connected { .. } => {}
///         News::Event(event) => println!("{event:?}"),
///         News::Lost { error, pause } => println!("{error}; once more in {pause:?}"),
///         _ => {}
///     }
/// }
/// # }
/// ```
///
/// A command that was in progress when the line broke has no answer, and nobody knows whether the server has carried it out:
/// its error goes to whoever waits for it, and it is not sent again, unless by [`repeat`](Self::repeat). Sequence numbers
/// mean nothing in the next session; UIDs do, unless the mailbox was [replaced](Reopened::Replaced).
///
/// Every future may be dropped at any point.
pub struct Reconnecting<C> {
    connect: C,
    backoff: Backoff,
    client: Option<Client>,
    /// The mailbox that is to be opened in the next session.
    place: Option<Place>,
    is_watched: bool,
    news: VecDeque<News>,
    /// How many of them were lost, because nobody took them.
    lost: u64,
    /// How many times in a row there was no session, or one that soon was lost.
    failures: u32,
    /// When it is tried again.
    again: Option<Instant>,
    connected: Option<Instant>,
}

/// How long the pauses are before a lost session is made anew.
///
/// Each is twice as long as the one before, up to the longest, less up to a quarter by chance, so that not all clients of a
/// server come back at once. A server that [says](Error::backoff) how long it wants to be left alone is left alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Backoff {
    /// After so many failures in a row the error is returned. Default: never.
    pub attempts: Option<u32>,
    /// The pause after the first failure. Default 1 s.
    pub first: Duration,
    /// The longest pause. Default 5 minutes.
    pub longest: Duration,
    /// A session that lasted so long was no failure. Default 1 minute.
    pub stable: Duration,
}

/// How a [`Reconnecting`] comes to a session: an [`Account`], or a closure that returns a future of a [`Client`] that is
/// logged in.
pub trait Connect: Send + Sync {
    /// A session that is logged in.
    fn connect(&self) -> impl Future<Output = Result<Client, Error>> + Send;
}

/// Where an account is, and how one logs in to it: what [`Client::connect_and_login`] takes.
#[derive(Clone, Debug)]
pub struct Account<P> {
    /// The server.
    pub host: String,
    /// How to connect to it.
    pub config: ClientConfig,
    /// They are asked for at each connection.
    pub credentials: P,
}

/// What happens: see [`Reconnecting::next`].
#[derive(Debug)]
#[non_exhaustive]
pub enum News {
    /// There is a session, the first one or a new one.
    Connected {
        /// What became of the mailbox that was selected.
        mailbox: Reopened,
    },
    /// An event of the session.
    Event(Event),
    /// The session was lost, or there was none to be had.
    Lost {
        /// Why.
        error: Error,
        /// When it is tried again.
        pause: Duration,
    },
}

/// What became of the mailbox that was selected when the session was lost.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reopened {
    /// None was selected.
    Nothing,
    /// The server does not open it any more, or does not tell what has changed; none is selected now.
    Refused {
        /// Which one.
        mailbox: Mailbox,
        /// What the server said.
        error: Error,
    },
    /// There is another one of this name, in which UIDs mean something else, or the server does not say whether it is the same.
    /// No command shall hit the wrong messages, so none is selected now: whoever throws away what is known selects it.
    Replaced {
        /// Which one.
        mailbox: Mailbox,
    },
    /// It is selected, and this is what has changed.
    Resynced(Box<Resynced>),
}

/// A mailbox as it was when the session was lost.
#[derive(Clone, Debug)]
struct Place {
    select: Select,
    validity: Option<UidValidity>,
    mod_seq: Option<ModSeq>,
}

impl<C: Connect> Reconnecting<C> {
    /// No session yet: it is made when it is needed.
    pub fn new(connect: C) -> Self {
        Self {
            connect,
            backoff: Backoff::default(),
            client: None,
            place: None,
            is_watched: false,
            news: VecDeque::new(),
            lost: 0,
            failures: 0,
            again: None,
            connected: None,
        }
    }

    /// The same with other pauses.
    #[must_use]
    pub fn with_backoff(self, backoff: Backoff) -> Self {
        Self { backoff, ..self }
    }

    /// The session; a new one if there is none or if it is lost, as soon as there is one.
    ///
    /// # Errors
    ///
    /// What does not [pass](Error::is_temporary): wrong credentials, a certificate that is not trusted; and any error after
    /// [`Backoff::attempts`]. The next call tries again.
    pub async fn client(&mut self) -> Result<&mut Client, Error> {
        loop {
            let state = self.client.as_ref().map(Client::check);
            match state {
                Some(Ok(())) => break,
                Some(Err(error)) => self.lose(error)?,
                None => self.attempt().await?,
            }
        }
        self.client.as_mut().ok_or(Error::Closed)
    }

    /// The next news. It makes a session if there is none, and waits as long as nothing happens.
    ///
    /// # Errors
    ///
    /// As [`client`](Self::client), and [`Error::EventsLost`], once, if news were lost because nobody took them.
    pub async fn next(&mut self) -> Result<News, Error> {
        loop {
            if self.lost > 0 {
                return Err(Error::EventsLost { count: std::mem::take(&mut self.lost) });
            }
            if let Some(news) = self.news.pop_front() {
                return Ok(news);
            }
            let Some(client) = &mut self.client else {
                self.attempt().await?;
                continue;
            };
            // From here on it waits; of a session that is over this is told next.
            let _ = client.watch(self.is_watched);
            match client.next_event().await {
                Ok(event) => return Ok(News::Event(event)),
                Err(error) if error.is_fatal() => self.lose(error)?,
                Err(error) => return Err(error),
            }
        }
    }

    /// Does a job, and does it again from its start in a new session whenever the session is lost.
    ///
    /// It has to be one that may be done twice: fetching, storing flags; not appending, unless the job looks first whether the
    /// message is there. What is selected when it begins again is what was selected when the session was lost, if it could be
    /// opened.
    ///
    /// # Errors
    ///
    /// As [`client`](Self::client), and what the job comes to that is not the loss of the session.
    pub async fn repeat<T>(
        &mut self,
        mut job: impl AsyncFnMut(&mut Client) -> Result<T, Error>,
    ) -> Result<T, Error> {
        loop {
            let result = job(self.client().await?).await;
            match result {
                Err(error) if error.is_fatal() => self.lose(error)?,
                result => return result,
            }
        }
    }

    /// Whether each session idles while [`next`](Self::next) waits, as [`Client::watch`].
    pub fn watch(&mut self, on: bool) {
        self.is_watched = on;
    }

    /// Ends the session, if there is one.
    ///
    /// # Errors
    ///
    /// As [`Client::logout`].
    pub async fn logout(self) -> Result<(), Error> {
        match self.client {
            Some(client) => client.logout().await,
            None => Ok(()),
        }
    }

    /// Whether there is a session, as far as is known.
    pub fn is_connected(&self) -> bool {
        self.client.as_ref().is_some_and(|client| client.check().is_ok())
    }

    /// One attempt to make a session, when it is time for it.
    async fn attempt(&mut self) -> Result<(), Error> {
        if let Some(again) = self.again {
            sleep_until(again).await;
            self.again = None;
        }
        let result = match self.connect.connect().await {
            Ok(client) => reopen(client, self.place.as_ref()).await,
            Err(error) => Err(error),
        };
        match result {
            Ok((client, mailbox)) => {
                self.client = Some(client);
                self.connected = Some(Instant::now());
                self.tell(News::Connected { mailbox });
                Ok(())
            }
            Err(error) => self.postpone(error),
        }
    }

    /// Gives up a session that is lost.
    fn lose(&mut self, error: Error) -> Result<(), Error> {
        if let Some(mut client) = self.client.take() {
            loop {
                match client.try_event() {
                    Ok(Some(event)) => self.tell(News::Event(event)),
                    Err(Error::EventsLost { count }) => self.lost += count,
                    Ok(None) | Err(_) => break,
                }
            }
            self.place = client.selected().map(|selected| Place {
                select: match selected.read_only {
                    true => Select::examine(selected.mailbox.clone()),
                    false => Select::new(selected.mailbox.clone()),
                },
                validity: selected.uid_validity.filter(|_| !selected.uid_not_sticky),
                mod_seq: selected.highest_mod_seq,
            });
            let lasted = self.connected.take().map(|since| since.elapsed());
            if lasted.is_some_and(|lasted| lasted >= self.backoff.stable) {
                self.failures = 0;
            }
        }
        self.postpone(error)
    }

    /// Says when it is tried again, unless that makes no sense.
    fn postpone(&mut self, error: Error) -> Result<(), Error> {
        self.failures = self.failures.saturating_add(1);
        let is_last = self.backoff.attempts.is_some_and(|attempts| self.failures >= attempts);
        if is_last || !error.is_temporary() {
            self.failures = 0;
            return Err(error);
        }
        let pause = self.backoff.pause(self.failures).max(error.backoff().unwrap_or_default());
        tracing::debug!("{error}; once more in {pause:?}");
        self.again = Some(Instant::now() + pause);
        self.tell(News::Lost { error, pause });
        Ok(())
    }

    fn tell(&mut self, news: News) {
        if self.news.len() >= MOST_NEWS {
            self.news.pop_front();
            self.lost += 1;
        }
        self.news.push_back(news);
    }
}

/// Brings a new session to where the last one was.
async fn reopen(mut client: Client, place: Option<&Place>) -> Result<(Client, Reopened), Error> {
    let mailbox = match place {
        Some(place) => place.reopen(&mut client).await?,
        None => Reopened::Nothing,
    };
    Ok((client, mailbox))
}

impl Place {
    async fn reopen(&self, client: &mut Client) -> Result<Reopened, Error> {
        let mailbox = self.select.mailbox.clone();
        let Some(uid_validity) = self.validity else { return Ok(Reopened::Replaced { mailbox }) };
        let mod_seq = self.mod_seq.unwrap_or(ModSeq::from(1));
        let known = QResync { uid_validity, mod_seq, known_uids: None, sequence_match: None };
        match client.select_qresync(self.select.clone(), known).await {
            Ok(resynced) if resynced.is_continued => Ok(Reopened::Resynced(Box::new(resynced))),
            Ok(_) => {
                client.unselect().await?;
                Ok(Reopened::Replaced { mailbox })
            }
            Err(error) if Client::command_error(&error).is_some() && !error.is_temporary() => {
                // It may be what has changed that the server does not tell.
                if Client::selected(client).is_some() {
                    client.unselect().await?;
                }
                Ok(Reopened::Refused { mailbox, error })
            }
            Err(error) => Err(error),
        }
    }
}

impl Backoff {
    /// The pause after so many failures.
    fn pause(&self, failures: u32) -> Duration {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
        let longest = doubled.min(self.longest);
        // Without chance all come at once, which is no reason not to come.
        let chance = random().map_or(0, u32::from_le_bytes);
        longest - (longest / 4).mul_f64(f64::from(chance) / f64::from(u32::MAX))
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            attempts: None,
            first: Duration::from_secs(1),
            longest: Duration::from_secs(300),
            stable: Duration::from_secs(60),
        }
    }
}

impl<P: CredentialsProvider> Connect for Account<P> {
    async fn connect(&self) -> Result<Client, Error> {
        Client::connect_and_login(&self.host, self.config.clone(), &self.credentials).await
    }
}

impl<C, F> Connect for C
where
    C: Fn() -> F + Send + Sync,
    F: Future<Output = Result<Client, Error>> + Send,
{
    fn connect(&self) -> impl Future<Output = Result<Client, Error>> + Send {
        self()
    }
}

impl<C> fmt::Debug for Reconnecting<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconnecting")
            .field("client", &self.client)
            .field("place", &self.place)
            .field("failures", &self.failures)
            .finish_non_exhaustive()
    }
}

/// The most news that wait; beyond, the oldest are lost, which is told.
const MOST_NEWS: usize = 10_000;
